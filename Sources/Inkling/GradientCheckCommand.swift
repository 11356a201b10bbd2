import ArgumentParser
import Foundation
import NeuralNetwork
import Training

struct GradientCheckCommand: ParsableCommand {
    private static let defaults = TrainingConfiguration()

    static let configuration = CommandConfiguration(
        commandName: "gradcheck", abstract: "Compare backpropagation with finite differences.",
        discussion: "On a network of 784 inputs and 10 classes and random samples. A relative error of 1e-5 or less is "
            + "rounding; above 1e-4 something is wrong, and the exit status is 1.")

    @Option(
        help: ArgumentHelp(
            "The layers before the last, or none, as for training on images of 28 × 28. (default: 128,64)",
            valueName: "layers"))
    var layers: LayerList?

    @Option(help: "What a hidden neuron makes of its sum.")
    var activation = Self.defaults.activation

    @Option(parsing: .unconditional, help: "Parameters to compare in each layer.")
    var samples = 200

    @Option(parsing: .unconditional, help: "Decides weights, samples and which parameters are compared.")
    var seed: UInt64 = 0

    @Flag(help: "Print one JSON object for each layer.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(samples) else {
            throw ValidationError("--samples: expected a whole number of 1 to 100000, found \(samples).")
        }
    }

    func run() throws {
        var generator = RandomGenerator(seed: seed, stream: .initialization)
        let hidden = layers?.values ?? Self.defaults.hiddenLayers
        // Behind a last layer of zeros no gradient would reach the others.
        let network: Network
        do {
            network = try Network(
                input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: seed, activation: activation,
                initialization: .xavier)
        } catch {
            throw ValidationError("--layers: \(error).")
        }
        let batch = 16
        let inputs = Matrix(
            rows: batch, columns: 784, (0..<batch * 784).map { _ in Float(generator.uniform()) })
        let labels = (0..<batch).map { _ in UInt8(generator.uniform(below: 10)) }
        let check = GradientCheck(of: network, inputs: inputs, labels: labels, samples: samples, seed: seed)
        try report(check, of: network)
        guard check.passes else {
            throw GradientCheckFailure()
        }
    }

    private func report(_ check: GradientCheck, of network: Network) throws {
        if !json { try Output.line("layer           compared   worst relative error   (1e-5 or less is rounding)") }
        for (index, (result, layer)) in zip(check.layers, network.layers).enumerated() {
            if json {
                let line = GradientCheckLine(
                    layer: index + 1, inputs: layer.inputs, outputs: layer.outputs, compared: result.count,
                    worstRelativeError: result.worstError)
                try Output.line(try JSONLine(line).text)
            } else {
                let name = "\(index + 1)  \(layer.inputs)→\(layer.outputs)"
                let pad = String(repeating: " ", count: max(0, 14 - name.count))
                try Output.line(name + pad + String(format: "%10d   %.1e", result.count, result.worstError))
            }
        }
    }
}

/// A layer as a line of JSON.
private struct GradientCheckLine: Encodable {
    let layer, inputs, outputs, compared: Int
    let worstRelativeError: Double
}

private struct GradientCheckFailure: LocalizedError {
    var errorDescription: String? {
        "Backpropagation and finite differences disagree by more than \(GradientCheck.tolerance)."
    }
}
