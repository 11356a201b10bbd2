import Training

/// What a confusion matrix is held against: another run's, or the present one where a moment of the past is in view.
enum ConfusionReference: Sendable, Equatable {
    case present
    /// By its id.
    case run(Int)
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
        let others = runs.filter {
            $0.id != focus && $0.snapshot.dataset.name == run.snapshot.dataset.name && $0.snapshot.now.evaluation != nil
        }
        return present + others.map { .run($0.id) }
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
        case .present: named = state.run.flatMap { $0.shown == nil ? nil : ($0.snapshot, "now") }
        case .run(let id):
            named = state.runs.first { $0.id == id && id != state.focus }.flatMap {
                $0.snapshot.dataset.name == state.snapshot?.dataset.name ? ($0.snapshot, "run \($0.number)") : nil
            }
        case nil: named = nil
        }
        return named.flatMap { named in
            named.snapshot.now.evaluation.flatMap { $0.confusion.classes == classes ? ($0.confusion, named.name) : nil }
        }
    }
}
