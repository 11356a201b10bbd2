import Foundation
import NeuralNetwork

/// What a gradient is: nudge one weight, and see the loss move by what backpropagation said.
struct GradientLesson: Lesson {
    let title = "What a gradient is"
    let text = """
        The curve is the loss of a small network for every value of one of its weights. Its slope at the point says: \
        move the weight by a little, and the loss moves by slope × that. The slopes for all weights together are the \
        gradient. Learning goes downhill: against the slope.
        """
    let code = ["network.lossAndGradients(inputs: x, labels: y).gradients[1].weights"]
    var knobs = [Knob("weight", -2, in: -4...4), Knob("nudge", 0.3, of: [0.001, 0.01, 0.03, 0.1, 0.3, 1])]
    let button: String? = "a step downhill"

    /// How far a step goes, as a multiple of the slope.
    static let learningRate: Float = 4

    /// Four samples of two numbers; the third is at odds with the others, so that no weight is right for all.
    static let inputs = Matrix(rows: 4, columns: 2, [1, 0.2, 0.8, -0.4, 0.6, 0.1, -0.5, 1] as [Float])
    static let labels: [UInt8] = [1, 1, 0, 0]

    /// Two inputs, three hidden neurons, two answers; the weight is that of the first hidden neuron for the first
    /// answer.
    static func network(weight: Float) -> Network {
        Network(layers: [
            Dense(
                weights: Matrix(rows: 2, columns: 3, [1.2, -0.6, 0.3, 0.4, 0.9, -0.8] as [Float]),
                biases: Matrix(rows: 1, columns: 3, [0.1, 0, 0.2] as [Float])),
            Dense(
                weights: Matrix(rows: 3, columns: 2, [weight, 0.2, 0.7, -0.3, -0.4, 0.5] as [Float]),
                biases: Matrix(rows: 1, columns: 2)),
        ])
    }

    static func loss(weight: Float) -> Float {
        SoftmaxCrossEntropy(logits: network(weight: weight).logits(inputs), labels: labels).meanLoss
    }

    /// What backpropagation says.
    static func slope(weight: Float) -> Float {
        network(weight: weight).lossAndGradients(inputs: inputs, labels: labels).gradients.matrices[2][0, 0]
    }

    private var weight: Float { knobs[0].value }
    private var nudge: Float { knobs[1].value }

    /// By how much the loss moves under the nudge: what the slope says, and what it does.
    var moves: (said: Float, done: Float) {
        (Self.slope(weight: weight) * nudge, Self.loss(weight: weight + nudge) - Self.loss(weight: weight))
    }

    mutating func press() {
        knobs[0].set(weight - Self.learningRate * Self.slope(weight: weight))
    }

    var experiments: [Experiment] {
        let (said, done) = moves
        return [
            Experiment(
                invitation: "make the nudge so small that what the slope says and what happens differ by under 2 %.",
                answer: "For small nudges the slope tells the truth. That is all a gradient is.",
                isDone: abs(said - done) < 0.02 * abs(done)),
            Experiment(
                invitation: "press space until the slope is flat: between -0.01 and 0.01.",
                answer: "The bottom of the valley: that is how a network learns, with all its weights at once.",
                isDone: abs(Self.slope(weight: weight)) < 0.01),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let loss = Self.loss(weight: weight)
        let slope = Self.slope(weight: weight)
        let (said, done) = moves
        let lines = min(5, max(room.height - 4, 0))
        let (chart, table) = room.split(top: room.height - lines)
        let weights = stride(from: Float(-4), through: 4, by: 0.05).map { $0 }
        let curve = weights.map { (x: Double($0), y: Double(Self.loss(weight: $0))) }
        let tangent = weights.filter { abs($0 - weight) < 1.5 }.map {
            (x: Double($0), y: Double(loss + slope * ($0 - weight)))
        }
        let plot = Plot(
            curves: [Plot.Curve(points: curve, ink: .train), Plot.Curve(points: tangent, ink: .test)],
            xs: Axis(-4...4), ys: Axis(0.2...(curve.map(\.y).max() ?? 2)),
            marks: [
                (Double(weight + nudge), Double(loss + done), Cell("○", .key)),
                (Double(weight), Double(loss), Cell("●", Style(.key, bold: true))),
            ])
        plot.draw(in: chart, on: &grid)
        let rows: [(String, String, Style)] = [
            ("loss", Format.fixed(loss, decimals: 4), .value),
            ("slope, by backpropagation", Format.fixed(slope, decimals: 4), Style(.test, bold: true)),
            ("slope × nudge", Format.fixed(said, decimals: 5), .value),
            ("how the loss moves (○)", Format.fixed(done, decimals: 5), .value),
        ]
        for (index, (name, value, style)) in rows.enumerated() where index < lines {
            grid.write(name, x: table.x, y: table.y + index)
            grid.write(value, endingAt: min(table.x + 36, table.maxX), y: table.y + index, style)
        }
        if lines >= 5, done != 0 {
            grid.write("they differ by", x: table.x, y: table.y + 4)
            grid.write(
                Format.percent(Double(abs((said - done) / done))), endingAt: min(table.x + 36, table.maxX),
                y: table.y + 4, Style(abs(said - done) < 0.02 * abs(done) ? .right : .wrong, bold: true))
        }
    }
}
