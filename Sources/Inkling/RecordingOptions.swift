import ArgumentParser
import Foundation
import ModelFiles
import Training

/// What a training leaves behind while it goes on.
struct RecordingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep the run here, to go on with --resume.", valueName: "file"))
    var checkpoint: String?

    @Option(help: ArgumentHelp("How often: every so many epochs, or seconds as in 30s.", valueName: "interval"))
    var every = CheckpointRecorder.Interval.epochs(1)

    @Option(help: ArgumentHelp("Log each epoch, and every 100th batch, as a line of JSON.", valueName: "file"))
    var log: String?

    @Option(help: ArgumentHelp("Log for TensorBoard.", valueName: "folder"))
    var tensorboard: String?

    /// - Parameters:
    ///   - continues: whether the log of a run that is resumed goes on.
    ///   - onProblem: told what goes wrong later; the training goes on.
    func recorders(continues: Bool, onProblem: @escaping @Sendable (String) -> Void) throws -> TrainingRecorders {
        var recorders: [any TrainingRecorder] = []
        if let checkpoint {
            try WholeFile.check(checkpoint)
            recorders.append(CheckpointRecorder(path: checkpoint, every: every))
        }
        if let log { recorders.append(try JSONLog(path: log, continues: continues)) }
        if let tensorboard { recorders.append(try TensorBoardLog(folder: tensorboard)) }
        return TrainingRecorders(recorders, onProblem: onProblem)
    }
}

extension CheckpointRecorder.Interval: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public var defaultValueDescription: String {
        switch self {
        case .epochs(let count): "\(count)"
        case .seconds(let seconds): "\(seconds)s"
        }
    }
}
