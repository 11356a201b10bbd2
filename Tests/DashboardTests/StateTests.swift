import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

@Suite struct StateTests {
    @Test func numbersAndTabChooseTheScreen() {
        var state = Samples.state()
        for screen in State.Screen.allCases {
            _ = state.handle(.key(.character(Unicode.Scalar(UInt8(48 + screen.rawValue)))))
            #expect(state.screen == screen)
        }
        _ = state.handle(.key(.tab))
        #expect(state.screen == State.Screen.allCases.first)
        _ = state.handle(.key(.backTab))
        #expect(state.screen == State.Screen.allCases.last)
    }

    @Test func thePlaygroundComesFirstWhereItIsAskedFor() {
        var state = State()
        let actions = state.openPlayground(PlaygroundConfiguration(), isOn: true)
        #expect(state.screen == .playground && !actions.isEmpty)
    }

    @Test func keysSteerTheTraining() {
        var state = Samples.state()
        #expect(state.handle(.key(.character("p"))) == [.request(.pause)])
        #expect(state.handle(.key(.character("n"))) == [.request(.trainBatch)])
        #expect(state.handle(.key(.character("N"))) == [.request(.trainEpoch)])
        #expect(state.handle(.key(.character("q"))) == [.quit])
        _ = state.handle(.snapshot(Samples.snapshot(phase: .paused)))
        #expect(state.handle(.key(.character("p"))) == [.request(.run)])
    }

    @Test func howFarTheReadingIsShows() {
        var state = State(width: 80, height: 24)
        #expect(text(state).contains("Reading the data …") && !text(state).contains("%"))
        _ = state.handle(.reading(0.567))
        #expect(text(state).contains("Reading the data … 56 %"))
        _ = state.handle(.snapshot(Samples.snapshot()))
        #expect(!text(state).contains("Reading"))
    }

    /// The mouse says no, as other keys do; moving it says nothing.
    @Test func aPressOfTheMouseAnswersAQuestion() {
        let long = EpochResult(
            epoch: 1, step: 938, trainLoss: 1, trainAccuracy: 0.5, testLoss: 1, testAccuracy: 0.5, seconds: 60,
            samplesPerSecond: 1)
        var state = Samples.state(snapshot: Samples.snapshot().with { $0.epochs = [long] })
        press(&state, "q")
        #expect(state.question == .leave && text(state).contains("Leave?"))
        mouse(&state, .drag, 3, 3)
        mouse(&state, .wheelDown, 3, 3)
        #expect(state.question == .leave)
        mouse(&state, .press, 3, 3)
        #expect(state.question == nil && state.screen == .train && !text(state).contains("Leave?"))
    }

    @Test func whatDoesNotFitOnAPageOfTheHelpIsOnTheNext() {
        var state = Samples.state(.draw)
        press(&state, "?")
        #expect(text(state).contains("any key: more") && !text(state).contains("quit   "))
        mouse(&state, .press, 3, 3)
        #expect(text(state).contains("any key closes") && text(state).contains("choose a screen"))
        press(&state, " ")
        #expect(state.helpPage == nil)
        press(&state, "?", .escape)
        #expect(state.helpPage == nil)
    }

    /// After the last step, no key does what nobody expects: the screen says what it will do, and the others do nothing.
    @Test func keysSayWhatTheyDoAfterTheEnd() {
        var state = Samples.state(snapshot: Samples.snapshot(step: 4690, phase: .finished))
        #expect(state.hints("p").map(\.words) == ["5 more epochs"])
        #expect(render(state, width: 80, height: 24).text.contains("p   5 more epochs"))
        for key: Key in ["p", "m"] { #expect(state.handle(.key(key)) == [.request(.extend(epochs: 5))]) }
        for key: Key in ["]", "[", "n", "N"] {
            #expect(state.hints(key).isEmpty)
            #expect(state.handle(.key(key)).isEmpty)
        }
        let help = Help.rows(state).flatMap { $0 }
        #expect(
            help.contains { $0.keys == "p  m" } && !help.contains { $0.keys.contains("]") || $0.keys.hasPrefix("n") })
        state.screen = .playground
        #expect(state.handle(.key("]")) != [], "its training has no end")
    }

