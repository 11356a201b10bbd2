import Datasets
import NeuralNetwork
import Training

/// Everything that the screen is a function of.
public struct State: Sendable, Equatable {
    public enum Screen: Int, Sendable, CaseIterable {
        case train = 1
        case confusion
        case mistakes
        case draw
        case network
        case playground
        case lessons

        /// A new screen needs a case above and a line here.
        var content: any ScreenContent.Type {
            switch self {
            case .train: TrainScreen.self
            case .confusion: ConfusionScreen.self
            case .mistakes: MistakesScreen.self
            case .draw: DrawScreen.self
            case .network: NetworkScreen.self
            case .playground: PlaygroundScreen.self
            case .lessons: LessonsScreen.self
            }
        }
    }

    public var appearance: Appearance
    /// The appearance without what the user chose.
    var usual: Appearance
    /// What is worth keeping for the next session.
    public internal(set) var preferences: Preferences
    public var screen: Screen { didSet { takeSample(from: oldValue) } }
    /// The page of the help that shows; nil while none does.
    var helpPage: Int?
    /// What came of a request, to be read until the next key.
    var notice: String?
    /// The question before a run is lost; any key but the one for yes means no.
    private(set) var question: Question?
    /// All runs; none while the data is being read.
    public internal(set) var runs: [Run] = []
    /// Runs from files of which there are curves alone.
    var loggedRuns: [LoggedRun] = []
    /// Runs from files that wait until the data is read.
    var earlierRuns: [EarlierRun] = []
    /// How far the reading of the data is, 0…1; nil where nothing tells.
    private(set) var shareRead: Double?
    /// The number of the run that the screens show.
    public internal(set) var focus = 0
    /// The data sets that a run can begin on; those of the runs there are besides.
    public var datasets: [DatasetLocation] = []
    /// The run that begins as soon as its data set is read.
    var reading: RunPlan?
    /// The name of the data set in view; nil before there is one.
    private var datasetInView: String?
    /// The window, in cells.
    public private(set) var width: Int
    public private(set) var height: Int
    var runFilm = Film()
    var files = FileState()
    var train = TrainState()
    var confusion = ConfusionState()
    var mistakes = MistakesState()
    var draw = DrawState()
    public internal(set) var hand = HandState()
    var calibrations = CalibrationState()
    var network = NetworkState()
    public var playground = PlaygroundState()
    var lessons = LessonsState()

    public init(
        appearance: Appearance = Appearance(), preferences: Preferences = Preferences(), screen: Screen = .train,
        width: Int = 80, height: Int = 24
    ) {
        usual = appearance
        self.appearance = appearance
        self.appearance.background = preferences.background ?? appearance.background
        // Where the terminal has ASCII only, nothing else is readable.
        if appearance.glyphs != .ascii { self.appearance.glyphs = preferences.glyphs ?? appearance.glyphs }
        self.preferences = preferences
        self.screen = screen
        self.width = width
        self.height = height
        lessons.recall(done: preferences.tasksDone)
        if screen == .lessons { self.preferences.isNewcomer = false }
    }

    /// Starts with the playground in view. Returns what is to be done outside.
    public mutating func openPlayground(_ configuration: PlaygroundConfiguration, isOn: Bool) -> [Action] {
        playground = PlaygroundState(configuration, isOn: isOn)
        screen = .playground
        return playground.start()
    }

    /// The run that the screens show; nil while the data is being read.
    public var run: Run? { runs.first { $0.id == focus } }

    /// Whether the run in focus is trained by several ranks together.
    var hasRanks: Bool { snapshot?.ranks.isEmpty == false }
    var focusedIndex: Int? { runs.firstIndex { $0.id == focus } }
    /// That run as it is, or as it was at the moment of its past that is looked at.
    public var snapshot: TrainingSnapshot? { run?.view }

    var classes: Int { snapshot?.dataset.classNames.count ?? 10 }

    /// What the bars at the top and the bottom leave for a screen.
    var room: Rect { room(width: width, height: height) }

    func room(width: Int, height: Int) -> Rect {
        let top = Welcome.isShown(self) ? 2 : 1
        return Rect(x: 0, y: top, width: width, height: height - top - 1)
    }

    /// All changes of the state come through here. Returns what is to be done outside.
    public mutating func handle(_ event: Event) -> [Action] {
        let before = screen
        let actions = take(event)
        followPlan(actions)
        let hand = followDataset()
        keepWhatTakesLong()
        let teaching = screen == .draw ? handTask().map { [Action.teach($0)] } ?? [] : []
        let calibrating = networkToCalibrate().map { [Action.calibrate($0)] } ?? []
        return actions + hand + testWhatIsShown() + askForMap() + teaching + calibrating
            + (screen == before ? [] : playground.turn(from: before, to: screen))
    }

