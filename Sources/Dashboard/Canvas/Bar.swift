/// A horizontal bar, exact to an eighth of a cell.
enum Bar {
    private static let eighths: [Unicode.Scalar] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

    /// `share` in 0…1 of `width` cells.
    static func draw(_ share: Double, x: Int, y: Int, width: Int, _ style: Style, on grid: inout CellGrid) {
        guard width > 0, share.isFinite else { return }
        let filled = Int((min(max(share, 0), 1) * Double(width * 8)).rounded())
        for column in 0..<width {
            let part = min(max(filled - 8 * column, 0), 8)
            if part > 0 { grid[x + column, y] = Cell(eighths[part], style) }
        }
    }
}
