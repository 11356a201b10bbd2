import Testing

@testable import Dashboard
@testable import Training

@Suite struct ScreenTests {
    static let sizes = [(80, 24), (120, 40)]

    /// What the network sees is as large as the keys below leave room for, and one line less is too few.
    @Test(arguments: [37, 38]) func drawWhereTheLargeViewJustFits(height: Int) throws {
        var state = Samples.state(.draw, width: 140, height: height)
        press(&state, " ", .down, .down, " ")
        try expectPicture("draw-fits", of: state, width: 140, height: height)
    }

    /// A network that knows one class has nothing to tell it from.
    @Test func oneClassHasNoRival() {
        var state = Samples.state(.network, snapshot: Samples.snapshot(dataset: Samples.makeDataset(classes: 1)))
        for _ in 0..<5 {
            press(&state, "v")
            #expect(text(state).contains("finished") || text(state).contains("training"))
        }
    }

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
        for (width, height) in Self.sizes + [(200, 55)] {
            try expectPicture(
                "confusion-fashion", of: Samples.state(.confusion, snapshot: snapshot), width: width, height: height)
        }
    }

    @Test func helpPicture() throws {
        var state = Samples.state()
        _ = state.handle(.key(.character("?")))
        try expectPicture("help", of: state, width: 80, height: 24)
    }

    /// What is asked before training is lost, and what came of a request.
    @Test(arguments: [(40, 14), (80, 24)]) func questionsAndNotices(width: Int, height: Int) throws {
        let now = EpochResult(
            epoch: 1, step: 938, trainLoss: 0, trainAccuracy: 1, testLoss: 0, testAccuracy: 1, seconds: 62,
            samplesPerSecond: 1)
        let state = Samples.state(snapshot: Samples.snapshot().with({ $0.epochs = [now] }))
        for (name, key) in [("leave", "q" as Key), ("begin", "R")] {
            var asked = state
            press(&asked, key)
            try expectPicture("question-\(name)", of: asked, width: width, height: height)
        }
        var told = state
        _ = told.handle(.notice("Saved as 7: 12 in /drawings"))
        try expectPicture("notice", of: told, width: width, height: height)
    }

    /// What is there before the data is, what has a past, and what only a test gives.
    @Test func whatScreensNeed() {
        #expect(State.Screen.allCases.filter { !$0.content.needsSnapshot } == [.playground])
        #expect(State.Screen.allCases.filter { !$0.content.showsMoments } == [.lessons])
        #expect(State.Screen.allCases.filter { $0.content.showsTests } == [.confusion, .mistakes])
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
        try expectPicture("too-small", of: Samples.state(), width: 30, height: 10)
    }

    @Test(arguments: State.Screen.allCases) func smallPicture(screen: State.Screen) throws {
        try expectPicture("\(screen)", of: Samples.state(screen), width: 40, height: 14)
        try expectPicture("\(screen)", of: Samples.state(screen), width: 60, height: 20)
    }

    @Test func enlargedMistake() throws {
        for (width, height) in Self.sizes + [(200, 55)] {
            var state = Samples.state(.mistakes, width: width, height: height)
            _ = state.handle(.key(.enter))
            try expectPicture("mistake-enlarged", of: state, width: width, height: height)
        }
    }

    /// Where there is room, pictures are large.
    @Test(arguments: [State.Screen.train, .confusion, .mistakes, .draw]) func largePicture(screen: State.Screen) throws
    {
        try expectPicture("\(screen)", of: Samples.state(screen), width: 200, height: 55)
    }

    @Test func aDrawingOfAKnownDigit() throws {
        for (width, height) in Self.sizes {
            var state = Samples.state(.mistakes, width: width, height: height)
            _ = state.handle(.key("d"))
            try expectPicture("draw-known", of: state, width: width, height: height)
        }
    }

    @Test func chosenMistakes() throws {
        var state = Samples.state(.confusion)
        for key: Key in [.right, .enter] { _ = state.handle(.key(key)) }
        try expectPicture("mistakes-chosen", of: state, width: 80, height: 24)
    }

    /// Another moment than the present in view: with the mark, and in the film.
    @Test(arguments: [State.Screen.train, .confusion], sizes) func past(screen: State.Screen, size: (Int, Int)) throws {
        var state = Samples.state(screen, width: size.0, height: size.1)
        press(&state, "j", "j")
        try expectPicture("\(screen)-past", of: state, width: size.0, height: size.1)
        press(&state, "J")
        try expectPicture("\(screen)-film", of: state, width: size.0, height: size.1)
    }

    @Test func zoomedAndReadOff() throws {
        var state = Samples.state(width: 120, height: 40)
        for key: Key in [.left, .left, .left, .left, .left, .left, .left, .left, .up, .up] {
            _ = state.handle(.key(key))
        }
        try expectPicture("train-zoomed", of: state, width: 120, height: 40)
    }

    /// What no panel of a screen may do at any size.
    @Test func panelsNeitherOverlapNorLeaveTheScreen() {
        for width in smallestSize.width...300 where width % 7 == 0 || width < 130 {
            for height in smallestSize.height...100 {
                let room = Rect(x: 0, y: 1, width: width, height: height - 2)
                let train = TrainScreen.Layout(
                    room, panel: width % 2 == 0 ? (38, 10) : NetworkPanel.size(of: Samples.convolutional.now.network))
                let draw = DrawScreen.Layout(room)
                let play = PlaygroundScreen.Layout(room)
                for panels in [
                    [train.loss, train.accuracy, train.network, train.classes, train.now], [draw.frame, draw.side],
                    [play.frame, play.curve, play.settings, play.neurons],
                ] {
                    let panels = panels.filter { !$0.isEmpty }
                    for (index, a) in panels.enumerated() {
                        #expect(a.x >= 0 && a.maxX <= width && a.y >= 1 && a.maxY <= height - 1)
                        for b in panels.dropFirst(index + 1) {
                            let apart = a.maxX <= b.x || b.maxX <= a.x || a.maxY <= b.y || b.maxY <= a.y
                            #expect(apart, "\(a) and \(b) at \(width) × \(height)")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: State.Screen.allCases) func everySizeRenders(screen: State.Screen) {
        let state = Samples.state(screen)
        for width in stride(from: 0, through: 300, by: 13) {
            for height in stride(from: 0, through: 100, by: 9) {
                let grid = render(state, width: width, height: height)
                #expect(grid.cells.count == width * height)
                guard width >= smallestSize.width, height >= smallestSize.height else { continue }
                #expect(grid[1, height - 1].style.paper == .right, "the status line is whole at \(width) × \(height)")
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
