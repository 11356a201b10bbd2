import Datasets
import NeuralNetwork
import Training

/// What the user has chosen, and the latest snapshot of the training.
public struct PlaygroundState: Sendable, Equatable {
    /// Of the run in focus, with the others; nil until the playground is first opened.
    private(set) var snapshot: PlaygroundSnapshot?
    /// The moment of its past that is looked at; nil for the present.
    private(set) var shown: Moment?
    var film = Film()
    private var pictures: [PlanePicture] = []
    private(set) var settings: SettingsChoice<PlaygroundPlan>
    /// Those of a run that is to go on from the moment in view; nil while none is.
    private(set) var fork: SettingsChoice<PlaygroundForkPlan>?
    /// The list of the runs; nil while it is closed.
    var list: RunChoice?
    /// What the user says of the runs, by their ids.
    private var labels: [Int: RunLabel] = [:]
    /// Whether it trains while it is in view.
    public private(set) var isOn = true
    /// Arrow keys move the pen instead of choosing settings.
    var placesPoints = false
    /// Where a point would be placed, within `reach` of 0.
    private(set) var penX: Float = 0
    private(set) var penY: Float = 0
    private var penLabel: UInt8 = 0
    private var layer = 0
    /// The cell in which the mouse placed the last point of a drag.
    private var lastCell: Mouse?

    static let reach: Float = 1.1

    public init(_ configuration: PlaygroundConfiguration = PlaygroundConfiguration(), isOn: Bool = true) {
        settings = SettingsChoice(PlaygroundPlan(configuration))
        self.isOn = isOn
    }

    /// What the training was last told.
    private(set) var configuration: PlaygroundConfiguration {
        get { settings.values.configuration }
        set { settings.values.configuration = newValue }
    }

    /// Another run comes into focus as it is now; one that began anew has no past.
    mutating func take(_ new: PlaygroundSnapshot) {
        if new.run != snapshot?.run {
            show(nil)
            (film.direction, fork) = (nil, nil)
            if snapshot != nil { configuration = new.configuration }
        } else if let shown, shown.step >= new.step {
            self.shown = nil
        }
        snapshot = new
    }

    /// The last moment is the present where no step came after it.
    mutating func show(_ moment: Moment?) {
        shown = moment.flatMap { $0.step < snapshot?.step ?? 0 ? $0 : nil }
        if shown != nil { placesPoints = false }
    }

    /// Shows the moment nearest to a step; from the present on, the present.
    mutating func show(step: Double) {
        guard let snapshot else { return }
        film.direction = nil
        show(step < Double(snapshot.step) ? snapshot.past.nearest(to: step) : nil)
    }

    /// All runs, oldest first.
    var runs: [PlaygroundSnapshot] { (snapshot.map { [$0] + $0.others } ?? []).sorted { $0.run < $1.run } }

    /// Those whose curves stand beside that of the run in focus.
    var othersShown: [PlaygroundSnapshot] { snapshot?.others.filter { !label(of: $0.run).isHidden } ?? [] }

    func label(of run: Int) -> RunLabel { labels[run] ?? RunLabel() }

    mutating func changeLabel(of run: Int, _ change: (inout RunLabel) -> Void) {
        change(&labels[run, default: RunLabel()])
    }

    /// "training"
    func condition(of run: PlaygroundSnapshot) -> String {
        if run.history.isLost { return "diverged" }
        return canDrop(run.run) ? "stopped" : isOn ? "training" : "paused"
    }

    /// Whether a run can be taken away: not one in view, which trains.
    func canDrop(_ run: Int) -> Bool { run != snapshot?.run && run != snapshot?.beside }

    /// The runs in view, the one in focus first, each with the moment of its past at which it is looked at: the other one
    /// as it was after as many steps.
    private var runsInView: [(snapshot: PlaygroundSnapshot, moment: Moment?)] {
        guard let snapshot else { return [] }
        return [(snapshot, shown)]
            + snapshot.others.filter { $0.run == snapshot.beside }.map { other in
                (other, shown.flatMap { $0.step < other.step ? other.past.nearest(to: Double($0.step)) : nil })
            }
    }

