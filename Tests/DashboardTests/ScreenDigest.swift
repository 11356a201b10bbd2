import TestSupport
import Testing

@testable import Dashboard

/// What screens look like and what they ask for, all in one number.
struct ScreenDigest {
    private var digest = Digest()
    /// Styles have many parts, and are few.
    private var styles: [Style: UInt64] = [:]
    private var last: (style: Style, number: UInt64)?

    var words: String { digest.words }

    mutating func take(_ grid: CellGrid) {
        for cell in grid.cells {
            digest.take(cell.character.value)
            digest.take(number(of: cell.style))
        }
    }

    /// By its name alone.
    mutating func take(_ action: Action) {
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

/// Compares what many screens looked like, a line for some of them each, with what was recorded.
func expectLooks(_ name: String, _ lines: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    // Some digits that are shown are other ones with other kernels.
    guard kernelsAreFused else { return }
    try expectPicture(name, lines.joined(separator: "\n"), sourceLocation: sourceLocation)
}
