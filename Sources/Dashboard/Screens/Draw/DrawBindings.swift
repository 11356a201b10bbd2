extension DrawScreen {
    static let bindings = canvasBindings + KeptDrawings.bindings

    private static let canvasBindings: [Binding] = [
        Binding(mouse: "press and drag to draw"),
        key(
            "arrows", "move the pen; Space puts it down and up", hint: "move it",
            [
                .left: { $0.movePen(dx: -1, dy: 0) }, .right: { $0.movePen(dx: 1, dy: 0) },
                .up: { $0.movePen(dx: 0, dy: -1) }, .down: { $0.movePen(dx: 0, dy: 1) },
            ]),
        key(
            "space", nil, hint: Binding.Hint { $0.draw.isPenDown ? "pen up" : "pen down" },
            [" ": { $0.togglePen() }]),
        key(
            "e", "eraser on / off", hint: Binding.Hint { $0.draw.isErasing ? "pen" : "eraser" },
            ["e": { $0.toggleEraser() }]),
        key("u  U", "undo / redo", hint: "undo, redo", ["u": { $0.undo() }, "U": { $0.redo() }]),
        key("c", "clear; of your drawings: throw out", hint: "clear", ["c": { $0.clear() }]),
        key(
            "<  >", "pen thinner / thicker", hint: "pen width",
            ["<": { $0.changeWidth(by: -1) }, ">": { $0.changeWidth(by: 1) }]),
        key(
            "Enter", "next drawing; PgUp PgDn: the ones before, after", hint: Binding.Hint("⏎", "next"),
            [.enter: { $0.startNext() }]),
        key("PgUp PgDn", nil, [.pageUp: { $0.turnPage(by: -1) }, .pageDown: { $0.turnPage(by: 1) }]),
    ]

    private static func isActive(_ state: State) -> Bool { state.draw.keptPlace == nil }

    /// A key that also takes the notice away.
    private static func key(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil,
        _ changes: KeyValuePairs<Key, @Sendable (inout DrawState) -> Void>
    ) -> Binding {
        Binding(
            label, help, hint: hint, when: isActive,
            effects: changes.map { key, change in
                (
                    key,
                    Binding.effect { state in
                        state.draw.notice = nil
                        change(&state.draw)
                    }
                )
            })
    }
}
