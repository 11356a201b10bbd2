extension DrawScreen {
    static let bindings = canvasBindings + KeptDrawings.bindings

    private static let canvasBindings: [Binding] = [
        Binding(mouse: "press and drag to draw"),
        key(
            "arrows", "move the pen; Shift: by four; Space: down and up", hint: "move it",
            [
                .left: { $0.movePen(dx: -1, dy: 0) }, .right: { $0.movePen(dx: 1, dy: 0) },
                .up: { $0.movePen(dx: 0, dy: -1) }, .down: { $0.movePen(dx: 0, dy: 1) },
                .shiftLeft: { $0.movePen(dx: -1, dy: 0, withShift: true) },
                .shiftRight: { $0.movePen(dx: 1, dy: 0, withShift: true) },
                .shiftUp: { $0.movePen(dx: 0, dy: -1, withShift: true) },
                .shiftDown: { $0.movePen(dx: 0, dy: 1, withShift: true) },
            ]),
        key(
            "iohl IOHL", "diagonally: i o up, h l down; capitals: by four", hint: Binding.Hint("iohl", "diagonal"),
            [
                "i": { $0.movePen(dx: -1, dy: -1) }, "o": { $0.movePen(dx: 1, dy: -1) },
                "h": { $0.movePen(dx: -1, dy: 1) }, "l": { $0.movePen(dx: 1, dy: 1) },
                "I": { $0.movePen(dx: -1, dy: -1, withShift: true) },
                "O": { $0.movePen(dx: 1, dy: -1, withShift: true) },
                "H": { $0.movePen(dx: -1, dy: 1, withShift: true) },
                "L": { $0.movePen(dx: 1, dy: 1, withShift: true) },
            ]),
        key(
            "space", nil, hint: Binding.Hint { $0.draw.pen.hold == .up ? "pen down" : "pen up" },
            [" ": { $0.togglePen() }]),
        key(
            "s", "long steps: by four without Shift, by one with it",
            hint: Binding.Hint { $0.draw.pen.goesByStrides ? "fine steps" : "long steps" }, ["s": { $0.turnStrides() }]),
        key(
            "d", "a line: once at its start, again at its end",
            hint: Binding.Hint { $0.draw.pen.line == nil ? "line" : "line here" }, ["d": { $0.stretchLine() }]),
        key(
            "(  )", "bend the line before it ends", hint: "bend it", when: { $0.draw.pen.line != nil },
            ["(": { $0.bendLine(by: -1) }, ")": { $0.bendLine(by: 1) }]),
        key(
            "e", "eraser on / off", hint: Binding.Hint { $0.draw.isErasing ? "pen" : "eraser" },
            ["e": { $0.toggleEraser() }]),
        key("u  U", "undo / redo", hint: "undo, redo", ["u": { $0.undo() }, "U": { $0.redo() }]),
        key("c", "clear; of your drawings: throw out", hint: "clear", ["c": { $0.clear() }]),
        key(
            "<  >", "pen thinner / thicker", hint: "pen width",
            ["<": { $0.changeWidth(by: -1) }, ">": { $0.changeWidth(by: 1) }]),
        Binding(
            "Enter", "next drawing; in the quiz: read it; end a line",
            hint: Binding.Hint("⏎") { state in
                if state.draw.pen.stretchesFar { return "last line" }
                guard let quiz = state.draw.quiz else { return "next" }
                return quiz.isOver ? "again" : quiz.isAsking ? "read it" : "next"
            },
            when: { $0.draw.keptPlace == nil }, change: [.enter: { $0.finish() }]),
        key(
            "PgUp PgDn", "the drawings before and after", when: { $0.draw.keptPlace == nil && $0.draw.quiz == nil },
            [.pageUp: { $0.turnPage(by: -1) }, .pageDown: { $0.turnPage(by: 1) }]),
        Binding(
            "z", "quiz: draw ten that it names", hint: Binding.Hint { $0.draw.quiz == nil ? "quiz" : nil },
            when: { $0.draw.keptPlace == nil }, change: ["z": { $0.startQuiz() }]),
        key(
            "Esc", "let go of the line; leave the quiz",
            hint: Binding.Hint { $0.draw.pen.hold == .up ? "end quiz" : "no line" },
            when: { $0.draw.keptPlace == nil && ($0.draw.pen.hold != .up || $0.draw.quiz != nil) },
            [.escape: { $0.escape() }]),
    ]

    private static func key(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil,
        when isActive: @escaping @Sendable (State) -> Bool = { $0.draw.isOpen },
        _ changes: KeyValuePairs<Key, @Sendable (inout DrawState) -> Void>
    ) -> Binding {
        Binding(
            label, help, hint: hint, when: isActive,
            effects: changes.map { key, change in (key, Binding.effect { change(&$0.draw) }) })
    }
}
