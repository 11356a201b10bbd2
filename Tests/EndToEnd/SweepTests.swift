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
            // On a busy machine all runs may be over before the worker is killed; hence the tries.
            for attempt in 0..<3 {
                let path = data.path + "/worker-\(attempt).jsonl"
                let result = try Command.run(
                    "/bin/sh", ["-c", script, "sh", path, Inkling.binary] + options + ["--journal", path])
                #expect(result.status == .success)
                #expect(Set(try runs(result.output)) == expected)
                if result.error.contains("its runs are done again") { return }
            }
            Issue.record("no worker was killed before the end")
        }

        @Test func anotherSweepDoesNotGetTheJournal() throws {
            let first = try Inkling.run(["sweep", "--dataset", data.path, "--epochs", "1"] + journal("j.jsonl"))
            #expect(first.status == .success && first.output.contains("The best: inkling train --dataset"))
            let other = try Inkling.run(["sweep", "--dataset", data.path, "--epochs", "2"] + journal("j.jsonl"))
            #expect(other.status == .exited(1) && other.output.isEmpty)
            #expect(other.error.contains("j.jsonl: expected the journal of this sweep"))
            #expect(other.error.split(separator: "\n").count == 1)
        }

        /// As many settings as asked for, each within its range; which, the seed decides.
        @Test func drawsAsManySettingsAsAskedFor() throws {
            func rates(_ draws: Int, seed: Int = 0) throws -> Set<Double> {
                let result = try Inkling.run(
                    [
                        "sweep", "--dataset", data.path, "--draws", "\(draws)", "--learning-rate", "0.001..0.1",
                        "--epochs", "1", "--layers", "4", "--seed", "\(seed)", "--json", "--overwrite",
                    ] + journal("drawn.jsonl"))
                #expect(result.status == .success, "\(result.error)")
                return Set(try runs(result.output).compactMap { Double($0.options["learning-rate"] ?? "") })
            }
            let rates5 = try rates(5)
            #expect(rates5.count == 5 && rates5.allSatisfy { (0.001...0.1).contains($0) })
            #expect(try rates(3).isSubset(of: rates5) && rates(5, seed: 1).isDisjoint(with: rates5))
        }

        /// What people read: the runs as they end, then the settings, best first.
        @Test func whatIsFoundStandsInTables() throws {
            let arguments =
                ["sweep", "--dataset", data.path, "--layers", "4", "--learning-rate", "0.05,100", "--epochs", "2"]
                + ["--batch-size", "8", "--threads", "1"]
            let one = try Inkling.run(arguments + journal("one.jsonl"))
            #expect(one.status == .success && one.error.isEmpty, "\(one.error)")
            var lines = one.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            try #require(lines.count == 16, "\(one.output)")
            #expect(
                lines.prefix(4) == [
                    "2 settings, all with --dataset \(data.path) --layers 4 --epochs 2 --batch-size 8",
                    "Kept in \(data.path)/one.jsonl. Accuracy and loss are of the test images.", "",
                    "run  learning-rate  accuracy  test loss  seconds",
                ])
            // Alone, they end in their order.
            #expect(
                lines[4].wholeMatch(of: /\ \ 0  0\.05             +\d+\.\d\d%     \d\.\d{4}  +\d\.\d\d/) != nil,
                "\(lines)")
            #expect(lines[5].hasPrefix("  1  100            diverged    "), "\(lines)")
            let (accuracy, loss) = (lines[4].dropFirst(20).prefix(8), lines[4].dropFirst(30).prefix(9))
            #expect(
                lines[6...10] == [
                    "", "Best first", "", "learning-rate  accuracy  test loss", "0.05           \(accuracy)  \(loss)",
                ])
            #expect(lines[11] == "100            diverged          -" && lines[12].isEmpty, "\(lines)")
            #expect(
                lines[13] == "The best: inkling train --dataset \(data.path) --layers 4 --epochs 2 --batch-size 8 "
                    + "--learning-rate 0.05 --seed 0", "\(lines)")
            #expect(
                lines[14].wholeMatch(
                    of: /0:\d\d, \d\.\d\d runs at a time on average: one after the other they would have taken 0:\d\d\./
                )
                    != nil, "\(lines)")
            // With the same journal nothing is left to do, and nothing is said of time.
            let again = try Inkling.run(arguments + journal("one.jsonl"))
            #expect(again.lines[1].contains("one.jsonl: 2 of 2 runs are there. Accuracy"))
            #expect(again.lines.last == lines[13])
            let anew = try Inkling.run(arguments + journal("one.jsonl") + ["--overwrite"])
            #expect(!anew.output.contains("runs are there"))
            let seeds = try Inkling.run(arguments + ["--seeds", "2", "--seed", "5"] + journal("two.jsonl"))
            lines = seeds.output.split(separator: "\n").map(String.init)
            try #require(lines.count == 13, "\(seeds.output)")
            #expect(lines[0].hasPrefix("2 settings, 2 seeds each, all with "))
            #expect(lines[2] == "run  learning-rate  seed  accuracy  test loss  seconds")
            #expect(
                lines[4].hasPrefix("  1  0.05              6  ") && lines[5].hasPrefix("  2  100               5  "))
            #expect(lines[7] == "Best first, mean ± standard deviation over the seeds")
            #expect(lines[8] == "learning-rate        accuracy        test loss  diverged")
            #expect(
                lines[9].wholeMatch(of: /0\.05 +\d+\.\d\d ± \d+\.\d\d%  +\d\.\d{4} ± \d\.\d{4}         -/) != nil,
                "\(lines)")
            #expect(lines[10] == "100                  diverged                -         2", "\(lines)")
            #expect(!lines[11].contains("--seed"), "any seed")
        }

        /// A thread each; what is interrupted goes on later.
        @Test func soManyRunsAreUnderWayAsThereAreThreads() throws {
            let session = try Inkling.terminal(
                ["sweep", "--dataset", data.path, "--seeds", "6", "--epochs", "1000000", "--threads", "3"]
                    + journal("way.jsonl"))
            try session.wait(for: "0 of 6 runs, 3 under way")
            session.send(signal: SIGINT)
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.contains("0 of 6 runs are done; the same command goes on with the rest."))
            #expect(!session.screen.contains("under way"))
        }

        private struct Setting: Decodable {
            let event: String
            let options: [String: String]?
            let runs, diverged, run: Int?
            let testAccuracy, testAccuracyDeviation, testLoss, testLossDeviation: Double?
            let command: String?
        }

        /// The same as lines of JSON, from values that the lines of the runs tell.
        @Test func settingsAreSummedUpAsJSON() throws {
            let result = try Inkling.run(
                ["sweep", "--dataset", data.path, "--layers", "4", "--layers", "8", "--seeds", "2", "--epochs", "3"]
                    + ["--batch-size", "8", "--json"] + journal("json.jsonl"))
            let runs = try runs(result.output)
            let others = try result.lines.map { Data($0.utf8) }
                .filter { try JSONDecoder().decode(Event.self, from: $0).event != "run" }
                .map { try JSONDecoder().decode(Setting.self, from: $0) }
            #expect(others.map(\.event) == ["setting", "setting", "best"])
            for line in others.prefix(2) {
                let own = runs.filter { $0.options == line.options }
                #expect(own.count == 2 && line.runs == 2 && line.diverged == 0)
                func check(_ values: [Double?], _ mean: Double?, _ deviation: Double?) throws {
                    let values = values.compactMap { $0 }
                    #expect(abs(try #require(mean) - (values[0] + values[1]) / 2) < 1e-9)
                    #expect(abs(try #require(deviation) - abs(values[0] - values[1]) / 2.0.squareRoot()) < 1e-9)
                }
                try check(own.map(\.testAccuracy), line.testAccuracy, line.testAccuracyDeviation)
                try check(own.map(\.testLoss), line.testLoss, line.testLossDeviation)
            }
            let best = try #require(others.last)
            let bestRuns = runs.filter { $0.options == best.options }
            #expect(best.options == others[0].options && bestRuns.contains { $0.run == best.run })
            #expect(
                bestRuns.allSatisfy { $0.testAccuracy ?? 0 <= bestRuns.first { $0.run == best.run }?.testAccuracy ?? 0 }
            )
            let layers = try #require(best.options?["layers"])
            #expect(
                best.command == "inkling train --dataset \(data.path) --layers \(layers) --epochs 3 --batch-size 8")
        }

        @Test(arguments: [
            (["--threads", "0"], "--threads: expected a whole number of 1 to 1024, found 0."),
            (["--threads", "1025"], "--threads: expected a whole number of 1 to 1024, found 1025."),
            (["--distort", "on,maybe"], "--distort: expected on, off or on,off, found maybe."),
            (["--dataset", "spiral"], "--dataset: expected data sets of images, found spiral."),
            (["--learning-rate", "-1"], "--learning-rate: expected"),
            (["--epochs", "1,,2"], "The value '' is invalid for '--epochs"),
            (["--save-best", "best.pth"], "best.pth: expected a name that ends in .safetensors, .npz or .onnx"),
        ]) func whatCannotBeTriedIsNamed(options: [String], words: String) throws {
            let result = try Inkling.run(["sweep"] + options, directory: data.path)
            #expect(result.status != .success && result.output.isEmpty)
            #expect(result.error.contains(words), "\(result.error)")
            #expect(try !data.names.contains { $0.hasPrefix("sweep-") }, "no journal is begun")
        }

        // MARK: - Over ranks

        @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func ranksFindWhatOneProcessFinds() throws {
            let expected = try expected()
            for count in [2, 3] {
                let result = try Ranks.run(count, [Inkling.binary] + options + journal("ranks\(count).jsonl"))
                #expect(result.status == .success)
                #expect(Set(try runs(result.output)) == expected)
            }
        }

        @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func ranksWithOtherDataAreFoundOut() throws {
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
