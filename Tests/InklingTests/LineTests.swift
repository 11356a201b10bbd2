import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Inkling
@testable import Training

/// The lines that commands print, from given results.
struct LineTests {
    private func epoch(_ epoch: Int, trainLoss: Double = 0.04321) -> EpochResult {
        EpochResult(
            epoch: epoch, step: 938 * epoch, trainLoss: trainLoss, trainAccuracy: 0.98765, testLoss: 12.5,
            testAccuracy: 0.05, seconds: 0.456, samplesPerSecond: 131_578.9)
    }

    @Test func epochsStandBelowTheirHeading() {
        #expect(
            [EpochResult.heading(judge: "test"), epoch(3).row(interrupted: false), epoch(12).row(interrupted: true)]
                .joined(separator: "\n") == """
                    epoch   train loss  accuracy   test loss  accuracy   seconds  samples/s
                        3       0.0432    98.77%     12.5000     5.00%      0.46     131579
                       12       0.0432    98.77%     12.5000     5.00%      0.46     131579  (interrupted)
                    """)
        #expect(
            EpochResult.heading(judge: "validation")
                == "epoch   train loss  accuracy valid. loss  accuracy   seconds  samples/s")
        #expect(epoch(1, trainLoss: .nan).row(interrupted: false).contains("nan    98.77%"))
        let test = FinalTest(loss: 0.12345, correct: 9_801, count: 10_000)
        #expect(
            test.text(judge: "test images, asked once")
                == "test images, asked once: loss 0.1235, accuracy 98.01%, 9801 of 10000 correct")
    }

    private let network = Network(sizes: [1, 2], seed: 0, initialization: .zero)
    private let images = ImageSet(width: 1, height: 1, pixels: [0, 1, 2, 3], labels: [0, 0, 0, 1])

    @Test func whatATestCameToIsToldAsText() throws {
        let evaluation = Evaluation(of: network, on: images)
        func honesty(_ accepted: [Bool]?) -> Honesty {
            Honesty(
                images.labels.indices.map {
                    Calibration.Reading(probabilities: [0.75, 0.25], isAccepted: accepted?[$0])
                }, labels: [0, 0, 1, 1])
        }
        #expect(
            EvaluateCommand.text(evaluation, honesty([true, true, false, true])) == """
                test loss      0.693147
                test accuracy  75.00%, 3 correct
                calibration    25.00% off; refused: 25.00%
                """)
        #expect(EvaluateCommand.text(evaluation, honesty(nil)).hasSuffix("calibration    25.00% off; not calibrated"))
        func json(_ accepted: [Bool]?, isTestedOnTraining: Bool = false) throws -> String {
            let line = EvaluationLine(evaluation, honesty(accepted), isTestedOnTraining: isTestedOnTraining)
            return try JSONLine(line).text.replacing(/0\.693147\d*/, with: "ln 2")
        }
        #expect(
            try json(nil) == #"{"calibrated":false,"calibrationError":0.25,"correct":3,"count":4,"#
                + #""testAccuracy":0.75,"testLoss":ln 2}"#)
        #expect(
            try json([true, true, false, true], isTestedOnTraining: true)
                == #"{"calibrated":true,"calibrationError":0.25,"correct":3,"count":4,"refused":0.25,"#
                + #""testAccuracy":0.75,"testLoss":ln 2,"testedOn":"train"}"#)
    }

    @Test func whatTeachingCameToIsToldAsText() throws {
        let outcome = TeachingOutcome(
            network: network, readings: [], right: .init(before: 21, after: 30),
            testAccuracy: .init(before: 0.98765, after: 0.97))
        func line(leftOut: Int?) -> TeachingLine {
            TeachingLine(outcome, drawings: 30, rightWhenLeftOut: leftOut, seconds: 0.987)
        }
        #expect(
            line(leftOut: 27).text(dataset: "MNIST") == """
                drawings       30
                read right     before: 21, after: 30, each left out once: 27
                test accuracy  before: 98.77%, after: 97.00%, on MNIST
                time           0.99 s
                """)
        #expect(line(leftOut: nil).text(dataset: "MNIST").contains("after: 30\n"))
        #expect(
            try JSONLine(line(leftOut: 27)).text
                == #"{"drawings":30,"rightAfter":30,"rightBefore":21,"rightWhenLeftOut":27,"seconds":0.987,"#
                + #""testAccuracyAfter":0.97,"testAccuracyBefore":0.98765}"#)
    }

    @Test func howFarItIsStandsInABar() throws {
        #expect(ProgressLine.text(reading: "mnist", share: 0) == "reading mnist [..............................]   0%")
        #expect(
            ProgressLine.text(reading: "a", share: 0.5) == "reading a [###############...............]  50%")
        #expect(ProgressLine.text(reading: "a", share: 1) == "reading a [##############################] 100%")
        #expect(ProgressLine.text(reading: "a", share: 1.5).contains("[##############################]"))
        #expect(ProgressLine.text(reading: "a", share: -1).contains("[..............................]"))
        var configuration = TrainingConfiguration()
        (configuration.batchSize, configuration.epochs, configuration.hiddenLayers) = (1, 2, [])
        let trainer = Trainer(dataset: Dataset(name: "d", train: images, test: images), configuration: configuration)
        #expect(
            ProgressLine.text(trainer) == "epoch 1/2 [..............................]   0%    0k samples/s")
        for _ in 0..<5 { _ = trainer.trainBatch() }
        let text = ProgressLine.text(trainer)
        // 62.5 %, rounded to the even one.
        #expect(
            text.wholeMatch(of: /epoch 2\/2 \[##################\.{12}\]  62%  1 s left  \d+k samples\/s/) != nil,
            "\(text)")
        #expect(text.hasSuffix(String(format: "  %.0fk samples/s", trainer.samplesPerSecond / 1000)))
    }

    /// For the samples of all steps that are to come.
    @Test func theTimeThatIsLeftIsInWholeSeconds() {
        var configuration = TrainingConfiguration()
        (configuration.batchSize, configuration.epochs, configuration.hiddenLayers) = (2, 3, [])
        let trainer = Trainer(dataset: Dataset(name: "d", train: images, test: images), configuration: configuration)
        _ = trainer.trainBatch()
        #expect(ProgressLine.left(of: trainer, rate: 10) == "1 s left")
        #expect(ProgressLine.left(of: trainer, rate: 4) == "3 s left", "5 steps of 2")
        #expect(ProgressLine.left(of: trainer, rate: 0.01) == "1000 s left")
        #expect(ProgressLine.left(of: trainer, rate: 0).isEmpty)
    }

    @MainActor @Test func aFarewellSaysWhatWasReached() throws {
        let folder = try TemporaryFolder()
        var configuration = TrainingConfiguration()
        (configuration.batchSize, configuration.epochs, configuration.hiddenLayers) = (1, 3, [])
        let dataset = Dataset(name: "d", train: images, test: images)
        func job(_ configuration: TrainingConfiguration, on dataset: Dataset, steps: Int, kept: Bool = false)
            -> TrainingJob
        {
            let trainer = Trainer(dataset: dataset, configuration: configuration)
            var recorders = TrainingRecorders(
                kept ? [CheckpointRecorder(path: folder.file("run"), every: .epochs(1))] : [])
            for _ in 0..<steps where !trainer.isFinished { recorders.record(trainer, epoch: trainer.trainBatch()) }
            return TrainingJob(trainer, recorders: recorders)
        }
        func farewell(_ job: TrainingJob) -> String? { EventLoop.farewell(job) }
        func percent(_ share: Double) -> String { String(format: "%.2f%%", share * 100) }
        #expect(farewell(job(configuration, on: dataset, steps: 0)) == nil)
        #expect(
            farewell(job(configuration, on: dataset, steps: 3))
                == "Trained 0.75 of 3 epochs. The run is not kept; --checkpoint FILE keeps the next one.")
        let testedJob = job(configuration, on: dataset, steps: 4, kept: true)
        let accuracy = percent(try #require(testedJob.trainer.evaluation).accuracy)
        #expect(
            farewell(testedJob) == "Trained 1 of 3 epochs, test accuracy \(accuracy). Kept in \(folder.file("run")); "
                + "--resume \(folder.file("run")) goes on with it.")
        configuration.earlyStop = 1
        configuration.learningRate = 10
        let judgedJob = job(configuration, on: dataset.validated(by: 1), steps: 100)
        let (record, judged) = (judgedJob.trainer.record, try #require(farewell(judgedJob)))
        let (kept, test) = (try #require(record.keptEpoch), percent(try #require(record.finalTest).accuracy))
        let validation = percent(try #require(judgedJob.trainer.evaluation).accuracy)
        #expect(
            judged.contains(
                " of 3 epochs, network of epoch \(kept), validation accuracy \(validation), test accuracy \(test). The"),
            "\(judged)")
        var left = job(configuration, on: dataset, steps: 4, kept: true)
        left.handle(.begin(NewRun(.new(configuration))))
        #expect(farewell(left) == nil, "the other run has no step yet")
        left.handle(.run)
        _ = left.step(now: .now)
        #expect(
            farewell(left)?.hasSuffix(
                "The run is not kept; \(folder.file("run")) holds the run before the restart; --overwrite gives it to the "
                    + "last one.") ?? false)
    }
}
