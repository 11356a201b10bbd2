import Dashboard
import Datasets
import Foundation
import Training

/// Waits for keys, signals and snapshots, lets the state take them, and shows what has changed.
@MainActor
final class EventLoop {
    private let wake: WakePipe
    private let session: TrainingSession
    private let playground: PlaygroundSession
    private let comparison: ComparisonSession
    private let background: Background
    /// For files that the user asks for, who waits for them.
    private let fileQueue: Background
    /// Teaching and calibrating, which take seconds: moments and maps are not to wait for them.
    private let slowWork: Background
    private let files: FileWork
    private let terminal: Terminal
    private let castRecorder: CastRecorder?
    private let canStop: Bool
    /// The data set that a network of another program was last tested on; nil before the first.
    private var referenceDataset: String?
    private let hand: Hand
    /// For drawings that are to be read by a network that stands still.
    private var calibrator = ToolOfDataset<Calibrator>()
    /// For moments of the past.
    private var tester = ToolOfDataset<MomentTester>()
    /// When the film's next picture is due; nil while it stands.
    private var nextFrame: ContinuousClock.Instant?
    /// When a picture was last asked for: a key that is held down, or in a text that is pasted, is to leave one picture
    /// and not thousands.
    private var lastPicture: ContinuousClock.Instant?
    private var state: State
    private let preferencesFile: PreferencesFile
    /// As they stand in the file.
    private var keptPreferences: Preferences
    private var meter = OutputMeter()
    /// Whether the user wants to leave.
    private var isOver = false
    /// What the training came to and where it is kept, in a line, once the loop has ended; nil without a training.
    private(set) var farewell: String?

    /// - Parameters:
    ///   - startsPlayground: whether the playground trains when it is opened.
    ///   - options: what they leave open is as the user chose before, or as usual.
    ///   - hand: where the user's drawings are kept.
    ///   - dataDirectory: where to look for data sets first.
    ///   - playground: what to open the playground with; nil opens the training.
    ///   - datasets: those that a run can begin on from inside.
    ///   - castRecorder: is given each screen that is shown.
    ///   - earlierRuns: to show beside those of the session.
    ///   - canStop: whether Ctrl-Z stops the program; not where no shell would let it go on.
    init(
        startsPaused: Bool, startsPlayground: Bool = true, screen: State.Screen = .train,
        options: ScreenOptions = ScreenOptions(), hand place: HandPlace = .usual, dataDirectory: String? = nil,
        playground configuration: PlaygroundConfiguration? = nil, datasets: [DatasetLocation],
        recorders: TrainingRecorders, castRecorder: CastRecorder? = nil, earlierRuns: [EarlierRun] = [],
        canStop: Bool = true, makeTrainer: @escaping @Sendable (ReadingProgress) throws -> Trainer
    ) throws {
        self.castRecorder = castRecorder
        self.canStop = canStop
        let wake = try WakePipe()
        self.wake = wake
        let environment = ProcessInfo.processInfo.environment
        hand = Hand(place, of: datasets.first?.name, environment: environment)
        preferencesFile = PreferencesFile(environment: environment)
        keptPreferences = preferencesFile.read()
        terminal = try Terminal(
            wake: wake.writing, environment: environment, background: options.background,
            asks: keptPreferences.background == nil)
        let size = terminal.size
        state = State(
            appearance: terminal.appearance, preferences: keptPreferences, screen: screen, width: size.width,
            height: size.height)
        if let background = options.background { state.use(background: background) }
        state.bringIn(earlierRuns)
        state.playground = PlaygroundState(isOn: startsPlayground)
        state.datasets = datasets
        let background = Background(onEvent: { wake.ring() })
        session = TrainingSession(
            makeTrainer: { try makeTrainer { background.tell(.reading($0)) } }, recorders: recorders, judges: .usual,
            onSnapshot: { wake.ring() })
        playground = PlaygroundSession(makeJob: { PlaygroundJob() }, onSnapshot: { wake.ring() })
        comparison = ComparisonSession(makeJob: { ComparisonJob() }, onSnapshot: { wake.ring() })
        self.background = background
        fileQueue = Background(onEvent: { wake.ring() })
        slowWork = Background(onEvent: { wake.ring() })
        files = FileWork(dataDirectory: dataDirectory, environment: environment)
        session.send(.pace(options.pace ?? keptPreferences.pace ?? .usual))
        // Opened for the playground, the training on images waits.
        session.send(startsPaused || configuration != nil ? .pause : .run)
        if let configuration {
            if let pace = options.pace { playground.send(.pace(pace)) }
            for action in state.openPlayground(configuration, isOn: startsPlayground) { perform(action) }
        }
    }