    @Test func keysSetThePace() {
        var state = Samples.state()
        #expect(state.handle(.key(",")) == [.request(.slower)])
        #expect(state.handle(.key(".")) == [.request(.faster)])
        #expect(state.handle(.key("F")) == [.request(.pace(.usual))], "it goes as fast as it can")
        _ = state.handle(.snapshot(Samples.snapshot().with(pace: .usual)))
        #expect(state.handle(.key("F")) == [.request(.pace(.full))])
        state.screen = .playground
        #expect(state.handle(.key(",")) == [.playground(.slower)], "the playground has a pace of its own")
    }

    /// The line at the bottom says that a run is slowed and how to change it; where the machine is no faster, nothing.
    @Test func aSlowedRunSaysSo() {
        func line(_ pace: Pace, _ phase: TrainingSnapshot.Phase = .running, width: Int) -> String {
            let snapshot = Samples.snapshot(phase: phase).with(pace: pace)
            let text = render(Samples.state(snapshot: snapshot), width: width, height: 24).text
            return text.split(separator: "\n").last.map(String.init) ?? ""
        }
        #expect(line(.usual, width: 80).contains("slowed  . faster"))
        #expect(line(.usual, width: 120).contains("slowed to 20 s a run  . faster"))
        #expect(line(.seconds(90), width: 120).contains("slowed to 1:30 a run  . faster"))
        #expect(line(.usual, width: 200).contains("0:07 left"), "of 20 s, not of the machine's time")
        #expect(!line(.full, width: 120).contains("slowed"))
        #expect(!line(.seconds(0.7), width: 120).contains("slowed"), "300,000 images at 402,000 a second take 0.75 s")
        #expect(!line(.usual, .paused, width: 120).contains("slowed"))
        #expect(!line(.usual, .finished, width: 120).contains("slowed"))
    }

    @Test func tenPressesAreAFactorOfTen() {
        var state = Samples.state()
        var rate: Float = 1
        for _ in 0..<10 {
            guard case .request(.scaleLearningRate(let factor)) = state.handle(.key(.character("]"))).first else {
                Issue.record("] asks for another learning rate")
                return
            }
            rate *= factor
        }
        #expect(abs(rate - 10) < 1e-3)
    }

    @Test func asksBeforeALongRunIsLost() {
        func state(_ seconds: Double, isKept: Bool) -> State {
            let result = EpochResult(
                epoch: 1, step: 938, trainLoss: 0, trainAccuracy: 1, testLoss: 0, testAccuracy: 1, seconds: seconds,
                samplesPerSecond: 1)
            return Samples.state(snapshot: Samples.snapshot().with({ $0.epochs = [result] }, isKept: isKept))
        }
        var settings = Samples.snapshot().settings
        let again = Action.request(.begin(NewRun(.new(settings), runs: 2)))
        settings.seed = 1
        let restart = Action.request(.begin(NewRun(.new(settings), runs: 2)))
        for (key, action, title) in [
            ("q" as Unicode.Scalar, Action.quit, "Leave?"), ("R", restart, "Begin another run?"),
            ("r", again, "Begin another run?"),
        ] {
            let key = Key.character(key)
            for (seconds, isKept) in [(9.9, false), (60, true)] {
                var state = state(seconds, isKept: isKept)
                #expect(state.handle(.key(key)) == [action], "nothing that takes long gets lost")
            }
            for width in [40, 80, 120] {
                var state = state(62, isKept: false)
                #expect(state.handle(.key(key)).isEmpty)
                let text = render(state, width: width, height: 24).text
                #expect(text.contains(title) && text.contains("y yes"))
                let why = key == .character("q") ? "1:02 of training would be lost." : "This one stops where it is."
                #expect(text.contains(why) == (width > 40))
                #expect(state.handle(.key(.character("p"))).isEmpty, "the key only says no")
                #expect(state.question == nil)
                _ = state.handle(.key(key))
                #expect(state.handle(.key(.character("y"))) == [action])
            }
            var state = state(62, isKept: false)
            _ = state.handle(.key(.character("?")))
            #expect(state.handle(.key(.character("q"))).isEmpty, "from the help, too")
            #expect(state.handle(.key(.character("q"))) == [.quit], "who says it twice means it")
        }
    }

