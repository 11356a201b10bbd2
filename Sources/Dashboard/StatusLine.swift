/// The line at the bottom, the same on all screens. What does not fit is left out, the least important first.
enum StatusLine {
    static func draw(_ state: State, on grid: inout CellGrid) {
        let y = grid.height - 1
        let ground = Style(.words, on: .bar)
        grid.fill(Rect(x: 0, y: y, width: grid.width, height: 1), with: Cell(" ", ground))
        if let question = state.question {
            grid.write(question.text(state.runs, width: grid.width), x: 0, y: y)
            return
        }
        if let prompt = state.files.prompt {
            prompt.draw(on: &grid)
            return
        }
        if let notice = state.notice {
            draw(notice, on: &grid)
            return
        }
        guard
            let content = state.screen == .playground
                ? state.playground.snapshot.map({ Content.of($0, state, width: grid.width) })
                : state.run.map({ Content.of($0, state, width: grid.width) })
        else {
            grid.write(" … starting ", x: 0, y: y, Style(.value, on: .selectedTab, bold: true))
            return
        }
        let start = grid.write(content.badge, x: 0, y: y, Style(.onAccent, on: content.paper, bold: true)) + 1
        let (before, after) = (content.before, content.after)
        let minimumBar = 12
        var rank = 9
        var fixed = width(before, rank) + width(after, rank)
        while start + fixed + minimumBar > grid.width, rank > 0 {
            rank -= 1
            fixed = width(before, rank) + width(after, rank)
        }
        var x = start
        for item in before where item.rank <= rank {
            x = write(item, x: x, y: y, ground, on: &grid) + 2
        }
        let bar = min(max(grid.width - x - width(after, rank) - 1, 0), 28)
        if let progress = content.progress {
            x = drawBar(progress, width: bar, x: x, y: y, on: &grid) + 1
        }
        for item in after where item.rank <= rank { x = write(item, x: x, y: y, ground, on: &grid) + 2 }
    }

    private static func write(
        _ item: Content.Item, x: Int, y: Int, _ ground: Style, on grid: inout CellGrid
    ) -> Int {
        let key = item.key.isEmpty ? [] : [(item.key + " ", Style(.key, on: .bar))]
        return grid.write(key + [(item.text, ground)], x: x, y: y)
    }

    /// Whole, in as many lines as it takes, the last of them the bottom one.
    ///
    /// - Parameter free: lines below it.
    static func draw(_ notice: String, above free: Int = 0, ink: Ink = .value, on grid: inout CellGrid) {
        let lines = Paragraph.lines(notice, width: grid.width - 2).suffix(grid.height - free)
        let rect = Rect(x: 0, y: grid.height - free - lines.count, width: grid.width, height: lines.count)
        grid.clear(rect)
        grid.fill(rect, with: Cell(" ", Style(.value, on: .bar)))
        for (row, line) in lines.enumerated() { grid.write(line, x: 1, y: rect.y + row, Style(ink, on: .bar)) }
    }

    private static func width(_ items: [Content.Item], _ rank: Int) -> Int {
        items.filter { $0.rank <= rank }.reduce(0) { $0 + $1.width + 2 }
    }

    private static func drawBar(_ progress: Double, width: Int, x: Int, y: Int, on grid: inout CellGrid) -> Int {
        guard width > 0 else { return x }
        let halves = Int(progress * Double(2 * width))
        for column in 0..<width {
            let done = halves - 2 * column
            let style = Style(done > 0 ? .train : .faint, on: .bar)
            grid[x + column, y] = Cell(done >= 2 ? "━" : done == 1 ? "╸" : "─", style)
        }
        return x + width
    }
}
