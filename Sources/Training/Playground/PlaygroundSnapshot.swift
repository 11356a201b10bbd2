import Datasets
import NeuralNetwork

/// A run of the playground at one moment, whole, and with it the other runs.
public struct PlaygroundSnapshot: Sendable {
    /// Which run of the session it is of, counted from 0.
    public let run: Int
    /// By which people know the run, 1 to `PlaygroundJob.mostRuns`.
    public let number: Int
    /// What the run goes on from; nil for new weights.
    public let origin: PlaygroundFork.Origin?
    /// Grows from snapshot to snapshot of a session.
    public let serial: Int
    /// Whether it trains until it is paused.
    public let isOn: Bool
    public let configuration: PlaygroundConfiguration
    /// Those of the set, then those placed by hand.
    public private(set) var points: [ToySet.Point]
    public private(set) var placedCount: Int
    public private(set) var network: Network
    /// Batches trained since the network was new.
    public private(set) var step: Int
    public let batchesPerEpoch: Int
    public let samplesPerSecond: Double
    /// It stands still once this is lost.
    public let history: History
    public let past: Moments
    let formerPoints: [PlaygroundPoints]
    public let pace: Pace
    /// Whether the machine would go on faster than the pace has it.
    public let isSlowed: Bool
    /// The mean cross-entropy of all points in nats; nil without points.
    public internal(set) var loss: Float?
    /// The share of all points that lie where the network gives their class, 0…1; nil without points.
    public internal(set) var accuracy: Double?
    /// The other runs, oldest first.
    public internal(set) var others: [PlaygroundSnapshot] = []
    /// Which of them is looked at beside this one; nil for none.
    public internal(set) var beside: Int?

    /// The run as it was at a moment, with the points of then.
    public func at(_ moment: Moment) -> PlaygroundSnapshot {
        var snapshot = self
        (snapshot.network, snapshot.step) = (moment.network, moment.step)
        if let then = formerPoints.last(where: { $0.step <= moment.step }) {
            (snapshot.points, snapshot.placedCount) = (then.points, then.placedCount)
        }
        snapshot.take(
            snapshot.points.isEmpty ? nil : PlaygroundTrainer.evaluate(snapshot.network, on: snapshot.points))
        return snapshot
    }

    /// What the network makes of all points; nil where there are none.
    mutating func take(_ answers: SoftmaxCrossEntropy?) {
        loss = answers?.meanLoss
        accuracy = answers.map { Double($0.correctCount) / Double(points.count) }
    }
}

extension PlaygroundSnapshot: Equatable {
    public static func == (a: PlaygroundSnapshot, b: PlaygroundSnapshot) -> Bool { a.serial == b.serial }
}
