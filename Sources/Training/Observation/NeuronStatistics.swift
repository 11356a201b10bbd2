import NeuralNetwork

/// What a neuron does over the images looked at; one of a convolution is a whole feature map, over all its places.
public struct NeuronStatistics: Sendable, Equatable {
    /// The share of the images, or of their places, for which it gives something other than zero, 0…1.
    public let firingShare: Float
    /// How much the next layer hears of it: its mean magnitude times the length of its outgoing weights.
    public let use: Float
    /// What it gives on average for the images of each class, `[classes]`; 0 where there was no image of a class.
    public let classMeans: [Float]

    /// Silent for every image: no gradient reaches it, and it cannot learn its way back.
    public var isDead: Bool { firingShare == 0 }

    /// - Parameters:
    ///   - activations: `[images × neurons · places]`, neuron by neuron.
    ///   - places: of each neuron's feature map; 1 in a dense layer.
    ///   - labels: `[images]`
    ///   - classes: labels are below.
    ///   - next: the layer that the neurons speak to.
    static func observe(
        _ activations: Matrix, places: Int = 1, labels: [UInt8], classes: Int, next: Layer?
    ) -> [NeuronStatistics] {
        let neurons = activations.columns / max(places, 1)
        var fired = [Int](repeating: 0, count: neurons)
        var magnitudes = [Float](repeating: 0, count: neurons)
        var sums = [Float](repeating: 0, count: neurons * classes)
        var images = [Float](repeating: 0, count: classes)
        activations.withUnsafeElements { elements in
            for (row, label) in labels.enumerated() {
                images[Int(label)] += 1
                for neuron in 0..<neurons {
                    let start = (row * neurons + neuron) * places
                    for value in elements[start..<start + places] where value != 0 {
                        fired[neuron] += 1
                        magnitudes[neuron] += abs(value)
                        sums[neuron * classes + Int(label)] += value
                    }
                }
            }
        }
        let count = Float(max(labels.count * places, 1))
        let weights = next?.weights
        return (0..<neurons).map { neuron in
            let length = weights.map { weights in
                // What it gives goes into so many rows of the weights: the places of its map, or of a pattern.
                let rows = weights.rows / neurons
                return (neuron * rows..<(neuron + 1) * rows).reduce(0) { sum, row in
                    (0..<weights.columns).reduce(sum) { $0 + weights[row, $1] * weights[row, $1] }
                }.squareRoot()
            }
            return NeuronStatistics(
                firingShare: Float(fired[neuron]) / count, use: magnitudes[neuron] / count * (length ?? 1),
                classMeans: (0..<classes).map {
                    sums[neuron * classes + $0] / max(images[$0] * Float(places), 1)
                })
        }
    }
}
