import Training

/// What is asked before a run that no file keeps is lost.
enum Question: Sendable, Equatable {
    case leave
    case startAgain
    /// With other weights.
    case startWithNextSeed

    /// Seconds of training; less than this is quickly repeated.
    static let worthAsking = 10.0

    /// Pressing q or Ctrl-C a second time means yes.
    func isConfirmed(by key: Key) -> Bool {
        key == .character("y") || (self == .leave && key == .character("q"))
    }

    func actions(_ snapshot: TrainingSnapshot?) -> [Action] {
        switch self {
        case .leave: [.quit]
        case .startAgain: snapshot.map { [.request(.restart(seed: $0.settings.seed))] } ?? []
        case .startWithNextSeed: snapshot.map { [.request(.restart(seed: $0.settings.seed &+ 1))] } ?? []
        }
    }

    /// In a line; where there is no room, without what would be lost.
    func text(_ snapshot: TrainingSnapshot, width: Int) -> [(String, Style)] {
        let what = self == .leave ? "Leave?" : "Start again?"
        let lost = " \(Format.duration(snapshot.secondsTrained)) of training would be lost."
        let keys: [(String, Style)] = [
            ("  y", Style(.key, on: .bar)), (" yes  other keys: no ", Style(.words, on: .bar)),
        ]
        let length = what.count + lost.count + keys.reduce(2) { $0 + $1.0.count }
        let ground = Style(.onAccent, on: .test, bold: true)
        return [(" \(what)\(length <= width ? lost : "") ", ground)] + keys
    }
}
