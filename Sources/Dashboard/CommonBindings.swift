import Training

extension State {
    /// The keys of all screens. Those that steer the training steer the one in view: on the playground its own.
    static let commonBindings: [Binding] = [
        Binding(
            "p", "pause / go on", hint: pauseHint, when: { $0.screen == .playground },
            ask: ["p": { $0.playground.pauseOrGoOn() }]),
        Binding(
            "p  m", "pause / go on; five epochs more", hint: pauseHint,
            when: { $0.screen != .playground && isUnderWay($0) && $0.isFocusOnTraining },
            ask: ["p": pauseOrGoOn]),
        Binding(
            "p", "pause / go on, both runs", hint: pauseHint,
            when: { $0.screen != .playground && isUnderWay($0) && !$0.isFocusOnTraining }, ask: ["p": pauseOrGoOn]),
        Binding(
            "p  m", "five epochs more", hint: Binding.Hint("p", "\(moreEpochs) more epochs"), when: isAtItsEnd,
            ask: ["p": { _ in more }, "m": { _ in more }]),
        Binding(
            "n  N", "train one batch / to the epoch's end, then pause",
            hint: Binding.Hint("n") { $0.screen == .playground ? "one step" : "batch" },
            when: isUnderWay, ask: ["n": { $0.steer(.trainBatch) { $0.train(.trainBatch) } }]),
        Binding(
            "N", nil, hint: "epoch", when: isUnderWay,
            ask: ["N": { $0.steer(.trainEpoch) { $0.train(.trainEpoch) } }]),
        Binding(
            "[  ]", "learning rate down / up (ten presses: ×10)", hint: "rate",
            when: { isUnderWay($0) && ($0.screen == .playground || $0.isFocusOnTraining) },
            ask: [
                "[": { $0.scaleLearningRate(by: 1 / learningRateFactor) },
                "]": { $0.scaleLearningRate(by: learningRateFactor) },
            ]),
        Binding(
            "m", nil, hint: "5 more", when: { $0.screen != .playground && isUnderWay($0) && $0.isFocusOnTraining },
            ask: ["m": { _ in more }]),
        Binding(
            ",  .  F", "a slower / faster training; F: as fast as it goes",
            hint: Binding.Hint(", .", "pace"),
            when: { isUnderWay($0) && !$0.showsFilm },
            ask: [
                ",": { $0.steer(.slower) { _ in [.playground(.slower)] } },
                ".": { $0.steer(.faster) { _ in [.playground(.faster)] } },
                "F": {
                    $0.steer(.pace($0.snapshot?.pace == .full ? .usual : .full)) { $0.turnFullPace() }
                },
            ]),
        Binding(
            "j  k  0", "the moment before / after; 0: back to the present",
            hint: Binding.Hint("j k", "earlier, later"),
            when: { $0.hasPast }, change: ["j": { $0.turnMoment(by: -1) }, "k": { $0.turnMoment(by: 1) }]),
        Binding(
            "0", nil, hint: "back to now", when: { $0.isInPast },
            change: ["0": { $0.returnToPresent() }]),
        Binding(
            "J  K", "play the run backwards / forwards; again: stop",
            hint: Binding.Hint("J K") { $0.film.direction == nil ? "play" : "stop" },
            when: { $0.hasPast }, change: ["J": { $0.play(.backwards) }, "K": { $0.play(.forwards) }]),
        Binding(
            ",  .", "the film slower / faster", hint: Binding.Hint(", .") { "\($0.film.speed) a second" },
            when: { $0.showsFilm },
            change: [",": { $0.film.turnSpeed(by: -1) }, ".": { $0.film.turnSpeed(by: 1) }]),
        Binding(
            "r  R", "start again as set: the same seed / the next", hint: Binding.Hint("r", "restart"),
            when: { $0.screen == .playground },
            ask: [
                "r": { $0.playground.startAgain(nextSeed: false) }, "R": { $0.playground.startAgain(nextSeed: true) },
            ]),
        Binding(
            "r  R  A", "a new run: as set / next seed / other settings", hint: Binding.Hint("r", "restart"),
            when: { $0.screen != .playground },
            ask: ["r": { $0.startAgain(nextSeed: false) }, "R": { $0.startAgain(nextSeed: true) }]),
        Binding(
            "A", nil, hint: "new run", when: { $0.screen != .playground && $0.snapshot != nil },
            change: ["A": { $0.openPlan() }]),
        Binding(
            "g  b", "braille, blocks or ASCII; dark or light ground",
            change: ["g": { $0.turnGlyphs() }, "b": { $0.turnBackground() }]),
        saving, opening,
        Binding("S", "save this screen as a picture (SVG)", ask: ["S": { _ in [.savePicture] }]),
        screens,
        Binding("?  q", "this help; quit", hint: Binding.Hint("?", "help"), change: ["?": { $0.helpPage = 0 }]),
        Binding("q", nil, hint: "quit", ask: ["q": { $0.ask(.leave) }]),
    ]

