import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// The quiz on Draw. The network of the samples gives all classes the same, and so reads a 0 in everything.
@Suite struct QuizTests {
    private static func drawAndRead(_ state: inout State) { press(&state, "d", .shiftDown, "d", .enter) }

    private static func quiz(
        _ drawings: Int, snapshot: TrainingSnapshot = Samples.snapshot(), width: Int = 80, height: Int = 24
    ) -> State {
        var state = Samples.state(.draw, snapshot: snapshot, width: width, height: height)
        press(&state, "z")
        for number in 0..<drawings {
            drawAndRead(&state)
            if number + 1 < drawings { press(&state, .enter) }
        }
        return state
    }

    @Test func tenAreAskedForReadAndCounted() throws {
        var state = Samples.state(.draw)
        press(&state, " ", .down, " ", "z")
        #expect(state.draw.sketch.isEmpty, "it begins on an empty canvas")
        let labels = try #require(state.draw.quiz).labels
        #expect(labels.sorted() == Array(0...9), "each digit once")
        for (place, label) in labels.enumerated() {
            #expect(text(state).contains("\(place + 1) of 10") && text(state).contains("Draw: \(label)"))
            press(&state, .enter)
            #expect(state.draw.quiz?.readings.count == place, "there is nothing to read")
            press(&state, "d", .shiftDown, "d")
            #expect(!text(state).contains("Prediction"), "what it reads does not show before")
            press(&state, .enter)
            #expect(text(state).contains(label == 0 ? "Right!" : "Read as 0."))
            if place < 9 {
                #expect(text(state).contains("Prediction: 0") && text(state).contains("it is \(label)"))
                press(&state, .enter)
                #expect(state.draw.sketch.isEmpty)
            }
        }
        #expect(text(state).contains("1 of 10 read right"))
        let turns = try #require(state.draw.quiz).scoresByTurns
        let isFirst = try #require(labels.firstIndex(of: 0)).isMultiple(of: 2)
        #expect(turns == (isFirst ? (1, 0) : (0, 1)))
        press(&state, .escape)
        #expect(state.draw.quiz == nil)
        press(&state, .pageUp)
        #expect(state.draw.sketch.label == labels[8], "the drawings can be looked through")
    }

    /// Enter after the last drawing begins another quiz.
    @Test func afterTheLastComesAnotherQuiz() throws {
        var state = Self.quiz(10)
        let first = try #require(state.draw.quiz)
        #expect(first.isOver && text(state).contains("of 10 read right"))
        press(&state, .enter)
        let second = try #require(state.draw.quiz)
        #expect(!second.isOver && second.readings.isEmpty && second.labels.sorted() == Array(0...9))
        #expect(second.labels != first.labels && text(state).contains("1 of 10") && state.draw.sketch.isEmpty)
    }

    @Test func whatWasReadIsNotChanged() {
        var state = Self.quiz(1)
        let drawn = state.draw.sketch
        press(&state, " ", .down, "c", "u", .pageUp, "e")
        canvasMouse(&state, .press, 3, 3)
        canvasMouse(&state, .release, 3, 3)
        canvasMouse(&state, .wheelUp, 3, 3)
        #expect(state.draw.sketch == drawn && !state.draw.isErasing)
        // Nor does what the network learns meanwhile change the score.
        let readings = state.draw.quiz?.readings
        let before = text(state)
        _ = state.handle(.snapshot(Samples.observed))
        #expect(state.draw.quiz?.readings == readings)
        #expect(text(state).split(separator: "\n").dropLast() == before.split(separator: "\n").dropLast())
    }

    @Test func aDrawingIsKeptAsAnyOther() throws {
        var state = Self.quiz(1)
        let image = try #require(state.drawing)
        press(&state, "t")
        #expect(state.handle(.key("7")) == [.edit(.add(image: image, label: 7, strokes: state.draw.sketch.drawing))])
        #expect(state.draw.quiz?.readings.count == 1)
    }

