import NeuralNetwork

/// The tiny network with what is known of it at a step: its neurons in columns, and a line for each weight.
struct TinyNetworkPicture {
    let tiny: TinyNetwork
    let step: BackpropagationLesson.Step

    private struct Column {
        let title: String
        let name: String
        let values: Matrix
        /// Cells of "x1 -0.35"; what is never below 0 takes one less.
        let width: Int
        /// The step at which the values are known.
        let first: BackpropagationLesson.Step
        /// The names of what lies between it and the next column, and the steps that are about that.
        let weights: String
        let steps: [BackpropagationLesson.Step]
    }

    private var columns: [Column] {
        [
            Column(
                title: "input", name: "x", values: tiny.input, width: 8, first: .sums, weights: "W,b",
                steps: [.sums, .activations, .sumsBack, .firstWeights]),
            Column(
                title: "hidden", name: "h", values: tiny.activations, width: 7, first: .activations, weights: "V,c",
                steps: [.logits, .lastWeights, .activationsBack]),
            Column(
                title: "logits", name: "z", values: tiny.logits, width: 8, first: .logits, weights: "", steps: []),
            Column(
                title: "shares", name: "p", values: tiny.outcome.probabilities, width: 7, first: .loss, weights: "",
                steps: []),
        ]
    }

    /// From the upper neuron of a column down to the lower one.
    private static func rise(_ room: Rect) -> Int { room.height >= 36 ? 10 : room.height >= 26 ? 4 : 2 }

    /// The lines it takes: titles, the network, the loss, and an empty one.
    static func height(in room: Rect) -> Int { rise(room) + 4 }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let rise = Self.rise(room)
        let columns = columns
        // Softmax has no weights: the shares stand close to their logits.
        let gap = max(min((room.width - columns.reduce(1) { $0 + $1.width }) / 2, 6 * rise), 0)
        var x = room.x
        for column in columns {
            defer { x += column.width + (column.weights.isEmpty ? 1 : gap) }
            grid.write(column.title, x: x, y: room.y)
            for neuron in 0..<2 { draw(column, neuron, x: x, y: room.y + 1 + rise * neuron, on: &grid) }
            guard !column.weights.isEmpty, gap > 1 else { continue }
            let lines = Rect(x: x + column.width, y: room.y + 1, width: gap, height: rise + 1)
            drawLines(lines, isNow: column.steps.contains(step), on: &grid)
            guard gap > column.weights.count + 1 else { continue }
            grid.write(column.weights, x: lines.x + (gap - column.weights.count) / 2, y: room.y)
        }
        if step.rawValue >= BackpropagationLesson.Step.loss.rawValue {
            grid.write(
                [
                    ("L = ", .plain), (Format.fixed(tiny.outcome.meanLoss, decimals: 4), Style(.test, bold: true)),
                    ("  true: \(tiny.label + 1)", Style(.right)),
                ], x: room.x, y: room.y + rise + 2)
        }
    }

    private func draw(_ column: Column, _ neuron: Int, x: Int, y: Int, on grid: inout CellGrid) {
        let isKnown = step.rawValue >= column.first.rawValue
        let isOff = column.name == "h" && isKnown && column.values[0, neuron] == 0
        let isTruth = column.name == "p" && neuron == Int(tiny.label)
        grid.write("\(column.name)\(neuron + 1)", x: x, y: y, Style(isTruth ? .right : .words))
        grid.write(
            isKnown ? Format.fixed(column.values[0, neuron]) : "…", x: x + 3, y: y,
            Style(isOff ? .wrong : isTruth ? .right : .value, bold: isKnown))
    }

    /// From each of two neurons to each of two; those that the step is about stand out, on the way back in the colour
    /// of the loss.
    private func drawLines(_ rect: Rect, isNow: Bool, on grid: inout CellGrid) {
        var canvas = BrailleCanvas(columns: rect.width, rows: rect.height)
        let (upper, lower) = (1, canvas.height - 3)
        for from in [upper, lower] {
            for to in [upper, lower] { canvas.line(from: (1, from), to: (canvas.width - 2, to)) }
        }
        let isBack = step.rawValue > BackpropagationLesson.Step.loss.rawValue
        let style = Style(isNow ? isBack ? .test : .train : .faint)
        for y in 0..<rect.height {
            for x in 0..<rect.width {
                if let character = canvas.character(column: x, row: y) {
                    grid[rect.x + x, rect.y + y] = Cell(character, style)
                }
            }
        }
    }
}
