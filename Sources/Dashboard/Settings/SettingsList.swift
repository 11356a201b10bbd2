/// Settings one below the other, the chosen one marked, and below them what it means.
enum SettingsList {
    typealias Row = (name: String, value: String)

    /// Those in view: all where there is room, else those about the chosen one.
    static func shown(of count: Int, chosen: Int, height: Int) -> Range<Int> {
        let shown = min(max(height, 0), count)
        let first = min(max(chosen - shown / 2, 0), count - shown)
        return first..<first + shown
    }

    /// Returns the room below.
    static func draw(
        _ rows: [Row], chosen: Int, meaning: String, in room: Rect, _ glyphs: Appearance.Glyphs, on grid: inout CellGrid
    ) -> Rect {
        let shown = shown(of: rows.count, chosen: chosen, height: room.height)
        for index in shown {
            let (name, value) = rows[index]
            let y = room.y + index - shown.lowerBound
            let isChosen = index == chosen
            let ground: Ink = isChosen ? .selectedTab : .standard
            if isChosen {
                grid.fill(
                    Rect(x: room.x - 1, y: y, width: room.width + 2, height: 1),
                    with: Cell(" ", Style(.value, on: ground)))
            }
            grid.write(name, x: room.x, y: y, Style(isChosen ? .value : .words, on: ground, bold: isChosen))
            // In ASCII the arrows would be keys that do something else.
            let text = isChosen && glyphs != .ascii ? "◂ \(value) ▸" : value
            grid.write(
                text, endingAt: room.maxX - (text == value ? 2 : 0), y: y, Style(isChosen ? .key : .value, on: ground))
        }
        let rest = room.split(top: shown.count).1
        if rest.height > 0 {
            grid.write(firstOf: [[(meaning, .plain)]], x: rest.x, y: rest.y, width: rest.width)
        }
        return rest.split(top: 1).1
    }
}
