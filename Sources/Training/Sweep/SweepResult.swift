/// What a run of a sweep came to: the epoch whose network it ends with, as `train` reports it.
public struct SweepResult: Sendable, Equatable {
    /// Its place in the plan.
    public let run: Int
    /// In nats; no number where the training diverged far enough.
    public let trainLoss, testLoss: Double
    /// 0…1
    public let trainAccuracy, testAccuracy: Double
    /// Whether the losses grew out of all bounds in some epoch.
    public let hasDiverged: Bool
    /// The whole run, from the first weights to the last test.
    public let seconds: Double

    /// - Parameter kept: the epoch whose network the run ends with; nil for the last.
    public init(run: Int, epochs: [EpochResult], kept: Int? = nil, seconds: Double) {
        self.run = run
        let end = epochs.first { $0.epoch == kept } ?? epochs.last
        trainLoss = end?.trainLoss ?? .nan
        testLoss = end?.testLoss ?? .nan
        trainAccuracy = end?.trainAccuracy ?? 0
        testAccuracy = end?.testAccuracy ?? 0
        hasDiverged = epochs.contains(where: \.hasDiverged)
        self.seconds = seconds
    }
}

/// With null for what is no number.
extension SweepResult: Codable {
    private enum CodingKeys: String, CodingKey {
        case run, trainLoss, testLoss, trainAccuracy, testAccuracy, seconds
        case hasDiverged = "diverged"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        run = try values.decode(Int.self, forKey: .run)
        trainLoss = try values.decode(Double?.self, forKey: .trainLoss) ?? .nan
        testLoss = try values.decode(Double?.self, forKey: .testLoss) ?? .nan
        trainAccuracy = try values.decode(Double.self, forKey: .trainAccuracy)
        testAccuracy = try values.decode(Double.self, forKey: .testAccuracy)
        hasDiverged = try values.decode(Bool.self, forKey: .hasDiverged)
        seconds = try values.decode(Double.self, forKey: .seconds)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(run, forKey: .run)
        try values.encode(JSONNumber(trainLoss), forKey: .trainLoss)
        try values.encode(JSONNumber(testLoss), forKey: .testLoss)
        try values.encode(trainAccuracy, forKey: .trainAccuracy)
        try values.encode(testAccuracy, forKey: .testAccuracy)
        try values.encode(hasDiverged, forKey: .hasDiverged)
        try values.encode(seconds, forKey: .seconds)
    }
}
