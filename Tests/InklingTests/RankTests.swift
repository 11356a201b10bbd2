import Foundation
import ModelFiles
import Ranks
import TestSupport
import Testing

@testable import Inkling
@testable import Training

/// What ranks tell of each other and of themselves.
struct RankTests {
    private func card(
        host: String = "b", program: String = "p", options: String = "o", data: String = "d", rounding: String = "r",
        problem: String? = nil
    ) -> RankCard {
        var card = RankCard(options: { options }, data: { data })
        (card.host, card.program, card.rounding, card.problem) = (host, program, rounding, problem)
        return card
    }

    @Test func ranksShareTheCoresOfAMachine() {
        func share(_ cores: Int, _ neighbours: String?, isBound: Bool = false) -> Int {
            StartedRanks.share(
                of: cores, variables: neighbours.map { ["OMPI_COMM_WORLD_LOCAL_SIZE": $0] } ?? [:], isBound: isBound)
        }
        #expect(share(8, "2") == 4 && share(8, "3") == 2 && share(8, "8") == 1 && share(8, "9") == 1)
        #expect(share(8, "1") == 8 && share(8, nil) == 8 && share(8, "many") == 8)
        #expect(share(8, "2", isBound: true) == 8, "what it is bound to is its own")
    }

    /// As Open MPI, PMIx and MPICH number them, in this order; who has no number is alone.
    @Test func theFirstSpeaksForAll() {
        #expect(StartedRanks.isFirst([:]) && StartedRanks.isFirst(["PATH": "/bin"]))
        for variable in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"] {
            #expect(StartedRanks.isFirst([variable: "0"]) && !StartedRanks.isFirst([variable: "1"]), "\(variable)")
            #expect(!StartedRanks.isFirst([variable: "10"]))
        }
        #expect(StartedRanks.isFirst(["OMPI_COMM_WORLD_RANK": "0", "PMIX_RANK": "1", "PMI_RANK": "1"]))
        #expect(!StartedRanks.isFirst(["PMIX_RANK": "1", "PMI_RANK": "0"]))
    }

    @Test func whoDiffersIsNamed() {
        let first = card(host: "a")
        #expect(RankCard.problems([]).isEmpty)
        #expect(RankCard.problems([first, card(), card(data: "")]).isEmpty, "rank 0 sends the data")
        #expect(
            RankCard.problems([
                first, card(program: "q"), card(options: "x"), card(data: "e"), card(rounding: "s"),
                card(host: "c", problem: "no data"),
            ]) == [
                "rank 1 (b): expected the program of rank 0 (a), p, found q",
                "rank 2 (b): expected the options of rank 0 (a), o, found x",
                "rank 3 (b): expected the data of rank 0 (a), d, found e",
                "rank 4 (b): expected the rounding of rank 0 (a), r, found s", "rank 5 (c): no data",
            ])
        #expect(RankCard.problems([card(problem: "x"), card(problem: "x")]) == ["x"], "told once")
        #expect(RankCard.problems([card(data: ""), card()]).count == 1)
        struct Missing: Error, CustomStringConvertible { let description = "none there" }
        #expect(RankCard(options: { throw Missing() }, data: { "" }).problem == "none there")
        #expect(RankCard.rounding(ofKernels: "portable") == "portable")
        for name in ["AVX-512", "AVX2", "NEON"] { #expect(RankCard.rounding(ofKernels: name) == "of fused kernels") }
        let own = RankCard(options: { "o" }, data: { "d" })
        #expect(own.problem == nil && own.program.count > 8 && ["portable", "of fused kernels"].contains(own.rounding))
    }

    @Test func whatEachDidIsALine() {
        var busy = RankReport(host: "a", threads: 2)
        (busy.images, busy.seconds, busy.secondsWaited, busy.bytes) = (60_000, 10, 2.5, 1_234_567)
        #expect(
            TrainingRanks.lines([busy, RankReport(host: "b", threads: 1)]) == [
                "rank 0 (a): 60000 images, 75% at work, 25% waiting for other ranks, 1.2 MB sent",
                "rank 1 (b): 0 images, 100% at work, 0% waiting for other ranks, 0.0 MB sent",
            ])
    }

    @Test func whatARankDidBetweenTwoReports() {
        var (earlier, later) = (RankReport(host: "a", threads: 2), RankReport(host: "a", threads: 2))
        (earlier.images, earlier.seconds, earlier.secondsWaited) = (1_000, 10, 1)
        (later.images, later.seconds, later.secondsWaited) = (5_000, 12, 1.5)
        #expect(
            RankActivity(from: earlier, to: later) == RankActivity(host: "a", imagesPerSecond: 2_000, atWork: 0.75))
        #expect(
            RankActivity(from: later, to: later) == RankActivity(host: "a", imagesPerSecond: 0, atWork: 1), "it paused")
        later.secondsWaited = 99
        #expect(RankActivity(from: earlier, to: later).atWork == 0)
    }

    // MARK: - A world of one, which Open MPI makes of a process that was started without mpirun

    private static func joinWorldOfOne(_ body: (World) throws -> Void) throws {
        let folder = try TemporaryFolder()
        setenv("TMPDIR", folder.path, 1)  // for the files of Open MPI
        let world = try #require(try World.join(environment: ["PMI_SIZE": "1"]))
        try withExtendedLifetime(folder) { try body(world) }
    }

    private struct Missing: Error, CustomStringConvertible { let description = "none there" }

    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func theFirstTellsWhatIsWrong() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try RankTests.joinWorldOfOne { world in
                try #require(try RankCard(options: { "o" }, data: { "d" }).agrees(in: world))
                try #require(try !RankCard(options: { throw Missing() }, data: { "" }).agrees(in: world))
                let ranks = SweepRanks(world)
                let task = try SweepTask(SweepCommand.parse(["--epochs", "3"]))
                try #require(try ranks.agree(.success(task))?.commandLine == task.commandLine)
                try #require(try ranks.agree(.failure(Missing())) == nil)
                try ranks.finish()
                try ranks.finish()
            }
        }
        let lines = String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("Error") } == ["Error: none there", "Error: none there"], "\(lines)")
    }

    /// What becomes of a rank of two that were started, as the launcher says; but Open MPI finds one.
    private static func failureToJoin(rank: Int) throws -> any Error {
        let folder = try TemporaryFolder()
        setenv("TMPDIR", folder.path, 1)
        setenv("OMPI_COMM_WORLD_SIZE", "2", 1)
        setenv("OMPI_COMM_WORLD_RANK", "\(rank)", 1)
        return try #require(throws: (any Error).self) { try StartedRanks.join() }
    }

    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func theFirstSaysWhyItCannotJoin() async {
        await #expect(processExitsWith: .success) {
            let failure = try RankTests.failureToJoin(rank: 0)
            guard case .cannotJoin(let reason)? = failure as? World.Failure else { throw failure }
            try #require(reason.hasPrefix("2 were started"))
        }
        await #expect(processExitsWith: .success) {
            let failure = try RankTests.failureToJoin(rank: 1)
            try #require(InklingCommand.message(for: failure).isEmpty, "without a word")
            try #require(InklingCommand.exitCode(for: failure).rawValue == 1)
        }
    }

    /// After ten seconds, until it speaks again.
    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func aRankThatIsSilentIsGone() async {
        await #expect(processExitsWith: .success) {
            try RankTests.joinWorldOfOne { world in
                var ranks = SweepRanks(world)
                let start = ContinuousClock.now
                func tell(_ news: SweepNews) throws {
                    try world.send(Array(JSONLine(news).text.utf8), to: 0, SweepRanks.newsTag)
                }
                func expect(_ lines: [String], after seconds: Double) throws {
                    let news = try ranks.takeNews(now: start + .seconds(seconds))
                    try #require(try news.map { "\($0.rank) \(try JSONLine($0.news).text)" } == lines)
                }
                let (ready, alive) = (#"0 {"ready":{"places":3}}"#, #"0 {"alive":{}}"#)
                try expect([], after: 0)
                try tell(.ready(places: 3))
                try tell(.alive)
                try expect([ready, alive], after: 0)
                try expect([], after: 10)
                try expect([#"0 {"silent":{}}"#], after: 10.001)
                try expect([], after: 30)
                try tell(.alive)
                try expect([ready, alive], after: 30)
                try expect([], after: 40)
                try expect([#"0 {"silent":{}}"#], after: 40.001)
                // Nobody waits for it at the end.
                try ranks.finish()
                // One that was never ready is not when it speaks again.
                ranks = SweepRanks(world)
                try tell(.alive)
                try expect([alive], after: 0)
                try expect([#"0 {"silent":{}}"#], after: 11)
                try tell(.alive)
                try expect([alive], after: 11)
                try world.leave()
            }
        }
    }
}
