import ArgumentParser
import Datasets
import Foundation
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train without a screen.",
        discussion: "Results go to standard output, progress to standard error. Ctrl-C ends the training after the "
            + "batch in hand and reports what was learnt so far.")

    @OptionGroup var options: TrainingOptions

    @Flag(help: "Print one JSON object for each epoch.")
    var json = false

    func run() throws {
        if let set = options.toySet { return try train(on: set) }
        let dataset = try options.locateDataset().load()
        var trainer = Trainer(dataset: dataset, configuration: options.configuration)
        let interruption = Interruption()
        let progress = ProgressLine()
        printHeader()
        while !trainer.isFinished, !interruption.isRequested {
            if let result = trainer.trainBatch() {
                progress.clear()
                try report(result, interrupted: false)
            } else {
                progress.show(trainer)
            }
        }
        progress.clear()
        if !trainer.isFinished, trainer.step % trainer.batchesPerEpoch != 0 {
            try report(trainer.resultSoFar(), interrupted: true)
        }
    }

    /// Trains on points of the plane, and tests on others of the same kind.
    private func train(on set: ToySet) throws {
        let configuration = options.playgroundConfiguration(set)
        var trainer = PlaygroundTrainer(configuration: configuration)
        let interruption = Interruption()
        printHeader()
        for _ in 0..<(options.epochs ?? PlaygroundConfiguration.usualEpochs) where !interruption.isRequested {
            try report(trainer.trainEpoch(), interrupted: false)
        }
    }

    private func printHeader() {
        if !json { print("epoch   train loss  accuracy   test loss  accuracy   seconds  samples/s") }
    }

    private func report(_ result: EpochResult, interrupted: Bool) throws {
        if json {
            print(try EpochLine(result, interrupted: interrupted).json())
        } else {
            print(
                String(
                    format: "%5d   %10.4f  %7.2f%%  %10.4f  %7.2f%%  %8.2f  %9.0f", result.epoch, result.trainLoss,
                    result.trainAccuracy * 100, result.testLoss, result.testAccuracy * 100, result.seconds,
                    result.samplesPerSecond) + (interrupted ? "  (interrupted)" : ""))
        }
        fflush(nil)  // a line at a time, into a pipe too
    }
}

/// An epoch as a line of JSON.
private struct EpochLine: Encodable {
    let epoch: Int
    let trainLoss, trainAccuracy, testLoss, testAccuracy, seconds, samplesPerSecond: Double
    /// Set, and true, for an epoch that was not trained to its end.
    let interrupted: Bool?

    init(_ result: EpochResult, interrupted: Bool) {
        epoch = result.epoch
        trainLoss = result.trainLoss
        trainAccuracy = result.trainAccuracy
        testLoss = result.testLoss
        testAccuracy = result.testAccuracy
        seconds = result.seconds
        samplesPerSecond = result.samplesPerSecond
        self.interrupted = interrupted ? true : nil
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // JSON knows no infinity; a training that diverged says so in words.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
