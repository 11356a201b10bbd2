import NeuralNetwork

/// What a neuron does over the images looked at.
public struct NeuronStatistics: Sendable, Equatable {
    /// The share of the images for which it gives something other than zero, 0…1.
    public let firingShare: Float
    /// How much the next layer hears of it: its mean magnitude times the length of its outgoing weights.
    public let use: Float
    /// What it gives on average for the images of each class, `[10]`; 0 where there was no image of a class.
    public let classMeans: [Float]

    /// Silent for every image: no gradient reaches it, and it cannot learn its way back.
    public var isDead: Bool { firingShare == 0 }

    /// `activations [images × neurons]`, `labels [images]`; `next` is the layer that the neurons speak to.
    static func observe(_ activations: Matrix, labels: [UInt8], next: Layer?) -> [NeuronStatistics] {
        let (neurons, classes) = (activations.columns, 10)
        var fired = [Int](repeating: 0, count: neurons)
        var magnitudes = [Float](repeating: 0, count: neurons)
        var sums = [Float](repeating: 0, count: neurons * classes)
        var images = [Float](repeating: 0, count: classes)
        activations.withUnsafeElements { elements in
            for (row, label) in labels.enumerated() {
                images[Int(label)] += 1
                for neuron in 0..<neurons where elements[row * neurons + neuron] != 0 {
                    let value = elements[row * neurons + neuron]
                    fired[neuron] += 1
                    magnitudes[neuron] += abs(value)
                    sums[neuron * classes + Int(label)] += value
                }
            }
        }
        let count = Float(max(labels.count, 1))
        let weights = next?.weights
        return (0..<neurons).map { neuron in
            let length = weights.map { weights in
                (0..<weights.columns).reduce(0) { $0 + weights[neuron, $1] * weights[neuron, $1] }.squareRoot()
            }
            return NeuronStatistics(
                firingShare: Float(fired[neuron]) / count, use: magnitudes[neuron] / count * (length ?? 1),
                classMeans: (0..<classes).map { sums[neuron * classes + $0] / max(images[$0], 1) })
        }
    }
}
