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
    ///
    /// - Parameter below: lines to keep free for what is said below the settings.
    static func draw<Values: Settable>(
        _ choice: SettingsChoice<Values>, keeping below: Int = 0, in room: Rect, _ glyphs: Appearance.Glyphs,
        on grid: inout CellGrid
    ) -> Rect {
        let (rows, chosen) = (choice.rows, choice.chosen)
        let shown = shown(of: rows.count, chosen: chosen, height: room.height - below)
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
            let most = max(room.width - name.count - 6, 1)
            let short = value.count > most ? value.fitted(to: most) : value
            let text = isChosen && glyphs != .ascii ? "◂ \(short) ▸" : short
            grid.write(
                text, endingAt: room.maxX - (text == short ? 2 : 0), y: y, Style(isChosen ? .key : .value, on: ground))
        }
        let rest = room.split(top: shown.count).1
        if rest.height > 0 {
            let first = choice.meaning.prefix { !";:".contains($0) }
            grid.write(
                firstOf: [[(choice.meaning, .plain)], [(String(first), .plain)]], x: rest.x, y: rest.y,
                width: rest.width)
        }
        return rest.split(top: 1).1
    }
}
