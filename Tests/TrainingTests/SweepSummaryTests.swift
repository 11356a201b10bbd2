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
}
