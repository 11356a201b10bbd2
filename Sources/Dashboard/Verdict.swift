import Training

/// How an answer of the network is coloured: right and wrong only where the truth is known and it has learned something.
struct Verdict {
    /// The class read; nil before there is an answer.
    let answer: Int?
    /// The true class; nil where it is not known.
    let label: Int?
    /// Whether the network can but guess.
    var isUntrained = false

    /// In which colour a class stands out; nil for those that do not.
    func ink(of number: Int) -> Ink? {
        if number == label { return .right }
        guard number == answer else { return nil }
        return label != nil ? .wrong : isUntrained ? nil : .test
    }
}

extension TrainingSnapshot {
    /// Whether no batch was trained yet, and no network was read from a file: such a one is tested, and does better than
    /// a guess.
    var isUntrained: Bool {
        now.step == 0 && (now.evaluation?.accuracy ?? 0) < 2 / Double(max(dataset.classNames.count, 1))
    }
}
