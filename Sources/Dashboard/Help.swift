/// The keys of the screen in view, over everything else.
enum Help {
    /// Those of the screen, then those of all screens but what does nothing on this one.
    static func rows(_ state: State) -> [[Keys.Entry]] {
        [state.screen.content.bindings, State.commonBindings.filter { $0.isActive(state) }].map { bindings in
            bindings.compactMap { binding in
                binding.help.map { (KeyNames.text(binding.label, state.appearance.glyphs), $0) }
            }
        }
    }

    static func draw(_ state: State, on grid: inout CellGrid) {
        let entries = rows(state)
        let rows = entries.reduce(5) { $0 + $1.count }
        let width = min(64, grid.width)
        let rect = Rect(
            x: (grid.width - width) / 2, y: max((grid.height - rows) / 2, 0), width: width,
            height: min(rows, grid.height))
        grid.fill(rect, with: Cell())
        let room = Panel.draw(
            "Keys: \(state.screen.content.title)", note: [("any key closes", .plain)], in: rect, on: &grid)
        let keyWidth = max(entries.joined().map(\.keys.count).max() ?? 0, 9)
        var y = room.y + 1
        for (index, entries) in entries.enumerated() {
            if index > 0 { y += 1 }
            for entry in entries where y < room.maxY {
                grid.write(entry.keys, x: room.x + 2, y: y, .key)
                let x = room.x + 3 + keyWidth
                grid.write(entry.words, x: x, y: y, .plain, limit: room.maxX - 1 - x)
                y += 1
            }
        }
    }
}
