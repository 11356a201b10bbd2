import ArgumentParser
import Datasets
import Foundation
import NeuralNetwork
import Training

/// What every command that trains takes.
struct TrainingOptions: ParsableArguments {
    static let defaultDataset = "mnist"
    /// The one that was asked for, or the usual one.
    var datasetName: String { dataset ?? Self.defaultDataset }
    private static let defaults = TrainingConfiguration()

    @Option(
        help: ArgumentHelp(
            "mnist (default), fashion-mnist, a folder with IDX or CSV files or with a folder of pictures for each class, an "
                + ".npz or CSV file, or points of the plane: "
                + ToySet.generated.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name"))
    var dataset: String?

    @OptionGroup var source: DatasetOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep so many of the training images aside to judge the network by; the test images are asked once, at the end.",
            valueName: "images"))
    var validation: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End after so many epochs in which the loss of the validation images was not lower than before.",
            valueName: "epochs"))
    var earlyStop: Int?

    @Option(
        help: "A usual network with all that suits it: dense, lenet or small. Other options go before. (default: dense)"
    )
    var network: Recipe?

    @Option(
        help: ArgumentHelp(
            "The layers before the last, or none: numbers of neurons, conv6x5 (6 channels of 5 × 5; conv6x5v without a "
                + "border of zeros), pool2 (the largest of 2 × 2). (default: 128,64)", valueName: "layers"))
    var layers: LayerList?

    @Flag(
        inversion: .prefixedNo,
        help: "Distort the images anew in each epoch, as suits the data set. (default: off; on for lenet and small)")
    var distort: Bool?

    @Option(help: "What a hidden neuron makes of its sum. (default: \(Self.defaults.activation.rawValue))")
    var activation: Activation?

    @Option(help: "How the weights are drawn at first. (default: \(Self.defaults.initialization.rawValue))")
    var initialization: Initialization?

    @Option(parsing: .unconditional, help: "Passes through the training images. (default: \(Self.defaults.epochs))")
    var epochs: Int?

    @Option(
        parsing: .unconditional,
        help: "Images between two updates of the weights. (default: \(Self.defaults.batchSize))")
    var batchSize: Int?

    @Option(help: "How gradients change the weights. (default: \(Self.defaults.optimizer))")
    var optimizer: Optimizer.Kind?

    @Option(
        parsing: .unconditional,
        help: "How far a step goes along the gradient. (default: \(Self.defaults.learningRate) for momentum)")
    var learningRate: Float?

    @Option(help: "How the learning rate moves. (default: \(Self.defaults.schedule))")
    var schedule: LearningRateSchedule?

    @Option(
        parsing: .unconditional,
        help: "Pull of the weights towards zero: L2, or AdamW's own. (default: 0; 0.01 for adamw)")
    var weightDecay: Float?

    @Option(parsing: .unconditional, help: "Share of hidden neurons that a step leaves out. (default: 0)")
    var dropout: Float?

    @Option(
        parsing: .unconditional,
        help: "Decides all chance: weights, order of the images, dropout. (default: \(Self.defaults.seed))")
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Threads that train together: how long it takes, not what comes out. (default: all cores)"))
    var threads: Int?

    func validate() throws {
        if let set = toySet {
            guard layers.map({ $0.neurons.count == $0.values.count }) ?? true, network == nil, distort == nil,
                validation == nil, earlyStop == nil
            else {
                throw ValidationError(
                    "--dataset \(set.rawValue): expected numbers of neurons, found layers, a network, distortions or a "
                        + "validation for images.")
            }
        }
        if let problem = configuration.problem { throw ValidationError("--\(problem)") }
    }

    /// What suits the data set and the optimizer, but for what was asked for.
    var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration(network ?? .dense, dataset: datasetName, optimizer: optimizer)
        if let distort { configuration.distortion = distort ? .preset(dataset: datasetName) : nil }
        if let layers { configuration.hiddenLayers = layers.values }
        if let epochs { configuration.epochs = epochs }
        if let batchSize { configuration.batchSize = batchSize }
        if let learningRate { configuration.learningRate = learningRate }
        if let schedule { configuration.schedule = schedule }
        if let weightDecay { configuration.weightDecay = weightDecay }
        if let dropout { configuration.dropout = dropout }
        if let activation { configuration.activation = activation }
        if let initialization { configuration.initialization = initialization }
        if let seed { configuration.seed = seed }
        configuration.threads = threads ?? StartedRanks.coresOfThisRank
        configuration.validation = validation
        configuration.earlyStop = earlyStop
        return configuration
    }

    /// The layers before the last that were asked for, one by one or by a name; nil for the usual ones.
    var hiddenLayers: [HiddenLayer]? {
        layers?.values ?? network.map { TrainingConfiguration($0, dataset: datasetName).hiddenLayers }
    }

    /// The points of the plane that were asked for; nil for images.
    var toySet: ToySet? { ToySet.generated.first { $0.rawValue == datasetName } }

    /// What suits points of the plane, but for what was asked for.
    func playgroundConfiguration(_ set: ToySet) -> PlaygroundConfiguration {
        var configuration = PlaygroundConfiguration()
        configuration.set = set
        configuration.noise = set.usualNoise
        if let optimizer, optimizer != configuration.optimizer {
            configuration.optimizer = optimizer
            configuration.learningRate = optimizer.usualLearningRate
        }
        if let layers { configuration.hiddenLayers = layers.neurons }
        if let batchSize { configuration.batchSize = batchSize }
        if let learningRate { configuration.learningRate = learningRate }
        if let weightDecay { configuration.weightDecay = weightDecay }
        if let activation { configuration.activation = activation }
        if let seed { configuration.seed = seed }
        return configuration
    }

    /// Those for images. Where these are the playground's, images wait behind it with what is usual.
    func imageOptions() throws -> TrainingOptions {
        toySet == nil ? self : try TrainingOptions.parse(source.data.map { ["--data", $0] } ?? [])
    }

    /// Where the data set is; quick, and throws when there is none.
    func locateDataset() throws -> DatasetLocation {
        try source.locate(datasetName)
    }

    /// The one that the program begins with, then those with a name of their own that are there.
    func datasets(beside location: DatasetLocation) -> [DatasetLocation] {
        let others = DatasetLocation.knownNames.filter { $0 != location.name }
        return [location] + others.compactMap { try? DatasetLocation.find($0, dataDirectory: source.data) }
    }
}

/// "128,64", "conv6x5,pool2,120", or "none".
struct LayerList: ExpressibleByArgument, CustomStringConvertible {
    let values: [HiddenLayer]

    init?(argument: String) {
        let parts = argument == "none" ? [] : argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { HiddenLayer($0.trimmingCharacters(in: .whitespaces)) }
        guard values.count == parts.count, values.count <= 32 else { return nil }
        self.values = values
    }

    /// Those of dense layers.
    var neurons: [Int] {
        values.compactMap { layer in
            if case .dense(let neurons) = layer { neurons } else { nil }
        }
    }

    var description: String { HiddenLayer.list(values) }
}

extension Recipe: ExpressibleByArgument {}
extension Optimizer.Kind: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension Activation: ExpressibleByArgument {}
extension Initialization: ExpressibleByArgument {}
