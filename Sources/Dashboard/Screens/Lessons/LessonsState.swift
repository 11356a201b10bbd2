import NeuralNetwork
import Training

/// Which page is open and what the reader did on each.
struct LessonsState: Sendable, Equatable {
    private(set) var lessons = Course.lessons
    private(set) var page = 0
    /// The knob of the page that the arrows turn.
    private(set) var chosen = Course.lessons[0].firstKnob
    /// For each page, the experiments done.
    private(set) var done = Course.lessons.map { _ in 0 }
    /// In a small window the words and the values take turns.
    private(set) var showsWords = true
    /// For pages that start again.
    private var snapshot: TrainingSnapshot?

    var lesson: any Lesson { lessons[page] }

    static func == (a: LessonsState, b: LessonsState) -> Bool {
        a.page == b.page && a.chosen == b.chosen && a.done == b.done && a.showsWords == b.showsWords
            && zip(a.lessons, b.lessons).allSatisfy { $0.isEqual(to: $1) }
    }

    /// What the page needs from outside: asked for until it is answered.
    var wanted: [Action] { lesson.wanted }

    mutating func press() {
        showsWords = false
        lessons[page].press()
        noteExperiments()
    }

    mutating func turnWords() { showsWords.toggle() }

    /// After the last comes the first.
    mutating func choose(by count: Int) {
        showsWords = false
        let knobs = lesson.knobs.count
        if knobs > 0 { chosen = (chosen + count + knobs) % knobs }
    }

    mutating func take(_ snapshot: TrainingSnapshot) {
        self.snapshot = snapshot
        for index in lessons.indices { lessons[index].take(snapshot) }
    }

    /// The answer to `Action.readReference`; nil where there is no such network.
    mutating func take(reference evaluation: Evaluation?) {
        let reference = evaluation.map { HandwritingLesson.Reference.tested($0) } ?? .missing
        for index in lessons.indices { lessons[index].take(reference) }
    }

    mutating func take(_ comparison: Comparison) {
        for index in lessons.indices { lessons[index].take(comparison) }
        noteExperiments()
    }

    mutating func choose(_ knob: Int) {
        guard lesson.knobs.indices.contains(knob) else { return }
        (chosen, showsWords) = (knob, false)
    }

    mutating func touch(x: Int, y: Int, in room: Rect) {
        lessons[page].touch(x: x, y: y, in: room)
        noteExperiments()
    }

    mutating func turn(by count: Int) { open(page + count) }

    /// A page, counted from 0; before the first is the first, and after the last the last.
    mutating func open(_ number: Int) {
        let next = min(max(number, 0), lessons.count - 1)
        guard next != page else { return }
        page = next
        chosen = lesson.firstKnob
        showsWords = true
    }

    /// All tasks of a page are done.
    func isSolved(_ page: Int) -> Bool { done[page] == lessons[page].experiments.count }

    /// What was done in an earlier session is still done.
    mutating func recall(done counts: [Int]) {
        for (page, count) in counts.enumerated() where done.indices.contains(page) {
            done[page] = min(max(count, 0), lessons[page].experiments.count)
        }
    }

    /// Whether the chosen knob has so many values that ten at once are of use.
    var turnsByTen: Bool {
        guard lesson.knobs.indices.contains(chosen), case .numbers = lesson.knobs[chosen].scale else { return false }
        return true
    }

    mutating func change(by count: Int) {
        guard lesson.knobs.indices.contains(chosen) else { return }
        showsWords = false
        let before = lessons[page].knobs[chosen]
        lessons[page].knobs[chosen].turn(by: count)
        guard lessons[page].knobs[chosen] != before else { return }
        lessons[page].turned(chosen)
        noteExperiments()
    }

    /// The page as it was at first; what was done stays done.
    mutating func reset() {
        guard !(lesson is HandwritingLesson) else { return }
        lessons[page] = Course.lessons[page]
        if let snapshot { lessons[page].take(snapshot) }
        chosen = lesson.firstKnob
    }

    private mutating func noteExperiments() {
        let experiments = lesson.experiments
        if done[page] < experiments.count, experiments[done[page]].isDone { done[page] += 1 }
    }
}
