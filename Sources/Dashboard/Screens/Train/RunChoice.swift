import Training

/// The list of the runs: what tells them apart and how they do, and what is to be done with the chosen one.
struct RunChoice: Sendable, Equatable {
    /// The chosen run.
    fileprivate(set) var run: Int
    /// The name that is being typed; nil while none is.
    fileprivate(set) var name: TextInput?

    static let longestName = 24

    init(_ run: Int) { self.run = run }

    static let bindings: [Binding] = [
        Binding(
            "↑ ↓", "choose a run", hint: Binding.Hint("↑↓", "choose"),
            change: [.up: { $0.chooseRun(by: -1) }, .down: { $0.chooseRun(by: 1) }]),
        Binding(
            "Enter", "show it on all screens; the one that trains goes on", hint: Binding.Hint("⏎", "show it"),
            when: { $0.chosenRun is Run },
            change: [
                .enter: {
                    $0.withChosenRun { state, run in state.focus(on: run.id) }
                    $0.train.dialog = nil
                }
            ]),
        Binding(
            "t", "train it in turns with the last; again: leave it",
            hint: Binding.Hint { $0.chosenRun?.id == $0.companionRun?.id ? "leave it" : "train along" },
            when: { state in state.chosenRun.map { state.canTrainAlong($0.id) } ?? false },
            ask: ["t": { $0.chosenRun.map { [.request(.trainAlong(run: $0.id))] } ?? [] }]),
        Binding(
            "h", "leave its curves out / draw them", hint: "hide",
            change: ["h": { $0.withChosenRun { state, run in state.changeListed(run.id) { $0.isHidden.toggle() } } }]),
        Binding(
            "e", "give it a name: Enter takes it, Esc does not", hint: "name",
            change: ["e": { $0.withChosenRun { state, run in state.beginTyping(run.name) } }]),
        Binding(
            "x", "drop it; not one that trains", hint: "drop",
            when: { state in state.chosenRun.map { state.canDrop($0.id) } ?? false },
            change: [
                "x": {
                    $0.withChosenRun { state, run in
                        state.chooseRun(by: run.id == state.listedRuns.last?.id ? -1 : 1)
                        state.drop(run.id)
                    }
                }
            ]),
        Binding(
            "c  Esc", "back to the curves", hint: Binding.Hint("Esc", "close"),
            change: [.escape: { $0.train.dialog = nil }, "c": { $0.train.dialog = nil }]),
    ]

    func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        let differences = RunDifferences(state.runs)
        let runs = state.listedRuns
        let count = runs.count
        let words = runs.map { run in
            run.name.isEmpty ? differences.words(of: run) : "\(run.name): \(differences.words(of: run))"
        }
        let wanted = max(words.map(\.unicodeScalars.count).max() ?? 0, 24) + 32
        let inside = TrainDialog.frame(
            count == 1 ? "The run" : "\(count) runs", width: max(min(wanted, room.width - 4), 56),
            height: count + 3, in: room, on: &grid)
        guard inside.height > 2 else { return }
        // Where not all have room, the state goes first, then the time.
        let ends = (accuracy: inside.maxX - (inside.width < 50 ? 0 : 18), time: inside.maxX - 11)
        let y = inside.y
        grid.write("what differs", x: inside.x + 4, y: y)
        grid.write("test", endingAt: ends.accuracy, y: y)
        if inside.width >= 50 {
            grid.write("time", endingAt: ends.time, y: y)
            grid.write("state", x: ends.time + 2, y: y)
        }
        let rows = SettingsList.shown(
            of: count, chosen: runs.firstIndex { $0.id == run } ?? 0, height: inside.height - 3)
        for index in rows {
            draw(
                runs[index], words[index], state, y: y + 1 + index - rows.lowerBound, ends, in: inside, on: &grid)
        }
        let last = inside.split(top: inside.height - 1).1
        if let name {
            let x = grid.write("name: ", x: last.x, y: last.y)
            name.draw(x: x, y: last.y, width: Self.longestName + 1, .value, on: &grid)
            let end = x + Self.longestName + 1
            let keys = ["  Enter: take it  Esc: do not", "  Enter  Esc: do not"].map { [($0, Style.plain)] }
            grid.write(firstOf: keys, x: end, y: last.y, width: last.maxX - end)
        } else {
            KeyLine.draw(state.hints(.enter, "t", "h", "e", "x", .escape, .up), in: last, on: &grid)
        }
    }

    private func draw(
        _ run: any ListedRun, _ words: String, _ state: State, y: Int, _ ends: (accuracy: Int, time: Int),
        in room: Rect, on grid: inout CellGrid
    ) {
        let isChosen = run.id == self.run
        let ground: Ink = isChosen ? .selectedTab : .standard
        if isChosen {
            grid.fill(
                Rect(x: room.x - 1, y: y, width: room.width + 2, height: 1), with: Cell(" ", Style(.value, on: ground)))
        }
        let isInFocus = run.id == state.focus
        let text = Style(isChosen ? .value : .words, on: ground, bold: isChosen)
        grid.write(isInFocus ? "•" : " ", x: room.x, y: y, Style(.test, on: ground, bold: true))
        grid.write(
            String(run.number), x: room.x + 1, y: y,
            Style(isInFocus ? .test : .run(UInt8(run.number)), on: ground, bold: true))
        let width = max(ends.accuracy - 8 - (room.x + 4), 0)
        let hidden = run.isHidden && !isInFocus
        grid.write((hidden ? "(hidden) " + words : words).fitted(to: width), x: room.x + 4, y: y, text)
        let accuracy = run.testAccuracy.map { Format.percent($0, decimals: 2) } ?? "–"
        grid.write(accuracy, endingAt: ends.accuracy, y: y, text)
        guard room.width >= 50 else { return }
        grid.write(run.seconds.map(Format.duration) ?? "–", endingAt: ends.time, y: y, text)
        grid.write(run.condition, x: ends.time + 2, y: y, text, limit: room.maxX - ends.time - 2)
    }
}

extension State {
    /// Opens the list at the run in focus.
    mutating func openRuns() { train.dialog = .runs(RunChoice(focus)) }

    /// The run chosen in the list; another one where that is gone.
    fileprivate var chosenRun: (any ListedRun)? {
        guard case .runs(let choice) = train.dialog else { return nil }
        return listedRuns.first { $0.id == choice.run } ?? run
    }

    fileprivate mutating func withChosenRun(_ change: (inout State, any ListedRun) -> Void) {
        if let chosenRun { change(&self, chosenRun) }
    }

    fileprivate mutating func chooseRun(by count: Int) {
        let runs = listedRuns
        guard let chosenRun, let index = runs.firstIndex(where: { $0.id == chosenRun.id }) else { return }
        train.dialog = .runs(RunChoice(runs[min(max(index + count, 0), runs.count - 1)].id))
    }

    fileprivate mutating func beginTyping(_ name: String) {
        guard let chosenRun else { return }
        var choice = RunChoice(chosenRun.id)
        choice.name = TextInput(name, longest: RunChoice.longestName)
        train.dialog = .runs(choice)
    }

    mutating func typeName(_ key: Key) {
        guard case .runs(var choice) = train.dialog else { return }
        switch key {
        case .enter:
            let name = (choice.name?.text ?? "").split(separator: " ").joined(separator: " ")
            changeListed(choice.run) { $0.name = name }
            choice.name = nil
        case .escape, .control("c"): choice.name = nil
        default: choice.name?.take(key)
        }
        train.dialog = .runs(choice)
    }
}
