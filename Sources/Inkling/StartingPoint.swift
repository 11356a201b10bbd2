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
    ///
    /// - Parameter leader: of the ranks that train along; nil for none.
    func trainerSource(_ options: TrainingOptions, leader: RankLeader? = nil) throws -> TrainerSource {
        if let resume { return try source(resuming: resume, options, leader) }
        let configuration = options.configuration
        let location = try options.locateDataset()
        guard let model else {
            return TrainerSource(location: location, step: nil) { progress in
                try configuration.makeTrainer(for: try location.load(progress: progress), leader: leader)
            }
        }
        let network = try reading.model(model, options).network
        return TrainerSource(location: location, step: nil) { progress in
            let dataset = try network.suited(try location.load(progress: progress), file: model)
            return try configuration.makeTrainer(for: dataset, network: network, leader: leader)
        }
    }

    /// A run goes on under its own options; more epochs may be asked for, and what does not change the result.
    private func source(
        resuming file: String, _ options: TrainingOptions, _ leader: RankLeader?
    ) throws -> TrainerSource {
        let checkpoint = try Checkpoint(file: file)
        guard options.agree(with: checkpoint.configuration) else {
            throw ModelFileError(
                file, expected: "no options for the training beside --resume but --epochs",
                found: "others than those of the run")
        }
        let epochs = options.epochs
        let threads = options.configuration.threads
        let location = try checkpoint.locateDataset(options.dataset, dataDirectory: options.source.data)
        return TrainerSource(location: location, step: checkpoint.step) { progress in
            try checkpoint.trainer(
                on: try location.load(progress: progress), epochs: epochs, threads: threads, leader: leader)
        }
    }
}

extension TrainingConfiguration {
    /// A trainer at the beginning of a run.
    ///
    /// - Parameters:
    ///   - network: one that the data set suits; nil for a new one.
    ///   - images: those of the data set, where they are at hand.
    ///   - leader: of the ranks that train along; nil for none.
    /// - Throws: where a layer of a new network does not fit the images, the network does not fit into memory, or the
    ///   images are too large to distort.
    func makeTrainer(
        for dataset: Dataset, network: Network? = nil, images: TrainingImages? = nil, leader: RankLeader? = nil
    ) throws -> Trainer {
        let dataset = try keepingAside(of: dataset)
        if let problem = network == nil ? problem(on: dataset) : imageProblem(on: dataset) {
            throw ValidationError("--\(problem)")
        }
        return Trainer(dataset: dataset, configuration: self, network: network, images: images, leader: leader)
    }

    /// With the validation images kept aside that were asked for.
    private func keepingAside(of dataset: Dataset) throws -> Dataset {
        guard let validation else { return dataset }
        guard validation < dataset.train.count else {
            throw ValidationError(
                "--validation: expected fewer images than the \(dataset.train.count) to learn from, found \(validation)."
            )
        }
        return dataset.validated(by: validation)
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
            && agrees(seed, run.seed) && (validation == nil || validation == run.validation)
            && (earlyStop == nil || earlyStop == run.earlyStop) && source.reading == DatasetReading()
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

    var normalization: InputNormalization? {
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

/// Loads the data and makes the trainer, which takes a moment.
struct TrainerSource: Sendable {
    /// Of the data.
    let location: DatasetLocation
    /// Where a run that is resumed goes on; nil for one that begins.
    let step: Int?
    /// Is given what to tell how far the reading is.
    let makeTrainer: @Sendable (ReadingProgress) throws -> Trainer
}

extension Network {
    /// The data set with a class for each output; throws unless the network takes the images and has one for each class.
    func suited(_ dataset: Dataset, file: String) throws(ModelFileError) -> Dataset {
        let (pixels, classes) = (dataset.train.pixelsPerImage, dataset.classNames.count)
        guard inputs == pixels, let suited = dataset.with(classes: outputs) else {
            throw ModelFileError(
                file, expected: "a network of \(pixels) inputs and \(classes) outputs for \(dataset.name)",
                found: sizesDescription)
        }
        return suited
    }

    /// Of the images that it takes; nil where it does not say and they are not square.
    var imageSize: Shape? {
        if input.isImage { return Shape(height: input.height, width: input.width) }
        let side = Int(Double(inputs).squareRoot().rounded())
        return side * side == inputs ? Shape(height: side, width: side) : nil
    }
}
