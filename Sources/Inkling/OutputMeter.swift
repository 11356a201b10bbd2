import Dashboard

/// Keeps what is written by itself within what a slow line takes: after a picture that changed much, the next news
/// wait. What the user does shows at once.
struct OutputMeter {
    /// As the estimate below counts them, which is somewhat less than what is sent: so few that no two large pictures
    /// come within two seconds.
    static let bytesPerSecond = 12_000.0
    /// However much a picture changed.
    private static let longestDelay = 2.0

    private var free = ContinuousClock.now

    /// Milliseconds until news may be shown; nil for now.
    var delay: Int32? {
        let left = free - .now
        guard left > .zero else { return nil }
        let (seconds, attoseconds) = left.components
        return Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000) + 1
    }

    mutating func add(bytes: Int) {
        guard bytes > 0 else { return }
        let now = ContinuousClock.now
        free = max(free, now) + .seconds(Double(bytes) / Self.bytesPerSecond)
        free = min(free, now + .seconds(Self.longestDelay))
    }

    /// About what the terminal is sent for some cells: characters, colours, and ways from place to place.
    static func bytes(of places: [Int], in grid: CellGrid) -> Int {
        var (bytes, last, style) = (0, -2, Style.plain)
        for index in places {
            let cell = grid.cells[index]
            bytes += cell.character.isASCII ? 1 : 3
            if index != last + 1 { bytes += 7 }
            if cell.style != style { bytes += cell.style.ink == style.ink || cell.style.paper == style.paper ? 13 : 24 }
            (last, style) = (index, cell.style)
        }
        return bytes
    }
}
