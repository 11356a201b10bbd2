import Datasets
import Training

/// The runs of a session, oldest first. One trains, the last that began; any of them may be in focus.
extension State {
    /// The run that trains, or that would.
    public var trainingRun: Run? { runs.last }

    /// Whether the run in focus is the one that trains: keys that steer the training do nothing to another one.
    var isFocusOnTraining: Bool { runs.isEmpty || focus == runs.last?.id }

    /// The others that the charts show beside the run in focus.
    var otherRuns: [Run] { runs.filter { $0.id != focus && !$0.isHidden } }

    /// How many runs there are once another has begun.
    private var countWithNext: Int { min(runs.count { !$0.isUntrained } + 1, Run.most) }

    /// Asks for another run beside the others.
    ///
    /// - Parameter dataset: to train on; nil for that of the run in focus.
    mutating func begin(_ start: NewRun.Start, on dataset: Dataset? = nil) -> [Action] {
        let wanted = dataset ?? snapshot?.dataset
        let isOther = wanted != trainingRun?.snapshot.dataset
        return ask(.begin(NewRun(start, runs: countWithNext, on: isOther ? wanted : nil)))
    }

    /// A run with the settings of the one in focus, from new weights.
    mutating func startAgain(nextSeed: Bool) -> [Action] {
        guard var settings = snapshot?.settings else { return [] }
        if nextSeed { settings.seed &+= 1 }
        return begin(.new(settings))
    }

    /// A run begins: it is in focus, and the one before stays as it was. One that never trained goes.
    mutating func add(_ snapshot: TrainingSnapshot) {
        returnToPresent()
        for former in snapshot.former {
            if let index = runs.firstIndex(where: { $0.id == former.run }) {
                runs[index].snapshot = former
            } else {
                // It was over before it was heard of.
                insert(former, at: runs.count)
            }
        }
        runs.removeAll(where: \.isUntrained)
        insert(snapshot.alone(), at: runs.count)
        for index in runs.indices.dropLast() { runs[index].stop(runs: runs.count) }
        focus = snapshot.run
    }

    /// A run that does not train comes beside the one that does, and in focus.
    mutating func addBeside(_ snapshot: TrainingSnapshot) {
        insert(snapshot, at: max(runs.count - 1, 0))
        focus(on: snapshot.run)
    }

    /// Where there are too many, one of those before goes.
    private mutating func insert(_ snapshot: TrainingSnapshot, at place: Int) {
        var place = place
        while runs.count >= Run.most, let index = Self.dispensable(runs[..<place]) {
            runs.remove(at: index)
            place -= 1
        }
        let number = (1...Run.most).first { number in !runs.contains { $0.number == number } } ?? Run.most
        runs.insert(Run(id: snapshot.run, number: number, snapshot: snapshot), at: place)
    }

    /// The place of the run to go: the oldest of those that are hidden, else of those without a name, else of all.
    private static func dispensable(_ runs: ArraySlice<Run>) -> Int? {
        runs.firstIndex { $0.isHidden && $0.name.isEmpty } ?? runs.firstIndex(where: \.isHidden)
            ?? runs.firstIndex(where: \.name.isEmpty) ?? runs.indices.first
    }

    /// A checkpoint of the run was written: it keeps what was trained until now.
    mutating func keepNote(ofCheckpoint id: Int) {
        guard let index = runs.firstIndex(where: { $0.id == id }) else { return }
        runs[index].secondsKept = runs[index].snapshot.secondsTrained
    }

    /// All screens show this run, as it is now.
    mutating func focus(on id: Int) {
        guard id != focus, runs.contains(where: { $0.id == id }) else { return }
        returnToPresent()
        focus = id
        returnToPresent()
    }

    /// Takes a run away; the one that trains stays.
    mutating func drop(_ id: Int) {
        guard let last = runs.last?.id, id != last else { return }
        if id == focus { focus(on: last) }
        runs.removeAll { $0.id == id }
    }
}
