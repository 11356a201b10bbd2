/// Keys with what they do, in as many columns of equal width as there is room for.
enum Keys {
    static func draw(_ entries: [(String, String)], in rect: Rect, on grid: inout CellGrid) {
        let keyWidth = (entries.map(\.0.count).max() ?? 0) + 1
        let width = keyWidth + (entries.map(\.1.count).max() ?? 0) + 2
        let columns = max((rect.width + 2) / max(width, 1), 1)
        for (index, entry) in entries.enumerated() where index / columns < rect.height {
            let (x, y) = (rect.x + index % columns * width, rect.y + index / columns)
            guard x + width - 2 <= rect.maxX else { continue }
            grid.write(entry.0, x: x, y: y, .key)
            grid.write(entry.1, x: x + keyWidth, y: y)
        }
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
