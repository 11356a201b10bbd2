import Training

/// A step of the training in words.
enum StepText {
    /// "after epoch 3", "at step 1,234" where it is not the end of one, "at the start".
    static func words(of step: Int, in snapshot: TrainingSnapshot) -> String {
        if step == 0 { return "at the start" }
        return step % snapshot.batchesPerEpoch == 0
            ? "after epoch \(step / snapshot.batchesPerEpoch)" : "at step \(Format.grouped(step))"
    }
}
