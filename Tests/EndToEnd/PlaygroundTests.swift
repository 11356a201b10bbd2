import Foundation
import TerminalEmulator
import Testing

extension EndToEndBeside {
    /// The playground in the real program.
    @Suite struct PlaygroundTests {
        /// How much of the points is on the right side, as the screen says it, in percent.
        private func shareRight(_ screen: ScreenEmulator) -> Double {
            guard let line = screen.lines.first(where: { $0.contains("% right") }) else { return 0 }
            let words = line.split(separator: " ")
            return words.first { $0.hasSuffix("%") }.flatMap { Double($0.dropLast()) } ?? 0
        }

        @Test func learnsTheSpiralBeforeOnesEyes() throws {
            let session = try Inkling.terminal(["--paused"], rows: 40, columns: 120)
            try session.wait(for: "paused")
            try session.send("6")
            try session.wait { $0.contains("Settings") && $0.contains("paused") }
            try session.wait(for: "step         0")
            try session.settle(quiet: .milliseconds(700))
            #expect(session.screen.contains("step         0"), "it waits, too")
            try session.send("p")
            let half = try session.wait(until: "half of it is learnt") { shareRight($0) >= 75 }
            let learnt = try session.wait(until: "the spiral is learnt", timeout: .seconds(40)) { shareRight($0) >= 98 }
            print("the playground learns the spiral within \(half + learnt), 75 % of it within \(half)")
            #expect(half + learnt > .seconds(3), "slowly enough to watch")
            try session.wait(until: "each class has a region that is sure") { screen in
                let papers = (3..<20).flatMap { row in (2..<60).map { screen.cell(row, $0).style.background } }
                return [25, 130, 29].allSatisfy { papers.contains(.palette($0)) }
            }
            try session.send("p")
            try session.wait(for: "paused")
            try session.settle()
            try session.send("p", .right)
            try session.wait(for: "two moons")
            try session.wait(until: "the moons are learnt", timeout: .seconds(40)) { shareRight($0) >= 97 }
            try session.send("1")
            try session.wait { $0.contains("Accuracy") && $0.contains("paused") }
            try session.settle()
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.unknownSequences == [])
        }

        /// Slow down, go back, fork with another optimizer, see both borders.
        @Test func aForkIsSeenBesideItsRun() throws {
            let session = try Inkling.terminal(["--dataset", "moons"], rows: 40, columns: 120)
            try session.wait { $0.contains("training") && $0.contains("slowed to 6 s for 200 epochs") }
            try session.send(",")
            try session.wait(for: "slowed to 12 s")
            try session.wait(until: "some steps are trained") { screen in
                screen.lines.last?.firstMatch(of: /step +(\d+)/).flatMap { Int($0.1) } ?? 0 >= 60
            }
            try session.send("j")
            try session.wait { $0.contains("◂ at step") && $0.contains("0 back to now") }
            try session.send("f")
            try session.wait { $0.contains("Go on from step") && $0.contains("◂ momentum ▸") }
            try session.send(.right)
            try session.wait(for: "◂ nesterov ▸")
            try session.send(.enter)
            try session.wait(for: "Run 2: nesterov")
            try session.send("v")
            try session.wait { $0.contains("Run 2: nesterov") && $0.contains("Run 1: momentum") }
            try session.send("o")
            try session.wait { $0.lines.last?.contains("run 1") ?? false }
            try session.send("l")
            try session.wait { $0.contains("2 runs") && $0.contains("nesterov, from 1 at step") }
            try session.send(.down, "e", "n", "e", "w", .enter)
            try session.wait(for: "2 new: nesterov")
            try session.send(.enter)
            try session.wait { $0.lines.last?.contains("run 2") ?? false && !$0.contains("2 runs") }
            #expect(session.screen.unknownSequences == [])
        }

        @Test func opensWithTheSetThatWasAskedFor() throws {
            let session = try Inkling.terminal(["--dataset", "xor", "--layers", "8", "--activation", "tanh"])
            try session.wait { $0.contains("XOR") && $0.contains("2-8-2") && $0.contains("tanh") }
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }

        @Test func trainsOnPointsWithoutAScreen() throws {
            let result = try Inkling.run(["train", "--dataset", "spiral", "--json"])
            #expect(result.status == .success)
            struct Epoch: Decodable { let trainAccuracy, testAccuracy: Double }
            let epochs = try result.lines.map { try JSONDecoder().decode(Epoch.self, from: Data($0.utf8)) }
            #expect(epochs.count == 200)
            #expect(try #require(epochs.last).trainAccuracy >= 0.98)
            #expect(try #require(epochs.last).testAccuracy >= 0.97)
        }
    }
}