    @Test func anyKeyClosesTheHelp() {
        var state = Samples.state()
        _ = state.handle(.key(.character("?")))
        #expect(state.helpPage == 0)
        #expect(state.handle(.key(.character("p"))).isEmpty, "the key only closes")
        #expect(state.helpPage == nil)
    }

    @Test func confusionCursorStaysOnTheMatrix() {
        var state = Samples.state(.confusion)
        _ = state.handle(.key(.up))
        #expect(state.confusion.label == 0)
        for _ in 0..<20 {
            _ = state.handle(.key(.down))
            _ = state.handle(.key(.right))
        }
        #expect(state.confusion.label == 9)
        #expect(state.confusion.prediction == 9)
    }
}

@Suite struct AxisTests {
    @Test func linearTicksAreRound() {
        #expect(Axis(0...10).ticks(atMost: 6).map(\.label) == ["0", "2", "4", "6", "8", "10"])
        #expect(Axis(0.8...1, unit: .percent).ticks(atMost: 5).map(\.label) == ["80%", "85%", "90%", "95%", "100%"])
        #expect(Axis(0.985...1, unit: .percent).ticks(atMost: 4).map(\.label) == ["98.5%", "99.0%", "99.5%", "100.0%"])
    }

    @Test func positionAndValueAreInverse() {
        for axis in [Axis(2...8), Axis(0.01...3, scale: .logarithmic)] {
            for position in [0, 0.25, 1] { #expect(abs(axis.position(of: axis.value(at: position)) - position) < 1e-9) }
        }
    }

    @Test func emptyRangesAreWidened() {
        #expect(Axis(1...1).position(of: 1) == 0.5)
        #expect(Axis(0...0, scale: .logarithmic).range.lowerBound > 0)
    }
}

@Suite struct LearningCurveTests {
    @Test func smoothingHasNoStartUpBias() {
        var series = Series()
        for _ in 0..<50 { series.append(3) }
        #expect(LearningCurve.smooth(series, halfLife: 100).allSatisfy { abs($0.value - 3) < 1e-6 })
    }

    @Test func smoothingIsTheExponentialAverage() {
        var series = Series()
        for value: Float in [1, 0] { series.append(value) }
        // Half-life of a step: weights ½ and ¼, normalised.
        let curve = LearningCurve.smooth(series, halfLife: 1)
        #expect(abs(curve[1].value - 1.0 / 3) < 1e-9)
        #expect(LearningCurve.smooth(series, halfLife: 0).map(\.value) == [1, 0])
    }

    @Test(arguments: [1, 2, 3, 50, 511]) func quantilesAreThoseOfTheSortedValues(count: Int) {
        var generator = RandomGenerator(seed: 1, stream: .initialization)
        for different in [1, 5, 10_000] {
            let values = (0..<count).map { _ in Double(generator.uniform(below: different)) }
            for share in [0, 0.05, 0.25, 0.5, 0.95, 1] {
                let expected = values.sorted()[Int((share * Double(count - 1)).rounded())]
                #expect(LearningCurve.quantile(share, of: values) == expected)
            }
        }
        #expect(LearningCurve.quantile(0.5, of: []) == nil)
    }

    @Test func oneOutlierDoesNotRuinTheRange() {
        var points = (0..<100).map { Chart.Point(step: Double($0), value: 0.1 + 0.001 * Double($0)) }
        points[50] = Chart.Point(step: 50, value: 1e6)
        let range = LearningCurve.lossRange(curve: points, tests: [], band: [])
        #expect(range.upperBound < 1)
        #expect(range.lowerBound < 0.1)
    }
}

@Suite struct PaletteTests {
    private static let inks: [Ink] = {
        let plain: [Ink] = [
            .standard, .value, .words, .faint, .train, .test, .right, .wrong, .key, .bar, .selectedTab, .onAccent,
            .onSuccess,
        ]
        let greys: [Ink] = (0...23).flatMap { [Ink.grey($0), .marked($0)] }
        let errors: [Ink] = (0...6).flatMap { [Ink.error($0), Ink.onError($0)] }
        let successes: [Ink] = (0...2).map { .success($0) }
        let points: [Ink] = (0...2).map { .point($0) }
        let regions: [Ink] = (0...2).flatMap { label in (0...4).map { Ink.region(label, certainty: $0) } }
        return plain + greys + errors + successes + points + regions
    }()

