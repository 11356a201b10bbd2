import NeuralNetwork

/// A network with two inputs, two hidden neurons and two answers, taken apart: all that goes forward through it and
/// all that comes back, each part by the engine's own functions.
///
///     a = x W + b      h = ReLU(a)      z = h V + c      p = softmax(z)      L = −ln p of the true answer
struct TinyNetwork: Sendable, Equatable {
    /// Something in the network with respect to which the loss has a derivative.
    enum Part: Sendable, Equatable {
        /// Rows are inputs, columns outputs.
        case weight(layer: Int, row: Int, column: Int)
        case bias(layer: Int, column: Int)
        /// A hidden neuron before and after ReLU.
        case sum(Int)
        case activation(Int)
        case logit(Int)
    }

    var network = Network(layers: [
        Dense(
            weights: Matrix(rows: 2, columns: 2, [0.6, -0.4, 0.3, 0.8] as [Float]),
            biases: Matrix(rows: 1, columns: 2, [0.1, 0.3] as [Float])),
        Dense(
            weights: Matrix(rows: 2, columns: 2, [0.5, -0.7, -0.2, 0.9] as [Float]),
            biases: Matrix(rows: 1, columns: 2, [0, 0.1] as [Float])),
    ])
    /// `[1 × 2]`
    var input: Matrix
    /// 0 or 1
    var label: UInt8

    var sums: Matrix { network.layers[0].sums(of: input) }
    var activations: Matrix { Activation.relu.forward(sums) }
    var logits: Matrix { network.layers[1].sums(of: activations) }
    var outcome: SoftmaxCrossEntropy { SoftmaxCrossEntropy(logits: logits, labels: [label]) }

    // Backward, each `[1 × 2]`.
    var logitsGradient: Matrix { outcome.logitsGradient() }
    var activationsGradient: Matrix { network.layers[1].inputGradient(passes[1], sumsGradient: logitsGradient) }
    var sumsGradient: Matrix { Activation.relu.backward(sums: sums, outputGradient: activationsGradient) }

    private var passes: [Layer.Pass] { network.forward(input) }

    /// Of the weights and of the biases.
    func gradient(layer: Int) -> [Matrix] {
        network.layers[layer].parameterGradient(
            passes[layer], sumsGradient: layer == 0 ? sumsGradient : logitsGradient)
    }

    /// The derivative of the loss by backpropagation.
    func derivative(of part: Part) -> Float {
        switch part {
        case .weight(let layer, let row, let column): gradient(layer: layer)[0][row, column]
        case .bias(let layer, let column): gradient(layer: layer)[1][0, column]
        case .sum(let index): sumsGradient[0, index]
        case .activation(let index): activationsGradient[0, index]
        case .logit(let index): logitsGradient[0, index]
        }
    }

    /// The same without backpropagation: how far apart the losses are with the part a little larger and a little
    /// smaller, divided by the distance. Exact to about 0.0001.
    func nudged(_ part: Part) -> Float {
        let distance: Float = 0.01
        return (loss(with: part, movedBy: distance) - loss(with: part, movedBy: -distance)) / (2 * distance)
    }

    private func loss(with part: Part, movedBy distance: Float) -> Float {
        var moved = self
        switch part {
        case .weight(let layer, let row, let column): moved.network.layers[layer].weights[row, column] += distance
        case .bias(let layer, let column): moved.network.layers[layer].biases[0, column] += distance
        case .sum(let index):
            var sums = sums
            sums[0, index] += distance
            return loss(logits: network.layers[1].sums(of: Activation.relu.forward(sums)))
        case .activation(let index):
            var activations = activations
            activations[0, index] += distance
            return loss(logits: network.layers[1].sums(of: activations))
        case .logit(let index):
            var logits = logits
            logits[0, index] += distance
            return loss(logits: logits)
        }
        return moved.outcome.meanLoss
    }

    private func loss(logits: Matrix) -> Float { SoftmaxCrossEntropy(logits: logits, labels: [label]).meanLoss }

    /// The network after one step of gradient descent.
    func trained(learningRate: Float) -> TinyNetwork {
        var next = self
        var optimizer = Optimizer(.sgd, for: network)
        optimizer.update(
            &next.network, gradients: Parameters(gradient(layer: 0) + gradient(layer: 1)), learningRate: learningRate)
        return next
    }
}
