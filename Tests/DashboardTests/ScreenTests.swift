import Testing

@testable import Dashboard

@Suite struct ScreenTests {
    static let sizes = [(80, 24), (120, 40)]

    @Test(arguments: State.Screen.allCases, sizes) func picture(screen: State.Screen, size: (Int, Int)) throws {
        try expectPicture("\(screen)", of: Samples.state(screen), width: size.0, height: size.1)
    }

    @Test(arguments: State.Screen.allCases) func asciiPicture(screen: State.Screen) throws {
        var state = Samples.state(screen)
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        try expectPicture("\(screen)-ascii", of: state, width: 80, height: 24)
        #expect(render(state, width: 80, height: 24).cells.allSatisfy { $0.character.isASCII })
    }

    @Test func fashionConfusion() throws {
        let snapshot = Samples.snapshot(dataset: Samples.makeDataset(name: "fashion-mnist"))
        for (width, height) in Self.sizes {
            try expectPicture(
                "confusion-fashion", of: Samples.state(.confusion, snapshot: snapshot), width: width, height: height)
        }
    }

    @Test func helpPicture() throws {
        var state = Samples.state()
        _ = state.handle(.key(.character("?")))
        try expectPicture("help", of: state, width: 80, height: 24)
    }

    @Test func startAndEnd() throws {
        try expectPicture("starting", of: Samples.state(snapshot: nil), width: 80, height: 24)
        try expectPicture("first-step", of: Samples.state(snapshot: Samples.snapshot(step: 1)), width: 80, height: 24)
        try expectPicture(
            "finished", of: Samples.state(snapshot: Samples.snapshot(step: 4690, phase: .finished)), width: 80,
            height: 24)
        try expectPicture(
            "confusion-before-test", of: Samples.state(.confusion, snapshot: Samples.snapshot(step: 10)), width: 80,
            height: 24)
    }

    @Test func tooSmallSaysSo() throws {
        try expectPicture("too-small", of: Samples.state(), width: 60, height: 20)
    }

    @Test(arguments: State.Screen.allCases) func everySizeRenders(screen: State.Screen) {
        let state = Samples.state(screen)
        for width in stride(from: 0, through: 300, by: 13) {
            for height in stride(from: 0, through: 100, by: 9) {
                let grid = render(state, width: width, height: height)
                #expect(grid.cells.count == width * height)
            }
        }
    }

    @Test func divergedTrainingRenders() {
        var snapshot = Samples.snapshot(step: 0)
        #expect(render(Samples.state(snapshot: snapshot), width: 80, height: 24).text.contains("epoch 1/5"))
        snapshot = Samples.snapshot(step: 2000)
        var history = snapshot.history
        for value: Float in [.infinity, .nan, 1e30, -1, 0] { history.append(loss: value, accuracy: 0) }
        var state = Samples.state(snapshot: snapshot.with(history: history))
        #expect(render(state, width: 80, height: 24).text.contains("Loss, log scale"))
        _ = state.handle(.key(.character("l")))
        #expect(render(state, width: 80, height: 24).text.contains("Loss ─"))
    }
}
