import Datasets
import NeuralNetwork

/// A training run at one moment, whole: who skips one loses nothing.
@dynamicMemberLookup
public struct TrainingSnapshot: Sendable {
    public enum Phase: Sendable {
        case running, paused, finished
        /// Left for another run before its end; it goes on as a fork, or in turns with that one.
        case stopped
        /// Stopped, as the losses grew out of all bounds.
        case diverged
        /// A network from a file; it goes on only as a fork.
        case opened
    }

    /// Which run of the session it is of, counted from 0.
    public let run: Int
    /// Grows from snapshot to snapshot of a session.
    public let serial: Int
    public private(set) var phase: Phase
    @Indirect public private(set) var dataset: Dataset
    @Indirect public private(set) var record: RunRecord
    /// The present, or the moment of the past that is looked at.
    @Indirect public private(set) var now: Moment
    public private(set) var past: Moments
    /// Of the machine, without what the pace has it wait.
    public let samplesPerSecond: Double
    public let pace: Pace
    /// Whether a checkpoint keeps the run.
    public let isKept: Bool
    /// What the run goes on from; nil for new weights.
    @Indirect public internal(set) var fork: Fork?
    /// The file that it was opened from; nil for a run of the session's own.
    public internal(set) var file: String?
    /// Other runs as they were left since this one began; empty where there was none, or it had no step.
    public internal(set) var former: [TrainingSnapshot] = []
    /// The run that trains in turns with this one; empty where there is none.
    public internal(set) var beside: [TrainingSnapshot] = []
    /// What the ranks do that train together; empty for one process.
    public internal(set) var ranks: [RankActivity] = []
    /// Runs that were left before their ends and can go on.
    public internal(set) var waiting: [Int] = []

    /// The members of the record are at hand as the snapshot's own.
    public subscript<Value>(dynamicMember member: KeyPath<RunRecord, Value>) -> Value {
        record[keyPath: member]
    }

    /// The run as it is, looked at as it was at a moment.
    public func at(_ moment: Moment) -> TrainingSnapshot {
        var snapshot = self
        snapshot.now = moment
        return snapshot
    }

    /// The run as it is, the network taken for another one.
    public func taking(_ network: Network) -> TrainingSnapshot {
        at(Moment(step: now.step, network: network, evaluation: now.evaluation, layers: now.layers))
    }

    /// The run as it stays when another one begins.
    public func stopped() -> TrainingSnapshot {
        var snapshot = self
        if phase == .running || phase == .paused { snapshot.phase = .stopped }
        (snapshot.beside, snapshot.waiting) = ([], [])
        return snapshot
    }

    /// Without the runs before, whose moments would stay in memory with it.
    public func alone() -> TrainingSnapshot {
        var snapshot = self
        snapshot.former = []
        return snapshot
    }

    /// With no more moments than there is room for among so many runs.
    public func thinned(toShareOf runs: Int) -> TrainingSnapshot {
        var snapshot = self
        snapshot.past.thin(toShareOf: runs)
        return snapshot
    }

    /// The last moment before the losses began to grow out of bounds; nil where none is kept.
    public var lastGoodMoment: Moment? {
        let step = record.lastGoodStep(classes: dataset.classNames.count)
        return past.all.last { $0.step <= step }
    }

    /// The time to the end at the present speed; nil before there is one.
    public var secondsLeft: Double? {
        guard samplesPerSecond > 0, phase != .stopped, phase != .opened else { return nil }
        let steps = Double(record.totalSteps - record.step)
        let turns = beside.contains { $0.phase == .running } ? 2.0 : 1
        return steps * max(turns * record.secondsPerStep(at: samplesPerSecond), pace.secondsPerStep(record) ?? 0)
    }

    /// Whether the machine would go on faster than the pace has it.
    public var isSlowed: Bool { phase == .running && pace.slows(record, at: samplesPerSecond) }
}

extension TrainingSnapshot: Equatable {
    public static func == (a: TrainingSnapshot, b: TrainingSnapshot) -> Bool { a.serial == b.serial }
}
