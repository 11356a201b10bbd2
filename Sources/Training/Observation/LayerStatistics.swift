import Datasets
import NeuralNetwork

/// How a layer is doing: root mean squares of its weights, of their gradients and of the last update, and what its
/// neurons are good for.
public struct LayerStatistics: Sendable, Equatable {
    public let weights: Double
    /// Of the gradient of the mean loss over the images looked at.
    public let gradients: Double
    /// Of what one step added to the weights.
    public let updates: Double
    /// The share of neurons that ReLU silences for every image looked at, 0…1; nil for the last layer, which has none,
    /// and for other activations.
    public let deadShare: Double?
    /// What each neuron does, in a convolution each feature map, `[channels of the layer]`; empty for pooling, which has
    /// none of its own.
    public var neurons: [NeuronStatistics] = []
    public var histograms: LayerHistograms?

    /// The length of the gradient of a layer's weights, whose root mean square is known; nil where it has none or that is
    /// no number.
    func gradientNorm(of layer: Layer) -> Float? {
        let norm = Float(gradients * Double(layer.weights.count).squareRoot())
        return layer.parameterCount > 0 && norm.isFinite ? norm : nil
    }

    /// One for each layer, from the network before and after a step and from images to look at.
    static func observe(before: Network, after: Network, images: ImageSet, count: Int) -> [LayerStatistics] {
        // The plain way through convolutions takes long.
        let most = after.layers.allSatisfy(\.isDense) ? count : count / 4
        let indices = (0..<Int32(min(most, images.count)))
        let inputs = images.inputs(indices)
        let labels = indices.map { images.labels[Int($0)] }
        let gradients = after.lossAndGradients(inputs: inputs, labels: labels).gradients
        let activations = after.forward(inputs).map(\.output)
        var gradient = after
        gradient.parameters = gradients
        return after.layers.indices.map { index in
            let (old, new) = (before.layers[index].weights, after.layers[index].weights)
            let next = after.layers.dropFirst(index + 1).first { $0.parameterCount > 0 }
            let shape = after.layers[index].output
            let neurons =
                after.layers[index].parameterCount == 0
                ? []
                : NeuronStatistics.observe(
                    activations[index], places: shape.height * shape.width, labels: labels,
                    classes: after.outputs, next: next)
            return LayerStatistics(
                weights: rootMeanSquare(new), gradients: rootMeanSquare(gradient.layers[index].weights),
                updates: rootMeanSquare(new, minus: old),
                deadShare: next == nil || neurons.isEmpty || after.layers[index].activation != .relu
                    ? nil : Double(neurons.count(where: \.isDead)) / Double(neurons.count),
                neurons: neurons,
                histograms: LayerHistograms(
                    weights: new.withUnsafeElements(Histogram.init),
                    gradients: gradient.layers[index].weights.withUnsafeElements(Histogram.init),
                    activations: activations[index].withUnsafeElements(Histogram.init)))
        }
    }

    private static func rootMeanSquare(_ matrix: Matrix, minus other: Matrix? = nil) -> Double {
        guard matrix.count > 0 else { return 0 }
        let sum = matrix.withUnsafeElements { elements in
            (other ?? Matrix(rows: 0, columns: 0)).withUnsafeElements { others in
                var sum: Float = 0
                for index in elements.indices {
                    let value = others.isEmpty ? elements[index] : elements[index] - others[index]
                    sum += value * value
                }
                return sum
            }
        }
        return (Double(sum) / Double(matrix.count)).squareRoot()
    }
}
