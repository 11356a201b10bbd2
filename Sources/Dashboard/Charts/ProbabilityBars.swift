/// The probability of each class as a bar with its number.
enum ProbabilityBars {
    /// Rows for so many classes.
    static func rows(of names: [String]) -> Int { min(names.count, ClassList.usualRows) }

    /// Draws a row for each class, the most probable first where there is no room for all. `ink` gives the colour of those
    /// that stand out, nil for the others.
    static func draw(
        _ probabilities: [Float], names: [String], in rect: Rect, on grid: inout CellGrid, ink: (Int) -> Ink?
    ) {
        // In a narrow room names go before bars.
        let nameWidth = min(names.map(\.count).max() ?? 1, max(rect.width - (rect.width < 24 ? 8 : 14), 1))
        let classes = ClassList.shown(min(probabilities.count, names.count), rows: rect.height) {
            probabilities[$0] > probabilities[$1]
        }
        for (row, index) in classes.enumerated() {
            let (y, probability) = (rect.y + row, probabilities[index])
            let ink = ink(index)
            let style = Style(ink == nil ? .words : .value, bold: ink != nil)
            grid.write(names[index].fitted(to: nameWidth), x: rect.x, y: y, style)
            let hasNumbers = rect.width >= nameWidth + 8
            let bar = rect.width - nameWidth - (hasNumbers ? 8 : 1)
            Bar.draw(
                Double(probability), x: rect.x + nameWidth + 1, y: y, width: bar, Style(ink ?? .words), on: &grid)
            if hasNumbers { grid.write(Format.percent(Double(probability)), endingAt: rect.maxX, y: y, style) }
        }
    }
}
