import Training

/// A step of the training in words.
enum StepText {
    /// "after epoch 3", or "at step 1,234" where it is not the end of one.
    static func words(of step: Int, in snapshot: TrainingSnapshot) -> String {
        step > 0 && step % snapshot.batchesPerEpoch == 0
            ? "after epoch \(step / snapshot.batchesPerEpoch)" : "at step \(Format.grouped(step))"
    }
}