    private static let pauseHint = Binding.Hint("p") { $0.isTraining ? "pause" : $0.isLost ? nil : "go on" }

    private static let screens: Binding = {
        let numbers = Screen.allCases.map { screen in
            (
                key: Key.character(Unicode.Scalar(UInt8(48 + screen.rawValue))),
                effect: Binding.effect { $0.screen = screen }
            )
        }
        let tabs: [(key: Key, effect: Binding.Effect)] = [
            (.tab, Binding.effect { $0.turnScreen(by: 1) }), (.backTab, Binding.effect { $0.turnScreen(by: -1) }),
        ]
        return Binding(
            "1 … \(numbers.count)", "choose a screen; also Tab and Shift-Tab", hint: Binding.Hint("1", "train"),
            effects: numbers + tabs)
    }()

    /// Whether the training in view has steps to go; after the last, only more epochs go on.
    @Sendable private static func isUnderWay(_ state: State) -> Bool {
        state.screen == .playground || state.isFocusTrained && state.snapshot?.phase != .finished
    }

    /// Whether only more epochs go on; a run beside the one that trains goes on as a fork, or along with it.
    @Sendable private static func isAtItsEnd(_ state: State) -> Bool {
        state.screen != .playground && state.isFocusOnTraining && !isUnderWay(state)
    }

    /// Where two runs train in turns, both.
    @Sendable private static func pauseOrGoOn(_ state: inout State) -> [Action] {
        let isRunning = [state.run, state.trainingRun, state.companionRun].contains { $0?.snapshot.phase == .running }
        return [.request(isRunning ? .pause : .run)]
    }

    /// Whether the training in view cannot go on.
    private var isLost: Bool {
        (screen == .playground ? playground.snapshot?.history : snapshot?.history)?.isLost ?? false
    }

    /// Whether the training in view goes on.
    private var isTraining: Bool { screen == .playground ? playground.isOn : snapshot?.phase == .running }

    private mutating func steer(
        _ request: TrainingSession.Request, onPlayground: (inout PlaygroundState) -> [Action]
    ) -> [Action] {
        screen == .playground ? onPlayground(&playground) : [.request(request)]
    }

    private mutating func scaleLearningRate(by factor: Float) -> [Action] {
        steer(.scaleLearningRate(by: factor)) { $0.scaleLearningRate(by: factor) }
    }

    private mutating func turnScreen(by count: Int) {
        let all = Screen.allCases
        guard let index = all.firstIndex(of: screen) else { return }
        screen = all[(index + count + all.count) % all.count]
    }

    /// The tenth root of ten: ten presses are a factor of ten.
    private static let learningRateFactor: Float = 1.258925
    private static let moreEpochs = 5
    private static let more: [Action] = [.request(.extend(epochs: moreEpochs))]
}
