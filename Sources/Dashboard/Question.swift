import Training

/// What is asked before a run that nothing keeps gets lost.
enum Question: Sendable, Equatable {
    case leave
    case restart

    /// Seconds of training: less is quickly had again.
    static let worthAsking = 10.0

    /// Ctrl-C and q say it again to leave, as people do who mean it.
    func isConfirmed(by key: Key) -> Bool {
        key == .character("y") || (self == .leave && key == .character("q"))
    }

    func actions(_ snapshot: TrainingSnapshot?) -> [Action] {
        switch self {
        case .leave: [.quit]
        case .restart: snapshot.map { [.request(.restart(seed: $0.configuration.seed &+ 1))] } ?? []
        }
    }

    /// In a line, the question alone where there is no room for what it is about.
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
