/// One place of the screen.
public struct ScreenCell: Equatable {
    public var character: Character = " "
    public var style = ScreenStyle()
}

/// How a cell is drawn.
public struct ScreenStyle: Equatable {
    public var foreground = ScreenColor.standard
    public var background = ScreenColor.standard
    public var bold = false
    public var dim = false
    public var italic = false
    public var underline = false
    public var blink = false
    public var reverse = false
    public var invisible = false
}

public enum ScreenColor: Hashable {
    /// The terminal's own foreground or background.
    case standard
    /// A colour of the palette: 0–7 the eight base colours, 8–15 the bright ones, then the cube and the greys.
    case palette(Int)
    case rgb(Int, Int, Int)
}

/// A place on the screen, counted from 0 at the top left.
public struct ScreenPosition: Equatable {
    public var row: Int
    public var column: Int

    public init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }

    /// The cells from here to `end` in a straight line, without this one.
    public func line(to end: ScreenPosition) -> [ScreenPosition] {
        let rows = end.row - row
        let columns = end.column - column
        let steps = max(abs(rows), abs(columns))
        return (0..<steps).map { step in
            let part = Double(step + 1) / Double(steps)
            return ScreenPosition(
                row: row + Int((Double(rows) * part).rounded()),
                column: column + Int((Double(columns) * part).rounded()))
        }
    }
}
