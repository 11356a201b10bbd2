import Foundation
import Testing

extension EndToEndBeside {
    /// Runs beside each other that were trained before, or train in turns.
    @Suite struct CompareTests {
        private let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("inkling-compare-\(UUID().uuidString)").path

        /// A log and a checkpoint beside a new run; then the run before a restart trains along with it.
        @Test func earlierRunsAndTwoAtOnce() throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let (log, kept) = (folder + "/sgd.jsonl", folder + "/small.run")
            let earlier = try Inkling.run([
                "train", "--epochs", "1", "--layers", "16", "--log", log, "--checkpoint", kept,
            ])
            #expect(earlier.status == .success)
            let session = try Inkling.terminal(
                ["--pace", "20", "--epochs", "20", "--compare", log, kept], rows: 40, columns: 120)
            try session.wait { $0.contains("training") && $0.contains("┈3┈") && $0.contains("┈2┈") }
            try session.send("c")
            try session.wait { $0.contains("3 runs") && $0.contains("sgd.jsonl: curves of tests, by epochs") }
            try session.send(.down)
            try session.wait { $0.contains("x drop") && !$0.contains("show it") }
            try session.send(.down)
            try session.wait(for: "show it")
            try session.send(.enter)
            try session.wait { $0.lines.last?.contains("■ from file  run 3") ?? false }
            try session.send("2")
            try session.wait { $0.contains("read as") && $0.contains("after epoch 1") }
            try session.send("r")
            try session.wait(for: "run 4")
            try session.send("1")
            try session.send("c")
            try session.wait { $0.contains("4 runs") && $0.contains("stopped") }
            for _ in 0..<3 { try session.send(.up) }
            try session.wait(for: "t train along")
            try session.send("t")
            try session.wait { $0.contains("t leave it") && ($0.lines.last?.contains("run 1 trains:") ?? false) }
            let before = session.screen.lines.last ?? ""
            try session.wait { ($0.lines.last?.contains("run 1 trains:") ?? false) && $0.lines.last != before }
            try session.send(.escape)
            try session.wait { !$0.contains("4 runs") }
            try session.send("p")
            try session.wait { $0.contains("paused") && !($0.lines.last?.contains("trains:") ?? true) }
            #expect(session.screen.unknownSequences == [])
        }

        @Test func aFileThatIsNoneIsToldInALine() throws {
            let file = folder + ".txt"
            try Data("epoch,loss\n".utf8).write(to: URL(fileURLWithPath: file))
            defer { unlink(file) }
            let result = try Inkling.run(["--compare", file])
            #expect(result.status != .success)
            #expect(result.error.contains("\(file): expected a log of JSON lines, a checkpoint or events"))
            let many = try Inkling.run(["dashboard", "--compare"] + Array(repeating: file, count: 8))
            #expect(many.error.contains("--compare: expected at most 7 files"))
        }
    }
}
