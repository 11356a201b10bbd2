/// Writes a checkpoint now and then, and at the end.
public struct CheckpointRecorder: TrainingRecorder {
    public enum Interval: Sendable, Equatable {
        case epochs(Int)
        case seconds(Double)

        /// "2" epochs or "30s"; nil unless it is above 0.
        public init?(_ text: String) {
            if text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds > 0, seconds.isFinite {
                self = .seconds(seconds)
            } else if let epochs = Int(text), epochs > 0 {
                self = .epochs(epochs)
            } else {
                return nil
            }
        }
    }

    let path: String
    private let interval: Interval
    private var lastWritten = ContinuousClock.now
    /// What the file holds, in steps.
    private var stepWritten: Int?

    public init(path: String, every interval: Interval) {
        self.path = path
        self.interval = interval
    }

    /// The same file, which does not hold the other run yet.
    func forAnotherRun() -> CheckpointRecorder { CheckpointRecorder(path: path, every: interval) }

    public mutating func record(_ trainer: Trainer, epoch: EpochResult?) throws {
        switch interval {
        case .epochs(let count):
            guard let epoch, epoch.epoch.isMultiple(of: count) else { return }
        case .seconds(let seconds):
            guard (ContinuousClock.now - lastWritten).seconds >= seconds else { return }
        }
        try write(trainer)
    }

    public mutating func finish(_ trainer: Trainer) throws {
        if stepWritten != trainer.record.step || trainer.calibration != nil { try write(trainer) }
    }

    private mutating func write(_ trainer: Trainer) throws {
        // A disk that is full is tried again when the next is due, not after every batch.
        lastWritten = .now
        stepWritten = nil
        try Checkpoint.write(trainer, to: path)
        lastWritten = .now
        stepWritten = trainer.record.step
    }
}
