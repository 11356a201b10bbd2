/// A course in ten pages, from one neuron to a network that reads handwriting.
enum LessonsScreen: ScreenContent {
    static let title = "Lessons"
    static let shortTitle = "Learn"
    static let showsMoments = false

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        switch mouse.kind {
        case .wheelUp: state.lessons.change(by: 1)
        case .wheelDown: state.lessons.change(by: -1)
        case .press:
            let header = Layout(state.room, codeLines: state.lessons.lesson.code.count).header
            if let page = page(at: mouse, in: header, of: state.lessons.lessons.count) { state.lessons.open(page) }
        case .drag, .release: break
        }
        return state.lessons.wanted
    }

    /// Where the parts stand: words and values to the left, the picture to the right, or in a small window one below
    /// the other and the words by themselves.
    private struct Layout {
        let header, body, code, keys: Rect
        let words, picture: Rect
        let isSmall: Bool

        init(_ room: Rect, codeLines: Int) {
            // Longer lines and larger pictures are no easier to read.
            let (width, height) = (min(room.width, 140), min(room.height, 46))
            let page = Rect(
                x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width: width,
                height: height)
            isSmall = page.width < 72 || page.height < 20
            let rest: Rect
            (header, rest) = page.split(top: 1)
            let codeHeight = isSmall ? 0 : codeLines
            let middle: Rect
            (middle, keys) = rest.split(top: rest.height - 1)
            (body, code) = middle.split(top: middle.height - codeHeight)
            if isSmall {
                (words, picture) = (body.inset(dx: 1, dy: 0), body.inset(dx: 1, dy: 0))
            } else {
                let (left, right) = body.split(left: min(body.width * 47 / 100, 56))
                (words, picture) = (left.inset(dx: 1, dy: 0).split(top: 1).1, right)
            }
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        let lesson = state.lessons.lesson
        let layout = Layout(room, codeLines: lesson.code.count)
        drawHeader(state.lessons, in: layout.header, on: &grid)
        let arrows = state.hints(.left).first?.keys ?? ""
        if layout.isSmall {
            if state.lessons.showsWords {
                Paragraph.draw(lesson.text, in: layout.words, on: &grid)
            } else {
                drawSmall(state.lessons, arrows, in: layout.words, on: &grid)
            }
        } else {
            var words = layout.words
            words = words.split(top: Paragraph.draw(lesson.text, in: words, on: &grid) + 1).1
            drawKnobs(state.lessons, arrows, in: words, on: &grid)
            words = words.split(top: lesson.knobs.count + 1).1
            drawExperiment(state.lessons, in: words, on: &grid)
            let inner = Panel.draw("What the engine computes", in: layout.picture, on: &grid)
            // Whatever a page draws, it leaves its frame and the words beside it alone.
            var picture = grid
            lesson.draw(in: inner.inset(dx: 1, dy: 0), on: &picture)
            grid.copy(inner, of: picture)
            for (index, line) in lesson.code.enumerated() {
                let y = layout.code.y + index
                let x = grid.write(index == 0 ? "in Swift  " : "          ", x: layout.code.x + 1, y: y)
                grid.write(line, x: x, y: y, Style(.train), limit: layout.code.maxX - x)
            }
        }
        drawKeys(state, isSmall: layout.isSmall, in: layout.keys, on: &grid)
    }

    /// The values, the picture and the experiment, one below the other.
    private static func drawSmall(_ state: LessonsState, _ arrows: String, in room: Rect, on grid: inout CellGrid) {
        let knobs = min(state.lesson.knobs.count, room.height >= 14 ? 4 : 2)
        let (values, rest) = room.split(top: knobs)
        drawKnobs(state, arrows, in: values, on: &grid)
        let lines = Paragraph.lines(experimentText(state).map(\.0).joined(separator: " "), width: room.width).count
        let (picture, experiment) = rest.split(top: rest.height - min(lines + 1, rest.height / 2))
        var drawn = grid
        state.lesson.draw(in: picture, on: &drawn)
        grid.copy(picture, of: drawn)
        drawExperiment(state, in: experiment, on: &grid)
    }

    private static func drawHeader(_ state: LessonsState, in rect: Rect, on grid: inout CellGrid) {
        let count = state.lessons.count
        let number = rect.width < 60 ? "\(state.page + 1)/\(count)" : "Lesson \(state.page + 1) of \(count)"
        let x = grid.write(number, x: rect.x + 1, y: rect.y, Style(.test, bold: true)) + 2
        grid.write(state.lesson.title, x: x, y: rect.y, .title, limit: rect.maxX - x)
        guard rect.width >= 60 else { return }
        for index in 0..<count {
            let (isDone, isOpen) = (state.isSolved(index), index == state.page)
            grid[dotColumn(index, of: count, in: rect), rect.y] = Cell(
                isDone ? "✓" : isOpen ? "●" : "○",
                Style(isDone ? .right : isOpen ? .key : .faint, on: isOpen ? .bar : .standard, bold: isOpen))
        }
    }

    /// A page's dot has two columns: its own and the gap after it.
    private static func dotColumn(_ page: Int, of count: Int, in header: Rect) -> Int {
        header.maxX - 2 * (count - page)
    }

    /// The page whose dot is there.
    private static func page(at mouse: Mouse, in header: Rect, of count: Int) -> Int? {
        guard mouse.y == header.y, header.width >= 60 else { return nil }
        return (0..<count).first {
            (mouse.x - dotColumn($0, of: count, in: header)) / 2 == 0
                && mouse.x >= dotColumn($0, of: count, in: header)
        }
    }

    /// Where not all rows fit, those around the chosen one.
    private static func drawKnobs(_ state: LessonsState, _ arrows: String, in rect: Rect, on grid: inout CellGrid) {
        let knobs = state.lesson.knobs
        let first = min(max(state.chosen - rect.height / 2, 0), max(knobs.count - rect.height, 0))
        let nameWidth = knobs.map(\.name.count).max() ?? 0
        for (row, index) in knobs.indices.dropFirst(first).prefix(rect.height).enumerated() {
            let isChosen = index == state.chosen
            let y = rect.y + row
            if isChosen { grid.write("▸", x: rect.x, y: y, .key) }
            grid.write(knobs[index].name, x: rect.x + 2, y: y, isChosen ? .title : .plain)
            let x = rect.x + nameWidth + 4
            let value = knobs[index].text.padded(to: 8)
            grid.write(value, x: x, y: y, isChosen ? Style(.key, bold: true) : .value, limit: rect.maxX - x)
            if isChosen, x + value.count + 1 + arrows.count <= rect.maxX {
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
