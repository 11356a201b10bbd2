import NeuralNetwork
import Training

/// Which page is open and what the reader did on each.
struct LessonsState: Sendable, Equatable {
    private(set) var lessons = Course.lessons
    private(set) var page = 0
    /// The knob of the page that the arrows turn.
    private(set) var chosen = 0
    /// For each page, the experiments done.
    private(set) var done = Course.lessons.map { _ in 0 }
    /// In a small window the words and the values take turns.
    private(set) var showsWords = true
    /// The network of another program, tested; it is asked for when the last page is opened.
    private(set) var reference = HandwritingLesson.Reference.unknown

    var lesson: any Lesson { lessons[page] }

    static func == (a: LessonsState, b: LessonsState) -> Bool {
        a.page == b.page && a.chosen == b.chosen && a.done == b.done && a.showsWords == b.showsWords
            && a.reference == b.reference && zip(a.lessons, b.lessons).allSatisfy { $0.isEqual(to: $1) }
    }

    /// What the page needs from outside: asked for until it is answered.
    var wanted: [Action] { lesson is HandwritingLesson && reference == .unknown ? [.readReference] : [] }

    mutating func press() {
        showsWords = false
        lessons[page].press()
        noteExperiments()
    }

    mutating func turnWords() { showsWords.toggle() }

    mutating func choose(by count: Int) { choose(chosen + count) }

    mutating func handle(_ mouse: Mouse) {
        switch mouse.kind {
        case .wheelUp: change(by: 1)
        case .wheelDown: change(by: -1)
        case .press, .drag, .release: break
        }
    }

    mutating func take(_ snapshot: TrainingSnapshot) {
        for index in lessons.indices { lessons[index].take(snapshot) }
    }

    /// The answer to `Action.readReference`; nil where there is no such network.
    mutating func take(reference evaluation: Evaluation?) {
        reference = evaluation.map { .tested($0) } ?? .missing
        if var lesson = lessons.last as? HandwritingLesson {
            lesson.take(reference)
            lessons[lessons.count - 1] = lesson
        }
    }

    mutating func turn(by count: Int) {
        let next = min(max(page + count, 0), lessons.count - 1)
        guard next != page else { return }
        page = next
        chosen = 0
        showsWords = true
    }

    private mutating func choose(_ knob: Int) {
        chosen = min(max(knob, 0), max(lesson.knobs.count - 1, 0))
        showsWords = false
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
        chosen = 0
    }

    private mutating func noteExperiments() {
        let experiments = lesson.experiments
        if done[page] < experiments.count, experiments[done[page]].isDone { done[page] += 1 }
    }
}
