/// The cells of a screen and the ways in which whole stretches of them move.
public struct ScreenBuffer {
    public private(set) var rows: Int
    public private(set) var columns: Int
    private var lines: [[ScreenCell]]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        lines = Array(repeating: Array(repeating: ScreenCell(), count: columns), count: rows)
    }

    subscript(row: Int) -> [ScreenCell] { lines[row] }

    public internal(set) subscript(row: Int, column: Int) -> ScreenCell {
        get { lines[row][column] }
        set { lines[row][column] = newValue }
    }

    mutating func fill(row: Int, columns range: Range<Int>, with blank: ScreenCell) {
        for column in range.clamped(to: 0..<columns) {
            lines[row][column] = blank
        }
    }

    mutating func fill(rows range: Range<Int>, with blank: ScreenCell) {
        for row in range {
            fill(row: row, columns: 0..<columns, with: blank)
        }
    }

    /// Moves the lines of `region` up; the top ones are lost and blank ones come in at the bottom.
    mutating func scrollUp(_ region: Range<Int>, by count: Int, blank: ScreenCell) {
        let count = min(count, region.count)
        lines.removeSubrange(region.lowerBound..<region.lowerBound + count)
        lines.insert(contentsOf: blankLines(count, blank), at: region.upperBound - count)
    }

    /// Moves the lines of `region` down; the bottom ones are lost and blank ones come in at the top.
    mutating func scrollDown(_ region: Range<Int>, by count: Int, blank: ScreenCell) {
        let count = min(count, region.count)
        lines.removeSubrange(region.upperBound - count..<region.upperBound)
        lines.insert(contentsOf: blankLines(count, blank), at: region.lowerBound)
    }

    mutating func insertCells(_ count: Int, at position: ScreenPosition, blank: ScreenCell) {
        let count = min(count, columns - position.column)
        lines[position.row].removeLast(count)
        lines[position.row].insert(contentsOf: Array(repeating: blank, count: count), at: position.column)
    }

    mutating func deleteCells(_ count: Int, at position: ScreenPosition, blank: ScreenCell) {
        let count = min(count, columns - position.column)
        lines[position.row].removeSubrange(position.column..<position.column + count)
        lines[position.row].append(contentsOf: Array(repeating: blank, count: count))
    }

    /// Cuts off or adds at the right and at the bottom.
    mutating func resize(rows newRows: Int, columns newColumns: Int) {
        lines = lines.prefix(newRows).map { line in
            line.prefix(newColumns) + Array(repeating: ScreenCell(), count: max(0, newColumns - line.count))
        }
        rows = newRows
        columns = newColumns
        lines += blankLines(newRows - lines.count, ScreenCell())
    }

    private func blankLines(_ count: Int, _ blank: ScreenCell) -> [[ScreenCell]] {
        Array(repeating: Array(repeating: blank, count: columns), count: count)
    }
}
