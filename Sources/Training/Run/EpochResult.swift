/// What an epoch, or the part of it that was trained, came to.
public struct EpochResult: Sendable, Equatable {
    /// Counted from 1.
    public let epoch: Int
    /// Steps from the start of the run to the end of this epoch.
    public let step: Int
    /// The mean over the epoch's batches, each before its update, in nats.
    public let trainLoss: Double
    /// 0…1
    public let trainAccuracy: Double
    /// Over the whole test set after the epoch, or the validation images where some are kept aside, in nats.
    public let testLoss: Double
    /// 0…1
    public let testAccuracy: Double
    /// Training time, without the test.
    public let seconds: Double
    public let samplesPerSecond: Double

    /// Whether the losses grew out of all bounds: ten times those of a guess among ten classes, ln 10, or no numbers.
    public var hasDiverged: Bool { !(trainLoss < 23 && testLoss < 23) }
}