    @Test func escapeLetsGoOfTheLineFirst() {
        var state = Self.quiz(0)
        press(&state, "d", .down, .enter)
        #expect(state.draw.quiz?.isAsking == true && !state.draw.sketch.isEmpty, "nor is it read before the line ends")
        press(&state, "d", .down, .escape)
        #expect(state.draw.quiz != nil && state.draw.pen.line == nil)
        press(&state, .escape)
        #expect(state.draw.quiz == nil)
    }

    @Test func theSeedDecidesTheOrder() {
        var state = Self.quiz(0)
        let first = state.draw.quiz?.labels
        #expect(Self.quiz(0).draw.quiz?.labels == first)
        press(&state, "z")
        #expect(state.draw.quiz?.labels.sorted() == first?.sorted() && state.draw.quiz?.labels != first)
    }

    @Test func onlyWhatTheDataSetHasIsAskedFor() {
        var generator = RandomGenerator(seed: 1, stream: .quiz)
        let quiz = Quiz(classes: [2, 5, 7], using: &generator)
        #expect(quiz?.labels.count == 10 && Set(quiz?.labels ?? []) == [2, 5, 7])
        #expect(Quiz(classes: [], using: &generator) == nil)
        let images = ImageSet(
            width: 28, height: 28, pixels: Array(Samples.dataset.train.pixels.prefix(784 * 20)),
            labels: Array(repeating: 4, count: 20))
        let state = Self.quiz(0, snapshot: Samples.snapshot(dataset: Dataset(name: "own", train: images, test: images)))
        #expect(state.draw.quiz?.labels == Array(repeating: 4, count: 10))
    }

    @Test func whoCannotReadDoesNotPlay() {
        var state = Self.quiz(0, snapshot: Samples.snapshot(step: 0, phase: .paused))
        #expect(state.draw.quiz == nil && text(state).contains("No quiz yet:"))
        _ = state.handle(.snapshot(Samples.snapshot()))
        press(&state, "z")
        #expect(state.draw.quiz != nil && !text(state).contains("No quiz"))
        let small = Samples.snapshot().with(
            network: Network(sizes: [100, 10], seed: 0), statistics: [], histograms: .init())
        #expect(text(Self.quiz(0, snapshot: small)).contains("No quiz: this network"))
    }

    @Test func clothingIsAskedForByName() {
        let state = Self.quiz(0, snapshot: Samples.snapshot(dataset: Samples.makeDataset(name: "fashion-mnist")))
        let names = Dataset.classNames(of: "fashion-mnist")
        #expect(text(state).contains("Draw: \(names[state.draw.quiz?.labels.first ?? 0])"))
        #expect(text(state).contains("photographs"))
    }

    @Test func aTestImageEndsIt() {
        var state = Self.quiz(0, snapshot: Samples.observed)
        press(&state, "3", "d")
        #expect(state.screen == .draw && state.draw.quiz == nil && state.draw.sketch.base != nil)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 55), (40, 14)]) func pictures(width: Int, height: Int) throws {
        for (name, drawings) in [("quiz-read", 4), ("quiz-over", 10)] {
            let state = Self.quiz(drawings, width: width, height: height)
            try expectPicture(name, of: state, width: width, height: height)
        }
        var state = Self.quiz(3, width: width, height: height)
        press(&state, .enter, .shiftUp, "d", "H", ")", ")")
        try expectPicture("quiz-asking", of: state, width: width, height: height)
    }

    @Test func picturesOfOtherSorts() throws {
        let fashion = Samples.snapshot(dataset: Samples.makeDataset(name: "fashion-mnist"))
        for (width, height) in [(80, 24), (60, 20), (40, 14)] {
            let state = Self.quiz(10, snapshot: fashion, width: width, height: height)
            try expectPicture("quiz-fashion", of: state, width: width, height: height)
        }
        var state = Self.quiz(3)
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        press(&state, .enter, .shiftUp, "d", "H", ")", ")")
        try expectPicture("quiz-asking-ascii", of: state, width: 80, height: 24)
    }
}
