import Testing

@testable import Training

@Suite struct SweepSummaryTests {
    private func result(_ run: Int, accuracy: Double, loss: Double = 0.1) -> SweepResult {
        let epoch = EpochResult(
            epoch: 1, step: 10, trainLoss: 0.2, trainAccuracy: 0.9, testLoss: loss, testAccuracy: accuracy, seconds: 1,
            samplesPerSecond: 10)
        return SweepResult(run: run, epochs: [epoch], seconds: 1)
    }

    /// The deviation as numpy.std(…, ddof=1) has it.
    @Test func meanAndDeviation() throws {
        let spread = try #require(SweepSummary.Spread([0.97, 0.98, 0.96, 0.95]))
        #expect(abs(spread.mean - 0.965) < 1e-12)
        #expect(abs(try #require(spread.deviation) - 0.012909944487358068) < 1e-12)
        #expect(SweepSummary.Spread([0.5])?.deviation == nil && SweepSummary.Spread([]) == nil)
    }

    @Test func whatDivergedCountsAsSuch() throws {
        let summary = SweepSummary(
            setting: 0,
            results: [result(0, accuracy: 0.9), result(1, accuracy: 0.1, loss: .nan), result(2, accuracy: 0.8)])
        #expect(summary.divergedCount == 1 && summary.best?.run == 0)
        #expect(abs(try #require(summary.accuracy).mean - 0.85) < 1e-12 && summary.loss?.mean == 0.1)
        let none = SweepSummary(setting: 0, results: [result(0, accuracy: 0.1, loss: 24)])
        #expect(none.divergedCount == 1 && none.accuracy == nil && none.best == nil)
    }

    @Test func aRunThatDivergedOnceHasDiverged() {
        let epochs = [30.0, 0.5].map { loss in
            EpochResult(
                epoch: 1, step: 1, trainLoss: loss, trainAccuracy: 0.5, testLoss: 0.5, testAccuracy: 0.5, seconds: 1,
                samplesPerSecond: 1)
        }
        #expect(SweepResult(run: 0, epochs: epochs, seconds: 1).hasDiverged)
    }

    @Test func theBestSettingsComeFirst() throws {
        let options = [try SweepOption("learning-rate", ["0.01", "0.1", "1", "10"])]
        let plan = try SweepPlan(options, draws: nil, seed: 0, seeds: 2)
        // The third setting has one run yet, the better one of the last diverged.
        let results = [
            result(0, accuracy: 0.9), result(1, accuracy: 0.92), result(2, accuracy: 0.93), result(3, accuracy: 0.91),
            result(5, accuracy: 0.92, loss: 0.05), result(6, accuracy: 0.99), result(7, accuracy: 0.1, loss: .nan),
        ]
        let ranking = SweepSummary.ranking(plan, results.reversed())
        #expect(ranking.map(\.setting) == [2, 1, 0, 3])
        #expect(ranking[1].results.map(\.run) == [2, 3] && ranking[1].best?.run == 2)
    }

    private func epoch(_ number: Int) -> EpochResult {
        EpochResult(
            epoch: number, step: number, trainLoss: 0.5 / Double(number), trainAccuracy: 0.1 * Double(number),
            testLoss: 0.25 / Double(number), testAccuracy: 0.2 * Double(number), seconds: 1, samplesPerSecond: 1)
    }

    /// That of the epoch whose network is kept, else of the last.
    @Test(arguments: [(nil, 3), (1, 1), (2, 2), (9, 3)] as [(Int?, Int)]) func aResultIsThatOfAnEpoch(
        kept: Int?, number: Int
    ) {
        let result = SweepResult(run: 7, epochs: (1...3).map(epoch), kept: kept, seconds: 1.5)
        let end = epoch(number)
        #expect(result.run == 7 && result.seconds == 1.5 && !result.hasDiverged)
        #expect(result.trainLoss == end.trainLoss && result.testLoss == end.testLoss)
        #expect(result.trainAccuracy == end.trainAccuracy && result.testAccuracy == end.testAccuracy)
    }

    @Test func withoutEpochsNothingIsKnown() {
        let result = SweepResult(run: 0, epochs: [], seconds: 1)
        #expect(result.trainLoss.isNaN && result.testLoss.isNaN)
        #expect(result.trainAccuracy == 0 && result.testAccuracy == 0 && !result.hasDiverged)
    }

    /// The lower loss decides among equal accuracies, then the place in the plan.
    @Test func equalRunsStayInOrder() throws {
        let results = [
            result(3, accuracy: 0.9, loss: 0.2), result(1, accuracy: 0.9, loss: 0.1),
            result(2, accuracy: 0.9, loss: 0.1),
            result(0, accuracy: 0.8, loss: 0.05),
        ]
        #expect(SweepSummary(setting: 0, results: results).best?.run == 1)
        let options = [try SweepOption("learning-rate", ["0.01", "0.1", "1", "10"])]
        let plan = try SweepPlan(options, draws: nil, seed: 0, seeds: 1)
        #expect(SweepSummary.ranking(plan, results).map(\.setting) == [1, 2, 3, 0])
        #expect(SweepSummary.ranking(plan, []).isEmpty)
    }

    /// One run of two that diverged is worse than none of one, whatever the accuracy.
    @Test func theShareThatDivergedComesFirst() throws {
        let plan = try SweepPlan([try SweepOption("epochs", ["1", "2", "3"])], draws: nil, seed: 0, seeds: 2)
        let ranking = SweepSummary.ranking(
            plan,
            [
                result(0, accuracy: 0.99), result(1, accuracy: 0.1, loss: .nan), result(2, accuracy: 0.5),
                result(4, accuracy: 0.1, loss: .nan), result(5, accuracy: 0.1, loss: .nan),
            ])
        #expect(ranking.map(\.setting) == [1, 0, 2] && ranking.map(\.divergedCount) == [0, 1, 2])
    }
}