    /// Whether two runs are looked at beside each other.
    var isDouble: Bool { runsInView.count > 1 }

    /// The pictures of the runs in view, those that were kept where they are right.
    func pictures(in views: [PlaneView]) -> [PlanePicture] {
        zip(runsInView, views).enumerated().map { place, wanted in
            let former = pictures.indices.contains(place) ? pictures[place] : nil
            return PlanePicture(wanted.0.snapshot, at: wanted.0.moment, in: wanted.1, after: former)
        }
    }

    mutating func keepPictures(_ planes: [Rect]) { pictures = pictures(in: planes.map { PlaneView(cells: $0) }) }

    /// The class of the next point placed.
    var label: UInt8 { penLabel % UInt8(configuration.set.classes) }

    /// The hidden layer in view; nil where there is none.
    func layer(of snapshot: PlaygroundSnapshot) -> Int? {
        let hidden = snapshot.network.layers.count - 1
        return hidden > 0 ? layer % hidden : nil
    }

    /// The training goes on while the screen is in view, and only then.
    func turn(from before: State.Screen, to now: State.Screen) -> [Action] {
        if before == .playground { return [.playground(.pause)] }
        return now == .playground ? start() : []
    }

    /// What to ask for when the screen comes into view.
    public func start() -> [Action] {
        [.playground(.configure(configuration)), .playground(isOn ? .run : .pause)]
    }

    mutating func pauseOrGoOn() -> [Action] {
        isOn.toggle()
        return [.playground(isOn ? .run : .pause)]
    }

    /// A batch or an epoch, and then no more.
    mutating func train(_ request: PlaygroundSession.Request) -> [Action] {
        isOn = false
        return [.playground(request)]
    }

    mutating func startAgain(nextSeed: Bool) -> [Action] {
        [.playground(.begin(.again(seed: nextSeed ? configuration.seed &+ 1 : configuration.seed)))]
    }

    mutating func scaleLearningRate(by factor: Float) -> [Action] {
        configuration.learningRate = min(max(configuration.learningRate * factor, 1e-6), 1e3)
        return [.playground(.configure(configuration))]
    }

    /// As fast as it goes or, where it goes so, at the usual pace.
    func turnFullPace() -> [Action] { [.playground(.pace(snapshot?.pace == .full ? .usualOfPlayground : .full))] }

    mutating func turnLayer() { layer = (layer + 1) % max(configuration.hiddenLayers.count, 1) }

    mutating func turnLabel() { penLabel = (label + 1) % UInt8(configuration.set.classes) }

    mutating func movePen(right: Float = 0, up: Float = 0) {
        let step: Float = 0.05
        penX = min(max(penX + right * step, -Self.reach), Self.reach)
        penY = min(max(penY + up * step, -Self.reach), Self.reach)
    }

    func placePoint() -> [Action] { [.playground(.place(ToySet.Point(x: penX, y: penY, label: label)))] }

    /// Of the fork while its settings are open.
    mutating func chooseSetting(by count: Int) {
        if fork == nil { settings.choose(by: count) } else { fork?.choose(by: count) }
    }

    mutating func change(by step: Int) -> [Action] {
        guard fork == nil else {
            fork?.change(by: step)
            return []
        }
        settings.change(by: step)
        return [.playground(.configure(configuration))]
    }

    /// Opens the settings for going on from the moment in view.
    mutating func openFork() {
        placesPoints = false
        fork = SettingsChoice(PlaygroundForkPlan(configuration))
    }

    mutating func closeFork() { fork = nil }

    mutating func startFork() -> [Action] {
        guard let fork, let snapshot else { return [] }
        self.fork = nil
        let then = shown.map { snapshot.at($0) } ?? snapshot
        return [.playground(.begin(.fork(PlaygroundFork(then, fork.values.configuration))))]
    }

    /// Shows the run in focus alone or beside the one before it.
    func turnDouble() -> [Action] {
        guard let snapshot, let other = snapshot.others.last else { return [] }
        return [.playground(.show(snapshot.run, beside: isDouble ? nil : other.run))]
    }

