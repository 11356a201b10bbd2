/// What makes up a screen. `State.Screen` lists them all.
protocol ScreenContent {
    static var title: String { get }
    /// For narrow windows.
    static var shortTitle: String { get }
    /// Whether there is nothing to show before the data is read.
    static var needsSnapshot: Bool { get }
    /// Whether it shows a moment of a run's past where one is chosen.
    static var showsMoments: Bool { get }
    /// Whether it has nothing to show of a moment that is not tested.
    static var showsTests: Bool { get }
    static var bindings: [Binding] { get }
    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid)
    /// Where a snapshot is needed, not before there is one.
    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action]
}

extension ScreenContent {
    static var shortTitle: String { title }
    static var needsSnapshot: Bool { true }
    static var showsMoments: Bool { true }
    static var showsTests: Bool { false }
}
