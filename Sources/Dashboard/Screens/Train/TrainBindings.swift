extension TrainScreen {
    static let bindings: [Binding] = [
        Binding(
            "l", "loss on a logarithmic or a linear scale", hint: "log",
            change: ["l": { $0.train.toggleScale() }]),
        Binding(
            "+  -", "smooth the curves more / less", hint: "smooth",
            // On many keyboards = is + without Shift.
            change: [
                "+": { $0.train.smooth(by: 1) }, "=": { $0.train.smooth(by: 1) }, "-": { $0.train.smooth(by: -1) },
            ]),
        Binding(
            "← →", "read off the values, and go back; also a click", hint: "read",
            change: [.left: { $0.moveCursor(by: -1) }, .right: { $0.moveCursor(by: 1) }]),
        Binding(
            "↑ ↓", "zoom in / out; also the wheel", hint: "zoom",
            change: [
                .up: { $0.train.zoom(by: 0.5, progress: $0.progress) },
                .down: { $0.train.zoom(by: 2, progress: $0.progress) },
            ]),
        Binding(
            "PgUp PgDn", "earlier / later steps",
            change: [.pageUp: { $0.train.turnPage(by: -1) }, .pageDown: { $0.train.turnPage(by: 1) }]),
        Binding(
            "Home Esc", "the whole run; without the line",
            change: [
                .home: { $0.train.showAll() },
                .escape: {
                    $0.train.reset()
                    $0.followCursor()
                },
            ]),
    ]
}

extension State {
    /// The share of the run that is over.
    fileprivate var progress: Double { snapshot?.progress ?? 1 }

    /// The moment nearest to it is looked at.
    fileprivate mutating func moveCursor(by steps: Double) {
        train.moveCursor(by: steps, progress: progress)
        followCursor()
    }
}
