import Foundation
import NeuralNetwork

/// Softmax: from sums to shares.
struct SoftmaxLesson: Lesson {
    let title = "Softmax: from sums to shares"
    let text = """
        The last layer has a neuron for each answer. Its sums, called logits, can be any numbers. Softmax turns them \
        into shares of 100 %: each becomes e (2.718 …) to the power of it, which is always above 0, and then all are \
        divided by their total.
        """
    let code = ["let shares = SoftmaxCrossEntropy.softmax(logits)"]
    var knobs = [
        Knob("logit of 1", 2, in: -10...10, step: 0.5), Knob("logit of 4", 1, in: -10...10, step: 0.5),
        Knob("logit of 7", 0.5, in: -10...10, step: 0.5), Knob("added to all", 0, in: -5...5, step: 1),
    ]
    let firstKnob = 2

    static let names = ["1", "4", "7"]

    /// Whether the last change added something to all logits.
    private(set) var hasShifted = false

    mutating func turned(_ knob: Int) { hasShifted = knob == 3 }

    var logits: Matrix { Matrix(rows: 1, columns: 3, knobs.prefix(3).map { $0.value + knobs[3].value }) }

    /// `[3]`, in sum 1.
    var shares: [Float] { SoftmaxCrossEntropy.softmax(logits).elements }

    var experiments: [Experiment] {
        [
            Experiment(
                invitation: "make the network sure that it is a 7: more than 95 %.",
                answer: "Sure: a lead of 3 is a factor of 20.",
                isDone: shares[2] > 0.95),
            Experiment(
                invitation: "add something to all logits. Which shares change?",
                answer: "None! Only the differences between logits count.", isDone: hasShifted),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let isLarge = room.height >= 30
        let spread = isLarge ? 4 : room.height >= 12 ? 2 : 1
        var y = room.y + (room.height >= 8 ? 1 : 0)
        let bar = room.width - 31
        grid.write("digit  logit    e^logit  share", x: room.x, y: y)
        y += spread
        let best = shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
        for (index, name) in Self.names.enumerated() {
            let style = Style(index == best ? .right : .words, bold: index == best)
            grid.write(name, x: room.x + 2, y: y, .title)
            grid.write(Format.fixed(logits[0, index]), endingAt: room.x + 12, y: y, .value)
            grid.write(Format.significant(Double(exp(logits[0, index]))), endingAt: room.x + 23, y: y, .value)
            grid.write(Format.percent(Double(shares[index])), endingAt: room.x + 30, y: y, style)
            for line in isLarge ? y - 1..<y + 2 : y..<y + 1 {
                Bar.draw(Double(shares[index]), x: room.x + 31, y: line, width: bar, style, on: &grid)
            }
            y += spread
        }
        grid.write(String(repeating: "─", count: min(room.width, 30)), x: room.x, y: y, .faint)
        let total = logits.elements.reduce(0) { $0 + exp($1) }
        grid.write("in all", x: room.x, y: y + 1)
        grid.write(Format.significant(Double(total)), endingAt: room.x + 23, y: y + 1, .value)
        grid.write(Format.percent(Double(shares.reduce(0, +))), endingAt: room.x + 30, y: y + 1, .value)
        let working =
            "Share of \(Self.names[best]): \(Format.significant(Double(exp(logits[0, best])))) / "
            + "\(Format.significant(Double(total))) = \(Format.percent(Double(shares[best])))."
        let rest = Rect(x: room.x, y: y + 3, width: room.width, height: room.maxY - y - 3)
        if Paragraph.lines(working, width: rest.width).count <= rest.height {
            Paragraph.draw(working, in: rest, on: &grid)
        }
    }
}
