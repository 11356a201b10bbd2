import Datasets
import NeuralNetwork
import Training

/// A game on the canvas: ten classes are named one after the other, someone draws each, and the network reads it. What
/// it makes of a drawing shows only when that is done, so that nobody draws until it says what it should. Which of the
/// classes a drawing is most like is all that counts: here none is refused as being like none, calibrated or not.
struct Quiz: Sendable, Equatable {
    /// A drawing that was read.
    struct Reading: Sendable, Equatable {
        /// What was asked for.
        let label: Int
        /// Of each class, 0…1.
        let probabilities: [Float]

        var answer: Int { DrawScreen.best(probabilities) }
        var isRight: Bool { answer == label }
    }

    static let length = 10

    /// What is asked for, in this order.
    let labels: [Int]
    private(set) var readings: [Reading] = []
    /// Whether a drawing is awaited; else the last one shows with what was read.
    private(set) var isAsking = true

    /// Each of the classes, in a random order, and again until there are enough.
    init?(classes: [Int], using generator: inout RandomGenerator) {
        guard !classes.isEmpty else { return nil }
        var labels: [Int] = []
        while labels.count < Self.length {
            labels += generator.permutation(count: classes.count).map { classes[Int($0)] }
        }
        self.labels = Array(labels.prefix(Self.length))
    }

    /// The drawing in hand, or the last one that was read, from 0.
    var place: Int { isAsking ? readings.count : readings.count - 1 }
    var isOver: Bool { !isAsking && readings.count == labels.count }
    var score: Int { readings.count(where: \.isRight) }

    /// What two who took turns have: who drew the first, the third …, and who drew the others.
    var scoresByTurns: (first: Int, second: Int) {
        let right = readings.indices.filter { readings[$0].isRight }
        return (right.count { $0.isMultiple(of: 2) }, right.count { !$0.isMultiple(of: 2) })
    }

    mutating func take(_ probabilities: [Float]) {
        guard isAsking else { return }
        readings.append(Reading(label: labels[place], probabilities: probabilities))
        isAsking = false
    }

    mutating func askNext() {
        if !isOver { isAsking = true }
    }
}

extension State {
    /// Begins a quiz of the classes that the data set has images of, where the network in view can read at all.
    mutating func startQuiz() {
        guard let snapshot else { return }
        guard snapshot.now.network.inputs == snapshot.dataset.train.pixelsPerImage else {
            notice = "No quiz: this network does not take these images."
            return
        }
        guard !snapshot.isUntrained else {
            notice = "No quiz yet: the network has learned nothing. p trains it."
            return
        }
        let names = snapshot.dataset.classNames.indices
        let classes = Set(snapshot.dataset.train.labels.map(Int.init)).filter(names.contains).sorted()
        var generator = RandomGenerator(seed: snapshot.settings.seed, stream: .quiz, index: draw.quizzes)
        if let quiz = Quiz(classes: classes, using: &generator) { draw.begin(quiz) }
    }

    /// Ends the line that the pen stretches. Else the next drawing; in a quiz first the network reads the one in hand,
    /// and after the last comes another quiz.
    mutating func finish() {
        if draw.pen.stretchesFar { return draw.endLine() }
        guard let quiz = draw.quiz else { return draw.startNext() }
        if quiz.isOver {
            startQuiz()
        } else if quiz.isAsking {
            if let reading = DrawScreen.reading(self) { draw.takeReading(reading.probabilities) }
        } else {
            draw.askNext()
        }
    }
}
