import Datasets
import Training

/// The runs of a session, oldest first, those from files before them. One trains, the last that began, and perhaps another
/// in turns with it; any of them may be in focus.
extension State {
    /// The run that trains, or that would.
    public var trainingRun: Run? { runs.last }

    /// Whether the run in focus is the one that trains: keys that steer the training do nothing to another one.
    var isFocusOnTraining: Bool { runs.isEmpty || focus == runs.last?.id }

    /// The run that trains in turns with that one; nil where there is none.
    var companionRun: Run? {
        trainingRun?.snapshot.beside.first.flatMap { companion in runs.first { $0.id == companion.run } }
    }

    /// Whether pausing and going on concern the run in focus.
    var isFocusTrained: Bool { isFocusOnTraining || focus == companionRun?.id }

    /// Whether a run was left before its end and can go on in turns with the one that trains, or does so.
    func canTrainAlong(_ id: Int) -> Bool {
        trainingRun?.snapshot.waiting.contains(id) ?? false || id == companionRun?.id
    }

    /// The others that the charts show beside the run in focus.
    var otherRuns: [any ListedRun] { listedRuns.filter { $0.id != focus && !$0.isHidden } }

    /// How many runs there are once another has begun.
    private var countWithNext: Int { min(runs.count { !$0.isUntrained && !$0.isFromFile } + 1, Run.most) }

    /// Another run beside the others.
    ///
    /// - Parameter dataset: to train on; nil for that of the run in focus.
    func newRun(_ start: NewRun.Start, on dataset: Dataset? = nil) -> NewRun {
        let wanted = dataset ?? snapshot?.dataset
        let isOther = wanted != trainingRun?.snapshot.dataset
        return NewRun(start, runs: countWithNext, on: isOther ? wanted : nil)
    }

    /// Asks for it, on the data set of the run in focus or on another one; after a question where the training would lose
    /// much.
    mutating func begin(_ start: NewRun.Start, on dataset: Dataset? = nil) -> [Action] {
        ask(.begin([.request(.begin(newRun(start, on: dataset)))]))
    }

    /// A run with the settings of the one in focus, from new weights.
    mutating func startAgain(nextSeed: Bool) -> [Action] {
        guard var settings = snapshot?.settings else { return [] }
        if nextSeed { settings.seed &+= 1 }
        return begin(.new(settings))
    }

    /// A run begins: it is in focus, and the one before stays as it was. One that never trained goes.
    mutating func add(_ snapshot: TrainingSnapshot) {
        leavePastOfRun()
        hear(of: snapshot.former)
        for former in snapshot.former where !runs.contains(where: { $0.id == former.run }) {
            // It was over before it was heard of.
            insert(former, at: runs.count)
        }
        runs.removeAll(where: \.isUntrained)
        insert(snapshot.alone(), at: runs.count)
        for index in runs.indices.dropLast() { runs[index].stop(runs: runs.count) }
        focus = snapshot.run
        listEarlierRuns(snapshot)
    }

    /// Takes what there is new of other runs than the last that began; those that were dropped stay so.
    mutating func hear(of others: [TrainingSnapshot]) {
        for other in others {
            guard let index = runs.firstIndex(where: { $0.id == other.run }), runs[index].snapshot != other else {
                continue
            }
            runs[index].snapshot = other
        }
    }

    /// A run that does not train comes beside the one that does, and in focus.
    mutating func addBeside(_ snapshot: TrainingSnapshot) {
        insert(snapshot, at: max(runs.count - 1, 0))
        focus(on: snapshot.run)
    }

    /// Where there are too many, one of those before goes.
    private mutating func insert(_ snapshot: TrainingSnapshot, at place: Int) {
        var place = place
        while runs.count + loggedRuns.count >= Run.most, let id = dispensable(among: runs[..<place]) {
            if runs[..<place].contains(where: { $0.id == id }) { place -= 1 }
            remove(id)
        }
        runs.insert(Run(id: snapshot.run, number: freeNumber, snapshot: snapshot), at: place)
    }

    /// The lowest number that no run has.
    var freeNumber: Int {
        (1...Run.most).first { number in !listedRuns.contains { $0.number == number } } ?? Run.most
    }

    /// The run to go where there are too many: the oldest of those that are hidden, else of those without a name, else of
    /// all.
    private func dispensable(among runs: ArraySlice<Run>) -> Int? {
        let all: [any ListedRun] = loggedRuns + Array(runs)
        return
            (all.first { $0.isHidden && $0.name.isEmpty } ?? all.first { $0.isHidden } ?? all.first { $0.name.isEmpty }
            ?? all.first)?.id
    }

    private mutating func remove(_ id: Int) {
        runs.removeAll { $0.id == id }
        loggedRuns.removeAll { $0.id == id }
    }

    /// A checkpoint of the run was written: it keeps what was trained until now.
    mutating func keepNote(ofCheckpoint id: Int) {
        guard let index = runs.firstIndex(where: { $0.id == id }) else { return }
        runs[index].secondsKept = runs[index].snapshot.secondsTrained
    }

    /// All screens show this run, as it is now.
    mutating func focus(on id: Int) {
        guard id != focus, runs.contains(where: { $0.id == id }) else { return }
        leavePastOfRun()
        focus = id
        leavePastOfRun()
    }

    /// Whether a run can be taken away: not one that trains.
    func canDrop(_ id: Int) -> Bool { id != trainingRun?.id && id != companionRun?.id }

    /// Takes a run away, if it can be.
    mutating func drop(_ id: Int) {
        guard let last = runs.last?.id, canDrop(id) else { return }
        if id == focus { focus(on: last) }
        remove(id)
    }
}
