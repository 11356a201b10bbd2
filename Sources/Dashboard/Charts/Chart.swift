/// Series over the steps of a run, drawn in order: all bands, then the curve and the marks of each.
struct Chart {
    /// The lowest and the highest value over some steps.
    struct Span {
        let steps: ClosedRange<Double>
        let values: ClosedRange<Double>
    }
    struct Point: Sendable, Equatable {
        let step: Double
        let value: Double
    }

    struct Series {
        /// In which the values of the single batches lie.
        var band: [Span] = []
        var curve: [Point] = []
        /// Single values, a dot each.
        var marks: [Point] = []
        /// Of the curve and the marks; bands are faint.
        var ink: Ink
    }

    var series: [Series]
    var steps: Axis
    var stepTicks: [Axis.Tick]
    var values: Axis
    /// The steps at which the user changed the learning rate.
    var rateChanges: [Double] = []
    /// The step at which values are read off.
    var cursor: Double?

    /// Cells left of the vertical axis, for its numbers.
    private static let labelWidth = 6

    /// Where the dots of the chart come to lie when it is drawn in `rect`.
    static func plotArea(in rect: Rect) -> Rect {
        Rect(x: rect.x + labelWidth + 1, y: rect.y, width: rect.width - labelWidth - 2, height: rect.height - 1)
    }

    func draw(in rect: Rect, on grid: inout CellGrid) {
        let plot = Self.plotArea(in: rect)
        guard !plot.isEmpty else { return }
        drawAxes(around: plot, on: &grid)
        for series in series { draw(series.band, in: plot, on: &grid) }
        if let cursor, let column = column(of: cursor, in: plot) {
            for y in plot.y..<plot.maxY { grid[column, y] = Cell("│", .key) }
        }
        for series in series {
            draw(series.curve, Style(series.ink), in: plot, on: &grid)
            for mark in series.marks {
                let y = values.position(of: mark.value)
                guard let column = column(of: mark.step, in: plot), y.isFinite else { continue }
                // Clamped before it is an Int: a value far out of range has no place among them.
                let row = Int(min(max(1 - y, 0), 1) * Double(plot.height - 1) + 0.5)
                grid[column, plot.y + row] = Cell("●", Style(series.ink))
            }
        }
        for step in rateChanges {
            if let column = column(of: step, in: plot) { grid[column, plot.maxY] = Cell("▲", .key) }
        }
    }

    /// The column of cells of a step; nil where it is out of view.
    private func column(of step: Double, in plot: Rect) -> Int? {
        let position = steps.position(of: step)
        return (0...1).contains(position) ? plot.x + min(Int(position * Double(plot.width)), plot.width - 1) : nil
    }

    private func drawAxes(around plot: Rect, on grid: inout CellGrid) {
        for row in 0..<plot.height { grid[plot.x - 1, plot.y + row] = Cell("│", .faint) }
        grid.write("└" + String(repeating: "─", count: plot.width), x: plot.x - 1, y: plot.maxY, .faint)
        for tick in values.ticks(atMost: max(plot.height * 3 / 5, 2)) {
            let row = Int(((1 - values.position(of: tick.value)) * Double(plot.height - 1)).rounded())
            grid.write(tick.label, endingAt: plot.x - 1, y: plot.y + row, Style(.words))
            grid[plot.x - 1, plot.y + row] = Cell("┤", .faint)
            for column in stride(from: 0, to: plot.width, by: 2) {
                grid[plot.x + column, plot.y + row] = Cell("┈", .faint)
            }
        }
        if stepTicks.count * 6 <= plot.width {
            for column in stepTicks.dropFirst().compactMap({ column(of: $0.value, in: plot) }) {
                for y in plot.y..<plot.maxY where grid[column, y].character == " " {
                    grid[column, y] = Cell("┊", .faint)
                }
            }
        }
        var free = plot.x
        for tick in stepTicks {
            let position = steps.position(of: tick.value)
            guard (0...1).contains(position) else { continue }
            let width = tick.label.unicodeScalars.count
            let column = plot.x + Int(position * Double(plot.width))
            let start = min(column, plot.maxX - width)
            guard start >= free else { continue }
            grid.write(tick.label, x: start, y: plot.maxY, Style(.words))
            free = start + width + 1
        }
    }

    /// In each column of dots from the lowest to the highest value, each second dot, so that the curve stands out.
    private func draw(_ band: [Span], in plot: Rect, on grid: inout CellGrid) {
        var canvas = BrailleCanvas(columns: plot.width, rows: plot.height)
        var rows = [ClosedRange<Int>?](repeating: nil, count: canvas.width)
        for span in band {
            let first = max(dotColumn(span.steps.lowerBound, canvas), 0)
            let last = min(dotColumn(span.steps.upperBound, canvas), canvas.width - 1)
            guard first <= last, let top = dotRow(span.values.upperBound, canvas),
                let bottom = dotRow(span.values.lowerBound, canvas)
            else { continue }
            for x in first...last {
                rows[x] = min(top, rows[x]?.lowerBound ?? top)...max(bottom, rows[x]?.upperBound ?? bottom)
            }
        }
        for (x, rows) in rows.enumerated() {
            guard let rows else { continue }
            for y in rows where (x + y) % 2 == 0 { canvas.set(x: x, y: y) }
        }
        copy(canvas, to: plot, .faint, on: &grid)
    }

    /// One value a column of dots, the last: more would smear the line.
    private func draw(_ curve: [Point], _ style: Style, in plot: Rect, on grid: inout CellGrid) {
        var canvas = BrailleCanvas(columns: plot.width, rows: plot.height)
        var previous: (x: Int, y: Int)?
        for (index, point) in curve.enumerated() {
            let x = dotColumn(point.step, canvas)
            let isLastOfColumn = index + 1 == curve.count || dotColumn(curve[index + 1].step, canvas) != x
            guard isLastOfColumn, let y = dotRow(point.value, canvas) else { continue }
            canvas.line(from: previous ?? (x, y), to: (x, y))
            previous = (x, y)
        }
        copy(canvas, to: plot, style, on: &grid)
    }

    private func copy(_ canvas: BrailleCanvas, to plot: Rect, _ style: Style, on grid: inout CellGrid) {
        for row in 0..<plot.height {
            for column in 0..<plot.width {
                if let character = canvas.character(column: column, row: row) {
                    grid[plot.x + column, plot.y + row] = Cell(character, style)
                }
            }
        }
    }

    private func dotColumn(_ step: Double, _ canvas: BrailleCanvas) -> Int {
        let position = steps.position(of: step)
        return Int((min(max(position, -1), 2) * Double(canvas.width - 1)).rounded())
    }

    /// The row of dots of a value, at the edge for one beyond it; nil for what is no number.
    private func dotRow(_ value: Double, _ canvas: BrailleCanvas) -> Int? {
        guard !value.isNaN else { return nil }
        let position = min(max(values.position(of: value), 0), 1)
        return Int(((1 - position) * Double(canvas.height - 1)).rounded())
    }
}
