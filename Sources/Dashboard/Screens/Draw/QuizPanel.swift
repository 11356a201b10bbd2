/// What a quiz asks for, and what became of the drawings so far.
enum QuizPanel {
    static func draw(_ quiz: Quiz, _ names: [String], in rect: Rect, on grid: inout CellGrid) {
        let number = "\(quiz.place + 1) of \(Quiz.length)"
        let room = Panel.draw("Quiz", note: [(number, .value)], in: rect, on: &grid).inset(dx: 1, dy: 0)
        guard room.height > 0 else { return }
        let score = "\(quiz.score) of \(quiz.readings.count)"
        let ways =
            quiz.isOver ? ["\(score) read right", "\(score) right"] : ["Draw: \(names[quiz.labels[quiz.place]])"]
        let style = Style(quiz.isOver ? .value : .key, bold: true)
        grid.write(firstOf: ways.map { [($0, style)] }, x: room.x, y: room.y, width: room.width)
        // The last ones where not all have room.
        let list = room.split(top: 2).1
        let nameWidth = names.map(\.count).max() ?? 1
        for (row, reading) in quiz.readings.suffix(list.height).enumerated() {
            let ink: Ink = reading.isRight ? .right : .wrong
            let (style, mark) = (Style(ink), (reading.isRight ? "✓ " : "✗ ", Style(ink, bold: true)))
            let name = names[reading.label]
            let padded = name + String(repeating: " ", count: nameWidth - name.count)
            let answer = names[reading.answer]
            let ways: [[(String, Style)]] =
                reading.isRight
                ? [[mark, (name, style)]]
                : [
                    [mark, (padded, style), ("  read as \(answer)", .plain)],
                    [mark, (name, style), (" as \(answer)", .plain)], [mark, (name, style)],
                ]
            grid.write(firstOf: ways, x: list.x, y: list.y + row, width: list.width)
        }
    }

    /// What is said beside the canvas.
    static func notice(_ state: DrawState, _ quiz: Quiz, _ names: [String]) -> String {
        let score = "\(quiz.score) of \(quiz.readings.count) right"
        if quiz.isOver {
            let (first, second) = quiz.scoresByTurns
            return "\(quiz.readings.last.map { verdict($0, names) + " " } ?? "")\(score). "
                + "Two who took turns have \(first) and \(second)."
        }
        if let reading = quiz.readings.last, !quiz.isAsking { return "\(verdict(reading, names)) \(score) so far." }
        if state.pen.stretchesFar { return "Enter: the line ends here." }
        // Of clothing it has seen photographs only: an outline looks like a sandal to it.
        let isOfThings = names.contains { $0.count > 1 }
        return (isOfThings ? "It learnt from photographs: fill the shape. " : "") + "Enter: the network reads it."
    }

    private static func verdict(_ reading: Quiz.Reading, _ names: [String]) -> String {
        reading.isRight ? "Right!" : "Read as \(names[reading.answer])."
    }
}
