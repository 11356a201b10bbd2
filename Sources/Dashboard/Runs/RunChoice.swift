import Training

/// The list of the runs of a screen, over its curves: which is chosen, and what is to be done with it.
struct RunChoice: Sendable, Equatable {
    /// The chosen run.
    fileprivate(set) var run: Int
    /// The name that is being typed; nil while none is.
    fileprivate(set) var name: TextInput?

    static let longestName = 24

    init(_ run: Int) { self.run = run }

    /// Whether keys are letters of a name.
    var isTyping: Bool { name != nil }

    static let bindings: [Binding] = [
        Binding(
            "↑ ↓", "choose a run", hint: Binding.Hint("↑↓", "choose"),
            change: [.up: { $0.chooseRun(by: -1) }, .down: { $0.chooseRun(by: 1) }]),
        Binding(
            "Enter", "bring it into view; the one that trains goes on", hint: Binding.Hint("⏎", "show it"),
            when: { $0.chosenRun?.hasNetwork ?? false }, ask: [.enter: { $0.showChosenRun() }]),
        Binding(
            "t", "train it in turns with the last; again: leave it",
            hint: Binding.Hint { $0.chosenRun?.id == $0.companionRun?.id ? "leave it" : "train along" },
            when: { state in state.screen == .train && state.chosenRun.map { state.canTrainAlong($0.id) } ?? false },
            ask: ["t": { $0.chosenRun.map { [.request(.trainAlong(run: $0.id))] } ?? [] }]),
        Binding(
            "v", "show it beside the one in view; again: not",
            hint: Binding.Hint { $0.chosenRun?.id == $0.playground.snapshot?.beside ? "one run" : "side by side" },
            when: { state in
                state.screen == .playground && state.chosenRun.map { $0.id != state.runList.focus } ?? false
            },
            ask: ["v": { $0.showChosenRunBeside() }]),
        Binding(
            "h", "leave its curves out / draw them", hint: "hide",
            change: ["h": { state in state.changeChosenRun { $0.isHidden.toggle() } }]),
        Binding(
            "e", "give it a name: Enter takes it, Esc does not", hint: "name",
            change: ["e": { $0.beginTyping() }]),
        Binding(
            "x", "drop it; not one that trains", hint: "drop",
            when: { state in state.chosenRun.map { state.canDropListed($0.id) } ?? false },
            ask: ["x": { $0.dropChosenRun() }]),
        Binding(
            "c  Esc", "back to the curves", hint: Binding.Hint("Esc", "close"),
            change: [.escape: { $0.runChoice = nil }, "c": { $0.runChoice = nil }, "l": { $0.runChoice = nil }]),
    ]

    func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        let list = state.runList
        let count = list.rows.count
        let wanted = max(list.rows.map(\.text.unicodeScalars.count).max() ?? 0, 24) + 32
        let inside = TrainDialog.frame(
            count == 1 ? "The run" : "\(count) runs", width: max(min(wanted, room.width - 4), 56),
            height: count + 3, in: room, on: &grid)
        guard inside.height > 2 else { return }
        list.draw(chosen: run, in: inside.split(top: inside.height - 2).0, on: &grid)
        let last = inside.split(top: inside.height - 1).1
        if let name {
            let x = grid.write("name: ", x: last.x, y: last.y)
            name.draw(x: x, y: last.y, width: Self.longestName + 1, .value, on: &grid)
            let end = x + Self.longestName + 1
            let keys = ["  Enter: take it  Esc: do not", "  Enter  Esc: do not"].map { [($0, Style.plain)] }
            grid.write(firstOf: keys, x: end, y: last.y, width: last.maxX - end)
        } else {
            KeyLine.draw(state.hints(.enter, "t", "v", "h", "e", "x", .escape, .up), in: last, on: &grid)
        }
    }
}

extension State {
    /// The list over the screen in view; nil while there is none.
    var runChoice: RunChoice? {
        get {
            if screen == .playground { return playground.list }
            if screen == .train, case .runs(let choice) = train.dialog { return choice }
            return nil
        }
        set {
            if screen == .playground { playground.list = newValue } else { train.dialog = newValue.map { .runs($0) } }
        }
    }

    /// The runs of the screen in view.
    var runList: RunList { screen == .playground ? RunList(playground) : RunList(self) }

    /// Opens the list at the run in focus.
    mutating func openRuns() { runChoice = RunChoice(runList.focus) }

    /// The run chosen in the list; the one in focus where that is gone.
    fileprivate var chosenRun: RunList.Row? {
        guard let runChoice else { return nil }
        let list = runList
        return list.rows.first { $0.id == runChoice.run } ?? list.rows.first { $0.id == list.focus }
    }

    fileprivate mutating func chooseRun(by count: Int) {
        let rows = runList.rows
        guard let chosenRun, let index = rows.firstIndex(where: { $0.id == chosenRun.id }) else { return }
        runChoice = RunChoice(rows[min(max(index + count, 0), rows.count - 1)].id)
    }

    fileprivate mutating func showChosenRun() -> [Action] {
        guard let chosenRun else { return [] }
        runChoice = nil
        if screen == .playground { return playground.show(run: chosenRun.id) }
        focus(on: chosenRun.id)
        return []
    }

    fileprivate mutating func showChosenRunBeside() -> [Action] {
        guard let chosenRun else { return [] }
        runChoice = nil
        return playground.turnBeside(run: chosenRun.id)
    }

    fileprivate func canDropListed(_ id: Int) -> Bool {
        screen == .playground ? playground.canDrop(id) : canDrop(id)
    }

    fileprivate mutating func dropChosenRun() -> [Action] {
        guard let chosenRun else { return [] }
        chooseRun(by: chosenRun.id == runList.rows.last?.id ? -1 : 1)
        if screen == .playground { return [.playground(.drop(chosenRun.id))] }
        drop(chosenRun.id)
        return []
    }

    private mutating func changeChosenRun(_ id: Int, _ change: (inout RunLabel) -> Void) {
        if screen == .playground { playground.changeLabel(of: id, change) } else { changeLabel(of: id, change) }
    }

    fileprivate mutating func changeChosenRun(_ change: (inout RunLabel) -> Void) {
        if let chosenRun { changeChosenRun(chosenRun.id, change) }
    }

    fileprivate mutating func beginTyping() {
        guard let chosenRun else { return }
        var choice = RunChoice(chosenRun.id)
        choice.name = TextInput(chosenRun.label.name, longest: RunChoice.longestName)
        runChoice = choice
    }

    mutating func typeName(_ key: Key) {
        guard var choice = runChoice else { return }
        switch key {
        case .enter:
            let name = (choice.name?.text ?? "").split(separator: " ").joined(separator: " ")
            changeChosenRun(choice.run) { $0.name = name }
            choice.name = nil
        case .escape, .control("c"): choice.name = nil
        default: choice.name?.take(key)
        }
        runChoice = choice
    }
}
