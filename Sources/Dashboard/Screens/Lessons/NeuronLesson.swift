import NeuralNetwork

/// One neuron: weights, bias, sum.
struct NeuronLesson: Lesson {
    let title = "One neuron"
    let text = """
        A neuron is a small sum. Each input, here the brightness of a pixel from 0 (black) to 1 (white), is multiplied \
        by a weight that says how much it counts, and whether for or against. The bias is added on top. To learn is to \
        find good weights and biases.
        """
    let code = ["let sum = Dense(weights: weights, biases: bias).sums(of: pixels)"]
    var knobs = [
        Knob("weight 1", 0.5, in: -5...5), Knob("weight 2", 0.7, in: -5...5), Knob("weight 3", -0.4, in: -5...5),
        Knob("bias", 0.1, in: -5...5),
    ]
    /// That of the brightest pixel.
    let firstKnob = 1

    /// Brightness, 0…1.
    static let pixels: [Float] = [0.2, 1, 0.5]

    var neuron: Dense {
        Dense(
            weights: Matrix(rows: 3, columns: 1, knobs.prefix(3).map(\.value)),
            biases: Matrix(rows: 1, columns: 1, [knobs[3].value]))
    }

    var sum: Float { neuron.sums(of: Matrix(rows: 1, columns: 3, Self.pixels))[0, 0] }

    var experiments: [Experiment] {
        [
            Experiment(
                invitation: "make the sum negative: turn weight 2 down with the left arrow.",
                answer: "Negative: now more speaks against than for.", isDone: sum < 0),
            Experiment(
                invitation: "make the neuron blind to pixel 2.",
                answer: "Weight 0: whatever pixel 2 is, nothing is added. Enter opens the next page.",
                isDone: knobs[1].value == 0),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let swatch = Swatch(room)
        let spread = swatch.height > 1 ? swatch.height + 2 : room.height >= 14 ? 2 : 1
        // What stands to the right of the pixels.
        let room = room.split(left: swatch.width - 2).1
        var y = room.y + (room.height >= 8 ? 1 : 0)
        grid.write("pixel  weight  product", x: room.x + 3, y: y)
        y += 1 + spread / 2
        for (index, pixel) in Self.pixels.enumerated() {
            let weight = knobs[index].value
            swatch.draw(pixel, x: room.x + 2 - swatch.width, y: y, on: &grid)
            grid.write(Format.fixed(pixel).padded(to: 5), x: room.x + 3, y: y, .value)
            grid.write("×", x: room.x + 9, y: y)
            grid.write(Format.fixed(weight).padded(to: 6), x: room.x + 10, y: y, .value)
            drawTerm(pixel * weight, y: y, swatch, in: room, on: &grid)
            y += spread
        }
        grid.write("bias", x: room.x + 3, y: y)
        drawTerm(knobs[3].value, y: y, swatch, in: room, on: &grid)
        let rule = y + (spread + 1) / 2
        grid.write(String(repeating: "─", count: min(room.width, 25)), x: room.x, y: rule, .faint)
        y = rule + (spread + 1) / 2
        grid.write("sum", x: room.x + 3, y: y, .title)
        drawTerm(sum, y: y, swatch, Style(.test, bold: true), in: room, on: &grid)
    }

    private func drawTerm(
        _ value: Float, y: Int, _ swatch: Swatch, _ style: Style = .value, in room: Rect, on grid: inout CellGrid
    ) {
        grid.write("=", x: room.x + 17, y: y)
        grid.write(Format.fixed(value).padded(to: 6), x: room.x + 19, y: y, style)
        let width = min(room.width - 26, swatch.height > 1 ? 81 : 41)
        for line in swatch.rows(around: y) {
            SignedBar.draw(value, limit: 2, x: room.x + 26, y: line, width: width, on: &grid)
        }
    }
}
