import NeuralNetwork

/// What a network of two inputs says all over the square from -1 to 1: a colour for each kind, full where the network is
/// sure and faint where it is not, with the points on top.
enum RegionMap {
    static func draw(_ network: Network, _ points: ToyPoints, in rect: Rect, on grid: inout CellGrid) {
        // Two pixels a cell, one above the other, so that pixels are square.
        let (width, rows) = (rect.width, 2 * rect.height)
        guard width > 0, rows > 0 else { return }
        let places = (0..<width * rows).flatMap { index -> [Float] in
            [
                (Float(index % width) + 0.5) / Float(width) * 2 - 1,
                1 - (Float(index / width) + 0.5) / Float(rows) * 2,
            ]
        }
        let probabilities = SoftmaxCrossEntropy.softmax(
            network.logits(Matrix(rows: width * rows, columns: 2, places)))
        func ink(_ pixel: Int) -> Ink {
            let share = probabilities[pixel, 1]
            return .region(share > 0.5 ? 1 : 0, certainty: ClassInk.level(abs(2 * share - 1)))
        }
        for index in 0..<width * rect.height {
            let (row, column) = index.quotientAndRemainder(dividingBy: width)
            let upper = 2 * row * width + column
            grid[rect.x + column, rect.y + row] = Cell("▀", Style(ink(upper), on: ink(upper + width)))
        }
        for (index, label) in points.labels.enumerated() {
            let x = rect.x + min(Int((points.positions[index, 0] + 1) / 2 * Float(width)), width - 1)
            let y = rect.y + min(Int((1 - points.positions[index, 1]) / 2 * Float(rect.height)), rect.height - 1)
            let paper = grid[x, y].style.paper
            grid[x, y] = Cell(label == 0 ? "○" : "●", Style(.value, on: paper, bold: true))
        }
    }
}
