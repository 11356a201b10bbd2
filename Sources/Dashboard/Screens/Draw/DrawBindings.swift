extension DrawScreen {
    static let bindings: [Binding] = [
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
        key("c", "clear", hint: "clear", ["c": { $0.clear() }]),
        key(
            "<  >", "pen thinner / thicker", hint: "pen width",
            ["<": { $0.changeWidth(by: -1) }, ">": { $0.changeWidth(by: 1) }]),
        key("Enter", "next drawing", hint: Binding.Hint("⏎", "next"), [.enter: { $0.startNext() }]),
        key(
            "PgUp PgDn", "the drawings before and after",
            [.pageUp: { $0.turnPage(by: -1) }, .pageDown: { $0.turnPage(by: 1) }]),
        key("t", "tell which digit it is, and save it", hint: "save", ["t": { $0.askForLabel() }]),
    ]

    private static func key(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil,
        _ changes: KeyValuePairs<Key, @Sendable (inout DrawState) -> Void>
    ) -> Binding {
        Binding(
            label, help, hint: hint,
            effects: changes.map { key, change in (key, Binding.effect { change(&$0.draw) }) })
    }
}
