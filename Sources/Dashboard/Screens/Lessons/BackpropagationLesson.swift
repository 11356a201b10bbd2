import Foundation
import NeuralNetwork

/// Backpropagation through a 2-2-2 network, step by step, each derivative checked by a nudge.
struct BackpropagationLesson: Lesson {
    let title = "Backpropagation, step by step"
    let text = """
        Where do the slopes come from? First the numbers go forward to the loss. Then the blame goes backward: each \
        step finds how the loss moves with a number (∂L/∂h: the slope of the loss with h) from the step before. A \
        nudge checks it.
        """
    var code: [String] { [step.code] }
    var knobs = [
        Knob("x1", 1, in: -2...2), Knob("x2", 0.5, in: -2...2), Knob("true answer", choices: ["1", "2"]),
        Knob("step", choices: Step.allCases.map(\.name)),
    ]
    let button: String? = "next step"

    enum Step: Int, Sendable, CaseIterable {
        case sums, activations, logits, loss, logitsBack, lastWeights, activationsBack, sumsBack, firstWeights, update

        /// Its number says how far the walk has come.
        var name: String { "\(rawValue + 1) of \(Self.allCases.count)" }

        var title: String {
            switch self {
            case .sums: "Forward: the hidden sums a"
            case .activations: "Forward: ReLU gives h"
            case .logits: "Forward: the logits z"
            case .loss: "Forward: softmax p, and the loss L"
            case .logitsBack: "Back: ∂L/∂z = p - truth"
            case .lastWeights: "Back: ∂L/∂V = h × ∂L/∂z"
            case .activationsBack: "Back: ∂L/∂h = ∂L/∂z × V"
            case .sumsBack: "Back: ReLU lets through where h > 0"
            case .firstWeights: "Back: ∂L/∂W = x × ∂L/∂a"
            case .update: "Step: weights - 0.5 × slopes"
            }
        }

        var code: String {
            switch self {
            case .sums: "let a = layers[0].sums(of: x)"
            case .activations: "let h = Activation.relu.forward(a)"
            case .logits: "let z = layers[1].sums(of: h)"
            case .loss: "let loss = SoftmaxCrossEntropy(logits: z, labels: [answer])"
            case .logitsBack: "let dz = loss.logitsGradient()"
            case .lastWeights: "let dV = layers[1].parameterGradient(input: h, sumsGradient: dz)"
            case .activationsBack: "let dh = layers[1].inputGradient(sumsGradient: dz)"
            case .sumsBack: "let da = Activation.relu.backward(sums: a, outputGradient: dh)"
            case .firstWeights: "let dW = layers[0].parameterGradient(input: x, sumsGradient: da)"
            case .update: "optimizer.update(&network, gradients: [dW, dV], learningRate: 0.5)"
            }
        }
    }

    static let learningRate: Float = 0.5

    var step: Step { Step(rawValue: knobs[3].index) ?? .sums }

    var tiny: TinyNetwork {
        TinyNetwork(
            input: Matrix(rows: 1, columns: 2, [knobs[0].value, knobs[1].value]), label: UInt8(knobs[2].index))
    }

    /// From the last step back to the first.
    mutating func press() { knobs[3].turn(by: step == .update ? -Step.allCases.count : 1) }

