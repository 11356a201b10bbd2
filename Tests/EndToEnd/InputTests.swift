import Foundation
import NeuralNetwork
import TerminalEmulator
import TestSupport
import Testing

extension EndToEndBeside {
    /// What is typed, pasted and sent by terminals.
    @Suite struct InputTests {
        private func paused(directory: String? = nil) throws -> TerminalSession {
            let session = try Inkling.terminal(["--paused"], directory: directory)
            try session.wait(for: "lr 0.100")
            return session
        }

        /// The first path that a visitor takes: the matrix, its preselected cell, an image of it.
        @Test(arguments: [(24, 80), (40, 120)]) func enterOpensThePreselectedCell(rows: Int, columns: Int) throws {
            let session = try Inkling.terminal(["--epochs", "1"], rows: rows, columns: columns)
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("2")
            try session.wait(for: "recall")
            try session.send(.enter)
            try session.wait(for: "true: 0")
            try session.send(.enter)
            try session.wait(for: "it is 0")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }

        /// Focus, keys with Ctrl and Alt, CSI u, SS3, and answers to questions that nobody asked.
        private static let unknownSequences = [
            "\u{1B}[I", "\u{1B}[O", "\u{1B}[1;5D", "\u{1B}[1;3C", "\u{1B}[91;5u", "\u{1B}Om", "\u{1B}O[", "\u{1B}[[",
            "\u{1B}[", "\u{1B}[91", "\u{1B}]", "\u{1B}]11;rgb:0000/[[[[/qqqq\u{7}", "\u{1B}]11;rgb:0/[[/qq\u{1B}\\",
            "\u{1B}P1+r[q\u{1B}\\", "\u{1B}[?62;c", "\u{1B}[24;80R", "\u{1B}[9\u{1B}[91;5u",
            "\u{1B}]11;rgb\u{1B}\u{1B}[91;5u",
        ]

        @Test func unknownSequencesDoNothing() throws {
            let session = try paused()
            for sequence in Self.unknownSequences {
                try session.write(sequence)
                try session.settle()
                #expect(session.screen.contains("Loss, log scale"), "\(sequence.debugDescription)")
                #expect(session.exitStatus == nil)
                // Whatever it was, the next keys count again.
                try session.write("\u{1B}\\")
                try session.settle()
                try session.send("?")
                try session.wait(for: "any key closes")
                try session.send(.escape)
                try session.wait { !$0.contains("any key closes") }
            }
            // Another rate would show by now.
            try session.send("n")
            try session.wait(for: "batch   1/938")
            #expect(session.screen.contains("lr 0.100"))
        }

        @Test func escapeAloneIsAKey() throws {
            let session = try paused()
            try session.send("?")
            try session.wait(for: "any key closes")
            try session.send(.escape)
            try session.wait { !$0.contains("any key closes") }
        }

        /// Also where they come together, as over a slow line.
        @Test func twoEscapesAreTwoKeys() throws {
            let session = try paused()
            try session.send("c")
            try session.wait(for: "The run")
            try session.send("?")
            try session.wait { !$0.contains("The run") }
            try session.write("\u{1B}\u{1B}")
            try session.wait { !$0.contains("The run") && $0.contains("Loss, log scale") }
        }

        @Test func pastedTextIsNoCommand() throws {
            let session = try paused()
            #expect(session.screen.enabledModes.contains(2004))
            try session.write("\u{1B}[200~Reading the docs\rq[[[RRR\u{1B}[201~")
            try session.settle()
            #expect(session.screen.contains("lr 0.100"))
            #expect(session.screen.contains("batch   0/938"))
            try session.send("n")
            try session.wait(for: "batch   1/938")
            #expect(session.screen.contains("lr 0.100"), "another rate would show by now")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(!session.screen.enabledModes.contains(2004))
        }

        /// As when the key is held down.
        @Test func manyPicturesAtOnceAreOne() throws {
            let folder = try TemporaryFolder()
            let session = try paused(directory: folder.path)
            for _ in 0..<10 { try session.write(String(repeating: "2S1S", count: 50)) }
            session.read(for: .seconds(1))
            session.send(signal: SIGKILL)
            _ = try session.waitForExit()
            #expect(try (1..<10).contains(folder.names.count), "of a thousand")
        }

        /// Two thousand keys at random, but for those that leave.
        @Test func randomKeysDoNotKillIt() throws {
            let session = try Inkling.terminal(["--epochs", "2"], rows: 40, columns: 120)
            try session.wait(for: "test accuracy")
            var generator = RandomGenerator(seed: 0, stream: .shuffling)
            let keys: [Key] = [.up, .down, .left, .right, .enter, .tab, .escape, .pageUp, .pageDown, .home, .end]
            for number in 0..<2000 {
                switch generator.uniform(below: 8) {
                case 0: try session.send(keys[generator.uniform(below: keys.count)])
                case 1: try session.send(.enter)
                case 2:
                    let place = ScreenPosition(
                        row: generator.uniform(below: 40), column: generator.uniform(below: 120))
                    try session.click(at: place)
                case 3: try session.send(.character(Character(String(1 + generator.uniform(below: 7)))))
                default:
                    let code = UInt8(32 + generator.uniform(below: 95))
                    // Neither drawings nor screens nor networks are to be saved, and the program is not to be left.
                    if "qtRmSWE".utf8.contains(code) { continue }
                    try session.send(.character(Character(Unicode.Scalar(code))))
                }
                if number % 50 == 0 { session.read(for: .milliseconds(20)) }
            }
            session.read(for: .seconds(1))
            #expect(session.exitStatus == nil)
        }

        @Test func exportedSizesAreNotBelieved() throws {
            let session = try Inkling.terminal(["--paused"], environment: ["LINES": "10", "COLUMNS": "30"])
            try session.wait(for: "lr 0.100")
            try session.resize(rows: 40, columns: 120)
            try session.wait(for: "109,386 parameters")
        }

        @Test func aDumbTerminalIsRefused() throws {
            let session = try Inkling.terminal(environment: ["TERM": "dumb"])
            #expect(try session.waitForExit() == .exited(1))
            #expect(session.screen.lines.joined().contains("inkling train"))
        }

        @Test func whoLeavesIsToldWhatWasReached() throws {
            let session = try Inkling.terminal(["--epochs", "1"])
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            let text = session.screen.lines.joined()
            #expect(text.contains("Trained 1 of 1 epochs, test accuracy 9"))
            #expect(text.contains("--checkpoint FILE"))
        }
    }
}