    /// Runs until the user quits, a signal asks for it, or the training fails.
    func run() throws {
        defer {
            terminal.close()
            castRecorder?.close()
            keepPreferences(atEnd: true)
            farewell = session.stop().flatMap(Self.farewell)
            playground.stop()
            comparison.stop()
        }
        show()
        var (isMoreToRead, isNewsWaiting) = (false, false)
        while true {
            var descriptors = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
            ]
            // A signal ends the waiting, as it is written to the pipe, also one that comes before the waiting begins.
            // What is new on a slow line waits for what was written to get through.
            let delay = isNewsWaiting ? meter.delay ?? 0 : timeToNextFrame()
            _ = poll(&descriptors, nfds_t(descriptors.count), isMoreToRead ? 0 : delay)
            let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
            if descriptors[0].revents & gone != 0 { return }
            for number in wake.drain() {
                switch number {
                case SIGWINCH: terminal.takeSize()
                case SIGTSTP: stop()
                default: return
                }
            }
            var events: [Event] = []
            let read = terminal.readEvents()
            isMoreToRead = read.count >= Terminal.mostEvents
            for event in read {
                if event == .key(.stop) { stop() } else { events.append(event) }
            }
            let size = terminal.size
            events.append(.resize(width: size.width, height: size.height))
            isNewsWaiting = meter.delay != nil
            if !isNewsWaiting {
                if takeFrame() { events.append(.frame) }
                if let snapshot = try session.takeLatest() { events.append(.snapshot(snapshot)) }
                if let snapshot = try playground.takeLatest() { events.append(.playground(snapshot)) }
                if let snapshot = try comparison.takeLatest() ?? nil { events.append(.comparison(snapshot)) }
            }
            for event in events + background.takeEvents() + fileQueue.takeEvents() + slowWork.takeEvents() {
                for action in state.handle(event) {
                    perform(action)
                    if isOver { return }
                }
            }
            show()
            keepPreferences()
        }
    }

    /// Milliseconds until the film's next picture; -1 while none is to come.
    private func timeToNextFrame() -> Int32 {
        guard let interval = state.frameInterval else {
            nextFrame = nil
            return -1
        }
        let next = nextFrame ?? .now + interval
        nextFrame = next
        return Self.milliseconds(from: .now, to: next)
    }

    /// As `poll` waits: not less, 0 for what is over.
    static func milliseconds(from now: ContinuousClock.Instant, to next: ContinuousClock.Instant) -> Int32 {
        Int32(max((next - now) / .milliseconds(1), 0).rounded(.up))
    }

    /// When the picture after one is due. What is late is made good, but for no more than one picture.
    static func frame(
        after due: ContinuousClock.Instant, interval: Duration, now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant { max(due, now - interval) + interval }

    /// Whether it is time for the film's next picture; then the one after is due in its turn.
    private func takeFrame() -> Bool {
        guard let interval = state.frameInterval, let next = nextFrame, next <= .now else {
            return false
        }
        nextFrame = Self.frame(after: next, interval: interval, now: .now)
        return true
    }

    /// Writes what the user decided where it differs from the file. A file that cannot be written is no reason to
    /// disturb: nothing is remembered then.
    private func keepPreferences(atEnd: Bool = false) {
        var preferences = state.preferences
        if atEnd { preferences.isNewcomer = false }
        guard preferences.text != keptPreferences.text || preferences.isNewcomer != keptPreferences.isNewcomer else {
            return
        }
        keptPreferences = preferences
        try? preferencesFile.write(preferences)
    }

    static func farewell(_ job: TrainingJob) -> String? {
        let trainer = job.trainer
        guard trainer.step > 0 else { return nil }
        var text = String(format: "Trained %.3g of %d epochs", trainer.epochsTrained, trainer.configuration.epochs)
        if let epoch = trainer.record.keptEpoch { text += ", network of epoch \(epoch)" }
        if let test = trainer.evaluation {
            text += String(format: ", \(trainer.dataset.judge) accuracy %.2f%%", test.accuracy * 100)
        }
        if let test = trainer.record.finalTest {
            text += String(format: ", test accuracy %.2f%%", test.accuracy * 100)
        }
        guard let file = job.recorders.checkpoint else {
            let former = job.recorders.formerCheckpoint.map {
                "\($0) holds the run before the restart; --overwrite gives it to the last one."
            }
            return text + ". The run is not kept; " + (former ?? "--checkpoint FILE keeps the next one.")
        }
        return text + ". Kept in \(file); --resume \(file) goes on with it."
    }

    private func perform(_ action: Action) {
        switch action {
        case .quit: isOver = true
        case .request(let request): session.send(request)
        case .playground(let request): playground.send(request)
        case .test(let moment, let run):
            guard let dataset = state.runs.first(where: { $0.id == run })?.snapshot.dataset else { return }
            let tester = tester.tool(for: dataset) { MomentTester(dataset) }
            background.run { .tested(tester.test(moment), run: run) }
        case .calibrate(let network):
            guard let dataset = state.snapshot?.dataset else { return }
            // One thread: the training may go on meanwhile.
            let calibrator = calibrator.tool(for: dataset) { Calibrator(dataset, judges: .usual, threads: 1) }
            slowWork.run { .calibrated(network, calibrator.calibration(of: network)) }
        case .readReference:
            guard let dataset = state.trainingRun?.snapshot.dataset, dataset.name != referenceDataset else { return }
            referenceDataset = dataset.name
            background.run { .reference(ReferenceNetwork.evaluation(on: dataset)) }
        case .compare(let distortion):
            guard let dataset = state.snapshot?.dataset else { return }
            comparison.send(.compare(dataset, distortion))
        case .map(let request): background.run { request.event() }
        case .savePicture:
            let now = ContinuousClock.now
            defer { lastPicture = now }
            guard lastPicture.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
            let (grid, appearance) = (render(state, width: state.width, height: state.height), state.appearance)
            let screen = "\(state.screen)"
            background.run { .notice(PictureFile.save(grid, appearance, of: screen)) }
        case .file(let request): perform(request)
        case .read(let plan, let location): background.run { plan.event(reading: location) }
        case .readHand:
            // Of a data set that may have gone out of use.
            tester = ToolOfDataset()
            guard let dataset = state.snapshot?.dataset else { return }
            background.run { [hand] in hand.event(reading: dataset) }
        case .edit(let edit):
            guard let dataset = state.snapshot?.dataset else { return }
            let event = hand.event(applying: edit, to: state.hand.drawings, of: dataset)
            for action in state.handle(event) { perform(action) }
        case .teach(let task):
            slowWork.run { tell in
                let outcome = task.perform { tell(.teaching(task, share: $0, network: $1)) }
                tell(.taught(task, outcome))
            }
        }
    }

    private func perform(_ request: FileRequest) {
        let (files, fileQueue, snapshots) = (files, fileQueue, state.runs.map(\.snapshot))
        guard case .saveCheckpoint(let run, let path, let overwrites) = request else {
            fileQueue.run { .file(files.reply(to: request, runs: snapshots)) }
            return
        }
        session.look { job in
            let reply = files.saveCheckpoint(of: job, run: run, to: path, overwrites: overwrites)
            fileQueue.run { .file(reply) }
        }
    }

    private func show() {
        let grid = render(state, width: state.width, height: state.height)
        meter.add(bytes: terminal.show(grid, state.appearance))
        castRecorder?.add(grid, state.appearance)
    }

    /// Stops the program as Ctrl-Z does. The training pauses, so that the time does not count as training time.
    private func stop() {
        guard canStop else { return }
        let isRunning = state.runs.contains { $0.snapshot.phase == .running }
        session.send(.pause)
        playground.send(.pause)
        session.settle()
        playground.settle()
        terminal.stop()
        if isRunning { session.send(.run) }
        if state.screen == .playground, state.playground.isOn { playground.send(.run) }
    }
}
