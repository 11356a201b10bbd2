import Foundation
import TerminalEmulator
import Testing

extension MeasuredBeside {
    /// How soon the program shows what it is asked for, and what is new.
    @Suite struct PromptnessTests {
        /// Whether some dots have the colour of the training series.
        private func hasCurve(_ screen: ScreenEmulator) -> Bool {
            (0..<screen.rows).contains { row in
                (0..<screen.columns).contains { column in
                    let cell = screen.cell(row, column)
                    return cell.style.foreground == .palette(74) && ("\u{2801}"..."\u{28FF}").contains(cell.character)
                }
            }
        }

        /// The first frame, the first movement and the answer to a key, as a user feels them.
        @Test func isQuickToStartAndToAnswer() throws {
            var firstFrames: [Duration] = []
            for _ in 0..<3 {
                let session = try Inkling.terminal(environment: UnpackedAssets.asItComes)
                firstFrames.append(try session.wait(for: "inkling"))
                try session.send("q")
                #expect(try session.waitForExit() == .success)
            }
            let firstFrame = firstFrames.sorted()[1]
            print("first frame after \(firstFrame)")
            #expect(firstFrame < .milliseconds(200))

            let session = try Inkling.terminal(
                ["--epochs", "1000", "--schedule", "constant"], environment: UnpackedAssets.asItComes)
            let movement = try session.wait(until: "the curve has points", hasCurve)
            print("the curve moves after \(movement)")
            #expect(movement < .seconds(2))
            var answers: [Duration] = []
            for _ in 0..<10 {
                try session.send("2")
                answers.append(try session.wait { $0.contains("read as") || $0.contains("first test") })
                try session.send("1")
                answers.append(try session.wait { $0.contains("Accuracy") && $0.contains("Now") })
            }
            let median = answers.sorted()[answers.count / 2]
            print("a key acts after \(median)")
            #expect(median < .milliseconds(50))
        }

        /// Also one that comes while a picture is being drawn: here, while the program waits for the terminal to take it.
        @Test func noNewSizeIsMissed() throws {
            let session = try Inkling.terminal(["--paused"], rows: 50, columns: 180)
            try session.wait { $0.line(49).contains("paused") }
            // After a large picture the program looks for news within two seconds, and then for what happens only.
            session.read(for: .milliseconds(2500))
            // All colours change.
            try session.send("b")
            usleep(200_000)
            try session.resize(rows: 55, columns: 200)
            try session.wait(until: "the new size") { $0.line(54).contains("paused") }
        }

        /// However much was written before, news come again after two seconds.
        @Test func newsComeSoonAfterLargePictures() throws {
            let session = try Inkling.terminal(
                ["--epochs", "1000", "--schedule", "constant", "--learning-rate", "0.01"], rows: 55, columns: 200)
            try session.wait(for: "training")
            for number in 0..<40 {
                try session.send(number.isMultiple(of: 2) ? "7" : "1")
                session.read(for: .milliseconds(30))
            }
            try session.send("2")
            try session.wait { $0.contains("recall") || $0.contains("first test") }
            let line = session.screen.line(54)
            try session.wait(until: "the next news", timeout: .seconds(5)) { $0.line(54) != line }
        }
    }
}
