import Datasets
import NeuralNetwork
import Training

/// An image and what goes on in the network while it reads it.
struct Reading {
    let title: String
    /// `[rows × width]`, 0…255
    let pixels: [UInt8]
    let width: Int
    /// Its class; nil where it has no label.
    let label: Int?
    /// `[1 × pixels]`, 0…1
    let input: Matrix
    /// What each layer gives, `[1 × outputs]` each.
    let activations: [Matrix]
    /// What reads it.
    let network: Network
    /// What goes through each layer, of one row.
    let passes: [Layer.Pass]
    /// `[classes]`
    let probabilities: [Float]
    /// The most probable class.
    let answer: Int
    /// Whether the network can but guess.
    let isUntrained: Bool

    /// nil where there is nothing to read, or nothing that the network can read.
    init?(_ sample: NetworkState.Sample, drawing: [UInt8]?, in snapshot: TrainingSnapshot) {
        let images = snapshot.dataset.test
        if case .drawing = sample, let drawing {
            (title, label, pixels) = ("your drawing", nil, drawing)
        } else {
            guard images.count > 0 else { return nil }
            var index = 0
            if case .image(let number) = sample { index = min(number, images.count - 1) }
            (title, label, pixels) = (
                "\(snapshot.dataset.judge) image \(index)", Int(images.labels[index]), Array(images.image(index))
            )
        }
        guard pixels.count == snapshot.now.network.inputs, pixels.count == images.pixelsPerImage else { return nil }
        width = images.width
        isUntrained = snapshot.isUntrained
        input = Matrix(rows: 1, columns: pixels.count, pixels.map { Float($0) / 255 })
        network = snapshot.now.network
        passes = network.forward(input)
        activations = passes.map(\.output)
        let probabilities = SoftmaxCrossEntropy.softmax(activations[activations.count - 1]).elements
        self.probabilities = probabilities
        answer = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }

    /// What each neuron of a layer gives, a feature map the mean of its places, `[neurons]`.
    func outputs(of layer: Int) -> [Float] {
        let (values, places) = (activations[layer].elements, network.layers[layer].places)
        guard places > 1 else { return values }
        return (0..<network.layers[layer].neurons).map { neuron in
            values[neuron * places..<(neuron + 1) * places].reduce(0, +) / Float(places)
        }
    }

    /// What a neuron gives at each place, `[places]`.
    func map(of neuron: Neuron) -> [Float] {
        let places = network.layers[neuron.layer].places
        return Array(activations[neuron.layer].elements[neuron.index * places..<(neuron.index + 1) * places])
    }

    /// The place of a neuron's map that gives most.
    func strongestPlace(of neuron: Neuron) -> Int {
        let values = map(of: neuron)
        return values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }

    /// What each neuron before a layer adds to the sums of each of its neurons, those of feature maps as means over their
    /// places, `[neurons before × neurons]`; the image counts as one neuron where the layer reads it by places.
    func parts(into layer: Int) -> Matrix {
        let values = passes[layer].input.elements
        switch network.layers[layer] {
        case .convolution(let convolution):
            let output = convolution.output
            var parts = convolution.parts(of: values, rows: 0..<output.height, columns: 0..<output.width)
            for row in 0..<parts.rows {
                for column in 0..<parts.columns { parts[row, column] /= Float(output.height * output.width) }
            }
            return parts
        case .dense(let dense):
            let before = layer == 0 ? values.count : network.layers[layer - 1].neurons
            let places = values.count / max(before, 1)
            var parts = Matrix(rows: before, columns: dense.outputs)
            parts.withUnsafeMutableElements { parts in
                dense.weights.withUnsafeElements { weights in
                    for (input, value) in values.enumerated() where value != 0 {
                        let (from, to) = (input * dense.outputs, input / places * dense.outputs)
                        for output in 0..<dense.outputs { parts[to + output] += value * weights[from + output] }
                    }
                }
            }
            return parts
        case .maxPool: return Matrix(rows: 0, columns: 0)
        }
    }

    /// The most probable class other than the given one.
    func rival(of answer: Int) -> Int {
        let others = probabilities.indices.filter { $0 != answer }
        return others.reduce(others.first ?? 0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }

    /// In which colour the answer stands.
    var ink: Ink { ink(of: answer) ?? .value }

    /// In which colour a class stands out; nil for those that do not.
    func ink(of number: Int) -> Ink? {
        Verdict(answer: answer, label: label, isUntrained: isUntrained).ink(of: number)
    }
}

/// A neuron by its layer, counted from 0, and its number in it; of convolution and pooling a whole feature map.
struct Neuron: Sendable, Hashable {
    var layer: Int
    var index: Int
}

extension TrainingSnapshot {
    /// What is known of a neuron; nil before the first look.
    func statistics(of neuron: Neuron) -> NeuronStatistics? {
        guard now.layers.indices.contains(neuron.layer),
            now.layers[neuron.layer].neurons.indices.contains(neuron.index)
        else { return nil }
        return now.layers[neuron.layer].neurons[neuron.index]
    }

    /// Only hidden neurons count as dead: an output may well be zero.
    func isDead(_ neuron: Neuron) -> Bool {
        neuron.layer < now.network.layers.count - 1 && statistics(of: neuron)?.isDead ?? false
    }

    /// The neurons of a dense first layer, the most used first; by number before the first look.
    var firstLayerByUse: [Int] {
        guard now.network.layers.first?.isDense ?? false else { return [] }
        let neurons = now.layers.first?.neurons ?? []
        let all = Array(0..<(now.network.layers.first?.outputs ?? 0))
        guard neurons.count == all.count else { return all }
        return all.sorted { (neurons[$0].use, $1) > (neurons[$1].use, $0) }
    }

    /// What a neuron looks for: the weights of one in the first layer; for one further on, how each pixel of the image
    /// in hand would move it. Of a feature map the place that gives most is meant.
    func inputWeights(of neuron: Neuron, in reading: Reading) -> [Float] {
        var one = Matrix(rows: 1, columns: now.network.layers[neuron.layer].outputs)
        one[0, neuron.index * now.network.layers[neuron.layer].places + reading.strongestPlace(of: neuron)] = 1
        return now.network.inputGradient(of: one, atLayer: neuron.layer, passes: reading.passes).elements
    }
}
