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

    /// - Parameter onProblem: told what goes wrong later; the training goes on.
    func recorders(onProblem: @escaping @Sendable (String) -> Void) throws -> TrainingRecorders {
        var recorders: [any TrainingRecorder] = []
        if let checkpoint {
            try WholeFile.check(checkpoint)
            recorders.append(CheckpointRecorder(path: checkpoint, every: every))
        }
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