    private mutating func take(_ event: Event) -> [Action] {
        switch event {
        case .reading(let share):
            shareRead = share
            return []
        case .snapshot(let snapshot):
            take(snapshot)
            return []
        case .frame:
            showNextFrame()
            return []
        case .tested(let evaluation, let run):
            take(evaluation, ofRun: run)
            return []
        case .playground(let snapshot):
            playground.take(snapshot)
            return []
        case .resize(let width, let height):
            (self.width, self.height) = (width, height)
            return []
        case .reference(let evaluation):
            lessons.take(reference: evaluation)
            return []
        case .comparison(let comparison):
            lessons.take(comparison)
            return []
        case .background(let background):
            take(background: background)
            return []
        case .read(let dataset, let plan): return take(dataset, for: plan)
        case .notRead(let problem, let plan):
            take(unread: problem, for: plan)
            return []
        case .hand(let drawings, let folder):
            hand.take(drawings, folder: folder)
            return []
        case .teaching(let task, let share, let network):
            hand.take(progress: share, network, of: task)
            return []
        case .taught(let task, let outcome):
            hand.take(outcome, of: task)
            return []
        case .file(let reply): return take(reply)
        case .paste(let text):
            paste(text)
            return []
        case .calibrated(let network, let calibration):
            calibrations.take(calibration, of: network)
            return []
        case .notice(let text):
            notice = text
            return []
        case .map(let map, let request):
            network.map.take(map, of: request)
            return []
        case .key(.control("c")) where !isTyping: return take(.key("q"))
        case .key(let key):
            notice = nil
            if let question {
                self.question = nil
                return question.isConfirmed(by: key) ? question.actions : []
            }
            if let page = helpPage {
                helpPage = key == .escape || key == "q" ? nil : Help.page(after: page, self)
                return key == "q" ? ask(.leave) : []
            }
            return handle(key)
        case .mouse(let mouse):
            if mouse.kind == .press { notice = nil }
            if files.prompt != nil { return [] }
            if question != nil {
                if mouse.kind == .press { question = nil }
                return []
            }
            if let page = helpPage {
                if mouse.kind == .press { helpPage = Help.page(after: page, self) }
                return []
            }
            return handle(mouse)
        }
    }

    /// Where images of another data set come into view, what the user chose of the former and drew for it is put away.
    private mutating func followDataset() -> [Action] {
        guard let name = snapshot?.dataset.name, name != datasetInView else { return [] }
        if datasetInView != nil {
            hand = HandState()
            mistakes.show(label: nil, prediction: nil)
            draw.leaveDataset()
            confusion.move(classes: classes)
        }
        datasetInView = name
        return [.readHand]
    }

    private mutating func take(_ snapshot: TrainingSnapshot) {
        if let index = runs.firstIndex(where: { $0.id == snapshot.run }) {
            if snapshot.run == focus {
                train.rescaleCursor(
                    by: Double(runs[index].snapshot.totalSteps) / Double(max(snapshot.totalSteps, 1)))
            }
            runs[index].snapshot = snapshot.alone()
            hear(of: snapshot.former + snapshot.beside)
        } else {
            add(snapshot)
        }
        lessons.take(snapshot)
    }

    /// What is computed once for many frames.
    private mutating func keepWhatTakesLong() {
        preferences.tasksDone = lessons.done
        if screen == .lessons { preferences.isNewcomer = false }
        if screen == .playground {
            playground.keepPictures(PlaygroundScreen.Layout(room, of: playground).planes)
        }
        // While a moment is tested the choice stays where it was.
        if run?.isWaitingForTest != true { mistakes.list(snapshot) }
        if screen == .train, let index = focusedIndex {
            runs[index].keepCurves(halfLife: train.halfLife)
        }
    }

    private mutating func handle(_ key: Key) -> [Action] {
        if files.prompt != nil { return typeFile(key) }
        if screen == .draw, draw.asksForLabel { return answerLabel(key) }
        if runChoice?.isTyping == true {
            typeName(key)
            return []
        }
        return binding(of: key)?.effect(of: key)?(&self) ?? []
    }

    /// Asks first where long training of any worth would be lost or left; else acts at once.
    mutating func ask(_ question: Question) -> [Action] {
        guard question.seconds(runs) >= Question.worthAsking else { return question.actions }
        self.question = question
        return []
    }

    private mutating func handle(_ mouse: Mouse) -> [Action] {
        if mouse.kind == .press, mouse.y == 0 {
            if let screen = TabBar.screen(at: mouse.x, width: width) { self.screen = screen }
            return []
        }
        if mouse.kind == .press, Welcome.isShown(self), mouse.y == 1 {
            screen = .lessons
            return []
        }
        if screen.content.needsSnapshot, snapshot == nil { return [] }
        return screen.content.handle(mouse, &self)
    }

    /// The Network screen looks at what was last drawn or chosen.
    private mutating func takeSample(from screen: Screen) {
        if screen == .draw, drawing != nil { network.sample = .drawing }
        if screen == .mistakes, let index = mistakes.selectedImage {
            network.sample = .image(index)
        }
    }

    /// The drawing in hand as the network sees it.
    var drawing: [UInt8]? { draw.sketch.networkImage(penWidth: draw.penWidth, size: imageSize) }

    /// Of the data set's images.
    var imageSize: Shape { snapshot?.dataset.train.shape ?? .mnist }
}
