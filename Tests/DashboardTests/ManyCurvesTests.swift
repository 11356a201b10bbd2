import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// The curves of each class and of each layer.
@Suite struct ManyCurvesTests {
    private static let sizes = [(80, 24), (120, 40), (200, 55)]

    static func snapshot(_ sample: TrainingSnapshot = Samples.snapshot(), tests: Int = 3) -> TrainingSnapshot {
        sample.with { record in
            for epoch in 1...max(tests, 1) where tests > 0 {
                let accuracies = (0..<10).map { label -> Float? in
                    1 - (0.02 + 0.013 * Float((label * 7) % 10)) / Float(epoch)
                }
                record.classAccuracies.append(accuracies, step: 938 * epoch)
            }
            for step in (0..<12).map({ 1 << $0 }) where tests > 0 {
                let layers = sample.now.network.layers
                let norms = layers.indices.map { layer -> Float? in
                    layers[layer].parameterCount == 0 ? nil : 0.3 * Float(layer + 1) / Float(step).squareRoot()
                }
                record.gradientNorms.append(norms, step: step)
            }
        }
    }

    private static func state(_ snapshot: TrainingSnapshot = snapshot(), _ size: (Int, Int) = (120, 40)) -> State {
        Samples.state(snapshot: snapshot, width: size.0, height: size.1)
    }

    @Test(arguments: sizes) func pictures(size: (Int, Int)) throws {
        var state = Self.state(Self.snapshot(), size)
        press(&state, "v")
        try expectPicture("classes", of: state, width: size.0, height: size.1)
        press(&state, "v")
        try expectPicture("gradients", of: state, width: size.0, height: size.1)
        state = Self.state(Self.snapshot(Samples.convolutional), size)
        press(&state, "v", "v")
        try expectPicture("gradients-lenet", of: state, width: size.0, height: size.1)
    }

    @Test func clothingIsNamed() throws {
        let sample = Samples.snapshot(dataset: Samples.makeDataset(name: "fashion-mnist"))
        var state = Self.state(Self.snapshot(sample), (200, 55))
        press(&state, "v")
        try expectPicture("classes-fashion", of: state, width: 200, height: 55)
        #expect(text(state).contains("1 Trouser"))
    }

    @Test func pictureWithoutColours() throws {
        for glyphs in [Appearance.Glyphs.braille, .ascii] {
            var state = Self.state()
            state.appearance = Appearance(glyphs: glyphs, colors: .none)
            press(&state, "v")
            try expectPicture("classes-mono-\(glyphs)", of: state, width: 120, height: 40)
        }
    }

    @Test func theKeyCyclesTheChart() {
        var state = Self.state()
        let plain = text(state)
        #expect(plain.contains(/v +by class/))
        press(&state, "v")
        #expect(text(state).contains("Accuracy by class") && text(state).contains(/v +gradients/))
        press(&state, "v")
        #expect(text(state).contains("Gradients") && text(state).contains("1 784→128  2 128→64  3 64→10"))
        press(&state, "v")
        #expect(text(state) == plain)
    }

    /// Whoever sees no colours tells the curves by their numbers.
    @Test(arguments: sizes) func everyClassCanBeTold(size: (Int, Int)) {
        var state = Self.state(Self.snapshot(), size)
        press(&state, "v")
        let grid = render(state, width: size.0, height: size.1)
        for label in 0..<10 {
            let digits = (0..<grid.height).flatMap { y in
                (0..<grid.width).filter { x in
                    grid[x, y].character == Unicode.Scalar(UInt8(48 + label))
                        && grid[x, y].style.ink == .label(UInt8(label))
                }
            }
            #expect(digits.count >= 2, "\(label) on the chart and in the legend")
        }
    }

    @Test func beforeThereIsAnythingItSaysWhenThereWillBe() {
        var state = Self.state(Self.snapshot(tests: 0), (80, 24))
        press(&state, "v")
        #expect(text(state).contains("Accuracy by class comes with the test after the first epoch."))
        press(&state, "v")
        #expect(text(state).contains("Gradients are looked at after 1, 2, 4, 8 … batches."))
        state = Self.state(Self.snapshot(tests: 1), (80, 24))
        press(&state, "v")
        #expect(!text(state).contains("comes with"), "a single test shows")
    }

    /// The chart says of which run it is where there are several.
    @Test func itIsOfTheRunInFocus() {
        var state = RunsTests.state(2)
        press(&state, "v")
        #expect(text(state).contains("Accuracy by class, run 2"))
    }
}
