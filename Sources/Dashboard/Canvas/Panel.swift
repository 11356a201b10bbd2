/// A frame with a title in its upper edge.
enum Panel {
    /// Draws the frame and returns the room inside. `note` stands at the right end of the upper edge; where there is no
    /// room for it beside the title, the first of `shorter` that there is room for, or none.
    @discardableResult
    static func draw(
        _ title: String, note: [(String, Style)] = [], shorter: [[(String, Style)]] = [], in rect: Rect,
        on grid: inout CellGrid
    ) -> Rect {
        guard rect.width >= 2, rect.height >= 2 else { return Rect(x: rect.x, y: rect.y, width: 0, height: 0) }
        let (left, right, top, bottom) = (rect.x, rect.maxX - 1, rect.y, rect.maxY - 1)
        let edge = String(repeating: "─", count: rect.width - 2)
        grid.write("╭" + edge + "╮", x: left, y: top, .faint)
        grid.write("╰" + edge + "╯", x: left, y: bottom, .faint)
        for y in rect.y + 1..<bottom {
            grid[left, y] = Cell("│", .faint)
            grid[right, y] = Cell("│", .faint)
        }
        let titleWidth = title.unicodeScalars.count
        if titleWidth + 4 <= rect.width - 2 {
            grid.write(" \(title) ", x: left + 2, y: top, .title)
        }
        for note in [note] + shorter {
            let noteWidth = note.reduce(0) { $0 + $1.0.unicodeScalars.count }
            guard noteWidth > 0, titleWidth + noteWidth + 8 <= rect.width else { continue }
            grid.write([(" ", .plain)] + note + [(" ", .plain)], x: right - noteWidth - 2, y: top)
            break
        }
        return rect.inset(dx: 1, dy: 1)
    }

    /// Writes into the lower edge of a frame: at the left the first of some texts that there is room for, at the right
    /// the first that fits beside it.
    static func writeFoot(left: [String], right: [String], in rect: Rect, on grid: inout CellGrid) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let room = rect.width - 6
        let text = left.first { $0.unicodeScalars.count + 2 <= room }
        if let text { grid.write(" \(text) ", x: rect.x + 2, y: rect.maxY - 1) }
        let rest = room - (text.map { $0.unicodeScalars.count + 3 } ?? 0)
        if let text = right.first(where: { $0.unicodeScalars.count + 2 <= rest }) {
            grid.write(" \(text) ", endingAt: rect.maxX - 2, y: rect.maxY - 1)
        }
    }
}
