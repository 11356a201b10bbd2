import Training

/// What a confusion matrix is held against: another run's, the one of a moment that the user marked, or the present one
/// where a moment of the past is in view.
enum ConfusionReference: Sendable, Equatable {
    case present
    case marked
    /// By its id.
    case run(Int)
}

/// The matrix of a moment of any run.
struct MarkedConfusion: Sendable, Equatable {
    /// By its id.
    let run: Int
    let step: Int
    let matrix: ConfusionMatrix
    /// "after epoch 2", "run 1 after epoch 2"
    let name: String
}

/// How often each class is read as each other, more or less than somewhere else.
struct ConfusionDifference {
    private let confusion: ConfusionMatrix
    private let reference: ConfusionMatrix
    /// "run 2", "now"
    let name: String

    fileprivate init(_ confusion: ConfusionMatrix, _ reference: ConfusionMatrix, name: String) {
        (self.confusion, self.reference, self.name) = (confusion, reference, name)
    }

    /// Images more than there; below 0 fewer.
    subscript(label: Int, prediction: Int) -> Int { confusion[label, prediction] - reference[label, prediction] }

    /// "+12", "-3"; where there is no room for it, the sign alone.
    func text(_ label: Int, _ prediction: Int, width: Int) -> String {
        let difference = self[label, prediction]
        let text = (difference > 0 ? "+" : "") + String(difference)
        return difference == 0 ? "·" : text.count <= width ? text : String(text.prefix(1))
    }

    /// Better is more in the diagonal and fewer beside it; in the strength of the greatest difference of all.
    func style(_ label: Int, _ prediction: Int) -> Style {
        let difference = self[label, prediction]
        guard difference != 0 else { return .faint }
        if (label == prediction) == (difference > 0) { return Style(.onSuccess, on: .success(1), bold: true) }
        let level = UInt8(min(abs(difference) * 6 / max(greatest, 1), 6))
        return Style(.onError(level), on: .error(level), bold: true)
    }

    private var greatest: Int {
        let classes = 0..<confusion.classes
        return classes.reduce(0) { most, label in classes.reduce(most) { max($0, abs(self[label, $1])) } }
    }
}

extension State {
    /// All that the matrix in view can be held against.
    private var confusionReferences: [ConfusionReference] {
        guard let run, run.view.now.evaluation != nil else { return [] }
        let present: [ConfusionReference] = run.shown != nil && run.snapshot.now.evaluation != nil ? [.present] : []
        let marked: [ConfusionReference] = hasMarkedElsewhere ? [.marked] : []
        let others = runs.filter {
            $0.id != focus && $0.snapshot.now.evaluation != nil && $0.snapshot.dataset.name == run.snapshot.dataset.name
        }
        return marked + present + others.map { .run($0.id) }
    }

    /// Whether another moment than the one in view is marked.
    fileprivate var hasMarkedElsewhere: Bool { confusion.marked.map { !isInView($0) } ?? false }

    private func isInView(_ marked: MarkedConfusion) -> Bool {
        marked.run == focus && marked.step == run?.view.now.evaluation?.step
    }

    /// Whether there is a matrix in view that is not marked yet.
    var canMarkConfusion: Bool {
        run?.view.now.evaluation != nil && confusion.marked.map { !isInView($0) } ?? true
    }

    /// Marks the moment in view: others are held against it from then on. Once more, where it is in view, takes the mark
    /// away.
    mutating func markConfusion() {
        guard let run, let evaluation = run.view.now.evaluation else { return }
        guard canMarkConfusion else {
            (confusion.marked, confusion.reference) = (nil, nil)
            return
        }
        let words = StepText.words(of: evaluation.step, in: run.snapshot)
        confusion.marked = MarkedConfusion(
            run: run.id, step: evaluation.step, matrix: evaluation.confusion,
            name: runs.count > 1 ? "run \(run.number) \(words)" : words)
        confusion.reference = .marked
    }

    var hasConfusionReferences: Bool { !confusionReferences.isEmpty }

    /// To the next reference; after the last to none.
    mutating func turnConfusionReference() {
        let all = confusionReferences
        let place = confusion.reference.flatMap(all.firstIndex(of:)).map { $0 + 1 } ?? 0
        confusion.reference = place < all.count ? all[place] : nil
    }

    /// nil where the matrix is shown as it is.
    var confusionDifference: ConfusionDifference? {
        guard let run, let confusion = run.view.now.evaluation?.confusion, let reference = confusion.reference(self)
        else { return nil }
        return ConfusionDifference(confusion, reference.matrix, name: reference.name)
    }
}

extension ConfusionMatrix {
    /// The one that the user wants it to be held against, if that is still there.
    fileprivate func reference(_ state: State) -> (matrix: ConfusionMatrix, name: String)? {
        let named: (snapshot: TrainingSnapshot, name: String)?
        switch state.confusion.reference {
        case .marked:
            guard let marked = state.confusion.marked, state.hasMarkedElsewhere, marked.matrix.classes == classes else {
                return nil
            }
            return (marked.matrix, marked.name)
        case .present: named = state.run.flatMap { $0.shown == nil ? nil : ($0.snapshot, "now") }
        case .run(let id):
            named = state.runs.first { $0.id == id && id != state.focus }.flatMap {
                $0.snapshot.dataset.name == state.snapshot?.dataset.name ? ($0.snapshot, "run \($0.number)") : nil
            }
        case nil: named = nil
        }
        guard let named, named.snapshot.dataset.name == state.snapshot?.dataset.name else { return nil }
        return named.snapshot.now.evaluation.flatMap {
            $0.confusion.classes == classes ? ($0.confusion, named.name) : nil
        }
    }
}
