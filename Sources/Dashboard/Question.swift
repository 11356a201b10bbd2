import Training

/// What is asked before a run that no file keeps is lost or left.
enum Question: Sendable, Equatable {
    case leave
    /// Another run begins, and this one stops: what is to be done for it.
    case begin([Action])

    /// Seconds of training; less than this is quickly repeated.
    static let worthAsking = 10.0

    /// Pressing q or Ctrl-C a second time means yes.
    func isConfirmed(by key: Key) -> Bool {
        key == .character("y") || (self == .leave && key == .character("q"))
    }

    var actions: [Action] {
        switch self {
        case .leave: [.quit]
        case .begin(let actions): actions
        }
    }

    /// Seconds of training at stake: those of all runs, or of the one that trains while it is not at its end.
    func seconds(_ runs: [Run]) -> Double {
        let runsAtStake = runs.filter { !$0.snapshot.isKept && $0.snapshot.phase != .diverged }
        switch self {
        case .leave: return runsAtStake.reduce(0) { $0 + $1.secondsToLose }
        case .begin:
            let isUnderWay = runsAtStake.last?.id == runs.last?.id && runsAtStake.last?.snapshot.phase != .finished
            return isUnderWay ? runsAtStake.last?.secondsToLose ?? 0 : 0
        }
    }

    /// In a line; where there is no room, without what would be lost.
    func text(_ runs: [Run], width: Int) -> [(String, Style)] {
        let what: String
        let why: String
        switch self {
        case .leave: (what, why) = ("Leave?", " \(Format.duration(seconds(runs))) of training would be lost.")
        case .begin: (what, why) = ("Begin another run?", " This one stops where it is.")
        }
        let keys: [(String, Style)] = [
            ("  y", Style(.key, on: .bar)), (" yes  other keys: no ", Style(.words, on: .bar)),
        ]
        let length = what.count + why.count + keys.reduce(2) { $0 + $1.0.count }
        let ground = Style(.onAccent, on: .test, bold: true)
        return [(" \(what)\(length <= width ? why : "") ", ground)] + keys
    }
}
