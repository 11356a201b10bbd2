import Datasets
import NeuralNetwork
import Training

/// The user's hand: the drawings that are kept, and the networks that were taught them.
///
/// A taught network is a function of the network of a run and of the drawings. The run itself is never changed: Draw
/// reads with a copy that was taught, and takes another one when the run or the drawings have become others.
public struct HandState: Sendable, Equatable {
    /// Those kept; nil until they were read.
    public private(set) var drawings: LabelledDrawings?
    /// Where they are kept; nil where they are not.
    private(set) var folder: String?
    /// The teaching under way: how much is done, 0…1, and the network meanwhile.
    private(set) var progress: Progress?
    /// The last outcomes, so that what is taken back is there at once.
    private var outcomes: [Outcome] = []
    /// What takes the last changes back, the last one at the end.
    private var inverses: [DrawingArchive.Edit] = []
    /// The user changed the drawings and wants the network to learn it now, even of a run that goes on.
    private var isWanted = false
    /// A change was asked for whose outcome is not here yet.
    private var isEdited = false

    struct Progress: Sendable, Equatable {
        let task: TeachingTask
        var share = 0.0
        var network: Network?
    }

    private struct Outcome: Sendable, Equatable {
        let task: TeachingTask
        let outcome: TeachingOutcome
    }

    private static let outcomesKept = 8

    var count: Int { drawings?.count ?? 0 }
    var isLearning: Bool { progress != nil }

    /// The drawings were read, or changed.
    mutating func take(_ drawings: LabelledDrawings, folder: String?) {
        (self.drawings, self.folder) = (drawings, folder)
        if isEdited { (isEdited, isWanted) = (false, true) }
    }

    mutating func take(progress share: Double, _ network: Network, of task: TeachingTask) {
        guard progress?.task == task else { return }
        progress = Progress(task: task, share: share, network: network)
    }

    mutating func take(_ outcome: TeachingOutcome, of task: TeachingTask) {
        outcomes = outcomes.suffix(Self.outcomesKept - 1) + [Outcome(task: task, outcome: outcome)]
        if progress?.task == task { progress = nil }
    }

    /// A change that the user asked for; what takes it back is remembered.
    mutating func edit(_ edit: DrawingArchive.Edit) -> [Action] {
        inverses.append(edit.inverse)
        isEdited = true
        return [.edit(edit)]
    }

    /// Takes the last change back, and with it what was learnt from it.
    mutating func takeBack() -> [Action] {
        guard let inverse = inverses.popLast() else { return [] }
        isEdited = true
        return [.edit(inverse)]
    }

    /// The teaching that is due: where the network stands still, or the user has just changed the drawings.
    mutating func dueTask(_ snapshot: TrainingSnapshot?) -> TeachingTask? {
        guard let snapshot, let task = task(snapshot), progress?.task != task else { return nil }
        if snapshot.phase == .running, !isWanted { return nil }
        isWanted = false
        guard !outcomes.contains(where: { $0.task == task }) else {
            progress = nil
            return nil
        }
        progress = Progress(task: task)
        return task
    }

    /// What there is to teach; nil where there is nothing, or nothing to build on.
    private func task(_ snapshot: TrainingSnapshot) -> TeachingTask? {
        guard let drawings, drawings.count > 0, drawings.images.shape == snapshot.dataset.train.shape,
            drawings.images.labels.allSatisfy({ $0 < snapshot.dataset.classNames.count }), !snapshot.isUntrained,
            snapshot.phase != .diverged
        else { return nil }
        return TeachingTask(
            run: snapshot.run, step: snapshot.step, drawings: drawings, network: snapshot.now.network,
            dataset: snapshot.dataset)
    }

    /// The last network of the run that was taught the drawings as they are.
    func outcome(for snapshot: TrainingSnapshot) -> (step: Int, outcome: TeachingOutcome)? {
        outcomes.last { $0.task.run == snapshot.run && $0.task.drawings == drawings }
            .map { ($0.task.step, $0.outcome) }
    }

    /// The network that drawings are read with: the one being taught, the one that was, or the run's own.
    ///
    /// - Parameter whileTaught: whether the one being taught counts, which may be worse for a moment.
    func network(for snapshot: TrainingSnapshot, whileTaught: Bool = true) -> Network {
        if whileTaught, let progress, progress.task.run == snapshot.run, let network = progress.network {
            return network
        }
        return outcome(for: snapshot)?.outcome.network ?? snapshot.now.network
    }

    /// What to say of the drawings; nil where there are none.
    func text(_ snapshot: TrainingSnapshot) -> String? {
        guard count > 0 else { return nil }
        let yours = count == 1 ? "Your drawing" : "Your \(Format.grouped(count)) drawings"
        if let progress { return "Learning your hand … \(Int(progress.share * 100)) %" }
        if let (step, outcome) = outcome(for: snapshot) {
            let (right, test) = (outcome.right, outcome.testAccuracy)
            let fork = step == snapshot.step ? "" : " A copy learnt it; the training goes on without."
            return "\(yours): \(right.after) read right (before: \(right.before)); \(snapshot.dataset.title) "
                + "\(Format.percent(test.after)) (before: \(Format.percent(test.before)))." + fork
        }
        guard drawings?.images.shape == snapshot.dataset.train.shape else { return nil }
        return snapshot.phase == .running
            ? "\(yours) will be learnt when the training pauses."
            : "\(yours) will be learnt by a network that has been trained."
    }
}

extension State {
    /// What Draw reads with: at a moment of the past the network of that moment, else the one that learnt the user's
    /// hand; in a quiz, which is to be fair, not before it has.
    var drawingNetwork: Network? {
        snapshot.map {
            run?.shown == nil ? hand.network(for: $0, whileTaught: draw.quiz == nil) : $0.now.network
        }
    }

    /// What to say of the user's hand, which the present alone has learnt.
    var handText: String? {
        guard let snapshot else { return nil }
        guard run?.shown != nil else { return hand.text(snapshot) }
        return hand.outcome(for: snapshot) == nil
            ? nil : "The network of this moment reads, which has not learnt your hand. 0: the one that has."
    }

    /// The run in view, with the network that reads the drawing in hand where Network looks at that: what Draw says and
    /// what Network shows is the same.
    var snapshotOfSample: TrainingSnapshot? {
        guard network.sample == .drawing, drawing != nil, network.view != .histograms, network.view != .map,
            let snapshot, let reading = drawingNetwork, reading != snapshot.now.network
        else { return snapshot }
        return snapshot.taking(reading)
    }

    /// The teaching that is due; none while the past is looked at.
    mutating func handTask() -> TeachingTask? { run?.shown == nil ? hand.dueTask(snapshot) : nil }

    /// Asks which class the drawing in hand is, or the one that is chosen of those kept.
    mutating func askForLabel() {
        guard draw.keptPlace != nil || draw.sketch.base == nil || draw.sketch.label == nil else {
            notice = "A test image is not to be learnt: it would test nothing any more."
            return
        }
        draw.askForLabel()
    }
}

extension DrawingArchive.Edit {
    /// What takes it back.
    var inverse: DrawingArchive.Edit {
        switch self {
        case .add(let image, let label, let strokes): .remove(image: image, label: label, strokes: strokes)
        case .remove(let image, let label, let strokes): .add(image: image, label: label, strokes: strokes)
        case .relabel(let image, let old, let new): .relabel(image: image, from: new, to: old)
        }
    }
}
