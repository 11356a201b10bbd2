import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The quiz on Draw, played with the keyboard alone.
    @Suite struct QuizTests {
        private let model = Inkling.assets + "/models/pytorch-mnist-128-64.safetensors"

        private func draw(_ digit: Int, in session: TerminalSession) throws {
            for press in DigitKeys.presses(digit) {
                switch press {
                case .character(let character): try session.send(.character(character))
                case .shiftUp: try session.send(.shiftUp)
                case .shiftDown: try session.send(.shiftDown)
                case .shiftLeft: try session.send(.shiftLeft)
                case .shiftRight: try session.send(.shiftRight)
                }
            }
        }

        /// What the screen asks for.
        private func task(_ session: TerminalSession, number: Int) throws -> Int {
            try session.wait { $0.contains("\(number) of 10") && $0.contains("Draw: ") }
            // A picture comes in parts: the number may be there before the digit is.
            try session.settle(quiet: .milliseconds(100))
            let text = session.screen.lines.joined(separator: "\n")
            return try #require(text.firstMatch(of: /Draw: ([0-9])/).flatMap { Int($0.1) })
        }

        @Test func tenDigitsAreDrawnAndRead() throws {
            let folder = try TemporaryFolder()
            let session = try Inkling.terminal(
                ["--model", model, "--paused"], environment: ["XDG_DATA_HOME": folder.path])
            try session.wait(for: "paused", timeout: .seconds(60))
            try session.send("4")
            try session.wait(for: "No drawing yet.")
            try session.send("z")
            for number in 1...10 {
                let digit = try task(session, number: number)
                // The last is drawn wrong, and kept as what it is.
                let isLast = number == 10
                let drawn = isLast ? (digit + 1) % 10 : digit
                try draw(drawn, in: session)
                try session.send(.enter)
                try session.wait(for: isLast ? "Read as \(drawn)." : "Right!")
                if isLast {
                    try session.send("t")
                    try session.wait(for: "Which digit?")
                    try session.send(.character(Character(String(drawn))))
                    let labels = folder.file("inkling/drawings/train-labels-idx1-ubyte")
                    try session.wait { _ in FileManager.default.fileExists(atPath: labels) }
                } else {
                    try session.send(.enter)
                }
            }
            try session.wait(for: "9 of 10 read right")
            try session.send(.escape)
            // Once the network is calibrated it may refuse the drawing.
            try session.wait { $0.contains("Prediction: ") || $0.contains("This looks like no digit") }
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.unknownSequences == [])
        }
    }
}
