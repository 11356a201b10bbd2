import NeuralNetwork

extension TrainingConfiguration {
    /// Roughly how long a run takes beside other runs, in multiplications an image and epoch, told before the images are
    /// read: for images of 28 × 28.
    public var expectedWork: Double {
        let layers = hiddenLayers + [.dense(neurons: 10)]
        let input = Shape(height: 28, width: 28, channels: 1)
        // Layers that do not fit images of that size may fit others.
        guard let outputs = try? HiddenLayer.outputs(of: layers, input: input) else { return Double(epochs) }
        let products = zip(layers, zip([input] + outputs, outputs)).reduce(0.0) { sum, layer in
            let (reads, gives) = layer.1
            return sum + layer.0.parameterCount(for: reads) * Double(gives.height * gives.width)
        }
        // What an image costs besides: its way into the batch, losses, a share of a test.
        return Double(epochs) * (products + 20_000)
    }
}
