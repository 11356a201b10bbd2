/// Whether a network is as often right as it says.
public struct Honesty: Sendable, Equatable {
    /// How far the confidence of an answer is from the share of such answers that are right, 0…1: the expected
    /// calibration error of Guo et al. (2017), Σ nᵦ/n |accuracyᵦ − confidenceᵦ| over the bins b of equal width.
    public let calibrationError: Double
    /// The share of images said to be like nothing learnt, 0…1; nil where the network was not calibrated.
    public let refused: Double?

    static let bins = 15

    /// - Parameters:
    ///   - readings: one for each image.
    ///   - labels: `[readings.count]`
    public init(_ readings: [Calibration.Reading], labels: [UInt8]) {
        calibrationError = Self.error(
            confidences: readings.map { $0.probabilities[$0.answer] },
            isRight: zip(readings, labels).map { $0.answer == Int($1) })
        let accepted = readings.compactMap(\.isAccepted)
        refused =
            accepted.isEmpty || accepted.count < readings.count
            ? nil : Double(accepted.count { !$0 }) / Double(accepted.count)
    }

    /// - Parameters:
    ///   - confidences: the probability of the answer to each image, 0…1.
    ///   - isRight: `[confidences.count]`
    static func error(confidences: [Float], isRight: [Bool]) -> Double {
        var sums = Array(repeating: 0.0, count: bins)
        for (confidence, isRight) in zip(confidences, isRight) {
            sums[min(max(Int(confidence * Float(bins)), 0), bins - 1)] += Double(confidence) - (isRight ? 1 : 0)
        }
        return sums.reduce(0) { $0 + abs($1) } / Double(max(confidences.count, 1))
    }
}
