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

/// Keys with what they do, one after the other in a line: as many as there is room for.
enum KeyLine {
    static func draw(_ entries: [Keys.Entry], in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        var x = rect.x
        for (keys, words) in entries where x + keys.count + 1 + words.count <= rect.maxX {
            x = grid.write([(keys, .key), (" " + words, .plain)], x: x, y: rect.y) + 2
        }
    }
}

/// A line, or as many as it takes, in the middle of an empty room.
enum Message {
    /// While a moment of the past has no test yet.
    static let testing = "Testing the network of this moment …"

    static func draw(_ text: String, in room: Rect, on grid: inout CellGrid) {
        let lines = Paragraph.lines(text, width: room.width)
        let top = room.y + max((room.height - lines.count + 1) / 2, 0)
        for (index, line) in lines.prefix(room.height).enumerated() {
            grid.write(line, x: room.x + (room.width - line.count) / 2, y: top + index, .value)
        }
    }
}
