/// Something that keeps a record of a training while it goes on: checkpoints, logs.
public protocol TrainingRecorder: Sendable {
    /// Called after each batch.
    ///
    /// - Parameter epoch: what the epoch came to, after its last batch.
    mutating func record(_ trainer: Trainer, epoch: EpochResult?) throws

    /// Called at the end, whether the training is finished or was interrupted.
    mutating func finish(_ trainer: Trainer) throws
}

/// The records that are kept of a training. What goes wrong with one of them is told, and the training goes on.
public struct TrainingRecorders: Sendable {
    private var recorders: [any TrainingRecorder]
    private let onProblem: @Sendable (String) -> Void
    private let overwrites: Bool
    /// The last problem of each; it is not told again and again.
    private var problems: [String?]

    /// - Parameters:
    ///   - overwrites: whether a run that begins anew takes the checkpoint of the one before.
    ///   - onProblem: is told what goes wrong.
    public init(
        _ recorders: [any TrainingRecorder] = [], overwrites: Bool = false,
        onProblem: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.recorders = recorders
        self.overwrites = overwrites
        self.onProblem = onProblem
        problems = Array(repeating: nil, count: recorders.count)
    }

    public mutating func record(_ trainer: Trainer, epoch: EpochResult?) {
        for index in recorders.indices { attempt(index) { try $0.record(trainer, epoch: epoch) } }
    }

    public mutating func finish(_ trainer: Trainer) {
        for index in recorders.indices { attempt(index) { try $0.finish(trainer) } }
    }

    /// The file that keeps the run at hand; nil where there is none, or it could not be written.
    public var checkpoint: String? {
        zip(recorders, problems).lazy.compactMap { recorder, problem in
            problem == nil ? (recorder as? CheckpointRecorder)?.path : nil
        }.first
    }

    /// The checkpoint that stayed with the run before when another began.
    public private(set) var formerCheckpoint: String?

    /// Another run begins. The records stay those of the run before, which is written to its end; only a checkpoint that
    /// may be overwritten goes over to the new one.
    public mutating func restart(after trainer: Trainer) {
        finish(trainer)
        if !overwrites, let checkpoint { formerCheckpoint = checkpoint }
        recorders = overwrites ? recorders.compactMap { ($0 as? CheckpointRecorder)?.forAnotherRun() } : []
        problems = Array(repeating: nil, count: recorders.count)
    }

    private mutating func attempt(_ index: Int, _ action: (inout any TrainingRecorder) throws -> Void) {
        do {
            try action(&recorders[index])
        } catch {
            let problem = String(describing: error)
            if problems[index] != problem { onProblem(problem) }
            problems[index] = problem
        }
    }
}
