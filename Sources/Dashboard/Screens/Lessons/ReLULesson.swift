import NeuralNetwork

/// ReLU: the hinge that lets a network bend.
struct ReLULesson: Lesson {
    let title = "ReLU, the hinge"
    let text = """
        ReLU is a simple rule: a sum below 0 becomes 0, above it stays. So a neuron is off up to its hinge, and a \
        rising line beyond. Here two look at one number x; a last neuron weighs and adds. Enough hinges make any shape.
        """
    let code = ["let hidden = Activation.relu.forward(sums)   // max(0, sum)"]
    var knobs = [
        Knob("x", 0.5, in: -2...2, step: 0.25), Knob("bias 1", 1, in: -2...2, step: 0.25),
        Knob("bias 2", 0, in: -2...2, step: 0.25), Knob("out weight 1", 1, in: -3...3, step: 0.25),
        Knob("out weight 2", 0.5, in: -3...3, step: 0.25),
    ]

    /// One input, two neurons.
    private var hidden: Dense {
        Dense(
            weights: Matrix(rows: 1, columns: 2, [1, 1] as [Float]),
            biases: Matrix(rows: 1, columns: 2, [knobs[1].value, knobs[2].value]))
    }

    private var last: Dense {
        Dense(
            weights: Matrix(rows: 2, columns: 1, [knobs[3].value, knobs[4].value]),
            biases: Matrix(rows: 1, columns: 1))
    }

    /// Of the two neurons at each x: before ReLU and after it, `[xs × 2]`, and the output, `[xs × 1]`.
    func values(at xs: [Float]) -> (sums: Matrix, activations: Matrix, outputs: Matrix) {
        let sums = hidden.sums(of: Matrix(rows: xs.count, columns: 1, xs))
        let activations = Activation.relu.forward(sums)
        return (sums, activations, last.sums(of: activations))
    }

    var experiments: [Experiment] {
        let here = values(at: [knobs[0].value]).activations.elements
        // Left of both hinges, on the second, and at the right end.
        let hinge = max(-knobs[1].value, -knobs[2].value)
        let outputs = values(at: [-2, hinge, 2]).outputs.elements
        return [
            Experiment(
                invitation: "move x to the left until both neurons are off.",
                answer: "Both sums are below 0: ReLU gives 0, and the curve is flat.",
                isDone: here.allSatisfy { $0 == 0 }),
            Experiment(
                invitation: "make a hill: rise, then fall. Which out weight must be negative?",
                answer: "A hill out of two hinges. No straight line can do that.",
                isDone: hinge < 2 && outputs[1] > outputs[0] + 0.1 && outputs[1] > outputs[2] + 0.1),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let x = knobs[0].value
        let (sums, activations, outputs) = values(at: [x])
        let lines = min(4, max(room.height - 4, 0))
        let (chart, table) = room.split(top: room.height - lines)
        let xs = stride(from: Float(-2), through: 2, by: 0.02).map { $0 }
        let all = values(at: xs)
        func curve(_ values: Matrix, _ column: Int, _ ink: Ink) -> Plot.Curve {
            Plot.Curve(points: xs.indices.map { (Double(xs[$0]), Double(values[$0, column])) }, ink: ink)
        }
        let (low, high) = (all.outputs.elements.min() ?? 0, all.outputs.elements.max() ?? 0)
        let plot = Plot(
            curves: [
                curve(all.activations, 0, .faint), curve(all.activations, 1, .faint), curve(all.outputs, 0, .train),
            ],
            xs: Axis(-2...2), ys: Axis(Double(min(low, -1))...Double(max(high, 2))),
            marks: [(Double(x), Double(outputs[0, 0]), Cell("●", Style(.test)))])
        plot.draw(in: chart, on: &grid)
        for neuron in 0..<2 where neuron < lines {
            let isOff = activations[0, neuron] == 0
            grid.write(
                [
                    ("h\(neuron + 1): \(Format.fixed(x)) + \(knobs[1 + neuron].text) = ", .plain),
                    (Format.fixed(sums[0, neuron]), .value), (" → ", .plain),
                    (Format.fixed(activations[0, neuron]), .title), (isOff ? " off" : "", Style(.wrong)),
                ], x: table.x, y: table.y + neuron)
        }
        guard lines >= 3 else { return }
        grid.write(
            [
                ("out ", Style(.train, bold: true)),
                (
                    "\(knobs[3].text)·\(Format.fixed(activations[0, 0])) + "
                        + "\(knobs[4].text)·\(Format.fixed(activations[0, 1])) = ", .plain
                ), (Format.fixed(outputs[0, 0]), Style(.test, bold: true)),
            ], x: table.x, y: table.y + 2)
    }
}
