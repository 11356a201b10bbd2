import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What becomes of results that cannot be written, and of trainings that cannot succeed.
    @Suite struct OutputTests {
        private static let model = Inkling.assets + "/models/pytorch-mnist-128-64.safetensors"
        private static let images = Inkling.assets + "/mnist/t10k-images-idx3-ubyte.gz"
        private static let commands = [
            "train --epochs 1 --layers 16 --json", "train --epochs 1 --layers 16", "evaluate \(model) --json",
            "evaluate \(model)", "gradcheck --layers none --samples 1",
            "classify --as-is \(images)", "sweep --layers none --seeds 2 --epochs 1",
            "sweep --layers none --seeds 2 --epochs 1 --json",
        ]

        /// In a folder of its own, as a sweep keeps a journal.
        private func run(_ command: String, _ redirection: String) throws -> Command.Result {
            let folder = try TemporaryFolder()
            return try Command.run(
                "sh", ["-c", "'\(Inkling.binary)' \(command) \(redirection)"], directory: folder.path)
        }

        @Test(arguments: commands) func whatCannotBeWrittenIsNoSuccess(command: String) throws {
            for (redirection, words) in [("> /dev/full", "No space left"), (">&-", "Bad file descriptor")] {
                let result = try run(command, redirection)
                #expect(result.status == .exited(1), "\(command) \(redirection)")
                let lines = result.error.split(separator: "\n").filter { !$0.hasPrefix("Warning") }
                #expect(lines.count == 1)
                #expect(lines[0].contains("standard output") && lines[0].contains(words), "\(result.error)")
            }
        }

        @Test(arguments: commands) func whoReadsNoFurtherHearsNothing(command: String) throws {
            let result = try run(command, "| head -c 1 > /dev/null")
            #expect(result.error.split(separator: "\n").allSatisfy { $0.hasPrefix("Warning") }, "\(result.error)")
        }

        @Test func divergenceIsSaid() throws {
            let result = try Inkling.run(["train", "--epochs", "2", "--learning-rate", "100", "--json"])
            #expect(result.lines.count == 2)
            for line in result.lines { #expect(line.contains("\"diverged\":true")) }
            #expect(result.error.contains("diverged") && result.error.contains("--learning-rate than 100"))
            #expect(result.error.split(separator: "\n").count == 1, "once")
        }

        @Test func aNetworkThatDoesNotFitIsRefusedAtOnce() throws {
            let sizes = Array(repeating: "16384", count: 16).joined(separator: ",")
            let result = try Inkling.run(["train", "--layers", sizes])
            #expect(result.status == .exited(1) || result.status == .exited(64))
            #expect(result.error.contains("--layers: expected a network that"))
            #expect(result.duration < .seconds(10))
        }
    }
}
