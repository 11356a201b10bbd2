import Training

/// Settings over the curves, from which a run begins.
enum SettingsDialog {
    /// - Parameters:
    ///   - help: what Enter does.
    ///   - begin: what it asks for.
    static func bindings(_ help: String, begin: @escaping Binding.Effect) -> [Binding] {
        [
            Binding(
                "↑ ↓  ← →", "choose a setting; change it", hint: Binding.Hint("↑↓", "choose"),
                change: [
                    .up: { $0.train.dialog?.choose(by: -1) }, .down: { $0.train.dialog?.choose(by: 1) },
                ]),
            Binding(
                "← →", nil, hint: Binding.Hint("←→", "change"),
                change: [
                    .left: { $0.train.dialog?.change(by: -1) }, .right: { $0.train.dialog?.change(by: 1) },
                ]),
            Binding(
                "<  >", "three steps at once, of a rate ten times; also Shift", hint: Binding.Hint("< >", "by three"),
                change: [
                    "<": stride(by: -1), ">": stride(by: 1), .shiftLeft: stride(by: -1), .shiftRight: stride(by: 1),
                ]),
            Binding("Enter", help, hint: Binding.Hint("⏎", "start"), ask: [.enter: begin]),
            Binding(
                "Esc", "back to the curves", hint: Binding.Hint("Esc", "close"),
                change: [.escape: { $0.train.dialog = nil }]),
        ]
    }

    private static func stride(by step: Int) -> @Sendable (inout State) -> Void {
        { state in for _ in 0..<3 { state.train.dialog?.change(by: step) } }
    }

    /// - Parameters:
    ///   - titles: what begins, in as many words as there may be room for.
    ///   - notes: what becomes of the run in view, likewise.
    static func draw<Values: Settable>(
        _ choice: SettingsChoice<Values>, titles: [String], notes: [String], _ state: State, in room: Rect,
        on grid: inout CellGrid
    ) {
        let width = min(60, room.width - 4)
        let title = titles.first { $0.count + 2 <= width } ?? titles.last ?? ""
        let inside = TrainDialog.frame(
            title, width: width, height: choice.rows.count + 4, in: room, on: &grid)
        let rest = SettingsList.draw(choice, keeping: 2, in: inside, state.appearance.glyphs, on: &grid)
        if rest.height > 1 {
            grid.write(firstOf: notes.map { [($0, .plain)] }, x: rest.x, y: rest.y, width: rest.width)
        }
        KeyLine.draw(
            state.hints(.enter, .up, .left, .escape, "<"),
            in: rest.split(top: max(rest.height - 1, 0)).1, on: &grid)
    }
}
