import Training

/// A step of the training in words.
enum StepText {
    /// "after epoch 3", "at step 1,234" where it is not the end of one, "at the start"; of a network from a file nothing is
    /// known of its training.
    static func words(of step: Int, in snapshot: TrainingSnapshot) -> String {
        if snapshot.phase == .opened { return "from a file" }
        if step == 0 { return "at the start" }
        return step % snapshot.batchesPerEpoch == 0
            ? "after epoch \(step / snapshot.batchesPerEpoch)" : "at step \(Format.grouped(step))"
    }
}
