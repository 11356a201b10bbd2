import Training

/// Which class is read as which: the confusion matrix of the last test as a heat table.
enum ConfusionScreen: ScreenContent {
    static let title = "Confusion"
    static let showsTests = true
    static let shortTitle = "Conf"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        guard mouse.kind == .press, let names = state.snapshot?.dataset.classNames else { return [] }
        if state.confusion.choose(mouse, names: names, in: state.room) { state.openMistakes() }
        return []
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let snapshot = state.snapshot else { return }
        guard let evaluation = snapshot.now.evaluation else {
            let message = "The first test comes after the first epoch. e tests now."
            Message.draw(state.run?.isWaitingForTest == true ? Message.testing : message, in: room, on: &grid)
            return
        }
        let confusion = evaluation.confusion
        let names = snapshot.dataset.classNames
        let layout = Layout(room, names: names, chosen: (state.confusion.label, state.confusion.prediction))
        drawMatrix(confusion, names, state.confusion, state.confusionDifference, layout, on: &grid)

        let note = StepText.words(of: evaluation.step, in: snapshot)
        guard !layout.side.isEmpty else { return }
        let (scores, rest) = layout.side.split(top: min(names.count + 3, max(room.height - 8, 6)))
        drawScores(confusion, names, layout.signs, note: note, in: scores, on: &grid)
        let (cell, worst) = rest.split(top: rest.height < 14 ? rest.height : 10)
        drawCell(confusion, names, state, in: cell, on: &grid)
        if worst.height >= 4 { drawWorst(confusion, names, in: worst, on: &grid) }
    }

    private static func drawMatrix(
        _ confusion: ConfusionMatrix, _ names: [String], _ state: ConfusionState, _ difference: ConfusionDifference?,
        _ layout: Layout, on grid: inout CellGrid
    ) {
        let classes = confusion.classes
        let mostErrors = (0..<classes * classes).reduce(0) { most, cell in
            let (label, prediction) = (cell / classes, cell % classes)
            return label == prediction ? most : max(most, confusion[label, prediction])
        }
        let top = layout.table.y - 1 - layout.headLines
        grid.write("true", x: layout.labels.x + 1, y: top)
        var headings =
            difference.map { ["read as: more (+) or fewer (-) than \($0.name)", "read as, + - than \($0.name)"] } ?? []
        let isNarrow = layout.cellWidth < 3
        if layout.rows.count < classes || layout.columns.count < classes {
            headings += [
                "read as; the arrows move on to the other classes of \(classes)", "read as, part of \(classes)",
            ]
        } else if isNarrow {
            headings += ["read as; + is ten images or more"]
        }
        grid.write(
            firstOf: (headings + ["read as"]).map { [($0, .plain)] }, x: layout.table.x + 2, y: top,
            width: layout.table.width - 2)
        for prediction in layout.columns {
            let head = layout.heads[prediction]
            let end = layout.cell(layout.rows.lowerBound, prediction).maxX - 1
            if layout.headLines == 1 {
                grid.write(head, endingAt: end, y: layout.table.y - 1, .title)
            } else {
                for (line, digit) in head.reversed().enumerated() {
                    grid.write(String(digit), endingAt: end, y: layout.table.y - 1 - line, .title)
                }
            }
        }
        for label in layout.rows {
            let middle = layout.cell(label, layout.columns.lowerBound).y + (layout.cellHeight - 1) / 2
            let sign = layout.signs[label]
            let name = layout.labels.width > 8 && sign != names[label] ? "\(sign) \(names[label])" : sign
            grid.write(
                name.cut(to: layout.labels.width - 2).padded(to: layout.labels.width - 2), x: layout.labels.x,
                y: middle, .title)
            for prediction in layout.columns {
                let rect = layout.cell(label, prediction)
                let count = confusion[label, prediction]
                let style = difference?.style(label, prediction) ?? heat(confusion, label, prediction, mostErrors)
                grid.fill(rect, with: Cell(" ", style))
                let isShare = state.showsShares || "\(count)".count > layout.cellWidth
                // Most cells of many classes have no need of it.
                var shareText: String {
                    share(count, of: confusion.labelled(label), width: layout.cellWidth - 1)
                }
                let own =
                    count == 0
                    ? "·" : isNarrow ? (count > 9 ? "+" : "\(count)") : isShare ? shareText : "\(count)"
                let text = difference?.text(label, prediction, width: layout.cellWidth - 1) ?? own
                grid.write(
                    text, endingAt: rect.maxX - 1, y: middle,
                    text == "·" ? Style(Style.faint.ink, on: style.paper) : style)
                if label == state.label, prediction == state.prediction { drawCursor(around: rect, on: &grid) }
            }
        }
    }

    private static func share(_ count: Int, of whole: Int, width: Int) -> String {
        let share = Double(count) / Double(max(whole, 1))
        let exact = Format.percent(share)
        let short = Format.percent(share, decimals: 0)
        return exact.count <= width ? exact : short.count <= width ? short : String(short.dropLast())
    }

    private static func heat(
        _ confusion: ConfusionMatrix, _ label: Int, _ prediction: Int, _ mostErrors: Int
    ) -> Style {
        let count = confusion[label, prediction]
        if label == prediction {
            let recall = confusion.recall(label) ?? 0
            return Style(.onSuccess, on: .success(recall < 0.9 ? 0 : recall < 0.97 ? 1 : 2), bold: true)
        }
        guard count > 0 else { return .plain }
        let level = UInt8((count - 1) * 6 / max(mostErrors - 1, 1))
        return Style(.onError(level), on: .error(level), bold: true)
    }

    private static func drawCursor(around rect: Rect, on grid: inout CellGrid) {
        // No mark covers what it marks: beside a long number the frame has a gap.
        func put(_ character: Unicode.Scalar, _ x: Int, _ y: Int) {
            guard grid[x, y].character == " " else { return }
            grid[x, y] = Cell(character, Style(.key, on: grid[x, y].style.paper, bold: true))
        }
        if rect.width < 3 {
            // There is no room for a mark beside the number.
            for y in rect.y..<rect.maxY {
                for x in rect.x..<rect.maxX { grid[x, y].style = Style(.onAccent, on: .key, bold: true) }
            }
        } else if rect.height >= 3 {
            for x in rect.x + 1..<rect.maxX - 1 {
                put("─", x, rect.y)
                put("─", x, rect.maxY - 1)
            }
            for y in rect.y + 1..<rect.maxY - 1 {
                put("│", rect.x, y)
                put("│", rect.maxX - 1, y)
            }
            put("╭", rect.x, rect.y)
            put("╮", rect.maxX - 1, rect.y)
            put("╰", rect.x, rect.maxY - 1)
            put("╯", rect.maxX - 1, rect.maxY - 1)
        } else {
            for y in rect.y..<rect.maxY {
                put("▸", rect.x, y)
                put("◂", rect.maxX - 1, y)
            }
        }
    }

    private static func drawScores(
        _ confusion: ConfusionMatrix, _ names: [String], _ signs: [String], note: String, in rect: Rect,
        on grid: inout CellGrid
    ) {
        let isWhole = names.count + 3 <= rect.height
        let room = Panel.draw(
            isWhole ? "By class" : "Worst classes", note: [(note, .plain)], in: rect, on: &grid
        ).inset(dx: 1, dy: 0)
        let wide = room.width >= 34
        let hasNames = names.contains { $0.count > 1 }
        // Without room for all, the first go.
        let scores: [(title: String, value: (Int) -> Double?)] =
            wide
            ? [("precision", confusion.precision), ("recall", confusion.recall), ("F1", confusion.f1)]
            : (hasNames ? [] : [("prec.", confusion.precision)]) + [("recall", confusion.recall)]
        let columns = zip(scores, (0..<scores.count).reversed().map { room.maxX - 7 * $0 })
        for (score, end) in columns { grid.write(score.title, endingAt: end, y: room.y) }
        let shown = ClassList.shown(names.count, rows: room.height - 1) {
            confusion.recall($0) ?? 2 < confusion.recall($1) ?? 2
        }
        for (row, index) in shown.enumerated() {
            let (y, name) = (room.y + 1 + row, names[index])
            let text = signs[index] == name ? name : "\(signs[index]) \(name)"
            grid.write(text.fitted(to: room.width - 7 * scores.count), x: room.x, y: y, .title)
            for (score, end) in columns {
                grid.write(score.value(index).map { Format.percent($0) } ?? "–", endingAt: end, y: y, .value)
            }
        }
    }

    private static func drawCell(
        _ confusion: ConfusionMatrix, _ names: [String], _ state: State, in rect: Rect, on grid: inout CellGrid
    ) {
        let room = Panel.draw("Cell", in: rect, on: &grid).inset(dx: 1, dy: 0)
        guard room.height > 0 else { return }
        let (label, prediction) = (state.confusion.label, state.confusion.prediction)
        let names = names.map { $0.cut(to: max(room.width - 10, 1)) }
        let count = confusion[label, prediction]
        let share = Double(count) / Double(max(confusion.labelled(label), 1))
        grid.write(
            [("\(Format.grouped(count)) of ", .value), (names[label], Style(.right, bold: true))], x: room.x, y: room.y)
        let read = [
            ("read as ", Style.value), (names[prediction], Style(label == prediction ? .right : .wrong, bold: true)),
        ]
        let percent = Format.percent(share)
        if names.contains(where: { 15 + $0.count > room.width }) {
            grid.write(read, x: room.x, y: room.y + 1)
            grid.write(percent, x: room.x, y: room.y + 2)
        } else {
            grid.write(read + [(", \(percent)", .plain)], x: room.x, y: room.y + 1)
        }
        let hints = state.hints(.up, .enter, "c", "d", "v")
        for (index, (key, meaning)) in hints.enumerated() where index + 3 < room.height {
            grid.write(key, x: room.x, y: room.y + 3 + index, .key)
            grid.write(meaning, x: room.x + 8, y: room.y + 3 + index)
        }
    }

    private static func drawWorst(
        _ confusion: ConfusionMatrix, _ names: [String], in rect: Rect, on grid: inout CellGrid
    ) {
        let room = Panel.draw("Most often confused", in: rect, on: &grid).inset(dx: 1, dy: 0)
        let pairs = names.indices.flatMap { label in names.indices.map { (label, $0) } }
            .filter { $0 != $1 && confusion[$0, $1] > 0 }
            .sorted { (confusion[$0.0, $0.1], $1.0, $1.1) > (confusion[$1.0, $1.1], $0.0, $0.1) }
            .prefix(room.height)
        let most = pairs.first.map { confusion[$0.0, $0.1] } ?? 1
        let nameWidth = min(names.map(\.count).max() ?? 1, (room.width - 12) / 2)
        for (index, (label, prediction)) in pairs.enumerated() {
            let y = room.y + index
            let names = "\(names[label].fitted(to: nameWidth)) → \(names[prediction].fitted(to: nameWidth))"
            let x = grid.write(names, x: room.x, y: y, .value) + 1
            let count = confusion[label, prediction]
            let width = room.maxX - x - 5
            Bar.draw(Double(count) / Double(most), x: x, y: y, width: width, Style(.wrong), on: &grid)
            grid.write("\(count)", endingAt: room.maxX, y: y)
        }
    }
}