    var experiments: [Experiment] {
        [
            Experiment(
                invitation: "press space and walk to the last step.",
                answer: "The loss fell. Training is this, over and over.", isDone: step == .update),
            Experiment(
                invitation: "with x1 and x2, switch a hidden neuron off: h = 0. Then see step 9.",
                answer: "Off: no blame gets through, and the slopes of its weights are 0.",
                isDone: step == .firstWeights && tiny.activations.elements.contains(0)),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let tiny = tiny
        TinyNetworkPicture(tiny: tiny, step: step).draw(in: room, on: &grid)
        let rest = room.split(top: TinyNetworkPicture.height(in: room)).1
        grid.write(step.title, x: rest.x, y: rest.y, .title, limit: rest.width)
        let rows = rows(tiny)
        var y = rest.y + 1
        if rows.contains(where: { $0.nudged != nil }) {
            let end = min(rest.maxX, rest.x + 50)
            grid.write("backprop", endingAt: end - 9, y: y, .faint)
            grid.write("nudge ✓", endingAt: end, y: y, .faint)
            y += 1
        }
        for row in rows where y < rest.maxY {
            row.draw(in: Rect(x: rest.x, y: y, width: rest.width, height: 1), on: &grid)
            y += 1
        }
    }

    /// A number and how it is worked out; for a derivative, also what a nudge finds.
    struct Row {
        var name = ""
        let working: String
        var value: Float?
        var nudged: Float?

        func draw(in rect: Rect, on grid: inout CellGrid) {
            let end = min(rect.maxX, rect.x + 50)
            let isSlope = nudged != nil
            grid.write(name, x: rect.x, y: rect.y, .value)
            let x = rect.x + (isSlope ? 8 : 4)
            grid.write(working, x: x, y: rect.y, limit: max(end - x - (isSlope ? 17 : value == nil ? 0 : 8), 0))
            guard let value else { return }
            grid.write(
                Format.fixed(value, decimals: 3), endingAt: isSlope ? end - 9 : end, y: rect.y,
                Style(.test, bold: true))
            if let nudged {
                let isRight = abs(nudged - value) < 0.002
                grid.write(
                    Format.fixed(nudged, decimals: 3) + (isRight ? " ✓" : " ?"), endingAt: end, y: rect.y,
                    Style(isRight ? .right : .wrong))
            }
        }
    }

    /// The numbers of the step.
    func rows(_ tiny: TinyNetwork) -> [Row] {
        func short(_ value: Float) -> String { Format.fixed(value) }
        let (x, h, z) = (tiny.input, tiny.activations, tiny.logits)
        func sum(_ inputs: Matrix, _ layer: Layer, _ column: Int) -> String {
            (0..<2).map { "\(short(inputs[0, $0]))·\(Format.fixed(layer.weights[$0, column], decimals: 1))" }
                .joined(separator: "+").appending("+\(Format.fixed(layer.biases[0, column], decimals: 1))")
                .replacing("+-", with: "-")
        }
        func slope(_ name: String, _ working: String, _ part: TinyNetwork.Part) -> Row {
            Row(name: "∂L/∂\(name)", working: working, value: tiny.derivative(of: part), nudged: tiny.nudged(part))
        }
        /// Each weight of a layer, then its biases.
        func parameters(_ layer: Int, _ names: (String, String), _ input: Matrix, _ output: Matrix) -> [Row] {
            (0..<4).map { index in
                let (row, column) = (index / 2, index % 2)
                return slope(
                    "\(names.0)\(row + 1)\(column + 1)", "\(short(input[0, row]))×\(short(output[0, column]))",
                    .weight(layer: layer, row: row, column: column))
            } + (0..<2).map { slope("\(names.1)\($0 + 1)", short(output[0, $0]), .bias(layer: layer, column: $0)) }
        }
        let layers = tiny.network.layers
        switch step {
        case .sums:
            return (0..<2).map { Row(name: "a\($0 + 1)", working: sum(x, layers[0], $0), value: tiny.sums[0, $0]) }
        case .activations:
            return (0..<2).map {
                Row(name: "h\($0 + 1)", working: "max(0, \(short(tiny.sums[0, $0])))", value: h[0, $0])
            }
        case .logits:
            return (0..<2).map { Row(name: "z\($0 + 1)", working: sum(h, layers[1], $0), value: z[0, $0]) }
        case .loss:
            let shares = tiny.outcome.probabilities
            return (0..<2).map { Row(name: "p\($0 + 1)", working: "share of e^z\($0 + 1)", value: shares[0, $0]) } + [
                Row(name: "L", working: "-ln p\(tiny.label + 1)", value: tiny.outcome.meanLoss)
            ]
        case .logitsBack:
            return (0..<2).map {
                slope(
                    "z\($0 + 1)", "\(short(tiny.outcome.probabilities[0, $0]))-\($0 == Int(tiny.label) ? 1 : 0)",
                    .logit($0))
            }
        case .lastWeights: return parameters(1, ("v", "c"), h, tiny.logitsGradient)
        case .activationsBack:
            return (0..<2).flatMap { row in
                let terms = (0..<2).map {
                    "\(short(tiny.logitsGradient[0, $0]))·\(Format.fixed(layers[1].weights[row, $0], decimals: 1))"
                }
                return [
                    slope("h\(row + 1)", "", .activation(row)),
                    Row(working: terms.joined(separator: " + ").replacing("+ -", with: "- ")),
                ]
            }
        case .sumsBack:
            return (0..<2).map {
                slope("a\($0 + 1)", h[0, $0] > 0 ? "on: ∂L/∂h\($0 + 1)" : "off: 0", .sum($0))
            }
        case .firstWeights: return parameters(0, ("w", "b"), x, tiny.sumsGradient)
        case .update:
            let after = tiny.trained(learningRate: Self.learningRate)
            return [
                Row(name: "L", working: "before", value: tiny.outcome.meanLoss),
                Row(name: "L", working: "after the step", value: after.outcome.meanLoss),
            ]
                + [("before", tiny), ("after the step", after)].map { working, tiny in
                    Row(
                        name: "p\(tiny.label + 1)", working: working,
                        value: tiny.outcome.probabilities[0, Int(tiny.label)])
                }
        }
    }
}
