import Training

/// A page of the course: some words, values that the reader changes, and what the engine makes of them.
///
/// A lesson holds nothing but what the reader chose and what the engine computed from it.
protocol Lesson: Sendable, Equatable {
    var title: String { get }
    /// Short enough to be read at 80 × 24: some 280 characters.
    var text: String { get }
    /// How the engine does it: a line or two of its code.
    var code: [String] { get }
    var knobs: [Knob] { get set }
    /// The numbers of the knobs that stand side by side, row by row: all of them, in their order.
    var knobRows: [Range<Int>] { get }
    /// The knob that is chosen at first: the one that the first task is about.
    var firstKnob: Int { get }
    /// What the space bar does; nil where it does nothing.
    var button: String? { get }
    mutating func press()
    /// After the knob with this number was turned.
    mutating func turned(_ knob: Int)
    /// The training as it is now; most lessons have no use for it.
    mutating func take(_ snapshot: TrainingSnapshot)
    /// The network of another program, tested, or that there is none.
    mutating func take(_ reference: HandwritingLesson.Reference)
    mutating func take(_ comparison: Comparison)
    /// What the page needs from outside: asked for until it is answered.
    var wanted: [Action] { get }
    /// After a click into the picture, at a cell of the room that it was drawn in.
    mutating func touch(x: Int, y: Int, in room: Rect)
    /// What the reader is invited to try, one after the other.
    var experiments: [Experiment] { get }
    /// Draws what the engine makes of the values.
    func draw(in room: Rect, on grid: inout CellGrid)
}

extension Lesson {
    var knobRows: [Range<Int>] { knobs.indices.map { $0..<$0 + 1 } }
    var firstKnob: Int { 0 }
    var button: String? { nil }
    mutating func press() {}
    mutating func turned(_ knob: Int) {}
    mutating func take(_ snapshot: TrainingSnapshot) {}
    mutating func take(_ reference: HandwritingLesson.Reference) {}
    mutating func take(_ comparison: Comparison) {}
    var wanted: [Action] { [] }
    mutating func touch(x: Int, y: Int, in room: Rect) {}

    func isEqual(to other: any Lesson) -> Bool { other as? Self == self }
}

/// Something to try, and what is said when it has been done.
struct Experiment: Sendable, Equatable {
    let invitation: String
    let answer: String
    /// Whether the values are now as the invitation asks.
    let isDone: Bool
}

/// The pages in the order of the course. Images come late, when all parts of a network are known; the last two pages
/// start from the mistakes that are left then, and show the two ways to make fewer.
enum Course {
    static var lessons: [any Lesson] {
        [
            NeuronLesson(), LayerLesson(), BorderLesson(), ReLULesson(), SoftmaxLesson(), CrossEntropyLesson(),
            GradientLesson(), BackpropagationLesson(), LearningRateLesson(), HandwritingLesson(),
            ConvolutionLesson(), DistortionLesson(),
        ]
    }
}
