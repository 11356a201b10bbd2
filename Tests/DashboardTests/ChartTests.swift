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
}
