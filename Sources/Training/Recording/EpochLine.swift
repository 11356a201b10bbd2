import Datasets

/// An epoch as a line of JSON.
public struct EpochLine: Encodable {
    let epoch: Int
    let trainLoss, trainAccuracy: JSONNumber
    /// Of the images that the network is judged by after each epoch: one pair or the other.
    let testLoss, testAccuracy, validationLoss, validationAccuracy: JSONNumber?
    let seconds, samplesPerSecond: Double
    /// Set, and true, for an epoch that was not trained to its end.
    let interrupted: Bool?
    /// Set, and true, where the losses grew out of all bounds.
    let diverged: Bool?
    /// "train" where the training images stand in for test images.
    let testedOn: String?

    /// - Parameter dataset: trained on; nil for points of the plane.
    public init(_ result: EpochResult, of dataset: Dataset?, interrupted: Bool) {
        let (loss, accuracy) = (JSONNumber(result.testLoss), JSONNumber(result.testAccuracy))
        let isValidated = dataset?.validationCount != nil
        epoch = result.epoch
        trainLoss = JSONNumber(result.trainLoss)
        trainAccuracy = JSONNumber(result.trainAccuracy)
        (testLoss, testAccuracy) = isValidated ? (nil, nil) : (loss, accuracy)
        (validationLoss, validationAccuracy) = isValidated ? (loss, accuracy) : (nil, nil)
        seconds = result.seconds
        samplesPerSecond = result.samplesPerSecond
        self.interrupted = interrupted ? true : nil
        diverged = result.hasDiverged ? true : nil
        testedOn = dataset?.isTestedOnTraining ?? false ? "train" : nil
    }
}

/// What the test images said at the end, as a line of JSON.
public struct FinalTestLine: Encodable {
    let testLoss, testAccuracy: JSONNumber
    let correct, count: Int
    /// Epochs that were trained.
    let epochs: Int
    /// Set, and true, where the run ended before its last epoch as it got no better.
    let stoppedEarly: Bool?
    /// The epoch whose network is tested and saved; nil for that of the last, where none was asked to be the best.
    let bestEpoch: Int?
    /// "train" where the training images stand in for test images.
    let testedOn: String?

    public init(_ test: FinalTest, of record: RunRecord, isTestedOnTraining: Bool) {
        (testLoss, testAccuracy) = (JSONNumber(test.loss), JSONNumber(test.accuracy))
        (correct, count, epochs) = (test.correct, test.count, record.epochs.count)
        stoppedEarly = record.hasStoppedEarly ? true : nil
        bestEpoch = record.keptEpoch
        testedOn = isTestedOnTraining ? "train" : nil
    }
}
