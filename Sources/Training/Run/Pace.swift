import Foundation

/// How fast a run goes: as fast as the machine can, or slowed so that one can watch. The weights do not depend on it.
public enum Pace: Sendable, Equatable {
    case full
    /// So that a run as its settings say lasts this long, in seconds, where the machine would be faster.
    case seconds(Double)

    public static let usual = Pace.seconds(20)
    /// A run may be slowed to a day.
    private static let longest = 86_400.0

    /// "full", or seconds above 0.
    public init?(_ text: String) {
        if text == "full" {
            self = .full
        } else if let seconds = Double(text), seconds > 0, seconds <= Self.longest {
            self = .seconds(seconds)
        } else {
            return nil
        }
    }

    /// What `init` reads.
    public var text: String {
        switch self {
        case .full: "full"
        case .seconds(let seconds): String(format: "%g", seconds)
        }
    }

    /// The time from step to step; nil where none is waited for.
    func secondsPerStep(_ record: RunRecord) -> Double? {
        guard case .seconds(let seconds) = self else { return nil }
        return seconds / Double(max(record.settings.epochs * record.batchesPerEpoch, 1))
    }

    /// Whether a machine of this speed would go on faster than it has the run; not before the speed is known.
    func slows(_ record: RunRecord, at samplesPerSecond: Double) -> Bool {
        guard samplesPerSecond > 0, let paced = secondsPerStep(record) else { return false }
        return paced > record.secondsPerStep(at: samplesPerSecond)
    }

    /// Half as fast, but at first slower than the machine.
    ///
    /// - Parameter machine: how long it takes for a run as the settings say, in seconds; nil before it is known.
    func slower(than machine: Double?) -> Pace {
        let machine = machine ?? 0
        if case .seconds(let seconds) = self, seconds > machine { return .seconds(min(2 * seconds, Self.longest)) }
        var seconds = 2.5
        while seconds <= machine, seconds < Self.longest { seconds *= 2 }
        return .seconds(min(seconds, Self.longest))
    }

    /// Twice as fast; as fast as it goes where the machine is not that fast.
    func faster(than machine: Double?) -> Pace {
        guard case .seconds(let seconds) = self, seconds / 2 > max(machine ?? 0, 0.5) else { return .full }
        return .seconds(seconds / 2)
    }
}
