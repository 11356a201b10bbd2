/// Layers, each reading what the one before gives; softmax and cross-entropy stand after the last. A value: a copy is a
/// snapshot.
public struct Network: Sendable, Equatable {
    /// Of an image, or of whatever else it reads.
    public let input: Shape
    public var layers: [Layer]

    public var inputs: Int { input.count }
    public var outputs: Int { layers.last?.outputs ?? 0 }
    public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

    /// The activation of the hidden layers, all of which have the same; ReLU where there are none.
    public var activation: Activation {
        get { layers.lazy.compactMap(\.activation).first ?? .relu }
        set { for index in layers.indices.dropLast() { layers[index].activation = newValue } }
    }

    public var parameters: Parameters {
        get { Parameters(layers.flatMap(\.parameters)) }
        set {
            var rest = newValue.matrices[...]
            for index in layers.indices {
                let count = layers[index].parameters.count
                layers[index].parameters = Array(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        }
    }

    /// - Parameter input: nil for what the first layer reads, without places.
    public init(layers: [Layer], input: Shape? = nil) {
        precondition(!layers.isEmpty, "A network has at least one layer.")
        precondition(
            zip(layers, layers.dropFirst()).allSatisfy { $0.outputs == $1.inputs },
            "The outputs of a layer are the inputs of the next.")
        precondition(input.map { $0.count == layers[0].inputs } ?? true, "The first layer reads the whole input.")
        self.input = input ?? layers[0].input
        self.layers = layers
    }

    /// Dense layers with an activation between them.
    public init(layers: [Dense], activation: Activation = .relu) {
        self.init(layers: layers.map(Layer.dense))
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

    /// `inputs [batch × inputs]` → logits `[batch × outputs]`.
    public func logits(_ inputs: Matrix) -> Matrix {
        layers.reduce(inputs) { $1.forward($0).output }
    }

    /// What goes through each layer for `inputs [batch × inputs]`; the last one's output are the logits.
    public func forward(_ inputs: Matrix) -> [Layer.Pass] {
        var passes: [Layer.Pass] = []
        for layer in layers { passes.append(layer.forward(passes.last?.output ?? inputs)) }
        return passes
    }

    /// The loss of a batch and, by backpropagation, the gradient of its mean with respect to every parameter.
    ///
    /// - Parameters:
    ///   - inputs: `[batch × inputs]`
    ///   - labels: `[batch]`, each below the number of outputs
    public func lossAndGradients(inputs: Matrix, labels: [UInt8]) -> (loss: SoftmaxCrossEntropy, gradients: Parameters)
    {
        let passes = forward(inputs)
        let loss = SoftmaxCrossEntropy(logits: passes[layers.count - 1].output, labels: labels)
        var gradients: [[Matrix]] = []
        var outputGradient = loss.logitsGradient()
        for (index, layer) in layers.enumerated().reversed() {
            let sumsGradient = layer.sumsGradient(passes[index], outputGradient: outputGradient)
            gradients.append(layer.parameterGradient(passes[index], sumsGradient: sumsGradient))
            if index > 0 { outputGradient = layer.inputGradient(passes[index], sumsGradient: sumsGradient) }
        }
        return (loss, Parameters(gradients.reversed().flatMap { $0 }))
    }

    /// The gradient of a weighted sum of a layer's sums with respect to the inputs of the network or of a later layer.
    /// For the first layer of a dense network and a single weight 1 it is that neuron's weights.
    ///
    /// - Parameters:
    ///   - sumsGradient: the weights of the sum, `[batch × outputs of the layer]`.
    ///   - passes: what goes through the layers, as `forward` gives it.
    ///   - first: the layer whose inputs are meant.
    /// - Returns: `[batch × inputs of the layer first]`
    public func inputGradient(
        of sumsGradient: Matrix, atLayer layer: Int, passes: [Layer.Pass], downTo first: Int = 0
    ) -> Matrix {
        var gradient = sumsGradient
        for index in (first...layer).reversed() {
            gradient = layers[index].inputGradient(passes[index], sumsGradient: gradient)
            if index > first { gradient = layers[index - 1].sumsGradient(passes[index - 1], outputGradient: gradient) }
        }
        return gradient
    }
}
