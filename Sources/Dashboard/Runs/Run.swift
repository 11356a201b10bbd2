import Foundation
import Training

/// A training run as the dashboard knows it.
public struct Run: Sendable, Equatable {
    /// Its number among the runs of the session.
    public let id: Int
    let number: Int
    /// What the user calls it, or the file that it was opened from; empty for no name.
    var name = ""
    /// Of its training, in seconds: what a file holds.
    var secondsKept = 0.0
    /// Whether the charts of other runs leave it out.
    var isHidden = false
    /// Whether it was trained before the session.
    let isFromFile: Bool
    /// The run as last heard of.
    public internal(set) var snapshot: TrainingSnapshot
    /// The moment of its past that the screens show, with its test where there is one; nil for the present.
    public private(set) var shown: Moment?
    /// What moments of the past were tested for in the background, by their steps.
    private var tests: [Int: Evaluation] = [:]
    /// The step of the moment that is being tested.
    var testing: Int?
    private var kept: SmoothCurves?

    /// As many as there are inks for.
    static let most = 8

    init(id: Int, number: Int = 1, snapshot: TrainingSnapshot, isFromFile: Bool = false) {
        (self.id, self.number, self.isFromFile) = (id, number, isFromFile)
        self.snapshot = snapshot
        guard let file = snapshot.file else { return }
        let name = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
        (self.name, secondsKept) = (String(name.prefix(RunChoice.longestName)), snapshot.secondsTrained)
    }

    /// Whether it has not trained a batch of its own, and comes from no file.
    var isUntrained: Bool {
        !isFromFile && snapshot.file == nil && snapshot.step <= snapshot.fork?.record.step ?? 0
    }

    /// Of its training, in seconds: what no file holds.
    var secondsToLose: Double { isFromFile ? 0 : max(snapshot.secondsTrained - secondsKept, 0) }

    /// Makes room for another one.
    mutating func stop(runs: Int) { snapshot = snapshot.stopped().thinned(toShareOf: runs) }

    /// The run as the screens show it: as it is, or as it was at the moment shown.
    var view: TrainingSnapshot { shown.map { snapshot.at($0) } ?? snapshot }

    /// Whether the moment shown has no test yet.
    var isWaitingForTest: Bool { shown.map { $0.evaluation == nil } ?? isFileWithoutTest }

    /// Whether its network came from a file and was not tested here yet.
    private var isFileWithoutTest: Bool { isFromFile && snapshot.now.evaluation == nil }

    /// The last moment is the present where no step came after it.
    mutating func show(_ moment: Moment?) {
        shown = moment.flatMap { $0.step < snapshot.step ? $0.tested(tests[$0.step]) : nil }
    }

    mutating func take(_ test: Evaluation) {
        testing = nil
        if isFileWithoutTest, test.step == snapshot.step { snapshot = snapshot.at(snapshot.now.tested(test)) }
        tests[test.step] = test
        shown = shown?.tested(test)
        // What is no longer kept takes no room.
        let steps = Set(snapshot.past.all.map(\.step))
        tests = tests.filter { steps.contains($0.key) || $0.key == shown?.step }
    }

    /// The moment shown or, with its neighbours, the next or the one before, if it has no test yet; nil while another
    /// is being tested.
    func nextToTest(withNeighbours: Bool) -> Moment? {
        guard testing == nil else { return nil }
        guard let shown else { return isFileWithoutTest ? snapshot.now : nil }
        let past = snapshot.past
        let neighbours =
            withNeighbours ? [past.first(after: shown.step), past.last(before: shown.step)] : []
        return ([shown] + neighbours).compactMap { $0 }.first {
            $0.tested(tests[$0.step]).evaluation == nil
        }
    }

    /// Those that are kept, if they are still right.
    func curves(halfLife: Double) -> SmoothCurves {
        if let kept, kept.serial == snapshot.serial, kept.halfLife == halfLife { return kept }
        return SmoothCurves(snapshot, halfLife: halfLife)
    }

    /// Keeps the curves for the frames until the next snapshot.
    mutating func keepCurves(halfLife: Double) { kept = curves(halfLife: halfLife) }
}

/// The batches' losses and accuracies of a snapshot, smoothed.
struct SmoothCurves: Sendable, Equatable {
    /// Of the snapshot.
    let serial: Int
    /// In steps, after which a value weighs half.
    let halfLife: Double
    let loss: [Chart.Point]
    let accuracy: [Chart.Point]

    init(_ snapshot: TrainingSnapshot, halfLife: Double) {
        serial = snapshot.serial
        self.halfLife = halfLife
        loss = LearningCurve.smooth(snapshot.history.loss, halfLife: halfLife)
        accuracy = LearningCurve.smooth(snapshot.history.accuracy, halfLife: halfLife)
    }
}
