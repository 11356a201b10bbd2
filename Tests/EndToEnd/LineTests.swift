import Foundation
import Testing

extension Measured {
    /// Over a slow line: how much is written each second.
    @Suite struct LineTests {
        /// Also how soon a key shows.
        @Test func theTrainingIsLight() throws {
            let session = try Inkling.terminal(
                ["--epochs", "1000", "--schedule", "constant", "--learning-rate", "0.01"], rows: 40, columns: 120)
            try session.wait(for: "training")
            session.read(for: .seconds(2))
            let bytes = session.read(for: .seconds(3))
            print("while training, \(bytes / 3) bytes a second")
            #expect(bytes / 3 < 20_000)

            // The best of three rounds: what else the machine does is not the program's.
            let rounds = try (0..<3).map { _ in
                try (0..<100).map { index in
                    try session.send(index.isMultiple(of: 2) ? "2" : "1")
                    return try session.wait { screen in
                        index.isMultiple(of: 2)
                            ? screen.contains("read as") || screen.contains("first test") : screen.contains("Network")
                    }
                }.sorted()[98]
            }
            let slowest = rounds.min() ?? .seconds(1)
            print("99 % of the keys act within \(slowest), of the rounds \(rounds)")
            #expect(slowest < .milliseconds(33))
        }

        /// From the first step on.
        @Test(arguments: [(40, 120), (55, 200)]) func thePlaygroundIsLight(size: (rows: Int, columns: Int)) throws {
            let session = try Inkling.terminal(["--dataset", "spiral"], rows: size.rows, columns: size.columns)
            try session.wait(for: "training")
            session.read(for: .milliseconds(300))
            for second in 1...3 {
                let bytes = session.read(for: .seconds(2))
                print("playground at \(size.columns) × \(size.rows): \(bytes / 2) bytes a second, part \(second)")
                #expect(bytes / 2 < 30_000)
            }
        }
    }
}
