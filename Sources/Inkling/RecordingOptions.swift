import ArgumentParser
import Files
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

    @Flag(help: "Write over the checkpoint and the log of another run, and over a recording.")
    var overwrite = false

    /// - Parameters:
    ///   - resumed: the checkpoint that the run goes on from; nil for a run that begins.
    ///   - step: where it goes on.
    ///   - onProblem: told what goes wrong later; the training goes on.
    func recorders(
        resuming resumed: String?, at step: Int?, onProblem: @escaping @Sendable (String) -> Void
    ) throws -> TrainingRecorders {
        var recorders: [any TrainingRecorder] = []
        if let checkpoint {
            try WholeFile.check(checkpoint)
            if resumed.map({ !isSameFile($0, checkpoint) }) ?? true { try checkIsNew(checkpoint) }
            recorders.append(CheckpointRecorder(path: checkpoint, every: every))
        }
        if let log {
            if resumed == nil { try checkIsNew(log) }
            recorders.append(try JSONLog(path: log, resumingAt: step))
        }
        if let tensorboard { recorders.append(try TensorBoardLog(folder: tensorboard, resumingAt: step)) }
        return TrainingRecorders(recorders, overwrites: overwrite, onProblem: onProblem)
    }

    /// Throws where another run would get lost.
    private func checkIsNew(_ path: String) throws(ModelFileError) {
        guard isThere(path) else { return }
        throw ModelFileError(path, expected: "a new file, --resume of this one or --overwrite", found: "another run's")
    }

    /// Opens the file of a recording; throws where something would get lost.
    func castRecorder(_ path: String, onProblem: @escaping @Sendable (String) -> Void) throws -> CastRecorder {
        guard !isThere(path) else {
            throw ModelFileError(path, expected: "a new file, or --overwrite", found: "one that has something in it")
        }
        return try CastRecorder(path: path, onProblem: onProblem)
    }

    /// Whether there is a file that is not to be written over.
    private func isThere(_ path: String) -> Bool {
        var status = stat()
        return !overwrite && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
    }

    private func isSameFile(_ a: String, _ b: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
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
