import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `inkling sweep` by itself and over ranks; however it goes, the results are the same.
    @Suite struct SweepTests {
        private struct Run: Decodable, Hashable {
            let run: Int
            let options: [String: String]
            let seed: Int
            let trainLoss, trainAccuracy, testLoss, testAccuracy: Double?
            let diverged: Bool
        }

        private struct Event: Decodable { let event: String }

        private let data: TemporaryFolder

        init() throws {
            data = try TemporaryFolder()
            try data.writeSmallDataset(count: 40)
        }

        /// 60 runs of some hundredths of a second.
        private var options: [String] {
            [
                "sweep", "--dataset", data.path, "--layers", "16", "--layers", "32,16", "--learning-rate",
                "0.01,0.1,1", "--seeds", "10", "--epochs", "400", "--batch-size", "8", "--json",
            ]
        }

        private func journal(_ name: String) -> [String] { ["--journal", data.path + "/" + name] }

        private func runs(_ output: String) throws -> [Run] {
            let lines = output.split(separator: "\n").map { Data($0.utf8) }
            return try lines.filter { try JSONDecoder().decode(Event.self, from: $0).event == "run" }.map {
                try JSONDecoder().decode(Run.self, from: $0)
            }
        }

        /// What one undisturbed process finds.
        private func expected() throws -> Set<Run> {
            let result = try Inkling.run(options + journal("whole.jsonl"))
            #expect(result.status == .success && result.error.isEmpty)
            let runs = try runs(result.output)
            #expect(runs.count == 60 && Set(runs.map(\.run)).count == 60)
            return Set(runs)
        }

        private func contents(_ name: String) throws -> Data {
            try #require(FileManager.default.contents(atPath: data.path + "/" + name))
        }

        @Test func aRunIsThatOfTrain() throws {
            let sweep = try Inkling.run(
                [
                    "sweep", "--dataset", data.path, "--learning-rate", "0.02,0.3", "--distort", "on,off", "--seeds",
                    "2", "--epochs", "3", "--save-best", data.path + "/best.npz", "--save-models",
                    data.path + "/models", "--logs", data.path + "/logs", "--json",
                ] + journal("s.jsonl"))
            #expect(sweep.status == .success && sweep.error.isEmpty)
            let runs = try runs(sweep.output)
            #expect(runs.count == 8)
            let run = try #require(runs.first { $0.run == 3 })
            #expect(run.options["learning-rate"] == "0.3" && run.options["distort"] == "on" && run.seed == 1)
            let train = try Inkling.run([
                "train", "--dataset", data.path, "--learning-rate", "0.3", "--distort", "--seed", "1", "--epochs", "3",
                "--json", "--save", data.path + "/own.safetensors",
            ])
            let last = try #require(train.lines.last)
            for figure in [run.trainLoss, run.testLoss, run.trainAccuracy, run.testAccuracy] {
                #expect(last.contains(":\(try #require(figure))"))
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: data.path + "/models")
            #expect(names.count == 8)
            let name = "3_distort=on_learning-rate=0.3_seed=1"
            #expect(try contents("models/\(name).safetensors") == (try contents("own.safetensors")))
            let log = try contents("logs/\(name).jsonl")
            #expect(log.split(separator: UInt8(ascii: "\n")).count == 3)
            #expect(!(try contents("best.npz")).isEmpty)
        }

        @Test func nothingIsLostToTwentyKills() throws {
            let expected = try expected()
            var (kills, known) = (0, 0)
            for attempt in 0..<20 {
                // By turns at some moment of its start, and after it got on by some runs.
                let due: Command.Interruption =
                    attempt.isMultiple(of: 2)
                    ? .signal(SIGKILL, after: .milliseconds(attempt * 7))
                    : .signal(
                        SIGKILL, whenOutput: { [known] output in output.count { $0 == "\n" } > known + attempt % 3 })
                let result = try Inkling.run(options + journal("killed.jsonl"), interruption: due)
                guard result.status != .success else { continue }
                kills += 1
                known = max(known, try runs(result.output).count)
            }
            #expect(kills >= 10 && known > 0)
            let result = try Inkling.run(options + journal("killed.jsonl"))
            #expect(result.status == .success)
            #expect(Set(try runs(result.output)) == expected && result.lines.count { $0.contains("\"seed\"") } == 60)
        }

        @Test func aWorkerThatIsKilledTakesNothingWithIt() throws {
            let expected = try expected()
            // After the fifth line of the journal.
            let script = #"""
                journal=$1; shift
                "$@" & while [ "$(cat "$journal" 2>/dev/null | wc -l)" -lt 5 ]; do sleep 0.02; done
                pkill -KILL -P $!; wait $!
                """#
            let path = data.path + "/worker.jsonl"
            let result = try Command.run(
                "/bin/sh", ["-c", script, "sh", path, Inkling.binary] + options + ["--journal", path])
            #expect(result.status == .success && result.error.contains("its runs are done again"))
            #expect(Set(try runs(result.output)) == expected)
        }

        @Test func anotherSweepDoesNotGetTheJournal() throws {
            let first = try Inkling.run(["sweep", "--dataset", data.path, "--epochs", "1"] + journal("j.jsonl"))
            #expect(first.status == .success && first.output.contains("The best: inkling train --dataset"))
            let other = try Inkling.run(["sweep", "--dataset", data.path, "--epochs", "2"] + journal("j.jsonl"))
            #expect(other.status == .exited(1) && other.output.isEmpty)
            #expect(other.error.contains("j.jsonl: expected the journal of this sweep"))
            #expect(other.error.split(separator: "\n").count == 1)
        }

        // MARK: - Over ranks

        @Test(.enabled(if: Ranks.canStart, "there is no mpirun")) func ranksFindWhatOneProcessFinds() throws {
            let expected = try expected()
            for count in [2, 3] {
                let result = try Ranks.run(count, [Inkling.binary] + options + journal("ranks\(count).jsonl"))
                #expect(result.status == .success)
                #expect(Set(try runs(result.output)) == expected)
            }
        }

        @Test(.enabled(if: Ranks.canStart, "there is no mpirun")) func ranksWithOtherDataAreFoundOut() throws {
            let other = try TemporaryFolder()
            try other.writeSmallDataset(count: 40, factor: 41)
            let script = "[ $OMPI_COMM_WORLD_RANK = 1 ] && cd \"$0\"; exec \"$@\""
            let arguments = ["sh", "-c", script, other.path, try Inkling.binary, "sweep", "--dataset", ".", "--epochs"]
            let result = try Ranks.run(2, ["--wdir", data.path] + arguments + ["1"])
            #expect(result.status != .success)
            #expect(result.error.contains("Error: rank 1 (") && result.error.contains("expected the data of rank 0"))
        }
    }
}
