import Foundation
import NeuralNetwork

/// A judge as it stands in files, without loss.
struct JudgeText: Codable {
    let height: Int, width: Int
    /// In this order: familiar, unfamiliar, and the most that is accepted.
    let limits: [Float]
    /// Inputs first.
    let sizes: [Int]
    /// For each layer what a step of its weights is worth.
    let scales: [Float]
    /// The weights of all layers, row-major, in steps, a signed byte each; in Base64.
    let weights: String
    let biases: [Float]

    init(_ judge: Judge) {
        let layers = judge.network.layers.compactMap(\.dense)
        (height, width) = (judge.height, judge.width)
        limits = [judge.familiar, judge.unfamiliar, judge.limit]
        sizes = [judge.network.inputs] + layers.map(\.outputs)
        scales = layers.map { $0.weights.byteStep }
        weights = Data(
            zip(layers, scales).flatMap { layer, scale in
                layer.weights.elements.map { UInt8(bitPattern: Int8(($0 / scale).rounded())) }
            }
        ).base64EncodedString()
        biases = layers.flatMap(\.biases.elements)
    }

    /// nil where the numbers do not go together.
    var judge: Judge? {
        guard limits.count == 3, (limits + scales + biases).allSatisfy(\.isFinite), (1...1 << 14).contains(height),
            (1...1 << 14).contains(width), sizes.count >= 2, sizes.allSatisfy({ (1...4096).contains($0) }),
            scales.count == sizes.count - 1, let bytes = Data(base64Encoded: weights),
            bytes.count == zip(sizes, sizes.dropFirst()).reduce(0, { $0 + $1.0 * $1.1 }),
            biases.count == sizes.dropFirst().reduce(0, +), sizes[sizes.count - 1] % 2 == 1,
            sizes[sizes.count - 1] >= 3
        else { return nil }
        let side = Judge.shrinkage(height: height, width: width)
        guard sizes[0] == (height + side - 1) / side * ((width + side - 1) / side) else { return nil }
        var (bytesLeft, biasesLeft) = (bytes[...], biases[...])
        let layers = zip(zip(sizes, sizes.dropFirst()), scales).map { sizes, scale in
            let values = bytesLeft.prefix(sizes.0 * sizes.1).map { Float(Int8(bitPattern: $0)) * scale }
            let layer = Dense(
                weights: Matrix(rows: sizes.0, columns: sizes.1, values),
                biases: Matrix(rows: 1, columns: sizes.1, biasesLeft.prefix(sizes.1)))
            bytesLeft = bytesLeft.dropFirst(values.count)
            biasesLeft = biasesLeft.dropFirst(sizes.1)
            return layer
        }
        return Judge(
            network: Network(layers: layers), height: height, width: width, familiar: limits[0],
            unfamiliar: limits[1], limit: limits[2])
    }
}

extension Network {
    /// With weights that are whole multiples of a step, at most 127 of them, so that a byte holds each.
    var rounded: Network {
        var network = self
        for index in network.layers.indices {
            let step = network.layers[index].weights.byteStep
            network.layers[index].weights.withUnsafeMutableElements { elements in
                for place in elements.indices { elements[place] = (elements[place] / step).rounded() * step }
            }
        }
        return network
    }
}

extension Matrix {
    /// The smallest power of two of which the largest element is at most 127, so that the same comes of what was rounded.
    fileprivate var byteStep: Float {
        let largest = withUnsafeElements { $0.reduce(0) { max($0, abs($1)) } }
        return largest > 0 ? exp2((log2(largest / 127)).rounded(.up)) : 1
    }
}
