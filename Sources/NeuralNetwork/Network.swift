/// Dense layers with an activation between them; softmax and cross-entropy stand after the last. A value: a copy is a
/// snapshot.
public struct Network: Sendable, Equatable {
    public var layers: [Dense]
    /// Of all hidden layers.
    public var activation: Activation

    public var inputs: Int { layers.first?.inputs ?? 0 }
    public var outputs: Int { layers.last?.outputs ?? 0 }
    public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

    public init(layers: [Dense], activation: Activation = .relu) {
        precondition(!layers.isEmpty, "A network has at least one layer.")
        precondition(
            zip(layers, layers.dropFirst()).allSatisfy { $0.outputs == $1.inputs },
            "The outputs of a layer are the inputs of the next.")
        self.layers = layers
        self.activation = activation
    }

    /// A network with the given number of neurons in each layer, inputs first; the seed decides its weights.
    public init(
        sizes: [Int], seed: UInt64, activation: Activation = .relu, initialization: Initialization = .he
    ) {
        var generator = RandomGenerator(seed: seed, stream: .initialization)
        var layers = zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            Dense(inputs: inputs, outputs: outputs, initialization: initialization, using: &generator)
        }
        if initialization.startsLastLayerAtZero, let last = layers.popLast() {
            layers.append(
                Dense(
                    weights: Matrix(rows: last.inputs, columns: last.outputs),
                    biases: Matrix(rows: 1, columns: last.outputs)))
        }
        self.init(layers: layers, activation: activation)
    }

    /// What each layer gives for `inputs [batch × inputs]`: after the activation for the hidden ones, logits for the
    /// last.
    public func activations(_ inputs: Matrix) -> [Matrix] {
        forward(inputs).map(\.output)
    }

    /// `inputs [batch × inputs]` → logits `[batch × outputs]`.
    public func logits(_ inputs: Matrix) -> Matrix {
        var output = inputs
        for (index, layer) in layers.enumerated() {
            output = layer.forward(output)
            if index < layers.count - 1 { output = activation.forward(output) }
        }
        return output
    }

    /// The weighted sums of each layer and what it makes of them, both `[batch × outputs]`; in the last layer the same.
    public func forward(_ inputs: Matrix) -> [(sums: Matrix, output: Matrix)] {
        var passed: [(sums: Matrix, output: Matrix)] = []
        for (index, layer) in layers.enumerated() {
            let sums = layer.forward(passed.last?.output ?? inputs)
            passed.append((sums, index == layers.count - 1 ? sums : activation.forward(sums)))
        }
        return passed
    }

    /// The loss of a batch and, by backpropagation, the gradient of its mean with respect to every parameter.
    ///
    /// - Parameters:
    ///   - inputs: `[batch × inputs]`
    ///   - labels: `[batch]`, each below the number of outputs
    public func lossAndGradients(inputs: Matrix, labels: [UInt8]) -> (
        loss: SoftmaxCrossEntropy, gradients: [Dense.Gradient]
    ) {
        let passed = forward(inputs)
        let loss = SoftmaxCrossEntropy(logits: passed[layers.count - 1].output, labels: labels)
        var gradients: [Dense.Gradient] = []
        var outputGradient = loss.logitsGradient()
        for index in layers.indices.reversed() {
            let input = index == 0 ? inputs : passed[index - 1].output
            gradients.append(layers[index].parameterGradient(input: input, outputGradient: outputGradient))
            if index > 0 {
                let activationGradient = layers[index].inputGradient(outputGradient: outputGradient)
                outputGradient = activation.backward(
                    sums: passed[index - 1].sums, outputGradient: activationGradient)
            }
        }
        return (loss, gradients.reversed())
    }
}
