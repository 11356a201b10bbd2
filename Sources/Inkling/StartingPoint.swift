import ArgumentParser
import Datasets
import ModelFiles
import NeuralNetwork
import Training

/// What a training goes on from: a new network, one from a file, or a run that was interrupted.
struct StartingPoint: ParsableArguments {
    @Option(help: ArgumentHelp("Go on with the run that this checkpoint holds, under its options.", valueName: "file"))
    var resume: String?

    @Option(help: ArgumentHelp("Train on from this network.", valueName: "file"))
    var model: String?

    @OptionGroup var reading: ModelReadingOptions

    func validate() throws {
        if resume != nil, model != nil { throw ValidationError("--resume, --model: expected one of them, found both.") }
    }

    /// Reads what there is to read; throws when the options contradict it.
    func trainerSource(_ options: TrainingOptions) throws -> TrainerSource {
        if let resume { return try source(resuming: resume, options) }
        let configuration = options.configuration
        let location = try options.locateDataset()
        guard let model else {
            return TrainerSource(step: nil) {
                try configuration.makeTrainer(for: try location.load())
            }
        }
        let network = try reading.model(model, options).network
        return TrainerSource(step: nil) {
            let dataset = try location.load()
            try network.check(suits: dataset, file: model)
            return try configuration.makeTrainer(for: dataset, network: network)
        }
    }

    /// A run goes on under its own options; more epochs may be asked for, and what does not change the result.
    private func source(resuming file: String, _ options: TrainingOptions) throws -> TrainerSource {
        let checkpoint = try Checkpoint(file: file)
        guard options.agree(with: checkpoint.configuration) else {
            throw ModelFileError(
                file, expected: "no options for the training beside --resume but --epochs",
                found: "others than those of the run")
        }
        let epochs = options.epochs
        let threads = options.configuration.threads
        let location = try checkpoint.locateDataset(options.dataset, dataDirectory: options.data)
        return TrainerSource(step: checkpoint.step) {
            try checkpoint.trainer(on: try location.load(), epochs: epochs, threads: threads)
        }
    }
}

extension TrainingConfiguration {
    /// A trainer at the beginning of a run.
    ///
    /// - Parameters:
    ///   - network: one that the data set suits; nil for a new one.
    ///   - images: those of the data set, where they are at hand.
    /// - Throws: where a layer of a new network does not fit the images, the network does not fit into memory, or the
    ///   images are too large to distort.
    func makeTrainer(
        for dataset: Dataset, network: Network? = nil, images: TrainingImages? = nil
    ) throws -> Trainer {
        let (height, width) = (dataset.train.height, dataset.train.width)
        guard distortion == nil || Distorter.sides.contains(height) && Distorter.sides.contains(width) else {
            throw ValidationError(
                "--distort: expected images of at most \(Distorter.sides.upperBound) pixels a side, "
                    + "found \(height) × \(width).")
        }
        if network == nil { try checkMemory(for: dataset) }
        return Trainer(dataset: dataset, configuration: self, network: network, images: images)
    }

    private func checkMemory(for dataset: Dataset) throws {
        let need: Double
        do { need = try MemoryNeed(of: self, on: dataset).bytes } catch {
            throw ValidationError("--layers: \(error).")
        }
        let available = MemoryNeed.available
        guard need > available else { return }
        throw ValidationError(
            "--layers: expected a network that \(MemoryNeed.text(available)) of memory hold, "
                + "found one that needs about \(MemoryNeed.text(need)).")
    }
}

extension TrainingOptions {
    /// Whether what was asked for is what a run has; epochs and threads may be others.
    fileprivate func agree(with run: TrainingConfiguration) -> Bool {
        func agrees<Value: Equatable>(_ asked: Value?, _ own: Value) -> Bool { asked == nil || asked == own }
        return agrees(hiddenLayers, run.hiddenLayers) && agrees(distort, run.distortion != nil)
            && agrees(batchSize, run.batchSize)
            && agrees(optimizer, run.optimizer) && agrees(learningRate, run.learningRate)
            && agrees(schedule, run.schedule) && agrees(weightDecay, run.weightDecay) && agrees(dropout, run.dropout)
            && agrees(activation, run.activation)
            && agrees(initialization, run.initialization)
            && agrees(seed, run.seed)
    }
}

/// How to read a model that other programs wrote.
struct ModelReadingOptions: ParsableArguments {
    @Option(help: "How weights lie in the file where it does not show: out-in (PyTorch) or in-out.")
    var layout: WeightLayout?

    @Option(
        help: ArgumentHelp(
            "The images that a network of convolutions reads, where the file does not say. (default: 28x28)",
            valueName: "height x width"))
    var image: ImageSize?

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

    /// Reads a model that has the layers asked for.
    func model(_ file: String, _ options: TrainingOptions) throws(ModelFileError) -> Model {
        try model(file, layers: options.hiddenLayers, activation: options.activation)
    }

    /// Warns where the activation is a guess.
    ///
    /// - Parameter layers: those before the last; nil for what the file says.
    func model(_ file: String, layers: [HiddenLayer]?, activation: Activation?) throws(ModelFileError) -> Model {
        let model = try Model(
            file: file, layers: layers, image: image?.shape, layout: layout, activation: activation,
            normalization: normalization)
        if model.isActivationGuessed {
            warn("\(file) does not say what its hidden neurons make of their sums; taken as relu (--activation).")
        }
        return model
    }
}

extension WeightLayout: ExpressibleByArgument {}

/// "28x28"
struct ImageSize: ExpressibleByArgument {
    let shape: Shape

    init?(argument: String) {
        guard let shape = Shape(image: argument) else { return nil }
        self.shape = shape
    }
}

/// For commands that read a model and do not train.
struct HiddenLayerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The layers before the last, where the file does not say what lies between convolutions: "
                + "conv6x5,pool2,84 and the like, as train takes them.", valueName: "layers"))
    var layers: LayerList?

    @Option(help: "What a hidden neuron makes of its sum, where the file does not say. (default: relu)")
    var activation: Activation?
}

/// Loads the data and makes the trainer, which takes a moment.
struct TrainerSource: Sendable {
    /// Where a run that is resumed goes on; nil for one that begins.
    let step: Int?
    let makeTrainer: @Sendable () throws -> Trainer
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
