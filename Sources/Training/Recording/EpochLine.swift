/// An epoch as a line of JSON.
public struct EpochLine: Encodable {
    let epoch: Int
    let trainLoss, trainAccuracy, testLoss, testAccuracy: JSONNumber
    let seconds, samplesPerSecond: Double
    /// Set, and true, for an epoch that was not trained to its end.
    let interrupted: Bool?
    /// Set, and true, where the losses grew out of all bounds.
    let diverged: Bool?
    /// "train" where the training images stand in for test images.
    let testedOn: String?

    public init(_ result: EpochResult, interrupted: Bool, isTestedOnTraining: Bool = false) {
        epoch = result.epoch
        trainLoss = JSONNumber(result.trainLoss)
        trainAccuracy = JSONNumber(result.trainAccuracy)
        testLoss = JSONNumber(result.testLoss)
        testAccuracy = JSONNumber(result.testAccuracy)
        seconds = result.seconds
        samplesPerSecond = result.samplesPerSecond
        self.interrupted = interrupted ? true : nil
        diverged = result.hasDiverged ? true : nil
        testedOn = isTestedOnTraining ? "train" : nil
    }
}
