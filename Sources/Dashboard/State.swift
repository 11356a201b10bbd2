import Training

/// Everything that the screen is a function of.
public struct State: Sendable, Equatable {
    public enum Screen: Int, Sendable, CaseIterable {
        case train = 1
        case confusion
        case mistakes
        case draw
        case network = 5
        case playground = 6
        case lessons = 7

        var title: String {
            switch self {
            case .train: "Train"
            case .confusion: "Confusion"
            case .mistakes: "Mistakes"
            case .draw: "Draw"
            case .network: "Network"
            case .playground: "Playground"
            case .lessons: "Lessons"
            }
        }

        /// For narrow windows.
        var shortTitle: String {
            switch self {
            case .train: "Train"
            case .confusion: "Conf"
            case .mistakes: "Miss"
            case .draw: "Draw"
            case .network: "Net"
            case .playground: "Play"
            case .lessons: "Learn"
            }
        }
    }

    public var appearance: Appearance
    public var screen: Screen { didSet { takeSample(from: oldValue) } }
    public var showsHelp = false
    /// What the user is asked before a run gets lost; any key but that for yes is a no.
    private(set) var question: Question?
    /// The training at the moment; nil while the data is being read.
    public var snapshot: TrainingSnapshot?
    /// The window, in cells.
    public private(set) var width: Int
    public private(set) var height: Int
    var train = TrainScreen.Settings()
    var confusion = ConfusionScreen.Settings()
    var mistakes = MistakesScreen.Settings()
    var draw = DrawScreen.Settings()
    var network = NetworkScreen.Settings()
    public var playground = PlaygroundScreen.Settings()
    var lessons = LessonsScreen.Settings()

    public init(
        appearance: Appearance = Appearance(), screen: Screen = .train, width: Int = 80, height: Int = 24
    ) {
        self.appearance = appearance
        self.screen = screen
        self.width = width
        self.height = height
    }

    /// Starts with the playground in view. Returns what is to be done outside.
    public mutating func openPlayground(_ configuration: PlaygroundConfiguration, isOn: Bool) -> [Action] {
        playground = PlaygroundScreen.Settings(configuration, isOn: isOn)
        screen = .playground
        return playground.start()
    }

    /// What the bars at the top and the bottom leave to a screen.
    var room: Rect { Rect(x: 0, y: 1, width: width, height: height - 2) }

    /// The one way in which the state changes. Returns what is to be done outside.
    public mutating func handle(_ event: Event) -> [Action] {
        let before = screen
        let actions = take(event)
        return actions + (screen == before ? [] : playground.turn(from: before, to: screen))
    }

    private mutating func take(_ event: Event) -> [Action] {
        switch event {
        case .snapshot(let snapshot):
            self.snapshot = snapshot
            mistakes.keepSelection(in: snapshot)
            lessons.take(snapshot)
            return []
        case .playground(let snapshot):
            playground.snapshot = snapshot
            return []
        case .resize(let width, let height):
            (self.width, self.height) = (width, height)
            return []
        case .reference(let evaluation):
            lessons.take(reference: evaluation)
            return []
        case .notice(let text):
            draw.notice = text
            return []
        case .key(let key):
            if let question {
                self.question = nil
                return question.isConfirmed(by: key) ? question.actions(snapshot) : []
            }
            if showsHelp {
                showsHelp = false
                return key == .character("q") ? ask(.leave) : []
            }
            return handle(key)
        case .mouse(let mouse):
            if question != nil {
                if mouse.kind == .press { question = nil }
                return []
            }
            if showsHelp {
                if mouse.kind == .press { showsHelp = false }
                return []
            }
            return handle(mouse)
        }
    }

