/// An epoch as a line of JSON.
public struct EpochLine: Encodable {
    let epoch: Int
    let trainLoss, trainAccuracy, testLoss, testAccuracy, seconds, samplesPerSecond: Double
    /// Set, and true, for an epoch that was not trained to its end.
    let interrupted: Bool?

    public init(_ result: EpochResult, interrupted: Bool) {
        epoch = result.epoch
        trainLoss = result.trainLoss
        trainAccuracy = result.trainAccuracy
        testLoss = result.testLoss
        testAccuracy = result.testAccuracy
        seconds = result.seconds
        samplesPerSecond = result.samplesPerSecond
        self.interrupted = interrupted ? true : nil
    }
}
