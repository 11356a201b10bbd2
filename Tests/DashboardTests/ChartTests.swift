import Testing

@testable import Dashboard

@Suite struct ChartTests {
    private func draw(_ series: [Chart.Series], cursor: Double? = nil) -> (grid: CellGrid, plot: Rect) {
        var grid = CellGrid(width: 40, height: 12)
        Chart(series: series, steps: Axis(0...10), stepTicks: [], values: Axis(0...1), cursor: cursor)
            .draw(in: grid.bounds, on: &grid)
        return (grid, Chart.plotArea(in: grid.bounds))
    }

    private let level = [Chart.Point(step: 0, value: 0.5), Chart.Point(step: 10, value: 0.5)]

    @Test func theLastSeriesIsInFront() {
        for inks: [Ink] in [[.train, .test], [.test, .train]] {
            let (grid, plot) = draw(inks.map { Chart.Series(curve: level, marks: [level[1]], ink: $0) })
            let drawn = (plot.y..<plot.maxY).flatMap { y in (plot.x..<plot.maxX).map { grid[$0, y].style.ink } }
            #expect(drawn.contains(inks[1]))
            #expect(!drawn.contains(inks[0]), "it is covered")
        }
    }

    /// The line of the cursor leaves the curve to be seen, whatever its colour, and covers the band.
    @Test func theCursorIsBehindTheCurvesAndBeforeTheBands() {
        let band = [Chart.Span(steps: 0...10, values: 0...1)]
        let (grid, plot) = draw([Chart.Series(band: band, curve: level, ink: .right)], cursor: 5)
        let column = plot.x + plot.width / 2
        let inks = (plot.y..<plot.maxY).map { grid[column, $0].style.ink }
        #expect(inks.count { $0 == .right } == 1)
        #expect(inks.count { $0 == .key } == plot.height - 1)
        #expect(grid[column - 1, plot.y].style.ink == .faint)
    }

    /// The rows of dots, from the top, that a colour has in the chart.
    private func dotRows(_ ink: Ink, in grid: CellGrid, _ plot: Rect) -> [Int] {
        (0..<4 * plot.height).filter { row in
            (plot.x..<plot.maxX).contains { x in
                let cell = grid[x, plot.y + row / 4]
                guard cell.style.ink == ink, let dots = BrailleCanvas.dots(of: cell.character) else { return false }
                let bits: [UInt8] = [0b0000_1001, 0b0001_0010, 0b0010_0100, 0b1100_0000]
                return dots & bits[row % 4] != 0
            }
        }
    }

    /// A test loss that rises from 0.069 to 0.087 beside a training loss that falls from 2 to 0.002: overfitting shows.
    @Test func aSlowRiseOfTheTestsShows() throws {
        let losses = [0.069, 0.071, 0.075, 0.080, 0.087]
        let tests = losses.enumerated().map { Chart.Point(step: Double(2 * $0 + 1), value: $1) }
        var grid = CellGrid(width: 40, height: 20)
        let chart = Chart(
            series: [Chart.Series(curve: tests, marks: tests, ink: .test)], steps: Axis(0...10), stepTicks: [],
            values: Axis(0.002...2, scale: .logarithmic))
        chart.draw(in: grid.bounds, on: &grid)
        let rows = dotRows(.test, in: grid, Chart.plotArea(in: grid.bounds))
        let first = try #require(rows.first)
        let last = try #require(rows.last)
        // A mark has three rows of dots: more than those are in use, without a gap.
        #expect(rows.count > 3 && last - first + 1 == rows.count)
        let cells = grid.cells.filter { $0.style.ink == .test }
        #expect(cells.allSatisfy { BrailleCanvas.dots(of: $0.character) != nil })
    }

    @Test(arguments: [Axis.Scale.linear, .logarithmic]) func numbersStandAtEvenDistances(scale: Axis.Scale) {
        for rows in 3...40 {
            for lower in [0.0005, 0.004, 0.03, 0.2, 0.9] {
                for factor in [1.3, 4, 11, 90, 700, 30_000] {
                    let wanted = Axis(lower...lower * factor, scale: scale)
                    let aligned = AlignedAxis(wanted, rows: rows)
                    let marks = aligned.marks
                    let distances = zip(marks, marks.dropFirst()).map { $1.row - $0.row }
                    #expect(Set(distances).count == 1, "\(marks) on \(rows) rows for \(wanted.range)")
                    #expect(rows < 6 || distances.allSatisfy { $0 > 1 }, "not on adjacent rows")
                    #expect(aligned.axis.range.lowerBound <= wanted.range.lowerBound * (1 + 1e-6))
                    #expect(aligned.axis.range.upperBound >= wanted.range.upperBound * (1 - 1e-6))
                    for mark in marks {
                        let place = (1 - aligned.axis.position(of: mark.value)) * Double(4 * rows - 1)
                        #expect(abs(place / 4 - 0.375 - Double(mark.row)) < 0.5, "\(mark) on \(rows) rows")
                        #expect(mark.label.count <= 6)
                        #expect(abs((Double(mark.label) ?? .nan) / mark.value - 1) < 0.05 || mark.value == 0)
                    }
                }
            }
        }
    }

    /// Values out of the range are not drawn at its edge: an arrow says where they are.
    @Test func whatIsBeyondIsShownAsBeyond() {
        let curve = (0...10).map { Chart.Point(step: Double($0), value: $0 < 5 ? 0.5 : $0 < 8 ? 40 : -.infinity) }
        let (grid, plot) = draw([Chart.Series(curve: curve, marks: [curve[6], curve[9]], ink: .train)])
        let top = (plot.x..<plot.maxX).map { grid[$0, plot.y].character }
        let bottom = (plot.x..<plot.maxX).map { grid[$0, plot.maxY - 1].character }
        #expect(top.contains("↑") && bottom.contains("↓"))
        #expect(dotRows(.train, in: grid, plot).count > 4, "the curve leaves with its slope")
        for x in plot.x + plot.width * 11 / 20..<plot.x + plot.width * 7 / 10 {
            #expect((plot.y..<plot.maxY).allSatisfy { grid[x, $0].style.ink != .train || grid[x, $0].character == "↑" })
        }
    }

    /// The mark of a new rate leaves the numbers of the steps whole.
    @Test func aNewRateCoversNoNumber() {
        let ticks = [0, 10, 20, 30].map { Axis.Tick(value: $0, label: "\(Int($0))") }
        for change in stride(from: 0.0, through: 30, by: 0.25) {
            var grid = CellGrid(width: 40, height: 12)
            Chart(
                series: [Chart.Series(curve: level, ink: .train)], steps: Axis(0...30), stepTicks: ticks,
                values: Axis(0...1), rateChanges: [change]
            ).draw(in: grid.bounds, on: &grid)
            let line = grid.text.split(separator: "\n").last.map(String.init) ?? ""
            #expect(line.contains("▲"))
            let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(numbers.allSatisfy { [0, 10, 20, 30].contains($0) } && numbers.count >= 3, "\(line)")
        }
    }
}
