import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `inkling train` over ranks: what comes out is what one process gives, to the last bit.
    @Suite(.enabled(if: Programs.canStartRanks, "there is no mpirun")) struct RanksTests {
        private let data: TemporaryFolder

        init() throws {
            data = try TemporaryFolder()
            try data.writeSmallDataset(count: 200, side: 28)
        }

        private func train(_ options: [String]) throws -> [String] {
            [try Inkling.binary, "train", "--dataset", data.path, "--threads", "1"] + options
        }

        private func contents(_ name: String) throws -> Data {
            try #require(FileManager.default.contents(atPath: data.path + "/" + name))
        }

        /// The results of the epochs, without the times.
        private func results(_ output: String) -> [String] {
            output.split(separator: "\n").map { $0.split(separator: " ").prefix(5).joined(separator: " ") }
        }

        @Test(arguments: [
            [], ["--network", "lenet"], ["--optimizer", "adam", "--layers", "300,30"],
            ["--dropout", "0.3", "--distort"],
            ["--early-stop", "1", "--validation", "40", "--learning-rate", "0.5"],
        ])
        func anyNumberOfRanksWritesTheSameNetwork(options: [String]) throws {
            let options = options + ["--epochs", "2"]
            let alone = try Command.run("/usr/bin/env", train(options + ["--save", data.path + "/1.safetensors"]))
            #expect(alone.status == .success)
            for count in 2...4 {
                let result = try Ranks.run(count, train(options + ["--save", data.path + "/\(count).safetensors"]))
                #expect(result.status == .success)
                #expect(results(result.output) == results(alone.output))
                #expect(result.error.contains("rank \(count - 1) ("))
                #expect(try contents("\(count).safetensors") == contents("1.safetensors"))
            }
        }

        @Test func aSingleRankIsLikeNone() throws {
            let result = try Ranks.run(1, train(["--epochs", "1"]))
            #expect(result.status == .success && result.error.isEmpty)
        }

        @Test func twoRanksWriteACheckpointAndThreeGoOn() throws {
            let options = ["--schedule", "constant", "--optimizer", "adam"]
            let alone = try Command.run(
                "/usr/bin/env", train(options + ["--epochs", "3", "--save", data.path + "/1.npz"]))
            #expect(alone.status == .success)
            let checkpoint = data.path + "/run.safetensors"
            let begun = try Ranks.run(2, train(options + ["--epochs", "1", "--checkpoint", checkpoint]))
            #expect(begun.status == .success)
            let resumed = try Ranks.run(
                3,
                [
                    Inkling.binary, "train", "--resume", checkpoint, "--epochs", "3", "--threads", "1", "--save",
                    data.path + "/3.npz", "--json",
                ])
            #expect(resumed.status == .success)
            #expect(try contents("3.npz") == contents("1.npz"))
            #expect(resumed.lines.last?.contains(#""ranks":[{"#) ?? false)
        }

        @Test func anInterruptedTrainingIsKept() throws {
            let checkpoint = data.path + "/run.safetensors"
            let result = try Ranks.run(
                2,
                [
                    Inkling.binary, "train", "--epochs", "1000", "--threads", "1", "--checkpoint", checkpoint,
                    "--every",
                    "1000",
                ], interruption: .signal(SIGINT, whenOutput: { $0.contains("\n") }))
            #expect(result.status != .success)
            let kept = try Command.run("/usr/bin/env", [Inkling.binary, "evaluate", checkpoint])
            #expect(kept.status == .success)
        }

        @Test func aRankThatIsKilledEndsAll() throws {
            let checkpoint = data.path + "/run.safetensors"
            let script = #"""
                if [ $OMPI_COMM_WORLD_RANK = 1 ]; then
                    (while [ ! -e "$0" ]; do sleep 0.02; done; date +%s%N >"$0.killed"; kill -KILL $$) & fi
                exec "$@"
                """#
            let start = ContinuousClock.now
            let result = try Ranks.run(
                3,
                ["sh", "-c", script, checkpoint] + train(["--epochs", "1000000", "--checkpoint", checkpoint]))
            #expect(result.status != .success && ContinuousClock.now - start < .seconds(20))
            #expect(result.error.contains("rank 1") && result.error.contains("signal 9"))
            let resumed = try Command.run(
                "/usr/bin/env", [Inkling.binary, "evaluate", checkpoint, "--dataset", data.path])
            #expect(resumed.status == .success)
        }

        @Test func ranksWithOtherOptionsOrDataOrRoundingAreFoundOut() throws {
            let other = try TemporaryFolder()
            try other.writeSmallDataset(count: 200, factor: 41, side: 28)
            for (change, expected) in [
                ("set -- \"$@\" --seed 1", "expected the options of rank 0"),
                ("cd \"$0\"", "expected the data of rank 0"),
                ("export INKLING_KERNELS=portable", "expected the rounding of rank 0"),
            ] {
                let script = "[ $OMPI_COMM_WORLD_RANK = 1 ] && \(change); exec \"$@\""
                let result = try Ranks.run(
                    2,
                    [
                        "--tag-output", "--wdir", data.path, "sh", "-c", script, other.path, Inkling.binary, "train",
                        "--dataset", ".", "--epochs", "1",
                    ])
                #expect(result.status != .success && result.output.isEmpty)
                // Rank 0 says it.
                #expect(result.error.contains("[1,0]<stderr>:Error: rank 1 (") && result.error.contains(expected))
            }
        }

        /// Two ranks in a terminal, each started by what `script` says.
        private func terminal(_ script: String = "exec \"$@\"") throws -> TerminalSession {
            try TerminalSession(
                "mpirun",
                [
                    "-n", "2", "--oversubscribe", "sh", "-c", script, data.path, Inkling.binary, "--dataset", data.path,
                    "--epochs", "100000", "--threads", "1",
                ],
                environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"],
                settings: SettingsFolder(holding: "pace = full"), rows: 40, columns: 120)
        }

        /// In a terminal rank 0 shows the dashboard with all ranks, takes keys, and gives the terminal back to the shell.
        @Test func theDashboardShowsAllRanks() throws {
            let session = try terminal()
            try session.wait(for: "training", timeout: .seconds(30))
            for _ in 0..<6 where !session.screen.contains("2 ranks train together") {
                let title = session.screen.line(1).prefix(20)
                try session.send("v")
                try session.wait(until: "another view") { $0.line(1).prefix(20) != title }
            }
            try session.wait(until: "both ranks at work", timeout: .seconds(10)) {
                $0.lines.count { $0.contains("% at work") && $0.contains("images/s") } == 2
            }
            try session.resize(rows: 30, columns: 100)
            try session.wait(until: "the new size") { $0.line(29).contains("training") }
            try session.send("2")
            try session.wait(for: "recall")
            try session.send("q")
            try session.wait { $0.contains("Leave?") || $0.contains("Trained") }
            if session.screen.contains("Leave?") { try session.send("y") }
            #expect(try session.waitForExit() == .success)
            #expect(session.screen.text.contains("Trained "))
            #expect(try session.settings == session.initialSettings)
        }

        /// `mpirun` then ends the others, also the one that has the terminal.
        @Test func aRankThatIsKilledGivesTheTerminalBack() throws {
            let session = try terminal(
                #"""
                if [ $OMPI_COMM_WORLD_RANK = 1 ]; then
                    (while [ ! -e "$0/now" ]; do sleep 0.02; done; kill -KILL $$) & fi
                exec "$@"
                """#)
            try session.wait(for: "training", timeout: .seconds(30))
            try data.write([], to: "now")
            let status = try session.waitForExit(timeout: .seconds(20))
            #expect(status != .success)
            #expect(try session.settings == session.initialSettings)
            #expect(!session.screen.isAlternateScreen && session.screen.isCursorVisible)
            #expect(!session.screen.isMouseEnabled && !session.screen.enabledModes.contains(2004))
            #expect(session.screen.text.contains("rank 1"), "which says mpirun")
        }

        @Test func whatIsWrongWithTheOptionsIsToldOnce() throws {
            for (options, message) in [
                (["--epochs", "0"], "Error: --epochs"), (["--dataset", "spiral"], "Error: --dataset spiral"),
                (["--dataset", "nowhere"], "Error: nowhere"),
            ] {
                let result = try Ranks.run(3, [Inkling.binary, "train"] + options)
                #expect(result.status != .success && result.output.isEmpty)
                #expect(result.error.components(separatedBy: message).count == 2)
            }
        }
    }
}
