import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Dashboard

/// What the lessons show, against formulas written out here.
@Suite struct LessonTests {
    @Test(arguments: ToyPoints.Shape.allCases) func pointsStayInThePlane(shape: ToyPoints.Shape) {
        let points = ToyPoints(shape, count: 4000)
        let values = points.positions.elements
        #expect(values.count == 8000 && values.allSatisfy { (-1...1).contains($0) })
        #expect(values.contains(1) == (shape == .ring) && values.contains(-1) == (shape == .ring), "or beyond")
        #expect(Set(points.labels) == [0, 1])
    }

    @Test func aNeuronsTasksAreDoneByWhatTheyAskFor() {
        var lesson = NeuronLesson()
        #expect(lesson.experiments.map(\.isDone) == [false, false])
        lesson.knobs[1].turn(by: -7)
        #expect(lesson.knobs[1].text == "0.00" && lesson.experiments.map(\.isDone) == [false, true])
        lesson.knobs[1].turn(by: -1)
        #expect(lesson.experiments.map(\.isDone) == [true, false])
        lesson.knobs[1].turn(by: 11)
        #expect(lesson.knobs[1].text == "1.00" && lesson.experiments.map(\.isDone) == [false, false])
    }

    @Test func theNeuronIsItsSum() {
        // 0.2 · 0.5 + 1 · 0.7 − 0.5 · 0.4 + 0.1
        #expect(abs(NeuronLesson().sum - 0.7) < 1e-6)
        var lesson = NeuronLesson()
        lesson.knobs[3].turn(by: -4)
        #expect(abs(lesson.sum - 0.3) < 1e-6)
    }

    @Test func theLayerIsThreeDotProducts() {
        let sums = LayerLesson().sums
        #expect(abs(sums[0] - 0.8) < 1e-6)  // 0.9 − 0.1
        #expect(abs(sums[1] + 0.3) < 1e-6)  // −0.45 + 0.2 − 0.05
        #expect(abs(sums[2] + 0.8) < 1e-6)  // −0.9 + 0.1
    }

    @Test(arguments: [ToyPoints.Shape.crossed, .ring]) func noLineTellsThesePointsApartButABentBorderDoes(
        shape: ToyPoints.Shape
    ) {
        var lesson = BorderLesson()
        lesson.knobs[0].turn(by: shape.rawValue)
        lesson.turned(0)
        for _ in 0..<12 { lesson.press() }
        #expect(lesson.points.accuracy(of: lesson.linear) < 0.8)
        #expect(lesson.points.accuracy(of: lesson.bent) == 1)
        #expect(lesson.steps == 600)
    }

    @Test func oneLineIsEnoughForHalves() {
        var lesson = BorderLesson()
        lesson.knobs[0].turn(by: 2)
        lesson.turned(0)
        for _ in 0..<3 { lesson.press() }
        #expect(lesson.points.accuracy(of: lesson.linear) == 1)
    }

    @Test func reluIsAHinge() {
        // Hinges at −1 and 0; the output is 1 · (x + 1)⁺ + 0.5 · x⁺.
        let (sums, activations, outputs) = ReLULesson().values(at: [-1.5, -0.5, 2])
        #expect(sums.elements == [-0.5, -1.5, 0.5, -0.5, 3, 2])
        #expect(activations.elements == [0, 0, 0.5, 0, 3, 2])
        #expect(outputs.elements == [0, 0.5, 4])
    }

    @Test func softmaxIsTheShareOfThePowersOfE() {
        let powers = [2.0, 1, 0.5].map { exp($0) }
        for (share, power) in zip(SoftmaxLesson().shares, powers) {
            #expect(abs(Double(share) - power / powers.reduce(0, +)) < 1e-6)
        }
    }

    @Test func crossEntropyIsTheLogarithmOfTheShare() {
        let powers = [2.0, 1, 0.5].map { exp($0) }
        #expect(abs(Double(CrossEntropyLesson().result.meanLoss) + log(powers[1] / powers.reduce(0, +))) < 1e-6)
    }

