/// Series over the steps of a run, drawn in order: all bands, then the curve and the marks of each. Where two meet in a
/// cell, it has the dots of both and the colour of the later one.
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
        /// Single values, a small cross each.
        var marks: [Point] = []
        /// Of the curve and the marks; bands are faint.
        var ink: Ink
        /// Dotted, as it is not the one that matters most.
        var isThin = false
        /// A digit that stands on the curve, so that nobody has to tell inks apart; nil for none.
        var number: Int?
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
        let aligned = AlignedAxis(values, rows: plot.height)
        var chart = self
        chart.values = aligned.axis
        chart.drawAxes(aligned.marks, around: plot, on: &grid)
        chart.drawSteps(below: plot, on: &grid)
        chart.drawSeries(in: plot, on: &grid)
    }

    private func drawSeries(in plot: Rect, on grid: inout CellGrid) {
        for series in series { draw(series.band, in: plot, on: &grid) }
        if let cursor, let column = column(of: cursor, in: plot) {
            for y in plot.y..<plot.maxY { grid[column, y] = Cell("│", .key) }
        }
        for series in series {
            draw(series, in: plot, on: &grid)
        }
        drawNumbers(in: plot, on: &grid)
    }

    /// Each number on its curve in a place of its own, from left to right in their order where there is room.
    private func drawNumbers(in plot: Rect, on grid: inout CellGrid) {
        let numbered = series.filter { $0.number != nil }
        var taken: Set<[Int]> = []
        for series in numbered {
            guard let number = series.number, let first = series.curve.first, let last = series.curve.last else {
                continue
            }
            let eighths = (number + 7..<number + 15).map { $0 % 8 }
            let places = eighths.map { (Double($0) + 0.5) / 8 } + [0, 1]
            for place in places {
                let step = first.step + place * (last.step - first.step)
                guard let column = column(of: step, in: plot), let value = series.value(at: step), value.isFinite else {
                    continue
                }
                let height = 1 - min(max(values.position(of: value), 0), 1)
                let row = plot.y + min(Int(height * Double(plot.height)), plot.height - 1)
                guard (column - 1...column + 1).allSatisfy({ !taken.contains([$0, row]) }) else { continue }
                taken.insert([column, row])
                grid.write(String(number), x: column, y: row, Style(series.ink, bold: true))
                break
            }
        }
    }

    /// The column of cells of a step; nil where it is out of view.
    private func column(of step: Double, in plot: Rect) -> Int? {
        let position = steps.position(of: step)
        return (0...1).contains(position) ? plot.x + min(Int(position * Double(plot.width)), plot.width - 1) : nil
    }

    private func drawAxes(_ marks: [AlignedAxis.Mark], around plot: Rect, on grid: inout CellGrid) {
        for row in 0..<plot.height { grid[plot.x - 1, plot.y + row] = Cell("│", .faint) }
        grid.write("└" + String(repeating: "─", count: plot.width), x: plot.x - 1, y: plot.maxY, .faint)
        for mark in marks {
            grid.write(mark.label, endingAt: plot.x - 1, y: plot.y + mark.row, Style(.words))
            grid[plot.x - 1, plot.y + mark.row] = Cell("┤", .faint)
            for column in stride(from: 0, to: plot.width, by: 2) {
                grid[plot.x + column, plot.y + mark.row] = Cell("┈", .faint)
            }
        }
        if stepTicks.count * 6 <= plot.width {
            for column in stepTicks.dropFirst().compactMap({ column(of: $0.value, in: plot) }) {
                for y in plot.y..<plot.maxY where grid[column, y].character == " " {
                    grid[column, y] = Cell("┊", .faint)
                }
            }
        }
    }

    /// The steps at which the rate was changed and, beside them, all the round numbers or each second, third … one.
    private func drawSteps(below plot: Rect, on grid: inout CellGrid) {
        let changes = Set(rateChanges.compactMap { column(of: $0, in: plot) })
        for column in changes { grid[column, plot.maxY] = Cell("▲", .key) }
        let labels = stepTicks.compactMap { tick -> (columns: Range<Int>, text: String)? in
            let (position, width) = (steps.position(of: tick.value), tick.label.unicodeScalars.count)
            guard (0...1).contains(position) else { return nil }
            var start = min(plot.x + Int(position * Double(plot.width)), plot.maxX - width)
            if changes.contains(start), start + width < plot.maxX { start += 1 }
            return (start..<start + width, tick.label)
        }
        for stride in 1...max(labels.count, 1) {
            let shown = labels.indices.filter { $0 % stride == 0 }.map { labels[$0] }
            guard zip(shown, shown.dropFirst()).allSatisfy({ $0.columns.upperBound < $1.columns.lowerBound }) else {
                continue
            }
            for label in shown where changes.isDisjoint(with: label.columns) {
                grid.write(label.text, x: label.columns.lowerBound, y: plot.maxY, Style(.words))
            }
            return
        }
    }

    /// In each column of dots from the lowest to the highest value, each second dot, so that the curve stands out.
    private func draw(_ band: [Span], in plot: Rect, on grid: inout CellGrid) {
        var canvas = BrailleCanvas(columns: plot.width, rows: plot.height)
        var rows = [ClosedRange<Int>?](repeating: nil, count: canvas.width)
        for span in band {
            let first = max(dotColumn(span.steps.lowerBound, canvas), 0)
            let last = min(dotColumn(span.steps.upperBound, canvas), canvas.width - 1)
            guard first <= last, let highest = dotRow(span.values.upperBound, canvas),
                let lowest = dotRow(span.values.lowerBound, canvas), highest < canvas.height, lowest >= 0
            else { continue }
            let (top, bottom) = (max(highest, 0), min(lowest, canvas.height - 1))
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

    /// One value a column of dots, the last: more would smear the line. Where it leaves the range, arrows say so.
    private func draw(_ series: Series, in plot: Rect, on grid: inout CellGrid) {
        let (curve, marks, style) = (series.curve, series.marks, Style(series.ink))
        var canvas = BrailleCanvas(columns: plot.width, rows: plot.height)
        var previous: (x: Int, y: Int)?
        var beyond: [(column: Int, isAbove: Bool)] = []
        func note(_ x: Int, _ y: Int) {
            guard (0..<canvas.width).contains(x), !(0..<canvas.height).contains(y) else { return }
            beyond.append((x / 2, y < 0))
        }
        for (index, point) in curve.enumerated() {
            let x = dotColumn(point.step, canvas)
            let isLastOfColumn = index + 1 == curve.count || dotColumn(curve[index + 1].step, canvas) != x
            guard isLastOfColumn, let y = dotRow(point.value, canvas) else { continue }
            canvas.line(from: previous ?? (x, y), to: (x, y), isDotted: series.isThin)
            previous = (x, y)
            note(x, y)
        }
        for mark in marks {
            let x = dotColumn(mark.step, canvas)
            guard (0...1).contains(steps.position(of: mark.step)), let y = dotRow(mark.value, canvas) else { continue }
            for (dx, dy) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)] { canvas.set(x: x + dx, y: y + dy) }
            note(x, y)
        }
        copy(canvas, to: plot, style, on: &grid)
        for (column, isAbove) in beyond {
            grid[plot.x + column, isAbove ? plot.y : plot.maxY - 1] = Cell(isAbove ? "↑" : "↓", style)
        }
    }

    private func copy(_ canvas: BrailleCanvas, to plot: Rect, _ style: Style, on grid: inout CellGrid) {
        for row in 0..<plot.height {
            for column in 0..<plot.width {
                guard let character = canvas.character(column: column, row: row) else { continue }
                let (x, y) = (plot.x + column, plot.y + row)
                let isFaint = style.ink == .faint || grid[x, y].style.ink == .faint
                let both = isFaint ? character : BrailleCanvas.union(character, grid[x, y].character)
                grid[x, y] = Cell(both, style)
            }
        }
    }

    private func dotColumn(_ step: Double, _ canvas: BrailleCanvas) -> Int {
        let position = steps.position(of: step)
        return Int((min(max(position, -1), 2) * Double(canvas.width - 1)).rounded())
    }

    /// The row of dots of a value, out of the canvas for one beyond it; nil for what is no number.
    private func dotRow(_ value: Double, _ canvas: BrailleCanvas) -> Int? {
        guard !value.isNaN else { return nil }
        // Held near the canvas before it is an Int: a value far out of range has no place among them.
        let position = min(max(values.position(of: value), -1), 2)
        return Int(((1 - position) * Double(canvas.height - 1)).rounded())
    }
}

extension Chart.Series {
    /// On the line between the points about a step; nil before the first and after the last.
    fileprivate func value(at step: Double) -> Double? {
        guard let after = curve.firstIndex(where: { $0.step >= step }) else { return nil }
        guard after > 0 else { return curve[after].step == step ? curve[after].value : nil }
        let (a, b) = (curve[after - 1], curve[after])
        return a.value + (b.value - a.value) * (step - a.step) / max(b.step - a.step, 1e-9)
    }
}
