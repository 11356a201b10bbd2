import Training

extension PlaygroundScreen {
    /// What the user has chosen, and the training as last heard of.
    public struct Settings: Sendable, Equatable {
        /// nil until the playground is first opened.
        public var snapshot: PlaygroundSnapshot?
        /// What the training was last told.
        public private(set) var configuration: PlaygroundConfiguration
        /// Whether it trains while it is in view.
        public private(set) var isOn = true
        private(set) var setting = PlaygroundSetting.set
        /// Arrow keys move the pen instead of choosing settings.
        private(set) var placesPoints = false
        /// Where a point would be placed, within `reach` of 0.
        private(set) var penX: Float = 0
        private(set) var penY: Float = 0
        private var penLabel: UInt8 = 0
        private var layer = 0
        /// The width of layers to be added where there are none.
        private var neurons = 64
        /// The cell in which the mouse placed the last point of a drag.
        private var lastCell: Mouse?

        static let reach: Float = 1.1

        public init(_ configuration: PlaygroundConfiguration = PlaygroundConfiguration(), isOn: Bool = true) {
            self.configuration = configuration
            self.isOn = isOn
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

        /// nil for keys that mean what they mean on all screens.
        mutating func handle(_ key: Key) -> [Action]? {
            if placesPoints, let actions = placePoint(key) { return actions }
            switch key {
            case .character("p"):
                isOn.toggle()
                return [.playground(isOn ? .run : .pause)]
            case .character("n"), .character("N"):
                isOn = false
                return [.playground(key == .character("n") ? .trainBatch : .trainEpoch)]
            case .character("R"):
                configuration.seed &+= 1
                return [.playground(.configure(configuration))]
            case .character("["): return scaleLearningRate(by: 1 / State.learningRateFactor)
            case .character("]"): return scaleLearningRate(by: State.learningRateFactor)
            case .character("m"): return []
            case .character("h"): layer = (layer + 1) % max(configuration.hiddenLayers.count, 1)
            case .character("c"): penLabel = (label + 1) % UInt8(configuration.set.classes)
            case .character("x"): return [.playground(.removePlaced)]
            case .enter: placesPoints.toggle()
            case .up: choose(setting.rawValue - 1)
            case .down: choose(setting.rawValue + 1)
            case .left: return change(by: -1)
            case .right: return change(by: 1)
            default: return nil
            }
            return []
        }

        mutating func handle(_ mouse: Mouse, in room: Rect) -> [Action] {
            let layout = Layout(room)
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
                if mouse.kind == .press, let row = layout.setting(at: mouse, chosen: setting) { choose(row.rawValue) }
            case .release: lastCell = nil
            case .wheelUp, .wheelDown:
                if layout.settings.contains(x: mouse.x, y: mouse.y) {
                    return change(by: mouse.kind == .wheelUp ? 1 : -1)
                }
            }
            return []
        }

        private mutating func placePoint(_ key: Key) -> [Action]? {
            let step: Float = 0.05
            switch key {
            case .left: penX = max(penX - step, -Self.reach)
            case .right: penX = min(penX + step, Self.reach)
            case .up: penY = min(penY + step, Self.reach)
            case .down: penY = max(penY - step, -Self.reach)
            case .character(" "): return [.playground(.place(ToySet.Point(x: penX, y: penY, label: label)))]
            case .escape: placesPoints = false
            default: return nil
            }
            return []
        }

        private mutating func choose(_ index: Int) {
            setting = PlaygroundSetting(rawValue: index) ?? setting
        }

        private mutating func change(by step: Int) -> [Action] {
            setting.change(&configuration, by: step, neurons: neurons)
            neurons = configuration.hiddenLayers.first ?? neurons
            return [.playground(.configure(configuration))]
        }

        private mutating func scaleLearningRate(by factor: Float) -> [Action] {
            configuration.learningRate = min(max(configuration.learningRate * factor, 1e-6), 1e3)
            return [.playground(.configure(configuration))]
        }
    }
}