    /// The loss of the gradient lesson's network in double precision, as one would write it down.
    private func loss(weight: Double) -> Double {
        let (w, b) = ([[1.2, -0.6, 0.3], [0.4, 0.9, -0.8]], [0.1, 0, 0.2])
        let v = [[weight, 0.2], [0.7, -0.3], [-0.4, 0.5]]
        let samples = [([1, 0.2], 1), ([0.8, -0.4], 1), ([0.6, 0.1], 0), ([-0.5, 1.0], 0)]
        return samples.reduce(0) { sum, sample in
            let h = (0..<3).map { j in max(0, sample.0[0] * w[0][j] + sample.0[1] * w[1][j] + b[j]) }
            let z = (0..<2).map { k in (0..<3).reduce(0) { $0 + h[$1] * v[$1][k] } }
            return sum - log(exp(z[sample.1]) / (exp(z[0]) + exp(z[1]))) / 4
        }
    }

    @Test(arguments: [-3.0, -2, 0.5, 3]) func theSlopeIsThatOfTheLoss(weight: Double) {
        #expect(abs(Double(GradientLesson.loss(weight: Float(weight))) - loss(weight: weight)) < 1e-5)
        let slope = (loss(weight: weight + 1e-5) - loss(weight: weight - 1e-5)) / 2e-5
        #expect(abs(Double(GradientLesson.slope(weight: Float(weight))) - slope) < 1e-5)
    }

    @Test func downhillEndsWhereTheSlopeIsFlat() {
        var lesson = GradientLesson()
        for _ in 0..<40 { lesson.press() }
        #expect(abs(GradientLesson.slope(weight: lesson.knobs[0].value)) < 0.01)
        let loss = self.loss(weight: Double(lesson.knobs[0].value))
        #expect(loss < self.loss(weight: -2))
        #expect(loss < self.loss(weight: Double(lesson.knobs[0].value) + 0.5))
    }

    @Test(arguments: [[1, 0.5], [-2, 1.5], [2, -2]], [0, 1]) func everyDerivativeIsWhatANudgeSays(
        input: [Float], label: Int
    ) {
        let tiny = TinyNetwork(input: Matrix(rows: 1, columns: 2, input), label: UInt8(label))
        // By the chain rule in double precision.
        let (x, w, b) = (input.map(Double.init), [[0.6, -0.4], [0.3, 0.8]], [0.1, 0.3])
        let (v, c) = ([[0.5, -0.7], [-0.2, 0.9]], [0, 0.1])
        let a = (0..<2).map { x[0] * w[0][$0] + x[1] * w[1][$0] + b[$0] }
        let h = a.map { max(0, $0) }
        let z = (0..<2).map { h[0] * v[0][$0] + h[1] * v[1][$0] + c[$0] }
        let p = z.map { exp($0) / (exp(z[0]) + exp(z[1])) }
        let dz = (0..<2).map { p[$0] - ($0 == label ? 1 : 0) }
        let dh = (0..<2).map { dz[0] * v[$0][0] + dz[1] * v[$0][1] }
        let da = (0..<2).map { a[$0] > 0 ? dh[$0] : 0 }
        func check(_ part: TinyNetwork.Part, _ expected: Double) {
            #expect(abs(Double(tiny.derivative(of: part)) - expected) < 1e-5, "\(part)")
            #expect(abs(Double(tiny.nudged(part)) - expected) < 1e-3, "\(part)")
        }
        for i in 0..<2 {
            check(.logit(i), dz[i])
            check(.activation(i), dh[i])
            check(.sum(i), da[i])
            check(.bias(layer: 0, column: i), da[i])
            check(.bias(layer: 1, column: i), dz[i])
            for j in 0..<2 {
                check(.weight(layer: 0, row: i, column: j), x[i] * da[j])
                check(.weight(layer: 1, row: i, column: j), h[i] * dz[j])
            }
        }
        // Taken apart it is what the engine does in one go.
        let (loss, gradients) = tiny.network.lossAndGradients(inputs: tiny.input, labels: [tiny.label])
        #expect(loss == tiny.outcome)
        #expect(gradients.matrices == tiny.gradient(layer: 0) + tiny.gradient(layer: 1))
        #expect(tiny.trained(learningRate: 0.5).outcome.meanLoss < tiny.outcome.meanLoss)
    }

