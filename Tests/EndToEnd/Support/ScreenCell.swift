/// One place of the screen.
struct ScreenCell: Equatable {
    var character: Character = " "
    var style = ScreenStyle()
}

/// How a cell is drawn.
struct ScreenStyle: Equatable {
    var foreground = ScreenColor.standard
    var background = ScreenColor.standard
    var bold = false
    var dim = false
    var italic = false
    var underline = false
    var blink = false
    var reverse = false
    var invisible = false
}

enum ScreenColor: Hashable {
    /// The terminal's own foreground or background.
    case standard
    /// A colour of the palette: 0–7 the eight base colours, 8–15 the bright ones, then the cube and the greys.
    case palette(Int)
    case rgb(Int, Int, Int)
}

/// A place on the screen, counted from 0 at the top left.
struct ScreenPosition: Equatable {
    var row: Int
    var column: Int

    /// The cells from here to `end` in a straight line, without this one.
    func line(to end: ScreenPosition) -> [ScreenPosition] {
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
