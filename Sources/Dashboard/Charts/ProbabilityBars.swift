/// The probability of each class as a bar with its number.
enum ProbabilityBars {
    /// Draws a row for each class. `ink` gives the colour of those that stand out, nil for the others.
    static func draw(
        _ probabilities: [Float], names: [String], in rect: Rect, on grid: inout CellGrid, ink: (Int) -> Ink?
    ) {
        let nameWidth = min(names.map(\.count).max() ?? 1, max(rect.width < 24 ? rect.width - 8 : rect.width / 3, 1))
        for (index, probability) in probabilities.enumerated() where index < rect.height {
            let y = rect.y + index
            let ink = ink(index)
            let style = Style(ink == nil ? .words : .value, bold: ink != nil)
            grid.write(names[index].fitted(to: nameWidth), x: rect.x, y: y, style)
            let bar = rect.width - nameWidth - 8
            Bar.draw(
                Double(probability), x: rect.x + nameWidth + 1, y: y, width: bar, Style(ink ?? .words), on: &grid)
            grid.write(Format.percent(Double(probability)), endingAt: rect.maxX, y: y, style)
        }
    }
}
