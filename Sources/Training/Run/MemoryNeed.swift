import Datasets
import Foundation
import NeuralNetwork

/// Whether a network fits into memory: asked before minutes go by in which it fills.
public struct MemoryNeed: Sendable {
    /// In bytes, as far as the sizes tell.
    public let bytes: Double

    /// Of training as configured; throws where a layer does not fit the images.
    public init(of configuration: TrainingConfiguration, on dataset: Dataset) throws(LayerMisfit) {
        let last = HiddenLayer.dense(neurons: dataset.classNames.count)
        let layers = configuration.hiddenLayers + [last]
        let shapes = [dataset.train.shape] + (try HiddenLayer.outputs(of: layers, input: dataset.train.shape))
        let parameters = zip(layers, shapes).reduce(0.0) { sum, layer in
            sum + layer.0.parameterCount(for: layer.1)
        }
        // Beside the moments that are kept: weights, a gradient, what the optimizer remembers; and copies of the weights
        // while a network is tested and looked at, before a step and after it.
        let copies = 4 + Double(configuration.optimizer.momentCount)
        // What each layer gives and its gradient.
        let activations = 2 * Double(configuration.batchSize) * shapes.reduce(0) { $0 + Double($1.count) }
        // A look at the layers takes the plain way, with the inputs of each place of some images in a row, forward and
        // back; and each 16 images have a gradient of a convolution of their own.
        let convolutions = zip(layers, zip(shapes, shapes.dropFirst())).reduce(0.0) { sum, layer in
            guard case .convolution(_, let kernel, _) = layer.0 else { return sum }
            let (input, output) = layer.1
            let patches = Double(output.height * output.width) * Double(input.channels * kernel * kernel)
            let blocks = (Double(configuration.batchSize) / 16).rounded(.up)
            return sum + 64 * patches + blocks * layer.0.parameterCount(for: input)
        }
        bytes = 4 * (parameters * copies + activations + convolutions) + Double(Moments.mostBytes)
    }

    /// In bytes: the machine's memory, or what the control group of the process allows (version 2, then 1).
    public static var available: Double {
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
            (try? String(contentsOfFile: path, encoding: .utf8))
                .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        return min(Double(ProcessInfo.processInfo.physicalMemory), limits.min() ?? .infinity)
    }

    /// "32.1 GB"
    public static func text(_ bytes: Double) -> String { String(format: "%.1f GB", bytes / 1e9) }
}
