import Foundation
import Testing

extension EndToEndBeside {
    /// Several runs beside each other, as a user makes them.
    @Suite struct RunsTests {
        /// Train, go back to the first epoch, fork with Adam, see two curves, focus the first.
        @Test func aForkStandsBesideItsRun() throws {
            let session = try Inkling.terminal(["--epochs", "2", "--pace", "full"], rows: 40, columns: 120)
            try session.wait(for: "finished", timeout: .seconds(60))
            // The rest of the line may still be on its way.
            try session.settle()
            let accuracy = try #require(session.screen.lines.last?.firstMatch(of: /test (\d\d\.\d\d%)/)?.1.description)
            try session.send("c")
            try session.wait { $0.contains("The run") && $0.contains(accuracy) }
            try session.send(.escape)
            try session.wait { !$0.contains("The run") }
            while !session.screen.contains("◂ after epoch 1") {
                let before = session.screen.lines.last ?? ""
                try session.send("j")
                try session.wait { $0.lines.last?.prefix(22) != before.prefix(22) }
            }
            try session.send("f")
            try session.wait { $0.contains("Go on from run 1, after epoch 1") && $0.contains("◂ momentum ▸") }
            for optimizer in ["nesterov", "adagrad", "rmsprop", "adam"] {
                try session.send(.right)
                try session.wait(for: "◂ \(optimizer) ▸")
            }
            try session.send(.enter)
            try session.wait(timeout: .seconds(60)) {
                $0.lines.last?.contains("run 2") ?? false && $0.contains("finished")
            }
            try session.wait { $0.contains("test of run 2") && $0.contains("┈1┈ momentum") }
            try session.send("c")
            try session.wait { $0.contains("2 runs") && $0.contains("adam, rate 0.005, from 1 at epoch 1") }
            try session.send(.up)
            try session.wait(for: "x drop")
            try session.send(.enter)
            try session.wait { $0.lines.last?.contains("run 1") ?? false && $0.lines.last?.contains(accuracy) ?? false }
            #expect(session.screen.contains("┈2┈ adam"))
            #expect(session.screen.unknownSequences == [])
        }

        /// From MNIST to Fashion-MNIST without leaving the program; both runs keep their images.
        @Test func aNewRunLearnsOtherImages() throws {
            let session = try Inkling.terminal(["--epochs", "1"], rows: 40, columns: 120)
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("2")
            try session.wait(for: "read as")
            #expect(!session.screen.contains("Ankle boot"))
            try session.send("A", .up, .up, .up, .up, .up)
            try session.wait { $0.contains("A new run") && $0.contains("◂ MNIST ▸") }
            try session.send(.right)
            try session.wait(for: "◂ Fashion-MNIST ▸")
            try session.send(.enter)
            try session.wait(timeout: .seconds(60)) {
                $0.contains("finished") && $0.lines.last?.contains("run 2  Fashion-MNIST") ?? false
            }
            try session.send("2")
            try session.wait { $0.contains("Ankle boot") && $0.contains("after epoch 1") }
            try session.send("1", "c")
            try session.wait { $0.contains("2 runs") && $0.contains("Fashion-MNIST") }
            try session.send(.up, .enter)
            try session.wait { $0.lines.last?.contains("run 1  MNIST") ?? false }
            try session.send("2")
            try session.wait { $0.contains("read as") && !$0.contains("Ankle boot") }
            #expect(session.screen.unknownSequences == [])
        }
    }
}
