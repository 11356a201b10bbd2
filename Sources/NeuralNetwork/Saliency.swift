/// Which inputs speak for one answer and against another.
///
/// The score is by how much the logit of the answer c exceeds that of its rival r. Backpropagation carries its gradient
/// to the input; each input's part in the score is gradient × input (Shrikumar et al., 2016, arXiv:1605.01713):
///
///     s = z_c − z_r      ∂s/∂x = W₁ (f′₁ ⊙ W₂ (f′₂ ⊙ … W_L (e_c − e_r)))      part of input i = xᵢ ∂s/∂xᵢ
///
/// In a network of ReLU without biases the parts sum to s exactly, since it is linear about each input.
public struct Saliency: Sendable, Equatable {
    /// s, in nats: the answer is exp(s) times as probable as its rival.
    public let score: Float
    /// ∂s/∂x, `[inputs]`
    public let inputGradient: [Float]
    /// xᵢ ∂s/∂xᵢ: positive speaks for the answer, negative for the rival, `[inputs]`.
    public let inputParts: [Float]
    /// xᵢ Σⱼ f′(zⱼ) Wᵢⱼ over the neurons j of the first layer: how much each input excites them, `[inputs]`.
    public let firstLayerParts: [Float]
    /// aⱼ ∂s/∂aⱼ, the same question asked of the first layer's neurons, `[neurons]`; empty without a hidden layer.
    public let neuronParts: [Float]

    /// - Parameters:
    ///   - input: `[1 × inputs]`
    ///   - answer, rival: classes, below the number of outputs.
    public init(of input: Matrix, answer: Int, rival: Int, in network: Network) {
        precondition(input.rows == 1 && input.columns == network.inputs, "One sample that the network can read.")
        precondition(answer < network.outputs && rival < network.outputs, "Answer and rival are classes.")
        let passes = network.forward(input)
        let last = network.layers.count - 1
        let logits = passes[last].output
        score = logits[0, answer] - logits[0, rival]
        var outputGradient = Matrix(rows: 1, columns: network.outputs)
        outputGradient[0, answer] += 1
        outputGradient[0, rival] -= 1
        inputGradient = network.inputGradient(of: outputGradient, atLayer: last, passes: passes).elements
        inputParts = zip(input.elements, inputGradient).map { $0 * $1 }
        let first = network.layers[0]
        let excitement = Matrix(rows: 1, columns: first.outputs, Array(repeating: 1, count: first.outputs))
        let slope = first.sumsGradient(passes[0], outputGradient: excitement)
        firstLayerParts = zip(input.elements, first.inputGradient(passes[0], sumsGradient: slope).elements)
            .map { $0 * $1 }
        neuronParts =
            last == 0
            ? []
            : zip(
                passes[0].output.elements,
                network.inputGradient(of: outputGradient, atLayer: last, passes: passes, downTo: 1).elements
            ).map { $0 * $1 }
    }
}