    /// Brings the next run into focus, after the last the first; where two are in view, the one before stays beside it.
    func turnRun() -> [Action] {
        guard let snapshot, let first = snapshot.others.first else { return [] }
        let next = snapshot.others.first { $0.run > snapshot.run } ?? first
        return show(run: next.run)
    }

    /// Brings a run into focus; where two are in view, the one before stays beside it.
    func show(run: Int) -> [Action] {
        guard let snapshot, run != snapshot.run else { return [] }
        return [.playground(.show(run, beside: isDouble ? snapshot.run : nil))]
    }

    /// Shows a run beside the one in focus, or that one alone where it is there already.
    func turnBeside(run: Int) -> [Action] {
        guard let snapshot, run != snapshot.run else { return [] }
        return [.playground(.show(snapshot.run, beside: run == snapshot.beside ? nil : run))]
    }

    mutating func handle(_ mouse: Mouse, in room: Rect) -> [Action] {
        if list != nil { return [] }
        let layout = PlaygroundScreen.Layout(room, of: self)
        switch mouse.kind {
        case .press, .drag:
            if let plane = layout.planes.first(where: { $0.contains(x: mouse.x, y: mouse.y) }) {
                let cell = Mouse(.press, x: mouse.x, y: mouse.y)
                guard shown == nil, mouse.kind == .press || cell != lastCell else { return [] }
                lastCell = cell
                let place = PlaneView(cells: plane).place(
                    column: Double(mouse.x - plane.x), row: Double(2 * (mouse.y - plane.y)) + 0.5)
                return [.playground(.place(ToySet.Point(x: place.x, y: place.y, label: label)))]
            }
            if let step = layout.step(at: mouse, of: self) { show(step: step) }
            if mouse.kind == .press, shown == nil, fork == nil,
                let row = layout.setting(at: mouse, chosen: settings.chosen)
            {
                settings.choose(row)
            }
        case .release: lastCell = nil
        case .wheelUp, .wheelDown:
            if shown == nil || fork != nil, layout.settings.contains(x: mouse.x, y: mouse.y) {
                return change(by: mouse.kind == .wheelUp ? 1 : -1)
            }
        }
        return []
    }
}

/// What the plane shows of a run: computed once for many frames, and changed no more than it must, as a slow line shows
/// it, too.
struct PlanePicture: Sendable, Equatable {
    /// The run as it is looked at.
    let snapshot: PlaygroundSnapshot
    let view: PlaneView
    let regions: [Ink]
    /// Whose neurons are shown: those of every eighth snapshot.
    let neurons: Network
    private let moment: Moment?
    private let turn: Int

    private static let neuronTurns = 8

    /// - Parameters:
    ///   - moment: of its past; nil for the present.
    ///   - former: the last one that stood in its place.
    init(_ snapshot: PlaygroundSnapshot, at moment: Moment?, in view: PlaneView, after former: PlanePicture?) {
        let last = former.flatMap { $0.view == view && $0.snapshot.run == snapshot.run ? $0 : nil }
        if let last, last.moment?.step == moment?.step, moment != nil || last.snapshot.serial == snapshot.serial {
            self = last
            return
        }
        let shown = moment.map { snapshot.at($0) } ?? snapshot
        // Only while it trains, picture after picture, is there a hardly changed one before.
        let before = moment == nil && last?.moment == nil && snapshot.isOn ? last : nil
        let turn = ((before?.turn ?? -1) + 1) % Self.neuronTurns
        let isSame = before?.neurons.layers.map(\.outputs) == shown.network.layers.map(\.outputs)
        (self.snapshot, self.view, self.moment, self.turn) = (shown, view, moment, turn)
        regions = view.regions(shown.network, former: before?.regions)
        neurons = before.flatMap { isSame && turn > 0 ? $0.neurons : nil } ?? shown.network
    }

    static func == (a: PlanePicture, b: PlanePicture) -> Bool {
        a.snapshot == b.snapshot && a.view == b.view && a.moment?.step == b.moment?.step
    }
}
