import Foundation
import TerminalEmulator
import TestSupport
import Testing

extension EndToEnd {
    /// What others can see: recordings of sessions and pictures of screens.
    @Suite struct FilmTests {
        private let folder: TemporaryFolder
        private var cast: String { folder.file("s.cast") }

        init() throws { folder = try TemporaryFolder() }

        /// A recording as a player takes it.
        private struct Recording {
            var width = 0, height = 0, events: [(seconds: Double, kind: String, data: String)] = []

            /// Each line must be whole.
            init(_ path: String) throws {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                #expect(text.hasSuffix("\n"))
                let lines = text.split(separator: "\n").map { Data($0.utf8) }
                let first = try #require(lines.first)
                let header = try #require(try JSONSerialization.jsonObject(with: first) as? [String: Any])
                #expect(header["version"] as? Int == 2)
                width = try #require(header["width"] as? Int)
                height = try #require(header["height"] as? Int)
                for line in lines.dropFirst() {
                    let event = try #require(try JSONSerialization.jsonObject(with: line) as? [Any])
                    #expect(event.count == 3)
                    let seconds = try #require((event[0] as? NSNumber)?.doubleValue)
                    events.append((seconds, try #require(event[1] as? String), try #require(event[2] as? String)))
                }
            }

            /// The screen at its end.
            func play() throws -> ScreenEmulator {
                var screen = ScreenEmulator(rows: height, columns: width)
                for event in events {
                    if event.kind == "r" {
                        let size = event.data.split(separator: "x").compactMap { Int($0) }
                        try #require(size.count == 2)
                        screen.resize(rows: size[1], columns: size[0])
                    } else {
                        screen.feed(event.data)
                    }
                }
                return screen
            }
        }

        private func expectSame(_ a: ScreenBuffer, _ b: ScreenBuffer) {
            #expect(a.rows == b.rows && a.columns == b.columns)
            for row in 0..<min(a.rows, b.rows) {
                for column in 0..<min(a.columns, b.columns) where a[row, column] != b[row, column] {
                    // Of a blank only the ground shows.
                    let (one, other) = (a[row, column], b[row, column])
                    let isBlank = one.character == " " && other.character == " " && !one.style.reverse
                    #expect(isBlank && one.style.background == other.style.background, "\(row), \(column)")
                }
            }
        }

        @Test func aRecordingPlaysToTheScreenThatWasSeen() throws {
            let session = try Inkling.terminal(["record", cast, "--epochs", "1"])
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.resize(rows: 40, columns: 120)
            try session.wait(for: "109,386 parameters")
            try session.send("2")
            try session.wait(for: "Most often confused")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            // What stood there last, however long it took to get there.
            let seen = try #require(session.screen.lastAlternateBuffer)
            let recording = try Recording(cast)
            #expect(recording.width == 80 && recording.height == 24)
            #expect(recording.events.count { $0.kind == "r" && $0.data == "120x40" } == 1)
            let times = recording.events.map(\.seconds)
            #expect(times == times.sorted() && times.allSatisfy { $0 >= 0 && $0 < 120 })
            let played = try recording.play()
            #expect(played.unknownSequences == [] && played.isCursorVisible)
            expectSame(played.buffer, seen)
        }

        @Test(arguments: [SIGTERM, SIGKILL]) func whateverEndsItTheLinesAreWhole(signal: Int32) throws {
            let session = try Inkling.terminal(["record", cast, "--epochs", "1000"])
            try session.wait(for: "training")
            session.read(for: .milliseconds(700))
            session.send(signal: signal)
            _ = try session.waitForExit()
            let recording = try Recording(cast)
            #expect(recording.events.count > 3)
            #expect(try recording.play().contains("training"))
        }

        @Test func noFileIsLostAndNoneIsBegunInVain() throws {
            try folder.write("precious".utf8, to: "s.cast")
            let session = try Inkling.terminal(["record", cast])
            #expect(try session.waitForExit() == .exited(1))
            // A line that is too long goes on in the next one, without the blank at its end.
            #expect(session.screen.lines.joined().filter { $0 != " " }.contains("expectedanewfile,or--overwrite"))
            #expect(try String(contentsOfFile: cast, encoding: .utf8) == "precious")
            let other = folder.file("other.cast")
            let result = try Inkling.run(["record", other])
            #expect(result.status == .exited(1) && result.error.contains("needs a terminal"))
            #expect(!FileManager.default.fileExists(atPath: other))
            let missing = try Inkling.terminal(["record", folder.file("no/s.cast")])
            #expect(try missing.waitForExit() == .exited(1))
            #expect(missing.screen.lines.joined().contains("No such file"))
            #expect(try Inkling.run(["record"]).status == .exited(64))
        }

        @Test func aFullDiskIsToldAtTheEnd() throws {
            guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
            let session = try Inkling.terminal(["record", "/dev/full", "--paused"])
            try session.wait(for: "paused")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.lines.joined().contains("the recording ends there"))
        }

        @Test func picturesTakeNamesThatAreFree() throws {
            try folder.write("mine".utf8, to: "inkling-train-1.svg")
            let session = try Inkling.terminal(["--paused"], directory: folder.path)
            try session.wait(for: "paused")
            try session.send("S")
            try session.wait(for: "Saved as inkling-train-2.svg in")
            // What is pressed at once is one picture.
            session.read(for: .milliseconds(300))
            try session.send("2")
            try session.send("S")
            try session.send("S")
            try session.wait(for: "Saved as inkling-confusion-1.svg in")
            try session.send("1")
            try session.wait { !$0.contains("Saved as") && $0.contains("paused") }
            session.read(for: .milliseconds(300))
            try session.send("S")
            try session.wait(for: "Saved as inkling-train-3.svg in")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(try String(contentsOfFile: folder.file("inkling-train-1.svg"), encoding: .utf8) == "mine")
            let picture = try String(contentsOfFile: folder.file("inkling-train-2.svg"), encoding: .utf8)
            #expect(picture.hasPrefix("<svg") && picture.hasSuffix("</svg>\n") && !picture.contains("Saved"))
            #expect(try folder.names.count == 4)
        }

        @Test func aFolderThatTakesNoFileIsNamed() throws {
            guard getuid() != 0 else { return }
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
            let session = try Inkling.terminal(["--paused"], directory: folder.path)
            try session.wait(for: "paused")
            try session.send("S")
            try session.wait(for: "Not saved: ")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }
    }
}
