extension PlaygroundScreen {
    static let bindings: [Binding] = [
        Binding(
            "↑ ↓  ← →", "choose a setting; change it while it trains", hint: Binding.Hint("↑↓", "choose"),
            when: choosesSettings,
            change: [.up: { $0.playground.chooseSetting(by: -1) }, .down: { $0.playground.chooseSetting(by: 1) }]),
        Binding(
            "← →", nil, hint: Binding.Hint("←→", "change"), when: choosesSettings,
            ask: [.left: { $0.playground.change(by: -1) }, .right: { $0.playground.change(by: 1) }]),
        Binding(mouse: "place points; with the keyboard after Enter"),
        Binding(
            "Enter", "place points with arrows and Space; Esc: done",
            hint: Binding.Hint("⏎") { $0.playground.placesPoints ? "done" : "add points" },
            change: [.enter: { $0.playground.placesPoints.toggle() }]),
        Binding(
            "arrows", nil, hint: "move", when: placesPoints,
            change: [
                .left: { $0.playground.movePen(right: -1) }, .right: { $0.playground.movePen(right: 1) },
                .up: { $0.playground.movePen(up: 1) }, .down: { $0.playground.movePen(up: -1) },
            ]),
        Binding(
            "space", nil, hint: "place", when: placesPoints, ask: [" ": { $0.playground.placePoint() }]),
        Binding("Esc", nil, when: placesPoints, change: [.escape: { $0.playground.placesPoints = false }]),
        Binding(
            "c", "the colour of the points that you add",
            hint: Binding.Hint { "colour: \(color($0.playground.label))" },
            change: ["c": { $0.playground.turnLabel() }]),
        Binding(
            "x", "take the placed points away", hint: "remove", ask: ["x": { _ in [.playground(.removePlaced)] }]),
        Binding(
            "h", "the neurons of the next hidden layer", hint: "next layer",
            change: ["h": { $0.playground.turnLayer() }]),
    ]

    @Sendable private static func placesPoints(_ state: State) -> Bool { state.playground.placesPoints }
    @Sendable private static func choosesSettings(_ state: State) -> Bool { !state.playground.placesPoints }

    private static func color(_ label: UInt8) -> String {
        let names = ["blue", "orange", "green"]
        return names[Int(label) % names.count]
    }
}
