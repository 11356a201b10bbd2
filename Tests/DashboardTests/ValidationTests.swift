import DashboardTestSupport
import Datasets
import Testing

@testable import Dashboard
@testable import Training

/// Runs that are judged by images kept aside, have ended early, and went back to their best network.
@Suite struct ValidationTests {
    /// Ended after three epochs of five, the second having been the best; `finalTest` where the test images were asked.
    private static func snapshot(isTested: Bool) -> TrainingSnapshot {
        let dataset = Samples.dataset.validated(by: 40)
        let sample = Samples.snapshot(step: 2814, phase: .finished, dataset: dataset)
        var record = sample.record
        record.configuration.earlyStop = 1
        let (best, last) = (record.epochs[1], record.epochs[2])
        record.epochs[2] = EpochResult(
            epoch: 3, step: last.step, trainLoss: 0.01, trainAccuracy: 0.99, testLoss: 2 * best.testLoss,
            testAccuracy: 0.95, seconds: 0.2, samplesPerSecond: 300_000)
        record.keptEpoch = 2
        record.finalTest = isTested ? FinalTest(loss: 0.0712, correct: 196, count: 200) : nil
        return TrainingSnapshot(
            run: sample.run, serial: sample.serial, phase: sample.phase, dataset: dataset, record: record,
            now: sample.now, past: sample.past, samplesPerSecond: sample.samplesPerSecond, pace: sample.pace,
            isKept: sample.isKept)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 55)]) func picture(size: (width: Int, height: Int)) throws {
        for isTested in [false, true] {
            let name = "validated-\(isTested ? "tested" : "untested")"
            var state = Samples.state(snapshot: Self.snapshot(isTested: isTested))
            try expectPicture(name, of: state, width: size.width, height: size.height)
            // What it was at an earlier step says nothing of the network kept.
            press(&state, .left, .left)
            try expectPicture("\(name)-before", of: state, width: size.width, height: size.height)
        }
    }

    @Test(arguments: State.Screen.allCases) func everyWidthLooksAsItDid(screen: State.Screen) throws {
        let lines = [false, true].map { isTested in
            let start = Samples.state(screen, snapshot: Self.snapshot(isTested: isTested))
            var looks = ScreenDigest()
            for width in stride(from: 60, through: 200, by: 3) {
                var state = start
                _ = state.handle(.resize(width: width, height: 20 + width % 29))
                looks.take(render(state, width: state.width, height: state.height))
            }
            return looks.words
        }
        try expectLooks("validated-\(screen)", lines)
    }
}
