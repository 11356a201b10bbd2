/// A bar to the right of the middle for what is above zero, to the left for what is below.
enum SignedBar {
    static func draw(_ value: Float, limit: Float, x: Int, y: Int, width: Int, on grid: inout CellGrid) {
        guard width >= 5, value.isFinite else { return }
        let half = (width - 1) / 2
        let cells = Int((min(abs(value) / limit, 1) * Float(half)).rounded())
        grid[x + half, y] = Cell("│", .faint)
        for offset in 0..<cells {
            let column = value < 0 ? x + half - 1 - offset : x + half + 1 + offset
            grid[column, y] = Cell("■", Style(value < 0 ? .wrong : .right))
        }
    }
}
