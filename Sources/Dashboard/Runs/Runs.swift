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

    /// Another run beside the others.
    func newRun(_ start: NewRun.Start) -> NewRun { NewRun(start, runs: countWithNext) }

    /// Asks for it, after a question where the training would lose much.
    mutating func begin(_ start: NewRun.Start) -> [Action] { ask(.begin([.request(.begin(newRun(start)))])) }

    /// A run with the settings of the one in focus, from new weights.
    mutating func startAgain(nextSeed: Bool) -> [Action] {
        guard let snapshot else { return [] }
        var settings = snapshot.settings
        if nextSeed { settings.seed &+= 1 }
        return begin(.new(settings, on: snapshot.dataset))
    }

    /// A run begins: it is in focus, and the one before stays as it was. One that never trained goes.
    mutating func add(_ snapshot: TrainingSnapshot) {
        leavePastOfRun()
        for former in snapshot.former {
            if let index = runs.firstIndex(where: { $0.id == former.run }) {
                runs[index].snapshot = former
            } else {
                // It was over before it was heard of.
                append(former)
            }
        }
        runs.removeAll(where: \.isUntrained)
        append(snapshot.alone())
        for index in runs.indices.dropLast() { runs[index].stop(runs: runs.count) }
        focus = snapshot.run
    }

    private mutating func append(_ snapshot: TrainingSnapshot) {
        while runs.count >= Run.most, let index = dispensable { runs.remove(at: index) }
        let number = (1...Run.most).first { number in !runs.contains { $0.number == number } } ?? Run.most
        runs.append(Run(id: snapshot.run, number: number, snapshot: snapshot))
    }

    /// The place of the run to go where there are too many: the oldest of those that are hidden, else of those without a
    /// name, else of all.
    private var dispensable: Int? {
        runs.firstIndex { $0.isHidden && $0.name.isEmpty } ?? runs.firstIndex(where: \.isHidden)
            ?? runs.firstIndex(where: \.name.isEmpty) ?? runs.indices.first
    }

    /// All screens show this run, as it is now.
    mutating func focus(on id: Int) {
        guard id != focus, runs.contains(where: { $0.id == id }) else { return }
        leavePastOfRun()
        focus = id
        leavePastOfRun()
    }

    /// Takes a run away; the one that trains stays.
    mutating func drop(_ id: Int) {
        guard let last = runs.last?.id, id != last else { return }
        if id == focus { focus(on: last) }
        runs.removeAll { $0.id == id }
    }
}