    @Test(arguments: [
        (Appearance.Colors.none, 0), (.eight, 8), (.sixteen, 16), (.many, 256),
    ]) func staysWithinWhatTheTerminalHas(colors: Appearance.Colors, count: Int) {
        for background in [Appearance.Background.dark, .light] {
            let appearance = Appearance(colors: colors, background: background)
            for ink in Self.inks { #expect((-1..<count).contains(Palette.color(of: ink, for: appearance)), "\(ink)") }
        }
    }

    /// The series, right and wrong are told apart on every terminal with colours, and from the background.
    @Test(arguments: [Appearance.Colors.eight, .sixteen, .many], [Appearance.Background.dark, .light])
    func coloursThatMeanSomethingDiffer(colors: Appearance.Colors, background: Appearance.Background) {
        let appearance = Appearance(colors: colors, background: background)
        func color(_ ink: Ink) -> Int { Palette.color(of: ink, for: appearance) }
        #expect(color(.train) != color(.test))
        #expect(color(.right) != color(.wrong))
        #expect(color(.onAccent) != color(.right))
        for ink in [Ink.train, .test, .right, .wrong, .key, .words, .value] {
            #expect(color(ink) != (background == .dark ? 0 : 15))
        }
    }

    @Test func picturesAreReadableWithoutColours() {
        for appearance in [Appearance(colors: .none), Appearance(glyphs: .ascii)] {
            let white = appearance.adapt(Cell("▀", Style(.grey(23), on: .grey(23))))
            let black = appearance.adapt(Cell("▀", Style(.grey(0), on: .grey(0))))
            #expect(white.character != black.character)
        }
        let tab = Appearance(colors: .none).adapt(Cell("1", Style(.value, on: .selectedTab)))
        #expect(tab.style.reverse)
    }

    /// On a white screen, the lightest of a picture is not the screen's white, and lighter stays lighter.
    @Test func picturesHaveAnEdgeOnWhite() {
        let light = Appearance(background: .light)
        let greys = (0...23).map { Palette.color(of: .grey($0), for: light) }
        #expect(greys.first == 16 && greys.dropFirst() == greys.dropFirst().sorted()[...])
        let zeros = [Ink.positive(0), .negative(0)].map { Palette.color(of: $0, for: light) }
        #expect((greys + zeros).allSatisfy { ![15, 231].contains($0) && $0 <= 255 })
    }

    /// The window of a filter is there on every terminal: in its own colour, or on a ground of its own.
    @Test(arguments: [Appearance.Colors.none, .eight, .sixteen, .many], [Appearance.Glyphs.braille, .ascii])
    func whatIsMarkedStandsOut(colors: Appearance.Colors, glyphs: Appearance.Glyphs) {
        let appearance = Appearance(glyphs: glyphs, colors: colors)
        for level in UInt8(0)...23 {
            let plain = appearance.adapt(Cell("▀", Style(.grey(level), on: .grey(level))))
            for (upper, lower) in [(Ink.marked(level), Ink.marked(level)), (.grey(level), .marked(level))] {
                let marked = appearance.adapt(Cell("▀", Style(upper, on: lower)))
                let papers = [plain, marked].map { Palette.color(of: $0.style.paper, for: appearance) }
                #expect(papers[0] != papers[1] || plain.style.reverse != marked.style.reverse, "\(level)")
            }
        }
        let place = appearance.adapt(Cell("▀", Style(.key, on: .positive(0))))
        #expect(colors == .many && glyphs == .braille || place.style.paper == .key)
    }

    @Test func brailleBecomesBlocks() {
        let blocks = Appearance(glyphs: .blocks)
        #expect(blocks.adapt(Cell("⠁")).character == "▘")
        #expect(blocks.adapt(Cell("⣿")).character == "█")
        #expect(blocks.adapt(Cell("⣀")).character == "▄")
        #expect(blocks.adapt(Cell("x")).character == "x")
    }
}
