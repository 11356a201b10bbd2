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

    /// All on one page where a window of the height has room; else page after page, those of all screens on their own.
    private static func pages(_ state: State, height: Int) -> [[[Binding]]] {
        let groups = bindings(state)
        // Around them are the frame and an empty line, and one between the two.
        if groups.joined().count + 4 <= height { return [groups] }
        let room = max(height - 3, 1)
        return groups.flatMap { group in
            stride(from: 0, to: group.count, by: room).map { [Array(group[$0..<min($0 + room, group.count)])] }
        }
    }

    /// The page after one; nil after the last.
    static func page(after page: Int, _ state: State) -> Int? {
        page + 1 < pages(state, height: state.height).count ? page + 1 : nil
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

    static func draw(page: Int, _ state: State, on grid: inout CellGrid) {
        let pages = pages(state, height: grid.height)
        let page = min(page, pages.count - 1)
        let groups = pages[page]
        let height = groups.reduce(4) { $0 + $1.count } + groups.count - 1
        let keyWidth = max(9, rows(state).joined().map(\.keys.count).max() ?? 0) + 1
        let width = min(54 + keyWidth, grid.width)
        let rect = Rect(
            x: (grid.width - width) / 2, y: max((grid.height - height) / 2, 0), width: width,
            height: min(height, grid.height))
        grid.clear(rect)
        let note = page + 1 < pages.count ? "any key: more" : "any key closes"
        let room = Panel.draw(
            "Keys: \(state.screen.content.title)", note: [(note, .plain)], in: rect, on: &grid)
        var y = room.y + 1
        for (index, bindings) in groups.enumerated() {
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
