import Datasets
import NeuralNetwork
import Training

/// What the user has chosen, and the latest snapshot of the training.
public struct PlaygroundState: Sendable, Equatable {
    /// nil until the playground is first opened.
    public var snapshot: PlaygroundSnapshot?
    private var picture: KeptPicture?
    private(set) var settings: SettingsChoice<PlaygroundPlan>
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

    /// What is computed once for many frames, and changes no more than it must: a slow line shows it, too.
    private struct KeptPicture: Equatable {
        let serial: Int
        let view: PlaneView
        let regions: [Ink]
        /// Whose neurons are shown: those of every eighth snapshot.
        let neurons: Network
        let turn: Int
    }

    private static let neuronTurns = 8

    mutating func keepPicture(_ view: PlaneView) {
        guard let snapshot, picture?.serial != snapshot.serial || picture?.view != view else { return }
        let former = picture.flatMap { $0.view == view ? $0 : nil }
        let turn = ((former?.turn ?? -1) + 1) % Self.neuronTurns
        let isSame = former?.neurons.layers.map(\.outputs) == snapshot.network.layers.map(\.outputs)
        picture = KeptPicture(
            serial: snapshot.serial, view: view,
            regions: view.regions(snapshot.network, former: snapshot.isOn ? former?.regions : nil),
            neurons: former.flatMap { snapshot.isOn && isSame && turn > 0 ? $0.neurons : nil } ?? snapshot.network,
            turn: turn)
    }

    /// Those that were kept, if they are of this picture.
    func regions(of snapshot: PlaygroundSnapshot, in view: PlaneView) -> [Ink] {
        if let picture, picture.serial == snapshot.serial, picture.view == view { return picture.regions }
        return view.regions(snapshot.network)
    }

    func neurons(of snapshot: PlaygroundSnapshot) -> Network {
        picture.flatMap { $0.serial == snapshot.serial ? $0.neurons : nil } ?? snapshot.network
    }

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

    mutating func startAgain() -> [Action] { [.playground(.restart)] }

    mutating func startWithNextSeed() -> [Action] {
        configuration.seed &+= 1
        return [.playground(.configure(configuration))]
    }

    mutating func scaleLearningRate(by factor: Float) -> [Action] {
        configuration.learningRate = min(max(configuration.learningRate * factor, 1e-6), 1e3)
        return [.playground(.configure(configuration))]
    }

    mutating func turnLayer() { layer = (layer + 1) % max(configuration.hiddenLayers.count, 1) }

    mutating func turnLabel() { penLabel = (label + 1) % UInt8(configuration.set.classes) }

    mutating func movePen(right: Float = 0, up: Float = 0) {
        let step: Float = 0.05
        penX = min(max(penX + right * step, -Self.reach), Self.reach)
        penY = min(max(penY + up * step, -Self.reach), Self.reach)
    }

    func placePoint() -> [Action] { [.playground(.place(ToySet.Point(x: penX, y: penY, label: label)))] }

    mutating func chooseSetting(by count: Int) { settings.choose(by: count) }

    mutating func change(by step: Int) -> [Action] {
        settings.change(by: step)
        return [.playground(.configure(configuration))]
    }

    mutating func handle(_ mouse: Mouse, in room: Rect) -> [Action] {
        let layout = PlaygroundScreen.Layout(room)
        switch mouse.kind {
        case .press, .drag:
            if layout.plane.contains(x: mouse.x, y: mouse.y) {
                let cell = Mouse(.press, x: mouse.x, y: mouse.y)
                guard mouse.kind == .press || cell != lastCell else { return [] }
                lastCell = cell
                let place = PlaneView(cells: layout.plane).place(
                    column: Double(mouse.x - layout.plane.x), row: Double(2 * (mouse.y - layout.plane.y)) + 0.5)
                return [.playground(.place(ToySet.Point(x: place.x, y: place.y, label: label)))]
            }
            if mouse.kind == .press, let row = layout.setting(at: mouse, chosen: settings.chosen) {
                settings.choose(row)
            }
        case .release: lastCell = nil
        case .wheelUp, .wheelDown:
            if layout.settings.contains(x: mouse.x, y: mouse.y) {
                return change(by: mouse.kind == .wheelUp ? 1 : -1)
            }
        }
        return []
    }
}
