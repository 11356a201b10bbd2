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
    @OptionGroup var start: StartingPoint
    @OptionGroup var recording: RecordingOptions

    @Option(help: ArgumentHelp("Write the network here at the end: .safetensors, .npz or .onnx.", valueName: "file"))
    var save: String?

    @Flag(help: "Print one JSON object for each epoch.")
    var json = false

    func run() throws {
        try TrainingRanks.run(options, start) { leader in
            if let set = options.toySet { return try train(on: set) }
            // On the thread that talks to the ranks, so that no step has to get there.
            try leader?.onThread { try train(leader) } ?? train(nil)
        }
    }

    /// - Parameter leader: of the ranks that train along; nil for none.
    private func train(_ leader: RankLeader?) throws {
        let source = try start.trainerSource(options, leader: leader)
        var recorders = try recording.recorders(resuming: start.resume, at: source.step, onProblem: warn)
        if let save { try SavedModel.check(save) }
        let reading = ProgressLine()
        let trainer = try source.makeTrainer { reading.show(reading: options.datasetName, share: $0) }
        reading.clear()
        if trainer.dataset.isTestedOnTraining {
            warn("\(trainer.dataset.title) has no test images; the training images stand in for them.")
        }
        if trainer.configuration.earlyStop != nil, trainer.dataset.validationCount == nil {
            warn(
                "--early-stop goes by the test images, which then look better than new ones would; --validation keeps "
                    + "others aside for it.")
        }
        if trainer.isFinished {
            warn("The run has finished its \(trainer.configuration.epochs) epochs; more --epochs go on with it.")
        }
        let interruption = Interruption()
        let progress = ProgressLine()
        try printHeader(judge: trainer.dataset.judge)
        // Whatever becomes of the results, what was learnt is kept.
        var isKept = false
        defer { if !isKept { recorders.finish(trainer) } }
        var hasDiverged = false
        while !trainer.isFinished, !interruption.isRequested {
            let result = trainer.trainBatch()
            recorders.record(trainer, epoch: result)
            if let result {
                progress.clear()
                try report(result, of: trainer.dataset, interrupted: false)
                if result.hasDiverged, !hasDiverged { warn(divergence(trainer.configuration)) }
                hasDiverged = hasDiverged || result.hasDiverged
            } else {
                progress.show(trainer)
            }
        }
        progress.clear()
        if leader != nil, interruption.isRequested {
            // `mpirun` ends what it interrupts after a second.
            recorders.finish(trainer)
            isKept = true
        }
        if !trainer.isFinished, !trainer.isBetweenEpochs {
            try report(trainer.resultSoFar(), of: trainer.dataset, interrupted: true)
        }
        if recorders.checkpoint != nil, !isKept { trainer.calibrate(judges: .usual) }
        if let best = trainer.record.keptEpoch {
            note(
                (trainer.record.hasStoppedEarly ? "Stopped early: the network is" : "The network is")
                    + " that of epoch \(best), after which the loss on the \(trainer.dataset.judge) images was lowest.")
        }
        try reportEnd(of: trainer)
        if let save { try SavedModel.write(trainer, to: save) }
        if let leader { try report(leader.reports()) }
    }

    private func report(_ ranks: [RankReport]) throws {
        if json {
            try Output.line(try JSONLine(["ranks": ranks]).text)
        } else {
            TrainingRanks.lines(ranks).forEach(note)
        }
    }

    /// What the network that is kept comes to, where that is not what the last epoch came to.
    private func reportEnd(of trainer: Trainer) throws {
        let record = trainer.record
        guard let test = record.finalTest ?? (record.keptEpoch == nil ? nil : trainer.evaluation.map(FinalTest.init))
        else { return }
        let judge = record.finalTest != nil ? "test images, asked once" : "network of epoch \(record.keptEpoch ?? 0)"
        let line = FinalTestLine(test, of: record, isTestedOnTraining: trainer.dataset.isTestedOnTraining)
        try Output.line(json ? try JSONLine(line).text : test.text(judge: judge))
    }

    /// Trains on points of the plane, and tests on others of the same kind.
    private func train(on set: ToySet) throws {
        guard start.resume == nil, start.model == nil, save == nil else {
            throw ValidationError(
                "--dataset \(set.rawValue): expected neither --resume nor --model nor --save, found one of them.")
        }
        let configuration = options.playgroundConfiguration(set)
        var trainer = PlaygroundTrainer(configuration: configuration)
        let interruption = Interruption()
        try printHeader(judge: "test")
        for _ in 0..<(options.epochs ?? PlaygroundConfiguration.usualEpochs) where !interruption.isRequested {
            try report(trainer.trainEpoch(), of: nil, interrupted: false)
        }
    }

    private func printHeader(judge: String) throws {
        if !json { try Output.line(EpochResult.heading(judge: judge)) }
    }

    private func divergence(_ configuration: TrainingConfiguration) -> String {
        "The training diverged: the losses grew out of all bounds. A lower --learning-rate than "
            + "\(configuration.learningRate) may help."
    }

    /// - Parameter dataset: nil for points of the plane.
    private func report(_ result: EpochResult, of dataset: Dataset?, interrupted: Bool) throws {
        if json {
            try Output.line(
                try JSONLine(EpochLine(result, of: dataset, interrupted: interrupted)).text)
        } else {
            try Output.line(result.row(interrupted: interrupted))
        }
    }
}

extension FinalTest {
    func text(judge: String) -> String {
        String(
            format: "%@: loss %.4f, accuracy %.2f%%, %d of %d correct", judge, loss, accuracy * 100, correct, count)
    }
}

extension EpochResult {
    /// What stands above rows of epochs.
    static func heading(judge: String) -> String {
        let loss = judge == "test" ? "  test loss" : "valid. loss"
        return "epoch   train loss  accuracy \(loss)  accuracy   seconds  samples/s"
    }

    func row(interrupted: Bool) -> String {
        String(
            format: "%5d   %10.4f  %7.2f%%  %10.4f  %7.2f%%  %8.2f  %9.0f", epoch, trainLoss, trainAccuracy * 100,
            testLoss, testAccuracy * 100, seconds, samplesPerSecond) + (interrupted ? "  (interrupted)" : "")
    }
}
