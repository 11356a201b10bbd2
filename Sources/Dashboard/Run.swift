import Training

/// A training run as the dashboard knows it.
public struct Run: Sendable, Equatable {
    /// Its number among the runs of the session.
    public let id: Int
    /// The run as last heard of.
    public internal(set) var snapshot: TrainingSnapshot
    private var kept: SmoothCurves?

    init(id: Int, snapshot: TrainingSnapshot) {
        self.id = id
        self.snapshot = snapshot
    }

    /// Those that are kept, if they are still right.
    func curves(halfLife: Double) -> SmoothCurves {
        if let kept, kept.serial == snapshot.serial, kept.halfLife == halfLife { return kept }
        return SmoothCurves(snapshot, halfLife: halfLife)
    }

    /// Keeps the curves for the frames until the next snapshot.
    mutating func keepCurves(halfLife: Double) { kept = curves(halfLife: halfLife) }
}

/// The batches' losses and accuracies of a snapshot, smoothed.
struct SmoothCurves: Sendable, Equatable {
    /// Of the snapshot.
    let serial: Int
    /// In steps, after which a value weighs half.
    let halfLife: Double
    let loss: [Chart.Point]
    let accuracy: [Chart.Point]

    init(_ snapshot: TrainingSnapshot, halfLife: Double) {
        serial = snapshot.serial
        self.halfLife = halfLife
        loss = LearningCurve.smooth(snapshot.history.loss, halfLife: halfLife)
        accuracy = LearningCurve.smooth(snapshot.history.accuracy, halfLife: halfLife)
    }
}
