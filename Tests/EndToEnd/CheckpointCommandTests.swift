import Foundation
import TestSupport
import Testing
import Training

extension EndToEndBeside {
    /// What is learnt is not lost, however the program ends.
    @Suite struct CheckpointCommandTests {
        private let folder: TemporaryFolder
        private var checkpoint: String { folder.file("run.checkpoint") }

        init() throws { folder = try TemporaryFolder() }

        private func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder.file(name)) }

        /// Which file it is: another after each time that it is written.
        private func identity(of path: String) -> [Int] {
            var status = stat()
            guard stat(path, &status) == 0 else { return [] }
            return [Int(status.st_ino), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aRunInterruptedAnywhereEndsAsOneThatWasNot(signal: Int32)
            throws
        {
            let options = ["--epochs", "2", "--layers", "32", "--seed", "7"]
            let whole = try Inkling.run(["train", "--save", folder.file("whole.safetensors")] + options)
            #expect(whole.status == .success)
            let interrupted = try Inkling.run(
                ["train", "--json", "--checkpoint", checkpoint, "--every", "1000"] + options,
                interruption: .signal(signal, whenOutput: { $0.contains("\"epoch\":1") }))
            #expect(interrupted.status == .success)
            let resumed = try Inkling.run([
                "train", "--resume", checkpoint, "--save", folder.file("resumed.safetensors"),
            ])
            #expect(resumed.status == .success)
            #expect(bytes("whole.safetensors") != nil)
            #expect(bytes("whole.safetensors") == bytes("resumed.safetensors"))
        }

        @Test func theDashboardWritesWhenItIsLeft() throws {
            let session = try Inkling.terminal([
                "--dataset", try folder.writeSmallDataset(count: 40), "--checkpoint", checkpoint,
            ])
            try session.wait(for: "epoch")
            try session.type("q")
            #expect(try session.waitForExit() == .success)
            #expect(try Inkling.run(["evaluate", checkpoint, "--dataset", folder.path]).status == .success)
        }

        @Test func killedAHundredTimesTheFileIsAlwaysWhole() throws {
            let dataset = try folder.writeSmallDataset(count: 40)
            var contents: Set<Data> = []
            for round in 0..<100 {
                let start = round % 10 == 0 ? ["--layers", "300,200", "--overwrite"] : ["--resume", checkpoint]
                let arguments = [
                    "train", "--dataset", dataset, "--epochs", "100000", "--checkpoint", checkpoint, "--every",
                    "0.0001s",
                ]
                // Once the run has written its first, at any moment of those that follow.
                let delay = Duration.microseconds(round % 23 * 300)
                let before = identity(of: checkpoint)
                var written: Duration?
                let kill = Command.Interruption(signal: SIGKILL) { [self] elapsed, _, _ in
                    if written == nil, identity(of: checkpoint) != before { written = elapsed }
                    return written.map { elapsed >= $0 + delay } ?? false
                }
                let result = try Inkling.run(arguments + start, interruption: kill)
                #expect(result.status == .signalled(SIGKILL), "\(result.error)")
                _ = try Checkpoint(file: checkpoint)
                contents.insert(try #require(bytes("run.checkpoint")))
            }
            #expect(contents.count > 90, "the runs went on from each other's checkpoints")
        }

        /// A limit to the size of files stands for a full disk: whoever runs the tests may set one.
        @Test func aFullDiskDoesNotEndTheTraining() throws {
            let dataset = try folder.writeSmallDataset(count: 40)
            let place = folder.file("full")
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let binary = try Inkling.binary
            let result = try Command.run(
                "sh",
                [
                    "-c",
                    "ulimit -f 8; exec '\(binary)' train --dataset '\(dataset)' --layers 400 --epochs 50 "
                        + "--checkpoint '\(place)/checkpoint'",
                ])
            #expect(result.status == .success)
            #expect(result.lines.count == 51, "all epochs are told")
            #expect(
                result.error.contains(
                    "\(place)/checkpoint: expected a place to write the file to, found \"File too large"))
            #expect(result.error.split(separator: "\n").count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty, "nothing half written is left")
        }

        @Test func anotherRunIsNotOverwritten() throws {
            let dataset = try folder.writeSmallDataset(count: 40)
            let log = folder.file("run.jsonl")
            let arguments = ["train", "--dataset", dataset, "--epochs", "1", "--checkpoint", checkpoint, "--log", log]
            #expect(try Inkling.run(arguments).status == .success)
            let kept = (bytes("run.checkpoint"), bytes("run.jsonl"))
            for options in [["--checkpoint", checkpoint], ["--log", log]] {
                let again = try Inkling.run(["train", "--dataset", dataset, "--seed", "3"] + options)
                #expect(again.status == .exited(1))
                #expect(
                    again.error.contains("\(options[1]): expected a new file") && again.error.contains("--overwrite"))
                #expect(again.output.isEmpty)
            }
            #expect(kept == (bytes("run.checkpoint"), bytes("run.jsonl")))
            let other = try Inkling.run(arguments + ["--seed", "3", "--overwrite"])
            #expect(other.status == .success)
            #expect(try Checkpoint(file: checkpoint).configuration.seed == 3)
            // The run itself goes on in its own file, and from anywhere.
            let further = try Inkling.run(
                ["train", "--resume", checkpoint, "--checkpoint", checkpoint, "--log", log, "--epochs", "2"],
                directory: "/")
            #expect(further.status == .success, "\(further.error)")
            #expect(try Checkpoint(file: checkpoint).configuration.epochs == 2)
        }

        @Test func whatIsGivenIsToldFromSilence() throws {
            let dataset = try folder.writeSmallDataset(count: 40)
            let start = ["train", "--dataset", dataset, "--epochs", "1", "--checkpoint", checkpoint, "--seed", "5"]
            #expect(try Inkling.run(start + ["--activation", "tanh"]).status == .success)
            for options in [
                ["--seed", "0"], ["--activation", "relu"], ["--initialization", "xavier"], ["--network", "small"],
                ["--distort"],
            ] {
                let other = try Inkling.run(["train", "--resume", checkpoint, "--epochs", "2"] + options)
                #expect(other.status == .exited(1))
                #expect(other.error.contains("expected no options for the training"), "\(options)")
            }
            let elsewhere = try Inkling.run(["train", "--resume", checkpoint, "--dataset", "mnist"])
            #expect(elsewhere.status == .exited(1))
            #expect(elsewhere.error.contains("to go on with the data set"))
            let finished = try Inkling.run(["train", "--resume", checkpoint, "--seed", "5"])
            #expect(finished.error.contains("has finished its 1 epochs; more --epochs go on"))
        }

        @Test(arguments: [
            (["--checkpoint", "/proc/checkpoint"], "/proc/checkpoint: expected a place to write"),
            (["--checkpoint", "/nowhere/checkpoint"], "/nowhere/checkpoint: expected a place to write"),
            (["--checkpoint", "/dev/full"], "/dev/full: expected the name of a file to write, found a device"),
            (["--resume", "/nowhere/checkpoint"], "/nowhere/checkpoint: expected a readable file, found none"),
        ]) func whatCannotWorkIsNamedAtTheStart(options: [String], words: String) throws {
            let result = try Inkling.run(["train", "--epochs", "1"] + options)
            // Root may write to a folder that is said to be read-only; then the first checkpoint fails, and the run goes on.
            #expect(result.status == (options[1].hasPrefix("/proc") ? .success : .exited(1)))
            #expect(result.error.contains(words), "\(result.error)")
        }

        @Test func resumingTakesTheRunsOwnOptions() throws {
            let dataset = try folder.writeSmallDataset(count: 40)
            #expect(
                try Inkling.run(["train", "--dataset", dataset, "--epochs", "2", "--checkpoint", checkpoint]).status
                    == .success)
            let other = try Inkling.run(["train", "--resume", checkpoint, "--dataset", dataset, "--batch-size", "9"])
            #expect(other.status == .exited(1))
            #expect(other.error.contains("expected no options for the training beside --resume but --epochs"))
            let further = try Inkling.run(["train", "--resume", checkpoint, "--dataset", dataset, "--epochs", "4"])
            #expect(further.lines.count == 3, "epochs 3 and 4 below the headings")
            let both = try Inkling.run(["train", "--resume", checkpoint, "--model", checkpoint])
            #expect(both.status == .exited(64))
        }
    }
}
