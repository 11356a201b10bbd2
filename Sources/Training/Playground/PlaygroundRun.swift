import Datasets
import NeuralNetwork

/// The points of a run from a step on, until there are others.
public struct PlaygroundPoints: Sendable, Equatable {
    /// Batches trained before.
    let step: Int
    /// Those of the set, then those placed by hand.
    let points: [ToySet.Point]
    let placedCount: Int
}

/// A run that goes on from a moment of another one with other settings: the same network on the same points. What the
/// optimizer remembered is not kept with a moment: it begins afresh.
public struct PlaygroundFork: Sendable, Equatable {
    /// Where it goes on from.
    public struct Origin: Sendable, Equatable {
        /// The number of the run.
        public let number: Int
        public let step: Int
    }

    public let origin: Origin
    let network: Network
    let points: PlaygroundPoints
    let history: History
    let configuration: PlaygroundConfiguration

    /// - Parameters:
    ///   - snapshot: of the run, looked at as it was at the moment.
    ///   - configuration: the settings from then on; the layers stay those of the network, set and points as they are.
    public init(_ snapshot: PlaygroundSnapshot, _ configuration: PlaygroundConfiguration) {
        origin = Origin(number: snapshot.number, step: snapshot.step)
        network = snapshot.network
        points = PlaygroundPoints(step: snapshot.step, points: snapshot.points, placedCount: snapshot.placedCount)
        history = snapshot.history.first(snapshot.step)
        // The network has as many outputs as the points' set has classes.
        var configuration = configuration
        configuration.set = snapshot.configuration.set
        self.configuration = configuration
    }
}

/// A run of the playground with the moments of its past.
struct PlaygroundRun: Sendable {
    /// Which of the session it is, counted from 0.
    let id: Int
    /// By which people know it: 1 to `PlaygroundJob.mostRuns`, which no other run has now.
    let number: Int
    /// What it goes on from; nil for new weights.
    private(set) var origin: PlaygroundFork.Origin?
    private(set) var trainer: PlaygroundTrainer
    private(set) var past: Moments
    /// Oldest first; those that a moment of the past had, and the present ones.
    private(set) var points: [PlaygroundPoints] = []
    /// What the network makes of the points, while the run rests.
    private var answers: SoftmaxCrossEntropy?

    /// The moments of all runs together take a quarter of the memory that those of runs on images may take.
    private static let shareOfMemory = 4

    /// - Parameter runs: how many there are with it.
    init(id: Int, number: Int, origin: PlaygroundFork.Origin? = nil, _ trainer: PlaygroundTrainer, runs: Int) {
        (self.id, self.number, self.origin, self.trainer) = (id, number, origin, trainer)
        past = Self.noMoments(trainer, runs: runs)
        past.keep(now)
        keepPoints()
    }

    private static func noMoments(_ trainer: PlaygroundTrainer, runs: Int) -> Moments {
        Moments(
            network: trainer.network, images: trainer.points.count, batchSize: trainer.configuration.batchSize,
            batchesPerEpoch: trainer.batchesPerEpoch, runs: shareOfMemory * runs)
    }

    private var now: Moment { Moment(step: trainer.step, network: trainer.network, evaluation: nil, layers: []) }

    /// Whether a batch would change something.
    var canTrain: Bool { !trainer.points.isEmpty && !trainer.history.isLost }

    /// Whether it has not trained a batch of its own.
    var isUntrained: Bool { trainer.step <= origin?.step ?? 0 }

    mutating func trainBatch() {
        answers = nil
        trainer.trainBatch()
        if past.isDue(after: trainer.step) { past.keep(now) }
    }

    /// Tells the trainer something. Where it begins anew, its past is gone.
    mutating func change(runs: Int, _ change: (inout PlaygroundTrainer) -> Void) {
        answers = nil
        let before = trainer.step
        change(&trainer)
        if trainer.step < before || trainer.step == 0 {
            (origin, past, points) = (nil, Self.noMoments(trainer, runs: runs), [])
            past.keep(now)
        }
        keepPoints()
    }

    mutating func thin(toShareOf runs: Int) { past.thin(toShareOf: Self.shareOfMemory * runs) }

    /// It goes out of view: what does not change any more is computed once.
    mutating func rest() { answers = trainer.evaluate() }

    private mutating func keepPoints() {
        let now = PlaygroundPoints(step: trainer.step, points: trainer.points, placedCount: trainer.placedCount)
        guard points.last?.points != now.points else { return }
        if points.last?.step == now.step { points.removeLast() }
        points.append(now)
        let steps = past.all.map(\.step)
        points = points.indices.filter { place in
            guard place + 1 < points.count else { return true }
            let until = points[place + 1].step
            return steps.contains { points[place].step <= $0 && $0 < until }
        }.map { points[$0] }
    }

    func snapshot(serial: Int, isOn: Bool, samplesPerSecond: Double, pace: Pace, isSlowed: Bool) -> PlaygroundSnapshot {
        var snapshot = PlaygroundSnapshot(
            run: id, number: number, origin: origin, serial: serial, isOn: isOn, configuration: trainer.configuration,
            points: trainer.points, placedCount: trainer.placedCount, network: trainer.network, step: trainer.step,
            batchesPerEpoch: trainer.batchesPerEpoch, samplesPerSecond: samplesPerSecond, history: trainer.history,
            past: past, formerPoints: points, pace: pace, isSlowed: isSlowed)
        snapshot.take(answers ?? trainer.evaluate())
        return snapshot
    }
}