    private mutating func handle(_ key: Key) -> [Action] {
        if screen == .draw, draw.asksForLabel { return draw.answerLabel(key) }
        if screen == .playground, let actions = playground.handle(key) { return actions }
        switch key {
        case .character("q"): return ask(.leave)
        case .character("?"): showsHelp = true
        case .tab: turnScreen(by: 1)
        case .backTab: turnScreen(by: -1)
        case .character("p"): return pauseOrGoOn()
        case .character("n"): return [.request(.trainBatch)]
        case .character("N"): return [.request(.trainEpoch)]
        case .character("m"): return [.request(.extend(epochs: Self.moreEpochs))]
        case .character("R"): return ask(.restart)
        case .character("["): return [.request(.scaleLearningRate(by: 1 / Self.learningRateFactor))]
        case .character("]"): return [.request(.scaleLearningRate(by: Self.learningRateFactor))]
        case .character("g"): appearance.glyphs = appearance.glyphs.next
        case .character("b"): appearance.background = appearance.background == .dark ? .light : .dark
        case .character(let character):
            if let number = Int(String(character)), let screen = Screen(rawValue: number) {
                self.screen = screen
            } else {
                return handleOnScreen(key)
            }
        default: return handleOnScreen(key)
        }
        return []
    }

    /// Does it at once where nothing gets lost that takes long to be had again.
    private mutating func ask(_ question: Question) -> [Action] {
        guard let snapshot, !snapshot.isKept, snapshot.secondsTrained >= Question.worthAsking else {
            return question.actions(snapshot)
        }
        self.question = question
        return []
    }

    private func pauseOrGoOn() -> [Action] {
        switch snapshot?.phase {
        case .running: [.request(.pause)]
        case .finished: [.request(.extend(epochs: Self.moreEpochs))]
        default: [.request(.run)]
        }
    }

    private mutating func handleOnScreen(_ key: Key) -> [Action] {
        switch screen {
        case .train: train.handle(key, progress: snapshot?.progress ?? 1)
        case .confusion:
            if key == .character("e") { return [.request(.evaluate)] }
            confusion.handle(key, classes: classes)
            if key == .enter { openMistakes() }
        case .mistakes:
            if key == .character("e") { return [.request(.evaluate)] }
            if key == .character("d") { openInDraw() }
            if let snapshot { mistakes.handle(key, snapshot, in: room) }
        case .draw: draw.handle(key)
        case .network: if let snapshot { network.handle(key, snapshot, drawing: drawing, in: room) }
        case .playground: break
        case .lessons: return lessons.handle(key)
        }
        return []
    }

    private mutating func handle(_ mouse: Mouse) -> [Action] {
        if mouse.kind == .press, mouse.y == 0 {
            if let screen = TabBar.screen(at: mouse.x, width: width) { self.screen = screen }
            return []
        }
        if screen == .playground { return playground.handle(mouse, in: room) }
        guard let snapshot else { return [] }
        switch screen {
        case .train: train.handle(mouse, in: room)
        case .confusion:
            guard mouse.kind == .press else { return [] }
            if confusion.choose(mouse, names: snapshot.dataset.classNames, in: room) { openMistakes() }
        case .mistakes: mistakes.handle(mouse, snapshot, in: room)
        case .draw: draw.handle(mouse, in: room)
        case .network: network.handle(mouse, snapshot, drawing: drawing, in: room)
        case .playground: break
        case .lessons: lessons.handle(mouse)
        }
        return []
    }

    /// Shows exactly the images of the chosen cell of the confusion matrix.
    private mutating func openMistakes() {
        guard snapshot?.evaluation != nil else { return }
        mistakes.show(label: confusion.label, prediction: confusion.prediction)
        screen = .mistakes
    }

    private mutating func openInDraw() {
        guard let snapshot, let index = mistakes.selectedImage(snapshot) else { return }
        draw.open(Array(snapshot.dataset.test.image(index)), named: "test image \(index)")
        screen = .draw
    }

    /// What was last drawn or chosen is what the Network screen looks into.
    private mutating func takeSample(from screen: Screen) {
        if screen == .draw, drawing != nil { network.sample = .drawing }
        if screen == .mistakes, let snapshot, let index = mistakes.selectedImage(snapshot) {
            network.sample = .image(index)
        }
    }

    /// The drawing in hand as the network sees it.
    var drawing: [UInt8]? { draw.sketch.networkImage(penWidth: draw.penWidth) }

    private var classes: Int { snapshot?.dataset.classNames.count ?? 10 }

    private mutating func turnScreen(by count: Int) {
        let all = Screen.allCases
        guard let index = all.firstIndex(of: screen) else { return }
        screen = all[(index + count + all.count) % all.count]
    }

    /// The tenth root of ten: ten presses are a factor of ten.
    static let learningRateFactor: Float = 1.258925
    static let moreEpochs = 5
}
