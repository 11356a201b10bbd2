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
}
