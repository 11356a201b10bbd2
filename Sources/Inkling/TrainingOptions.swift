import ArgumentParser
import Datasets
import Foundation
import NeuralNetwork
import Training

/// What every command that trains takes.
struct TrainingOptions: ParsableArguments {
    static let defaultDataset = "mnist"
    private static let defaults = TrainingConfiguration()

    @Option(help: ArgumentHelp("mnist, fashion-mnist, or a folder with IDX files.", valueName: "name"))
    var dataset = Self.defaultDataset

    @Option(help: ArgumentHelp("Where to look for data sets first.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("Neurons in each hidden layer, or none.", valueName: "sizes"))
    var layers = LayerSizes(values: Self.defaults.hiddenLayers)

    @Option(parsing: .unconditional, help: "Passes through the training images.")
    var epochs = Self.defaults.epochs

    @Option(parsing: .unconditional, help: "Images between two updates of the weights.")
    var batchSize = Self.defaults.batchSize

    @Option(help: "sgd or momentum.")
    var optimizer = Self.defaults.optimizer

    @Option(parsing: .unconditional, help: "How far a step goes along the gradient, at first.")
    var learningRate = Self.defaults.learningRate

    @Option(help: "How the learning rate moves: constant, or linear down to nothing.")
    var schedule = Self.defaults.schedule

    @Option(parsing: .unconditional, help: "Decides the initial weights and the order of the images.")
    var seed = Self.defaults.seed

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Threads that train together: how long it takes, not what comes out. (default: all cores)"))
    var threads: Int?

    func validate() throws {
        func check(_ holds: Bool, _ option: String, expected: String, found: some Any) throws {
            guard holds else { throw ValidationError("\(option): expected \(expected), found \(found).") }
        }
        try check((1...100_000).contains(epochs), "--epochs", expected: "a whole number of 1 to 100000", found: epochs)
        try check(
            (1...65_536).contains(batchSize), "--batch-size", expected: "a whole number of 1 to 65536", found: batchSize
        )
        try check(
            learningRate > 0 && learningRate <= 1000, "--learning-rate", expected: "a number above 0, up to 1000",
            found: learningRate)
        if let threads {
            try check(
                (1...1024).contains(threads), "--threads", expected: "a whole number of 1 to 1024", found: threads)
        }
    }

    var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.hiddenLayers = layers.values
        configuration.epochs = epochs
        configuration.batchSize = batchSize
        configuration.optimizer = optimizer
        configuration.learningRate = learningRate
        configuration.schedule = schedule
        configuration.seed = seed
        if let threads { configuration.threads = threads }
        return configuration
    }

    /// Where the data set is; quick, and throws when there is none.
    func locateDataset() throws -> DatasetLocation {
        try DatasetLocation.find(dataset, dataDirectory: data)
    }
}

/// "128,64", or "none".
struct LayerSizes: ExpressibleByArgument {
    let values: [Int]

    init(values: [Int]) { self.values = values }

    init?(argument: String) {
        let parts = argument == "none" ? [] : argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard values.count == parts.count, values.count <= 16, values.allSatisfy((1...16_384).contains) else {
            return nil
        }
        self.values = values
    }

    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

extension Optimizer.Kind: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
