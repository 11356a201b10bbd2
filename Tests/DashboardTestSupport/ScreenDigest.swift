import Dashboard
import TestSupport

/// What screens look like and what they ask for, all in one number.
public struct ScreenDigest {
    private var digest = Digest()
    /// Those that were met, in places by their levels: a picture has hundreds of pairs of these, all else has few styles.
    private var styles = [[(style: Style, number: UInt64)]](repeating: [], count: 1024)
    private var last: (style: Style, number: UInt64) = (.plain, number(of: .plain))

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
        if last.style == style { return last.number }
        let place = (37 * Self.level(of: style.ink) + Self.level(of: style.paper)) % styles.count
        if let met = styles[place].first(where: { $0.style == style }) {
            last = met
        } else {
            last = (style, Self.number(of: style))
            styles[place].append(last)
        }
        return last.number
    }

    private static func level(of ink: Ink) -> Int {
        switch ink {
        case .grey(let level), .marked(let level), .error(let level), .onError(let level), .success(let level),
            .point(let level), .label(let level), .layer(let level), .run(let level), .positive(let level),
            .negative(let level):
            Int(level) + 1
        case .region(let level, let certainty): 8 * Int(level) + Int(certainty) + 1
        default: 0
        }
    }

    private static func number(of style: Style) -> UInt64 {
        var digest = Digest()
        digest.take("\(style)")
        return digest.value
    }
}
