import Dashboard
import TestSupport

/// What screens look like and what they ask for, all in one number.
public struct ScreenDigest {
    private var digest = Digest()
    /// Styles have many parts, and are few.
    private var styles: [Style: UInt64] = [:]
    private var last: (style: Style, number: UInt64)?

    public init() {}

    public var words: String { digest.words }

    public mutating func take(_ grid: CellGrid) {
        for cell in grid.cells {
            digest.take(cell.character.value)
            digest.take(number(of: cell.style))
        }
    }

    /// By its name alone.
    public mutating func take(_ action: Action) {
        digest.take(Mirror(reflecting: action).children.first?.label ?? "\(action)")
    }

    private mutating func number(of style: Style) -> UInt64 {
        // Neighbours are mostly alike.
        if let last, last.style == style { return last.number }
        let number = styles[style] ?? Self.number(of: style)
        styles[style] = number
        last = (style, number)
        return number
    }

    private static func number(of style: Style) -> UInt64 {
        var digest = Digest()
        digest.take("\(style)")
        return digest.value
    }
}
