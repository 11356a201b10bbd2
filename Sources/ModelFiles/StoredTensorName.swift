/// What the name of a tensor says: of which layer it is, and which part of it.
struct StoredTensorName {
    enum Part: Hashable {
        /// Of PyTorch, or a matrix that lies either way.
        case weights
        /// Of Keras, Flax and Haiku: `[in, out]`, or `[h, w, in, out]` of a convolution.
        case kernel
        case biases
        /// γ, β, µ and σ² of batch normalisation; γ is also called `weight`, β also `bias`.
        case gamma, beta, mean, variance

        var isOfNormalization: Bool { [.gamma, .beta, .mean, .variance].contains(self) }
    }

    let layer: String
    let part: Part
    /// ε of batch normalisation in the library that names µ and σ² so, where it is not told otherwise.
    var epsilon = 1e-5

    /// "module.fc1.weight" → "fc1", weights; "params/Dense_0/kernel" → "Dense_0", kernel; "W1" → "1", weights.
    init?(_ name: String) {
        var rest = name.replacing("/", with: ".")[...]
        if rest.hasSuffix(":0") { rest = rest.dropLast(2) }
        while let prefix = Self.prefixes.first(where: { rest.hasPrefix($0) }) { rest = rest.dropFirst(prefix.count) }
        if let match = rest.wholeMatch(of: Self.numbered) {
            (layer, part) = (String(match.2), match.1.lowercased().hasPrefix("b") ? .biases : .weights)
            return
        }
        let last = rest.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        guard let part = Self.parts[String(last)] else { return nil }
        self.part = part
        layer = String(rest.dropLast(min(last.count + 1, rest.count)))
        if last.hasPrefix("moving") { epsilon = 1e-3 }
    }

    /// What counts batches in PyTorch's batch normalisation; no part of what the network does.
    static func isCounter(_ name: String) -> Bool { name.hasSuffix("num_batches_tracked") }

    /// "W1", "bias_2". Read once, as a file may have many thousand names; nothing changes it, so threads may share it.
    private nonisolated(unsafe) static let numbered = /(?i)(w|weights?|theta|kernel|b|bias|biases)_?([0-9]{1,9})/

    /// What wrappers add.
    private static let prefixes = ["module.", "model.", "_orig_mod.", "params.", "batch_stats."]

    private static let parts: [String: Part] = [
        "weight": .weights, "weights": .weights, "kernel": .kernel, "w": .kernel, "bias": .biases,
        "biases": .biases, "b": .biases, "gamma": .gamma,
        "scale": .gamma, "beta": .beta, "running_mean": .mean, "moving_mean": .mean, "mean": .mean,
        "running_var": .variance, "moving_variance": .variance, "var": .variance,
    ]

    /// The words for an error.
    static let expected =
        "names of layers: NAME.weight and NAME.bias, NAME/kernel and NAME/bias, W1 and b1, or arr_0, arr_1, …"
}
