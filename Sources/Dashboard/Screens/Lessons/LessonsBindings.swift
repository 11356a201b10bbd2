extension LessonsScreen {
    static let bindings: [Binding] = [
        key(
            "Enter", "next page; also PgDn", hint: "next", when: { $0.page < $0.lessons.count - 1 },
            [.enter: { $0.turn(by: 1) }, .pageDown: { $0.turn(by: 1) }]),
        key(
            "Backspace", "the page before; also PgUp", hint: Binding.Hint("PgUp", "back"), when: { $0.page > 0 },
            [.backspace: { $0.turn(by: -1) }, .pageUp: { $0.turn(by: -1) }]),
        key(
            "↑ ↓", "choose a value; or a click on it", hint: "choose",
            [.up: { $0.choose(by: -1) }, .down: { $0.choose(by: 1) }]),
        key(
            "← →", "change it; also - and +, or the wheel", hint: "change",
            // On many keyboards = is + without Shift.
            [
                .left: { $0.change(by: -1) }, "-": { $0.change(by: -1) }, .right: { $0.change(by: 1) },
                "+": { $0.change(by: 1) }, "=": { $0.change(by: 1) },
            ]),
        key(
            "<  >", "change it by ten; also Shift with an arrow", hint: "by ten", when: { $0.turnsByTen },
            [
                "<": { $0.change(by: -10) }, ">": { $0.change(by: 10) }, .shiftLeft: { $0.change(by: -10) },
                .shiftRight: { $0.change(by: 10) },
            ]),
        key("space", "what the page says", hint: Binding.Hint { $0.lessons.lesson.button }, [" ": { $0.press() }]),
        key(
            "t", "words or values, in a small window",
            hint: Binding.Hint { $0.lessons.showsWords ? "try it" : "words" }, ["t": { $0.turnWords() }]),
        key(
            "x", "the page as it was at first", hint: "as at first", when: { !($0.lesson is HandwritingLesson) },
            ["x": { $0.reset() }]),
        key(
            "Home End", "the first page, the last; a click on a dot: any",
            [.home: { $0.open(0) }, .end: { $0.open($0.lessons.count - 1) }]),
    ]

    /// A key of the pages. A page asks for what it shows until it has it.
    private static func key(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil,
        when isActive: @escaping @Sendable (LessonsState) -> Bool = { _ in true },
        _ changes: KeyValuePairs<Key, @Sendable (inout LessonsState) -> Void>
    ) -> Binding {
        Binding(
            label, help, hint: hint, when: { isActive($0.lessons) },
            effects: changes.map { key, change in
                (
                    key,
                    { state in
                        change(&state.lessons)
                        return state.lessons.wanted
                    }
                )
            })
    }
}