    /// Within two thousandths a nudge finds the same; a number that is not there is not marked.
    @Test(
        arguments: [
            (0.5, 0.501, "0.500 0.501 ✓", .right), (0.5, 0.499, "0.500 0.499 ✓", .right),
            (0.5, 0.503, "0.500 0.503 ?", .wrong), (0.5, 0.497, "0.500 0.497 ?", .wrong),
            (0.5, nil, "0.500", .test),
        ] as [(Float, Float?, String, Ink)])
    func aNudgeThatFindsTheSameIsTicked(value: Float, nudged: Float?, numbers: String, ink: Ink) {
        var grid = CellGrid(width: 46, height: 1)
        let row = BackpropagationLesson.Row(name: "w11", working: "by hand", value: value, nudged: nudged)
        row.draw(in: Rect(x: 0, y: 0, width: 46, height: 1), on: &grid)
        #expect(grid.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") == "w11 by hand " + numbers)
        #expect(grid[45, 0].style.ink == ink)
    }

    @Test func theCurvesAreGradientDescent() {
        var lesson = LearningRateLesson()
        lesson.press()
        #expect(lesson.steps == 40)
        for (run, knob) in zip(lesson.runs, lesson.knobs) {
            var network = LearningRateLesson.start
            let points = LearningRateLesson.points
            for step in 0..<40 {
                let (loss, gradients) = network.lossAndGradients(inputs: points.positions, labels: points.labels)
                #expect(abs(loss.meanLoss - run.losses[step]) <= 1e-5 * max(1, loss.meanLoss))
                var parameters = network.parameters
                for (index, gradient) in gradients.matrices.enumerated() {
                    for row in 0..<gradient.rows {
                        for column in 0..<gradient.columns {
                            parameters.matrices[index][row, column] -= knob.value * gradient[row, column]
                        }
                    }
                }
                network.parameters = parameters
            }
        }
        for _ in 0..<4 { lesson.press() }
        let losses = lesson.runs.map { $0.losses[200] }
        #expect(losses[0] > 0.5, "too small: it crawls")
        #expect(losses[1] < 0.1, "right")
        #expect(losses[2] > 0.5, "too big: it does not learn")
    }

    private func convolution() -> ConvolutionLesson {
        var lesson = ConvolutionLesson()
        lesson.take(Samples.snapshot())
        return lesson
    }

    /// The engine's map is the sum written down, and so is what the page says of the window.
    @Test(arguments: ConvolutionLesson.Filter.allCases) func theMapIsNineProductsAPlace(
        filter: ConvolutionLesson.Filter
    ) throws {
        var lesson = convolution()
        lesson.knobs[0].choose(filter.rawValue)
        lesson.turned(0)
        let (weights, pixels) = (lesson.weights, lesson.pixels)
        #expect(filter.weights.map { $0 == weights } ?? true)
        // The middle 20 × 20 of 28 × 28.
        let image = Array(Samples.dataset.test.image(0))
        let middle = (0..<400).map { (index: Int) -> UInt8 in
            let (row, column) = index.quotientAndRemainder(dividingBy: 20)
            return image[(4 + row) * 28 + 4 + column]
        }
        #expect(pixels == middle)
        let map = try #require(lesson.map)
        let sums = map.sums(of: Matrix(rows: 1, columns: 400, pixels.map { Float($0) / 255 })).elements
        #expect(sums.count == 18 * 18)
        for place in 0..<18 * 18 {
            let sum = (0..<9).reduce(0.0) { sum, index in
                let pixel = pixels[(place / 18 + index / 3) * 20 + place % 18 + index % 3]
                return sum + Double(pixel) / 255 * Double(weights[index])
            }
            #expect(abs(Double(sums[place]) - sum) < 1e-5)
        }
        // At the place of the window, as a reader sees it.
        for place in [1, 100, 324] {
            lesson.knobs[10].set(Float(place))
            var grid = CellGrid(width: 78, height: 33)
            lesson.draw(in: grid.bounds, on: &grid)
            let line = try #require(grid.text.split(separator: "\n").first { $0.contains("sum: ") })
            #expect(line.hasSuffix(" " + Format.fixed(sums[place - 1])))
        }
    }

    @Test func aChangedFilterIsOnesOwn() {
        var lesson = convolution()
        lesson.knobs[5].turn(by: 3)
        lesson.turned(5)
        #expect(lesson.knobs[0].text == "your own")
        lesson.knobs[5].turn(by: -3)
        lesson.turned(5)
        #expect(lesson.knobs[0].text == "upright edge")
        lesson.knobs[0].choose(ConvolutionLesson.Filter.own.rawValue)
        lesson.turned(0)
        #expect(lesson.weights == ConvolutionLesson.Filter.uprightEdge.weights, "nothing to fall back on")
    }

