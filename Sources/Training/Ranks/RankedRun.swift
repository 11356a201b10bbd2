import Datasets
import Engine
import Foundation
import NeuralNetwork
import Ranks

/// A run as all ranks have it at its beginning: what rank 0 sends the others, which need no files.
struct RankedRun {
    let configuration: TrainingConfiguration
    let dataset: Dataset
    let network: Network
    let optimizer: Optimizer

    /// What is not numbers.
    private struct Header: Codable {
        let configuration: TrainingConfiguration
        let optimizerSteps: Int
        let name: String
        let classNames: [String]
        let width, height: Int
        /// Whether the images follow; they do not where they are those of the run before.
        let sendsImages: Bool
    }

    /// - Parameter sendsImages: whether the others do not have them yet.
    func send(_ world: World, sendsImages: Bool) throws {
        let (train, test) = (dataset.train, dataset.test)
        let header = Header(
            configuration: configuration, optimizerSteps: optimizer.steps, name: dataset.name,
            classNames: dataset.classNames, width: train.width, height: train.height, sendsImages: sendsImages)
        _ = try world.broadcast(Array(JSONEncoder().encode(header)))
        if sendsImages {
            for bytes in [train.pixels, train.labels, test.pixels, test.labels] { _ = try world.broadcast(bytes) }
        }
        for parameters in [network.parameters] + optimizer.moments { try parameters.send(to: world) }
    }
}

extension RankedRun {
    /// - Parameter former: the data set of the run before.
    init(receiving world: World, former: Dataset?) throws {
        let header = try JSONDecoder().decode(Header.self, from: Data(world.broadcast([])))
        configuration = header.configuration
        if let former, !header.sendsImages {
            dataset = former
        } else {
            func images() throws -> ImageSet {
                let pixels = try world.broadcast([])
                return ImageSet(
                    width: header.width, height: header.height, pixels: pixels, labels: try world.broadcast([]))
            }
            dataset = Dataset(
                name: header.name, train: try images(), test: try images(), classNames: header.classNames)
        }
        var network = configuration.makeNetwork(for: dataset)
        network.parameters = try network.parameters.received(from: world)
        optimizer = Optimizer(
            configuration.optimizer, weightDecay: configuration.weightDecay, steps: header.optimizerSteps,
            moments: try (0..<configuration.optimizer.momentCount).map { _ in
                try network.parameters.received(from: world)
            })
        self.network = network
    }
}

extension Parameters {
    /// Sends all of them from rank 0 to the others.
    func send(to world: World) throws {
        for matrix in matrices {
            _ = try world.broadcast(matrix.withUnsafeElements { Array(UnsafeRawBufferPointer($0)) })
        }
    }

    /// Those that rank 0 sends, of the same sizes as these.
    func received(from world: World) throws -> Parameters {
        var parameters = self
        for index in matrices.indices {
            let (matrix, bytes) = (matrices[index], try world.broadcast([]))
            let elements = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            parameters.matrices[index] = Matrix(rows: matrix.rows, columns: matrix.columns, elements)
        }
        return parameters
    }
}
