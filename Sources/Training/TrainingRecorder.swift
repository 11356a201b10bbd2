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
    /// The last problem of each; it is not told again and again.
    private var problems: [String?]

    public init(_ recorders: [any TrainingRecorder] = [], onProblem: @escaping @Sendable (String) -> Void = { _ in }) {
        self.recorders = recorders
        self.onProblem = onProblem
        problems = Array(repeating: nil, count: recorders.count)
    }

    public mutating func record(_ trainer: Trainer, epoch: EpochResult?) {
        for index in recorders.indices { attempt(index) { try $0.record(trainer, epoch: epoch) } }
    }

    public mutating func finish(_ trainer: Trainer) {
        for index in recorders.indices { attempt(index) { try $0.finish(trainer) } }
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
