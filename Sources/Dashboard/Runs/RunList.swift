import Training

/// What the user says of a run.
struct RunLabel: Sendable, Equatable {
    /// What the user calls it, or the file that it was opened from; empty for no name.
    var name = ""
    /// Whether the charts of other runs leave it out.
    var isHidden = false
}

/// Runs one below the other: what tells them apart and how they do.
struct RunList {
    struct Row {
        let id: Int
        let number: Int
        let label: RunLabel
        /// What differs from the others.
        let words: String
        /// 0…1; nil before there is one.
        let accuracy: Double?
        /// How far it is.
        let time: String
        /// "training", "from file"
        let condition: String
        /// Whether it can come into focus: of some there are curves alone.
        var hasNetwork = true

        var text: String { label.name.isEmpty ? words : "\(label.name): \(words)" }
    }

    let rows: [Row]
    let focus: Int
    /// What the columns are called.
    private let accuracy: String
    private let time: String

    /// Those that train on images.
    init(_ state: State) {
        let differences = RunDifferences(state.runs)
        rows = state.listedRuns.map { run in
            Row(
                id: run.id, number: run.number, label: run.label, words: differences.words(of: run),
                accuracy: run.testAccuracy, time: run.seconds.map(Format.duration) ?? "–", condition: run.condition,
                hasNetwork: run is Run)
        }
        (focus, accuracy, time) = (state.focus, "test", "time")
    }

    /// Those of the playground, oldest first.
    init(_ playground: PlaygroundState) {
        let runs = playground.runs
        let differences = PlaygroundDifferences(runs)
        rows = runs.map { run in
            Row(
                id: run.run, number: run.number, label: playground.label(of: run.run),
                words: differences.words(of: run),
                accuracy: run.accuracy, time: Format.grouped(run.step), condition: playground.condition(of: run))
        }
        (focus, accuracy, time) = (playground.snapshot?.run ?? 0, "right", "steps")
    }

    func draw(chosen: Int, in room: Rect, on grid: inout CellGrid) {
        // Where not all have room, the state goes first, then the time.
        let ends = (accuracy: room.maxX - (room.width < 50 ? 0 : 18), time: room.maxX - 11)
        grid.write("what differs", x: room.x + 4, y: room.y)
        grid.write(accuracy, endingAt: ends.accuracy, y: room.y)
        if room.width >= 50 {
            grid.write(time, endingAt: ends.time, y: room.y)
            grid.write("state", x: ends.time + 2, y: room.y)
        }
        let shown = SettingsList.shown(
            of: rows.count, chosen: rows.firstIndex { $0.id == chosen } ?? 0, height: room.height - 1)
        for index in shown {
            draw(
                rows[index], isChosen: rows[index].id == chosen, y: room.y + 1 + index - shown.lowerBound, ends,
                in: room,
                on: &grid)
        }
    }

    private func draw(
        _ row: Row, isChosen: Bool, y: Int, _ ends: (accuracy: Int, time: Int), in room: Rect, on grid: inout CellGrid
    ) {
        let ground: Ink = isChosen ? .selectedTab : .standard
        if isChosen {
            grid.fill(
                Rect(x: room.x - 1, y: y, width: room.width + 2, height: 1), with: Cell(" ", Style(.value, on: ground)))
        }
        let isInFocus = row.id == focus
        let text = Style(isChosen ? .value : .words, on: ground, bold: isChosen)
        grid.write(isInFocus ? "•" : " ", x: room.x, y: y, Style(.test, on: ground, bold: true))
        grid.write(
            String(row.number), x: room.x + 1, y: y,
            Style(isInFocus ? .test : .run(UInt8(row.number)), on: ground, bold: true))
        let width = max(ends.accuracy - 8 - (room.x + 4), 0)
        let hidden = row.label.isHidden && !isInFocus
        grid.write((hidden ? "(hidden) " + row.text : row.text).fitted(to: width), x: room.x + 4, y: y, text)
        let accuracy = row.accuracy.map { Format.percent($0, decimals: 2) } ?? "–"
        grid.write(accuracy, endingAt: ends.accuracy, y: y, text)
        guard room.width >= 50 else { return }
        grid.write(row.time, endingAt: ends.time, y: y, text)
        grid.write(row.condition, x: ends.time + 2, y: y, text, limit: room.maxX - ends.time - 2)
    }
}
