import Foundation
import NeuralNetwork
import Testing

@testable import ModelFiles

/// Where the package is.
let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// A network of random weights, biases included, so that no two of its numbers are alike.
func makeNetwork(_ sizes: [Int] = [5, 4, 3], seed: UInt64 = 3) -> Network {
    var generator = RandomGenerator(seed: seed, stream: .initialization)
    func draws(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
    return Network(
        layers: zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            Dense(
                weights: Matrix(rows: inputs, columns: outputs, draws(inputs * outputs)),
                biases: Matrix(rows: 1, columns: outputs, draws(outputs)))
        })
}

/// Expects an error that names the file and says all of `words`.
func expectProblem(
    _ file: String, saying words: String..., location: SourceLocation = #_sourceLocation,
    when action: () throws -> Void
) {
    do {
        try action()
        Issue.record("no error for \(words)", sourceLocation: location)
    } catch let error as ModelFileError {
        let line = error.description
        #expect(line.hasPrefix(file + ": expected "), sourceLocation: location)
        #expect(!line.contains("\n"), sourceLocation: location)
        for word in words { #expect(line.contains(word), "\(line)", sourceLocation: location) }
    } catch {
        Issue.record("\(error) is not an error of the file", sourceLocation: location)
    }
}

extension Network {
    /// The same weights between other activations.
    func with(_ activation: Activation) -> Network {
        var network = self
        network.activation = activation
        return network
    }
}
