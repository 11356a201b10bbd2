import Foundation
import TerminalEmulator
import TestSupport
import Testing

extension EndToEnd {
    /// Drawing in the real program.
    @Suite struct DrawTests {
        private func position(_ x: Int, _ y: Int) -> ScreenPosition { ScreenPosition(row: y, column: x) }

        /// Draw, after a training of an epoch.
        private func start(_ arguments: [String] = [], environment: [String: String?] = [:]) throws -> TerminalSession {
            let session = try Inkling.terminal(
                ["--epochs", "1"] + arguments, environment: environment, rows: 40, columns: 120)
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("4")
            try session.wait { $0.isMouseEnabled && $0.contains("No drawing yet.") }
            return session
        }

        /// Teaches that the drawing in hand is a seven; the line says so when it is learnt.
        private func teachSeven(_ session: TerminalSession) throws {
            try session.send("t")
            try session.wait(for: "Which digit?")
            try session.send("7")
            try session.wait(for: "Your drawing: 1 read right", timeout: .seconds(30))
        }

        @Test func readsADrawnDigit() throws {
            let folder = try TemporaryFolder()
            let session = try start(environment: ["XDG_DATA_HOME": folder.path])
            // A seven, drawn slowly in the middle, and in one burst, small, in a corner.
            try session.stroke([position(20, 8), position(50, 8), position(34, 30)])
            try session.wait(for: "Prediction: 7")
            try session.send("u")
            try session.wait(for: "No drawing yet.")
            try session.burst([position(4, 3), position(16, 3), position(9, 11)])
            try session.wait(for: "Prediction: 7")
            try teachSeven(session)
            // A one, line by line with the keyboard.
            try session.send("c")
            try session.wait(for: "No drawing yet.")
            try session.send(.up, .up, .up, .up, .up, " ")
            for _ in 0..<12 { try session.send(.down) }
            try session.wait(for: "Prediction: 1")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.unknownSequences == [])

            let trained = try Inkling.run(
                ["train", "--dataset", folder.file("inkling/drawings"), "--epochs", "1", "--json"])
            #expect(trained.status == .success)
            #expect(trained.output.contains("\"testAccuracy\""))
        }

        /// A seven with a bar that is written as nobody in the data set writes it: taught, it is read, also by the next
        /// session; taken back and thrown out, it is gone.
        @Test func whatIsTaughtIsReadAlsoAfterAnotherStart() throws {
            let folder = try TemporaryFolder()
            let arguments = ["--hand", folder.path]
            func crossedSeven(_ session: TerminalSession, at x: Int) throws {
                try session.stroke([position(x, 8), position(x + 24, 8), position(x + 4, 32)])
                try session.stroke([position(x - 2, 24), position(x + 26, 24)])
            }
            var session = try start(arguments)
            try crossedSeven(session, at: 14)
            // It has never seen such a seven: it reads one until the bar is there.
            try session.wait(until: "another digit is read") {
                $0.contains("Prediction: ") && !$0.contains("Prediction: 7")
            }
            try teachSeven(session)
            try session.wait(for: "Prediction: 7")
            try session.send(.enter)
            try crossedSeven(session, at: 24)
            try session.wait(for: "Prediction: 7")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            session = try start(arguments)
            try session.wait(for: "Your drawing: 1 read right", timeout: .seconds(30))
            try crossedSeven(session, at: 18)
            try session.wait(for: "Prediction: 7")
            try session.send("a")
            try session.wait(for: "kept in")
            try session.send("c")
            try session.wait(for: "You have no drawings.")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(try folder.names.isEmpty)
        }

        /// Up and down across the canvas, as nobody writes a digit; on the screen, and without one.
        @Test func aScribbleIsRefusedAndADigitIsRead() throws {
            let scribble = [(6, 8), (44, 34), (20, 6), (12, 32), (56, 12), (30, 36), (48, 6), (8, 20), (60, 30)]
            let model = Inkling.assets + "/models/pytorch-mnist-128-64.safetensors"
            let session = try Inkling.terminal(
                ["--model", model, "--paused", "--hand", "none"], rows: 40, columns: 120)
            try session.wait(for: "paused", timeout: .seconds(60))
            try session.send("4")
            try session.wait { $0.isMouseEnabled && $0.contains("No drawing yet.") }
            try session.stroke(scribble.map { position($0.0, $0.1) })
            // Both at once, as a picture may come in two parts.
            try session.wait(timeout: .seconds(30)) {
                $0.contains("This looks like no digit") && $0.contains("(nearest: ")
            }
            try session.send("c")
            try session.wait(for: "No drawing yet.")
            try session.stroke([position(20, 8), position(50, 8), position(34, 30)])
            try session.wait { $0.contains("Prediction: 7") && !$0.contains("not calibrated") }
            #expect(!session.screen.contains("no digit"))
            try session.send("q")
            #expect(try session.waitForExit() == .success)

            let strokes = [scribble.map { [$0.0, 2 * $0.1] }, [[20, 16], [50, 16], [34, 60]]]
            let result = try Inkling.run(
                ["classify", "--model", model, "--strokes", "-", "--json"],
                input: strokes.map { "{\"strokes\": [\($0)]}\n" }.joined())
            struct Answer: Decodable {
                let prediction: Int
                let accepted: Bool
            }
            let answers = try result.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
            #expect(answers.map(\.accepted) == [false, true])
            #expect(answers.last?.prediction == 7)
        }

        @Test func fromTheConfusionMatrixToTheCanvas() throws {
            let session = try Inkling.terminal(["--epochs", "1"], rows: 24, columns: 80)
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("2")
            try session.wait(for: "recall")
            // True 4, read as 9: the fifth row and the tenth column.
            try session.click(at: position(4 + 9 * 5 + 2, 3 + 4 * 2))
            try session.wait { $0.contains("true: 4  read as: 9") }
            try session.send("d")
            try session.wait { $0.contains("test image") && $0.contains("Prediction: 9") }
        }

        @Test func classifiesStrokesWithoutAScreen() throws {
            let seven = "[[[20,8],[50,8],[34,30]]]"
            let small = "[[[0.1,0.1],[0.13,0.1],[0.114,0.122]]]"
            let result = try Inkling.run(
                ["classify", "--strokes", "-", "--json"],
                input: "{\"strokes\": \(seven)}\n{\"strokes\": \(small)}\n{\"strokes\": [[[5,0],[5,9]]]}\n")
            #expect(result.status == .success)
            struct Answer: Decodable {
                let prediction: Int
                let probabilities: [Double]
            }
            let answers = try result.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
            #expect(answers.map(\.prediction) == [7, 7, 1])
            #expect(
                answers.allSatisfy { $0.probabilities.count == 10 && abs($0.probabilities.reduce(0, +) - 1) < 1e-4 })
            #expect(zip(answers[0].probabilities, answers[1].probabilities).allSatisfy { abs($0 - $1) < 0.02 })
            let mixed = try Inkling.run(
                ["classify", "--strokes", "-"], input: "{}\n\n\n\n{}\n{}\n{}\n{\"strokes\": [[[5,0],[5,9]]]}\n")
            #expect(mixed.status == .exited(1))
            #expect(mixed.lines.count == 1 && mixed.lines[0].hasPrefix("Prediction: 1"))
            #expect(mixed.error.split(separator: "\n").count == 4, "three lines, and how many more there are")
            let bad = try Inkling.run(["classify", "--strokes", "-"], input: "{}")
            #expect(bad.status == .exited(1))
            #expect(bad.error.contains("line 1"))
        }
    }
}
