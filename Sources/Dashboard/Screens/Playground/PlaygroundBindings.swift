extension PlaygroundScreen {
    static let bindings: [Binding] = [
        Binding(
            "↑ ↓  ← →", "choose a setting; change it while it trains", hint: Binding.Hint("↑↓", "choose"),
            when: choosesSettings,
            change: [.up: { $0.playground.chooseSetting(by: -1) }, .down: { $0.playground.chooseSetting(by: 1) }]),
        Binding(
            "← →", nil, hint: Binding.Hint("←→", "change"), when: choosesSettings,
            ask: [.left: { $0.playground.change(by: -1) }, .right: { $0.playground.change(by: 1) }]),
        Binding(
            "← →", nil, hint: Binding.Hint("←→", "moment"), when: looksBack,
            change: [.left: { $0.turnMoment(by: -1) }, .right: { $0.turnMoment(by: 1) }]),
        Binding(mouse: "place points; on the curve: go back to a step"),
        Binding(
            "Enter", "place points with arrows and Space; Esc: done",
            hint: Binding.Hint("⏎") { $0.playground.placesPoints ? "done" : "add points" },
            when: { $0.playground.shown == nil && !isForking($0) },
            change: [.enter: { $0.playground.placesPoints.toggle() }]),
        Binding(
            "Enter", nil, hint: Binding.Hint("⏎", "start"), when: isForking,
            ask: [.enter: { $0.startForkOfPlayground() }]),
        Binding(
            "arrows", nil, hint: "move", when: placesPoints,
            change: [
                .left: { $0.playground.movePen(right: -1) }, .right: { $0.playground.movePen(right: 1) },
                .up: { $0.playground.movePen(up: 1) }, .down: { $0.playground.movePen(up: -1) },
            ]),
        Binding(
            "space", nil, hint: "place", when: placesPoints, ask: [" ": { $0.playground.placePoint() }]),
        Binding("Esc", nil, when: placesPoints, change: [.escape: { $0.playground.placesPoints = false }]),
        Binding("Esc", nil, hint: "close", when: isForking, change: [.escape: { $0.playground.closeFork() }]),
        Binding(
            "c", "the colour of the points that you add",
            hint: Binding.Hint { "colour: \(color($0.playground.label))" },
            change: ["c": { $0.playground.turnLabel() }]),
        Binding(
            "x", "take the placed points away", hint: "remove", when: { $0.playground.shown == nil },
            ask: ["x": { _ in [.playground(.removePlaced)] }]),
        Binding(
            "h", "the neurons of the next hidden layer", hint: "next layer",
            when: { !$0.playground.isDouble }, change: ["h": { $0.playground.turnLayer() }]),
        Binding(
            "f", "go on from the moment in view with other settings", hint: "fork",
            when: { $0.playground.snapshot != nil && !isForking($0) }, change: ["f": { $0.openForkOfPlayground() }]),
        Binding(
            "v  o", "two runs side by side; the other run",
            hint: Binding.Hint("v") { $0.playground.isDouble ? "one run" : "side by side" },
            when: hasOthers, ask: ["v": { $0.playground.turnDouble() }]),
        Binding("o", nil, hint: "other run", when: hasOthers, ask: ["o": { $0.playground.turnRun() }]),
        Binding(
            "l", "the runs: how they do; show, name, hide, drop one", hint: "runs",
            when: { hasOthers($0) && !isForking($0) }, change: ["l": { $0.openRuns() }]),
    ]

    @Sendable private static func isForking(_ state: State) -> Bool { state.playground.fork != nil }
    @Sendable private static func placesPoints(_ state: State) -> Bool { state.playground.placesPoints }
    @Sendable private static func hasOthers(_ state: State) -> Bool {
        state.playground.snapshot?.others.isEmpty == false
    }

    /// A moment of the past is as its settings were.
    @Sendable private static func looksBack(_ state: State) -> Bool {
        state.playground.shown != nil && !isForking(state)
    }

    @Sendable private static func choosesSettings(_ state: State) -> Bool {
        isForking(state) || !placesPoints(state) && state.playground.shown == nil
    }

    private static func color(_ label: UInt8) -> String {
        let names = ["blue", "orange", "green"]
        return names[Int(label) % names.count]
    }
}

extension State {
    /// The film stops, so that it is clear from where the run goes on.
    fileprivate mutating func openForkOfPlayground() {
        film.direction = nil
        playground.openFork()
    }

    fileprivate mutating func startForkOfPlayground() -> [Action] { playground.startFork() }
}
