import Foundation
import Testing

extension MeasuredBeside {
    /// Going back in a run, as a user does it.
    @Suite struct PastTests {
        /// Start, slow down, go back to the first epoch, see the confusion matrix of that moment, play to the present.
        @Test func aRunIsPlayedLikeAFilm() throws {
            let session = try Inkling.terminal(["--epochs", "3", "--pace", "3"], rows: 40, columns: 120)
            try session.wait {
                $0.contains("training") && $0.contains("slowed") && $0.contains("epoch 1/3")
            }
            try session.send(",")
            try session.wait(timeout: .seconds(20)) {
                $0.contains("epoch 3/3") && $0.contains("training")
            }
            // The moments of the third epoch, then the end of the second, those of it, and the end of the first.
            try session.send("2")
            try session.wait { $0.contains("read as") && $0.contains("after epoch 2") }
            // Other programs run beside, and now and then one of them takes a core.
            var median = Duration.seconds(10)
            for attempt in 0..<3 where median >= .milliseconds(50) {
                if attempt > 0 {
                    try session.send("0")
                    try session.wait { !$0.contains("◂ after") }
                }
                let answers = try answersBack(session)
                median = answers.sorted()[answers.count / 2]
                print("a moment is shown after \(median)")
            }
            #expect(median < .milliseconds(50))
            try session.wait {
                $0.contains("read as")
                    && $0.lines[1...].dropLast().contains { $0.contains("after epoch 1") }
            }
            let first = session.screen.lines.dropFirst().dropLast()
            try session.send("1")
            try session.wait { $0.contains("Step 938") && $0.contains("◂ after epoch 1") }
            try session.send("2")
            try session.wait { $0.lines.dropFirst().dropLast() == first }
            try session.send("K")
            try session.wait(for: "▸▸")
            try session.wait(for: "finished", timeout: .seconds(30))
            try session.wait { $0.contains("after epoch 3") && !$0.contains("▸▸") }
            #expect(session.screen.lines.dropFirst().dropLast() != first)
            #expect(session.screen.unknownSequences == [])
        }

        /// How long each moment takes to be shown, back to the end of the first epoch.
        private func answersBack(_ session: TerminalSession) throws -> [Duration] {
            var answers: [Duration] = []
            while !session.screen.contains("◂ after epoch 1") {
                let before = session.screen.lines.last ?? ""
                try session.send("j")
                answers.append(
                    try session.wait(until: "another moment") {
                        $0.lines.last?.prefix(22) != before.prefix(22)
                    })
                guard answers.count < 30 else {
                    throw session.failure("the end of the first epoch never came")
                }
            }
            return answers
        }
    }
}
