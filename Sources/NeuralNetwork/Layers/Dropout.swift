/// Leaves hidden neurons out of a training step at random, each image its own (Srivastava et al., 2014; as in
/// `torch.nn.Dropout`, the others are scaled up, so that a test needs nothing of it).
///
///     forward    y = x m / (1 − p)      backward   ∂L/∂x = ∂L/∂y m / (1 − p)      m = 0 with probability p, else 1
public struct Dropout: Sendable, Equatable {
    /// p, in 0..<1
    public let probability: Float
    public let seed: UInt64

    public init(probability: Float, seed: UInt64) {
        precondition(probability >= 0 && probability < 1, "Dropout leaves some neurons.")
        self.probability = probability
        self.seed = seed
    }

    /// The factor of each neuron of a layer, m / (1 − p), `[count]`. It depends on the arguments and the seed alone.
    ///
    /// - Parameters:
    ///   - step: updates before this one.
    ///   - row: the image's place in the batch.
    public func factors(step: Int, layer: Int, row: Int, count: Int) -> [Float] {
        var generator = generator(step: step, layer: layer, row: row)
        return (0..<count).map { _ in factor(&generator) }
    }

    package func generator(step: Int, layer: Int, row: Int) -> RandomGenerator {
        var ofStep = RandomGenerator(seed: seed, stream: .dropout, index: step)
        var ofLayer = RandomGenerator(seed: ofStep.next(), stream: .dropout, index: layer)
        return RandomGenerator(seed: ofLayer.next(), stream: .dropout, index: row)
    }

    package func factor(_ generator: inout RandomGenerator) -> Float {
        generator.uniform() < Double(probability) ? 0 : 1 / (1 - probability)
    }
}
