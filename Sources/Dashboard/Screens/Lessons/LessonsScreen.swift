/// A course in pages, from one neuron to a network that reads handwriting, and how it reads better.
enum LessonsScreen: ScreenContent {
    static let title = "Lessons"
    static let shortTitle = "Learn"
    static let showsMoments = false

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        let layout = Layout(state.room, state.lessons)
        switch mouse.kind {
        case .wheelUp: state.lessons.change(by: 1)
        case .wheelDown: state.lessons.change(by: -1)
        case .press:
            if let page = page(at: mouse, in: layout.header, state.lessons) {
                state.lessons.open(page)
            } else if let place = knobPlaces(state.lessons, in: layout.knobs).first(where: {
                $0.rect.contains(x: mouse.x, y: mouse.y)
            }) {
                state.lessons.choose(place.knob)
            } else if layout.picture.contains(x: mouse.x, y: mouse.y) {
                state.lessons.touch(x: mouse.x, y: mouse.y, in: layout.picture)
            }
        case .drag:
            if layout.picture.contains(x: mouse.x, y: mouse.y) {
                state.lessons.touch(x: mouse.x, y: mouse.y, in: layout.picture)
            }
        case .release: break
        }
        return state.lessons.wanted
    }

    /// Where the parts stand: words and values to the left, the picture to the right, or in a small window one below
    /// the other and the words by themselves.
    private struct Layout {
        let header, code, keys: Rect
        let words, knobs, experiment: Rect
        /// The frame of the picture, and the room that a page draws in; empty while the words take their turn.
        let frame, picture: Rect
        let isSmall: Bool

        init(_ room: Rect, _ state: LessonsState) {
            let lesson = state.lesson
            // Longer lines and larger pictures are no easier to read.
            let (width, height) = (min(room.width, 200), min(room.height, 53))
            let page = Rect(
                x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width: width,
                height: height)
            isSmall = page.width < fullSize.width || page.height < 20
            let rest: Rect
            (header, rest) = page.split(top: 1)
            let (middle, body): (Rect, Rect)
            (middle, keys) = rest.split(top: rest.height - 1)
            (body, code) = middle.split(top: middle.height - (isSmall ? 0 : lesson.code.count))
            let nothing = Rect(x: body.x, y: body.y, width: 0, height: 0)
            if isSmall {
                let room = body.inset(dx: 1, dy: 0)
                frame = nothing
                guard !state.showsWords else {
                    (words, knobs, picture, experiment) = (room, nothing, nothing, nothing)
                    return
                }
                words = nothing
                let (values, rest) = room.split(top: min(lesson.knobRows.count, room.height >= 14 ? 4 : 2))
                let lines = LessonsScreen.experimentText(state).reduce(0) {
                    $0 + Paragraph.lines($1.0, width: room.width).count
                }
                knobs = values
                (picture, experiment) = rest.split(top: rest.height - min(lines + 1, rest.height / 2))
            } else {
                // Lines of 35 to 58 characters, and for the picture what is left.
                let left = min(body.width * 47 / 100, max(38, min(body.width * 30 / 100, 60)))
                let (column, right) = body.split(left: left)
                (frame, picture) = (right, right.inset(dx: 2, dy: 1))
                let text = column.inset(dx: 1, dy: 0).split(top: 1).1
                let lines = Paragraph.lines(lesson.text, width: text.width).count
                let rest: Rect
                (words, rest) = text.split(top: lines)
                let (values, task) = rest.split(top: 1).1.split(top: lesson.knobRows.count)
                (knobs, experiment) = (values, task.split(top: 1).1)
            }
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        let lesson = state.lessons.lesson
        let layout = Layout(room, state.lessons)
        drawHeader(state.lessons, in: layout.header, on: &grid)
        if !layout.words.isEmpty { Paragraph.draw(lesson.text, in: layout.words, on: &grid) }
        drawKnobs(state.lessons, state.hints(.left).first?.keys ?? "", in: layout.knobs, on: &grid)
        drawExperiment(state.lessons, in: layout.experiment, on: &grid)
        if !layout.isSmall {
            Panel.draw("What the engine computes", in: layout.frame, on: &grid)
            for (index, line) in lesson.code.enumerated() {
                let runs = [(index == 0 ? "in Swift  " : "          ", Style.plain), (line, Style(.train))]
                grid.write(
                    firstOf: [runs, [runs[1]]], x: layout.code.x + 1, y: layout.code.y + index,
                    width: layout.code.width - 1)
            }
        }
        drawKeys(state, isSmall: layout.isSmall, in: layout.keys, on: &grid)
        guard !layout.picture.isEmpty else { return }
        // Whatever a page draws, it leaves its frame and the words beside it alone.
        grid.clip(to: layout.picture) { lesson.draw(in: layout.picture, on: &$0) }
    }

    private static func drawHeader(_ state: LessonsState, in rect: Rect, on grid: inout CellGrid) {
        let count = state.lessons.count
        let (number, hasDots) = heading(state, width: rect.width)
        let x = grid.write(number, x: rect.x + 1, y: rect.y, Style(.test, bold: true)) + 2
        grid.write(state.lesson.title, x: x, y: rect.y, .title, limit: rect.maxX - x)
        guard hasDots else { return }
        for index in 0..<count {
            let (isDone, isOpen) = (state.isSolved(index), index == state.page)
            grid[dotColumn(index, of: count, in: rect), rect.y] = Cell(
                isDone ? "✓" : isOpen ? "●" : "○",
                Style(isDone ? .right : isOpen ? .key : .faint, on: isOpen ? .bar : .standard, bold: isOpen))
        }
    }

    /// The page's number, in short where it makes room for the dots, and whether there is room for them.
    private static func heading(_ state: LessonsState, width: Int) -> (number: String, hasDots: Bool) {
        let (page, count) = (state.page + 1, state.lessons.count)
        let numbers = ["Lesson \(page) of \(count)", "\(page)/\(count)"]
        func length(_ number: String) -> Int { 1 + number.count + 2 + state.lesson.title.count + 2 }
        if let number = numbers.first(where: { length($0) + 2 * count <= width }) { return (number, true) }
        return (numbers.first { length($0) <= width } ?? numbers[1], false)
    }

    /// A page's dot has two columns: its own and the gap after it.
    private static func dotColumn(_ page: Int, of count: Int, in header: Rect) -> Int {
        header.maxX - 2 * (count - page)
    }

    /// The page whose dot is there.
    private static func page(at mouse: Mouse, in header: Rect, _ state: LessonsState) -> Int? {
        let count = state.lessons.count
        guard mouse.y == header.y, heading(state, width: header.width).hasDots else { return nil }
        return (0..<count).first {
            (mouse.x - dotColumn($0, of: count, in: header)) / 2 == 0
                && mouse.x >= dotColumn($0, of: count, in: header)
        }
    }

    /// Where each knob stands. Where not all rows fit, those around the chosen one.
    private static func knobPlaces(_ state: LessonsState, in rect: Rect) -> [(knob: Int, rect: Rect)] {
        let rows = state.lesson.knobRows
        let chosen = rows.firstIndex { $0.contains(state.chosen) } ?? 0
        let first = min(max(chosen - rect.height / 2, 0), max(rows.count - rect.height, 0))
        return rows.dropFirst(first).prefix(rect.height).enumerated().flatMap { line, row in
            // Those side by side stay close together.
            let width = row.count == 1 ? rect.width : min(rect.width / row.count, row.count == 2 ? 20 : 9)
            return row.enumerated().map { place, knob in
                (knob, Rect(x: rect.x + place * width, y: rect.y + line, width: width, height: 1))
            }
        }
    }

    private static func drawKnobs(_ state: LessonsState, _ arrows: String, in rect: Rect, on grid: inout CellGrid) {
        let knobs = state.lesson.knobs
        let rows = state.lesson.knobRows
        for (index, place) in knobPlaces(state, in: rect) {
            let (isChosen, y) = (index == state.chosen, place.y)
            // Names above each other are equally wide.
            let row = rows.first { $0.contains(index) } ?? index..<index + 1
            let alike = rows.filter { $0.count == row.count }.map { knobs[$0.lowerBound + index - row.lowerBound] }
            let nameWidth = alike.map(\.name.count).max() ?? 0
            let valueWidth = max(row.count == 1 ? 8 : 5, alike.map(\.text.count).max() ?? 0)
            if isChosen { grid.write("▸", x: place.x, y: y, .key) }
            grid.write(knobs[index].name, x: place.x + 2, y: y, isChosen ? .title : .plain)
            let x = place.x + 2 + nameWidth + (nameWidth == 0 ? 0 : row.count == 1 ? 2 : 1)
            let value = knobs[index].text.padded(to: valueWidth)
            grid.write(
                value, x: x, y: y, isChosen ? Style(.key, bold: true) : .value, limit: max(place.maxX - x, 0))
            let isLast = index == row.upperBound - 1
            if isChosen, isLast, x + value.count + 1 + arrows.count <= rect.maxX {
                grid.write(arrows, x: x + value.count + 1, y: y, .key)
            }
        }
    }

    /// What is said of the experiment just done, and the invitation to the next.
    private static func experimentText(_ state: LessonsState) -> [(String, Style)] {
        let experiments = state.lesson.experiments
        let done = min(state.done[state.page], experiments.count)
        var parts: [(String, Style)] = []
        if done > 0 { parts.append(("✓ " + experiments[done - 1].answer, Style(.right))) }
        if done < experiments.count {
            parts.append(("Try: " + experiments[done].invitation, Style(.test)))
        }
        return parts
    }

    private static func drawExperiment(_ state: LessonsState, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        var rest = rect
        for (text, style) in experimentText(state) {
            rest = rest.split(top: Paragraph.draw(text, in: rest, style, on: &grid)).1
        }
    }

    private static func drawKeys(_ state: State, isSmall: Bool, in rect: Rect, on grid: inout CellGrid) {
        let isLast = state.lessons.page == state.lessons.lessons.count - 1
        let small: [Key] = isSmall ? ["t"] : []
        let keys = state.hints([.enter, .pageUp] + small + [" ", .up, .left, "<", isLast ? "1" : "x"])
        var x = rect.x + 1
        for (key, meaning) in keys where x + key.count + 1 + meaning.count <= rect.maxX {
            x = grid.write([(key, .key), (" " + meaning, .plain)], x: x, y: rect.y) + 3
        }
    }
}
