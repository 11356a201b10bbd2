import NeuralNetwork

/// A layer: several neurons at once, as one product of matrices.
struct LayerLesson: Lesson {
    let title = "A layer"
    let text = """
        A layer is several neurons that look at the same inputs. Each multiplies its weights with the inputs one by \
        one and adds up: a dot product. It is large where inputs and weights are alike. The weights stand in a table, \
        a column for each neuron.
        """
    let code = ["let sums = layer.sums(of: pixels)  // pixels × table + biases"]
    var knobs = [
        Knob("pixel 1", 0.9, in: 0...1), Knob("pixel 2", 0.2, in: 0...1), Knob("pixel 3", 0.1, in: 0...1),
    ]

    static let names = ["left", "middle", "right"]

    /// Each neuron likes light at its own place and dislikes it elsewhere.
    static let layer = Dense(
        weights: Matrix(rows: 3, columns: 3, [1, -0.5, -1, 0, 1, 0, -1, -0.5, 1] as [Float]),
        biases: Matrix(rows: 1, columns: 3))

    /// One for each neuron, `[3]`.
    var sums: [Float] { Self.layer.sums(of: Matrix(rows: 1, columns: 3, knobs.map(\.value))).elements }

    var experiments: [Experiment] {
        let sums = sums
        return [
            Experiment(
                invitation: "make \"middle\" the only neuron with a sum above 0.",
                answer: "It answers to what looks like its own weights.",
                isDone: sums[0] <= 0 && sums[1] > 1e-6 && sums[2] <= 0),
            Experiment(
                invitation: "let there be light, yet all three sums be 0.",
                answer: "Even light looks like none of them: there is no edge to see.",
                isDone: knobs.contains { $0.value > 0 } && sums.allSatisfy { abs($0) < 1e-6 }),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let swatch = Swatch(room)
        let isLarge = swatch.height > 1
        let spread = isLarge ? swatch.height + 1 : room.height >= 14 ? 2 : 1
        let (left, pitch) = isLarge ? (room.x + 26, 18) : (room.x + 17, 9)
        let columns = Self.names.indices.map { left + pitch * $0 }
        let x = room.x + swatch.width - 2
        var y = room.y + (room.height >= 8 ? 1 : 0)
        grid.write("pixel", x: x + 3, y: y)
        for (name, x) in zip(Self.names, columns) { grid.write(name, endingAt: x + 2, y: y, .title) }
        y += 1 + spread / 2
        for (index, knob) in knobs.enumerated() {
            swatch.draw(knob.value, x: room.x, y: y, on: &grid)
            grid.write(knob.text.padded(to: 5), x: x + 3, y: y, .value)
            grid.write("×", x: x + 9, y: y)
            for (weight, column) in zip(Self.layer.weights.row(index), columns) {
                grid.write(Format.fixed(weight), endingAt: column + 2, y: y, .value)
                if isLarge { swatch.draw(weight: weight, scale: 1, x: column + 4, y: y, on: &grid) }
            }
            y += spread
        }
        let width = (columns.last ?? room.x) + (isLarge ? swatch.width + 4 : 3) - room.x
        grid.write(String(repeating: "─", count: min(room.width, width)), x: room.x, y: y, .faint)
        grid.write("sum", x: x + 3, y: y + 1, .title)
        let sums = sums
        for (sum, column) in zip(sums, columns) {
            grid.write(
                Format.fixed(sum), endingAt: column + 2, y: y + 1, Style(sum > 1e-6 ? .right : .words, bold: true))
        }
        y += 3
        for neuron in sums.indices where y + neuron < room.maxY {
            let terms = knobs.enumerated().map { index, knob in
                "\(Format.plain(knob.value))·\(Format.plain(Self.layer.weights[index, neuron]))"
            }
            let working = Self.names[neuron].fitted(to: 7) + terms.joined(separator: " + ")
            grid.write(working, x: room.x, y: y + neuron, limit: room.width)
        }
    }
}
