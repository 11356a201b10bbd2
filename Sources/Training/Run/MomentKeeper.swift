/// Keeps moments of a training as a session does, for measuring what that costs.
public struct MomentKeeper {
    private var moments: Moments

    public init(_ trainer: Trainer) { moments = trainer.noMoments() }

    public mutating func keepIfDue(_ trainer: Trainer) {
        if moments.isDue(after: trainer.step) { moments.keep(trainer.now.tested()) }
    }

    /// How many are kept.
    public var count: Int { moments.all.count }

    /// What they take, in bytes: their weights, and of a test nine bytes an image.
    public var bytes: Int {
        moments.all.reduce(0) { $0 + 4 * $1.network.parameterCount + 9 * ($1.evaluation?.count ?? 0) }
    }
}
