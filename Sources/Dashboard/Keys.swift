/// Keys with what they do, in as many columns of equal width as there is room for.
enum Keys {
    typealias Entry = (keys: String, words: String)

    static func draw(_ entries: [Entry], in rect: Rect, on grid: inout CellGrid) {
        let keyWidth = (entries.map(\.keys.count).max() ?? 0) + 1
        let width = keyWidth + (entries.map(\.words.count).max() ?? 0) + 2
        let columns = max((rect.width + 2) / max(width, 1), 1)
        for (index, entry) in entries.enumerated() where index / columns < rect.height {
            let (x, y) = (rect.x + index % columns * width, rect.y + index / columns)
            guard x + width - 2 <= rect.maxX else { continue }
            grid.write(entry.keys, x: x, y: y, .key)
            grid.write(entry.words, x: x + keyWidth, y: y)
        }
    }
}

/// What keys are called where there are no signs for them: an arrow as `<` would be another key.
enum KeyNames {
    static func text(_ label: String, _ glyphs: Appearance.Glyphs) -> String {
        guard glyphs == .ascii else { return label }
        if label == "↑ ↓  ← →" { return "arrows" }
        let names = ["↑": "up", "↓": "down", "←": "left", "→": "right", "⏎": "Enter"]
        return label.split(separator: " ").map { word in
            let signs = word.compactMap { names[String($0)] }
            return signs.count == word.count ? signs.joined(separator: " ") : String(word)
        }.joined(separator: " ")
    }
}

/// A line in the middle of an empty room.
enum Message {
    static func draw(_ text: String, in room: Rect, on grid: inout CellGrid) {
        grid.write(
            text, x: room.x + max((room.width - text.count) / 2, 0), y: room.y + room.height / 2, .value,
            limit: room.width)
    }
}
