import ArgumentParser
import Datasets
import ModelFiles
import NeuralNetwork

/// How to read a model, for commands that do not train.
struct SavedNetworkOptions: ParsableArguments {
    @OptionGroup var reading: ModelReadingOptions

    @Option(
        help: ArgumentHelp(
            "The layers before the last, where the file does not say what lies between convolutions: "
                + "conv6x5,pool2,84 and the like, as train takes them.", valueName: "layers"))
    var layers: LayerList?

    @Option(help: "What a hidden neuron makes of its sum, where the file does not say. (default: relu)")
    var activation: Activation?

    /// Warns where the activation is a guess.
    func model(_ file: String) throws(ModelFileError) -> Model {
        try reading.model(file, layers: layers?.values, activation: activation)
    }
}

/// The data set that a model from a file is for.
struct SavedNetworkDataset: ParsableArguments {
    @Option(help: ArgumentHelp("The data set; without, the one that the file names, or mnist.", valueName: "name"))
    var dataset: String?

    @OptionGroup var source: DatasetOptions

    func name(for model: Model) -> String {
        dataset ?? model.metadata["dataset"] ?? TrainingOptions.defaultDataset
    }

    /// Throws where there is none, or the network does not suit it.
    ///
    /// - Parameter file: that of the model.
    func load(for model: Model, _ file: String) throws -> Dataset {
        try model.network.suited(try source.locate(name(for: model)).loadShowingProgress(), file: file)
    }
}
