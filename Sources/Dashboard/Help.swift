/// The keys of the screen in view, over everything else.
enum Help {
    /// Those of the screen, then those of all screens but what does nothing on this one.
    static func rows(_ state: State) -> [[Keys.Entry]] {
        bindings(state).map { $0.map { (KeyNames.text($0.label, state.appearance.glyphs), $0.help ?? "") } }
    }

    private static func bindings(_ state: State) -> [[Binding]] {
        [state.ownBindings, State.commonBindings.filter { $0.isActive(state) }].map { bindings in
            bindings.filter { $0.help != nil }
        }
    }

    /// As much of what is said of a key as there is room for: all, or its first part, or what the screens say.
    private static func words(_ binding: Binding, _ state: State, width: Int) -> String {
        let help = binding.help ?? ""
        let parts = [";", ":", " (", ","].compactMap { mark in
            help.firstRange(of: mark).map { String(help[..<$0.lowerBound]) }
        }
        let ways = [help] + parts + [binding.hint?.words(state)].compactMap { $0 }
        return ways.first { $0.count <= width } ?? help.fitted(to: width)
    }

    static func draw(_ state: State, on grid: inout CellGrid) {
        let entries = rows(state)
        let rows = entries.reduce(5) { $0 + $1.count }
        let keyWidth = max(9, entries.joined().map(\.keys.count).max() ?? 0) + 1
        let width = min(54 + keyWidth, grid.width)
        let rect = Rect(
            x: (grid.width - width) / 2, y: max((grid.height - rows) / 2, 0), width: width,
            height: min(rows, grid.height))
        grid.clear(rect)
        let room = Panel.draw(
            "Keys: \(state.screen.content.title)", note: [("any key closes", .plain)], in: rect, on: &grid)
        var y = room.y + 1
        for (index, bindings) in bindings(state).enumerated() {
            if index > 0 { y += 1 }
            for binding in bindings where y < room.maxY {
                let words = words(binding, state, width: room.width - 3 - keyWidth)
                grid.write(KeyNames.text(binding.label, state.appearance.glyphs), x: room.x + 2, y: y, .key)
                grid.write(words, x: room.x + 2 + keyWidth, y: y)
                y += 1
            }
        }
    }
}
