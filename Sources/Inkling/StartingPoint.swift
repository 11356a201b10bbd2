import ArgumentParser
import Datasets
import ModelFiles
import NeuralNetwork
import Training

/// What a training goes on from: a new network, or one from a file.
struct StartingPoint: ParsableArguments {
    @Option(help: ArgumentHelp("Train on from this network.", valueName: "file"))
    var model: String?

    @OptionGroup var reading: ModelReadingOptions

    /// Reads what there is to read; throws when the options contradict it.
    func trainerSource(_ options: TrainingOptions) throws -> TrainerSource {
        guard let model else { return TrainerSource(configuration: options.configuration, start: nil) }
        let network = try reading.model(model).network
        let hidden = network.layers.dropLast().map(\.outputs)
        let asked = options.configuration.hiddenLayers
        guard asked == hidden || asked == TrainingConfiguration().hiddenLayers else {
            throw ModelFileError(
                model, expected: "hidden layers \(asked) as --layers says", found: "\(network.sizesDescription)")
        }
        return TrainerSource(configuration: options.configuration, start: (network, model))
    }
}

/// How to read a model that other programs wrote.
struct ModelReadingOptions: ParsableArguments {
    @Option(help: "How weights lie in the file where it does not show: out-in (PyTorch) or in-out.")
    var layout: WeightLayout?

    @Option(help: ArgumentHelp("The network was trained on (pixel/255 - mean) / std.", valueName: "number"))
    var mean: Float?

    @Option(help: ArgumentHelp("See --mean.", valueName: "number"))
    var std: Float?

    func validate() throws {
        guard normalization != nil || (mean == nil && std == nil) else {
            throw ValidationError("--mean, --std: expected finite numbers, --std above 0.")
        }
    }

    private var normalization: InputNormalization? {
        mean == nil && std == nil ? nil : InputNormalization(mean: mean ?? 0, deviation: std ?? 1)
    }

    func model(_ file: String) throws(ModelFileError) -> Model {
        try Model(file: file, layout: layout, normalization: normalization)
    }
}

extension WeightLayout: ExpressibleByArgument {}

/// Makes the trainer once the data is there.
struct TrainerSource: Sendable {
    let configuration: TrainingConfiguration
    let start: (network: Network, file: String)?

    func makeTrainer(dataset: Dataset) throws -> Trainer {
        try start?.network.check(suits: dataset, file: start?.file ?? "")
        return Trainer(dataset: dataset, configuration: configuration, network: start?.network)
    }
}

extension Network {
    /// Throws unless the network takes the images and gives one output for each class.
    func check(suits dataset: Dataset, file: String) throws(ModelFileError) {
        let (pixels, classes) = (dataset.train.pixelsPerImage, dataset.classNames.count)
        guard inputs == pixels, outputs == classes else {
            throw ModelFileError(
                file, expected: "a network of \(pixels) inputs and \(classes) outputs for \(dataset.name)",
                found: sizesDescription)
        }
    }
}
