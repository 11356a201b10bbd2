/// Curves over an axis, each in its own colour, the last in front.
struct Plot {
    struct Curve {
        /// By rising x.
        let points: [(x: Double, y: Double)]
        let ink: Ink
        /// Whether an arrow at the upper edge says where the curve is above it.
        var showsBeyond = false
    }

    var curves: [Curve]
    var xs: Axis
    var ys: Axis
    /// What stands at a point.
    var marks: [(x: Double, y: Double, cell: Cell)] = []

    private static let labelWidth = 5

    func draw(in rect: Rect, on grid: inout CellGrid) {
        let plot = Rect(
            x: rect.x + Self.labelWidth + 1, y: rect.y, width: rect.width - Self.labelWidth - 1,
            height: rect.height - 1)
        guard !plot.isEmpty else { return }
        drawAxes(around: plot, on: &grid)
        for curve in curves { draw(curve, in: plot, on: &grid) }
        for mark in marks {
            let (x, y) = (xs.position(of: mark.x), ys.position(of: mark.y))
            guard (0...1).contains(x), !y.isNaN else { continue }
            let column = Int((x * Double(2 * plot.width - 1)).rounded()) / 2
            grid[plot.x + column, plot.y + row(at: min(max(y, 0), 1), in: plot)] = mark.cell
        }
    }

    /// The cells in which the dots of a curve lie at this height, 0…1.
    private func row(at position: Double, in plot: Rect) -> Int {
        Int(((1 - position) * Double(4 * plot.height - 1)).rounded()) / 4
    }

    private func drawAxes(around plot: Rect, on grid: inout CellGrid) {
        for row in 0..<plot.height { grid[plot.x - 1, plot.y + row] = Cell("│", .faint) }
        grid.write("└" + String(repeating: "─", count: plot.width), x: plot.x - 1, y: plot.maxY, .faint)
        for tick in ys.ticks(atMost: max(plot.height / 2, 2)) {
            let row = row(at: ys.position(of: tick.value), in: plot)
            grid.write(tick.label, endingAt: plot.x - 1, y: plot.y + row)
            grid[plot.x - 1, plot.y + row] = Cell("┤", .faint)
            for column in stride(from: 0, to: plot.width, by: 2) {
                grid[plot.x + column, plot.y + row] = Cell("┈", .faint)
            }
        }
        var free = plot.x
        for tick in xs.ticks(atMost: max(plot.width / 6, 2)) {
            let column = plot.x + Int(xs.position(of: tick.value) * Double(plot.width - 1))
            let start = min(max(column - tick.label.count / 2, plot.x), plot.maxX - tick.label.count)
            guard start >= free else { continue }
            free = grid.write(tick.label, x: start, y: plot.maxY) + 1
        }
    }

    /// Above and below the plot a curve is cut off.
    private func draw(_ curve: Curve, in plot: Rect, on grid: inout CellGrid) {
        var canvas = BrailleCanvas(columns: plot.width, rows: plot.height)
        var previous: (x: Int, y: Int)?
        var beyond: Set<Int> = []
        for point in curve.points {
            let (x, y) = (xs.position(of: point.x), ys.position(of: point.y))
            guard (0...1).contains(x), !y.isNaN else {
                previous = nil
                continue
            }
            if curve.showsBeyond, y > 1 { beyond.insert(Int((x * Double(canvas.width - 1)).rounded()) / 2) }
            let dot = (
                x: Int((x * Double(canvas.width - 1)).rounded()),
                y: Int(((1 - min(max(y, -2), 3)) * Double(canvas.height - 1)).rounded())
            )
            canvas.line(from: previous ?? dot, to: dot)
            previous = dot
        }
        for row in 0..<plot.height {
            for column in 0..<plot.width {
                if let character = canvas.character(column: column, row: row) {
                    grid[plot.x + column, plot.y + row] = Cell(character, Style(curve.ink))
                }
            }
        }
        for column in beyond { grid[plot.x + column, plot.y] = Cell("↑", Style(curve.ink)) }
    }
}