    /// Step by step the map is as far as the window has come.
    @Test func theMapGrowsWithTheWindow() {
        var lesson = convolution()
        func dots() -> Int {
            var grid = CellGrid(width: 39, height: 18)
            lesson.draw(in: grid.bounds, on: &grid)
            return grid.cells.count { $0.character == "·" }
        }
        lesson.knobs[10].set(1)
        // A cell has a place of the row below, too.
        #expect(dots() == 9 * 18 - 1)
        lesson.knobs[10].set(2 * 18 + 1)
        #expect(dots() == 8 * 18 - 1)
        lesson.press()
        #expect(dots() == 0)
    }

    @Test(arguments: [(1, 1), (2, 5), (3, 3), (8, 8), (40, 9)]) func theFilterFitsImagesOfAnySize(size: (Int, Int)) {
        let (width, height) = size
        let images = ImageSet(
            width: width, height: height, pixels: Array(repeating: 200, count: 2 * width * height), labels: [0, 1])
        var lesson = ConvolutionLesson()
        lesson.take(Samples.snapshot(dataset: Dataset(name: "own", train: images, test: images)))
        #expect((lesson.map == nil) == (min(width, height) < 3))
        for value: Float in [1, 9999] {
            lesson.knobs[10].set(value)
            lesson.knobs[11].set(value)
            lesson.turned(11)
            for height in 0...20 {
                var grid = CellGrid(width: 40, height: 20)
                lesson.draw(in: Rect(x: 0, y: 0, width: 38, height: height), on: &grid)
                #expect(lesson.experiments.count == 3)
            }
        }
    }

    @Test func theStrengthsAreThoseOfTheDataSet() {
        for name in ["mnist", "fashion-mnist"] {
            var lesson = DistortionLesson()
            lesson.take(Samples.snapshot(dataset: Samples.makeDataset(name: name)))
            let preset = Distortion.preset(dataset: name)
            #expect(lesson.distortion.isMirrored == preset.isMirrored)
            for strength in [\Distortion.rotation, \.scale, \.shear, \.shift, \.elasticity, \.thickness] {
                #expect(abs(lesson.distortion[keyPath: strength] - preset[keyPath: strength]) < 1e-6)
            }
            for _ in 0..<2 {
                for knob in lesson.knobs.indices {
                    lesson.knobs[knob].turn(by: 1000)
                    lesson.turned(knob)
                }
                #expect(lesson.distortion.problem == nil, "whatever is chosen can be drawn")
            }
        }
    }

    @Test func theCosineTellsDirections() {
        #expect(HandwritingLesson.cosine([1, 0], [3, 0]) == 1)
        #expect(HandwritingLesson.cosine([1, 0], [0, 2]) == 0)
        #expect(abs(HandwritingLesson.cosine([1, 1], [1, 0]) - 0.70711) < 1e-4)
        #expect(HandwritingLesson.cosine([0, 0], [1, 0]) == 0)
    }

    @Test func knobsStayInTheirRange() {
        var knob = Knob("weight", 0.9, in: -1...1)
        knob.turn(by: 5)
        #expect(knob.value == 1)
        knob.turn(by: -10)
        #expect(knob.value == 0)
        #expect(knob.text == "0.00")
        var rate = Knob("rate", 0.3, of: [0.1, 0.3, 1])
        rate.turn(by: 1)
        #expect(rate.text == "1")
        rate.turn(by: 1)
        #expect(rate.value == 1)
        var choice = Knob("points", choices: ["a", "b"])
        choice.turn(by: -1)
        #expect(choice.text == "a")
        choice.turn(by: 2)
        #expect(choice.text == "b")
    }

    @Test func wordsBreakBetweenThem() {
        #expect(Paragraph.lines("one two three", width: 7) == ["one two", "three"])
        #expect(Paragraph.lines("incomprehensible", width: 5) == ["incom", "prehe", "nsibl", "e"])
        #expect(Paragraph.lines("", width: 5) == [])
        #expect(Paragraph.lines("word", width: 0) == [])
    }
}
