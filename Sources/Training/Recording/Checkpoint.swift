import Datasets
import Foundation
import ModelFiles
import NeuralNetwork

/// A run to go on with: one safetensors file that is a model, too.
///
///     0.weight, 0.bias, 2.weight …                the weights, as in every model
///     inkling.moment.0.0.weight …                 what the optimizer remembers, of the same shapes; Adam has two each
///     inkling.best.0.weight …                     of the best epoch so far, where the run may stop early
///     inkling.history.loss, inkling.history.accuracy
///                                                 [buckets × 4]: minimum, maximum, mean, number of steps
///     inkling.epochs                              [epochs × 8], in the order of `EpochResult`
///     inkling.classes, inkling.gradients          [entries × 1 + classes or layers]: step and numbers, see `RunRecord`;
///                                                 missing in older files
///     metadata "training"                         JSON: configuration, settings, step, the sums of the epoch under way
public struct Checkpoint: Sendable, Equatable {
    private static func momentPrefix(_ index: Int) -> String { Model.privatePrefix + "moment.\(index)." }
    private static let bestPrefix = Model.privatePrefix + "best."
    private static let historyPrefix = Model.privatePrefix + "history."
    static let epochsName = Model.privatePrefix + "epochs"
    private static let classesName = Model.privatePrefix + "classes"
    private static let gradientsName = Model.privatePrefix + "gradients"
    private static let progressKey = "training"
    private static let imagesKey = "trainingImages"
    private static let folderKey = "datasetFolder"
    private static let readingKey = "datasetReading"

    let record: RunRecord
    let network: Network
    private let optimizer: Optimizer
    private let best: BestEpoch?
    /// The name of the data set trained on.
    public let dataset: String
    private let images: String
    /// The folder of the data set; empty where that is not known.
    private let folder: String
    /// How its files were read.
    private let reading: DatasetReading
    let file: String

    /// Batches trained.
    public var step: Int { record.step }

    /// What the run was told.
    public var configuration: TrainingConfiguration { record.configuration }

    /// Reads a checkpoint; throws when it is damaged or no checkpoint.
    public init(file: String) throws(ModelFileError) {
        let contents = try Safetensors(file: file)
        func problem(_ expected: String, _ found: String) -> ModelFileError {
            ModelFileError(file, expected: expected, found: found)
        }
        guard let json = contents.metadata[Self.progressKey] else {
            throw problem("a checkpoint", "a model without a training to go on with")
        }
        guard let progress = try? Self.decoder.decode(Progress.self, from: Data(json.utf8)),
            Self.isSound(progress)
        else { throw problem("the state of a training in the metadata", "something else") }
        let configuration = progress.configuration
        var network = try Self.network(
            contents.tensors.filter { !$0.name.hasPrefix(Model.privatePrefix) }, contents.metadata, file: file)
        network.activation = configuration.activation
        var moments: [Parameters] = []
        for index in 0..<configuration.optimizer.momentCount {
            moments.append(try Self.parameters(Self.momentPrefix(index), "moments", network, contents, file))
        }
        guard let loss = Self.series(contents[Self.historyPrefix + "loss"]),
            let accuracy = Self.series(contents[Self.historyPrefix + "accuracy"]),
            loss.count == progress.step, accuracy.count == progress.step
        else { throw problem("a history of \(progress.step) steps", "another") }
        guard let epochs = Self.epochs(contents[Self.epochsName], steps: progress.step) else {
            throw problem("the results of the epochs", "something else")
        }
        var bestEpoch: BestEpoch?
        if let number = progress.bestEpoch {
            guard let epoch = epochs.first(where: { $0.epoch == number }) else {
                throw problem("the best of \(epochs.count) epochs", "epoch \(number)")
            }
            bestEpoch = BestEpoch(
                epoch: number, loss: epoch.testLoss,
                parameters: try Self.parameters(
                    Self.bestPrefix, "the best epoch's weights", network, contents, file))
        }
        optimizer = Optimizer(
            configuration.optimizer, weightDecay: configuration.weightDecay,
            steps: progress.optimizerSteps ?? progress.step,
            moments: moments)
        best = bestEpoch
        self.network = network
        dataset = contents.metadata["dataset"] ?? ""
        images = contents.metadata[Self.imagesKey] ?? ""
        var record = RunRecord(configuration, imagesPerEpoch: Int(images.prefix { $0.isNumber }) ?? 0)
        record.settings = progress.settings ?? configuration
        (record.step, record.tally, record.epochs) = (progress.step, progress.tally, epochs)
        (record.learningRateChanges, record.history) = (
            progress.learningRateChanges, History(loss: loss, accuracy: accuracy)
        )
        guard
            let classes = Self.course(contents[Self.classesName], network.outputs, progress.tests, progress.step),
            let gradients = Self.course(
                contents[Self.gradientsName], network.layers.count, progress.looks, progress.step)
        else { throw problem("what was observed in \(progress.step) steps", "something else") }
        (record.classAccuracies, record.gradientNorms) = (classes, gradients)
        (record.keptEpoch, record.finalTest) = (progress.keptEpoch, progress.finalTest)
        self.record = record
        folder = contents.metadata[Self.folderKey] ?? ""
        reading =
            contents.metadata[Self.readingKey]
            .flatMap { try? Self.decoder.decode(DatasetReading.self, from: Data($0.utf8)) } ?? DatasetReading()
        self.file = file
    }

    /// Where its data set is: by its name or, for one in a folder of the user's own, where it was when the run began.
    ///
    /// - Parameter name: what the user asked for; nil for the run's own.
    public func locateDataset(_ name: String?, dataDirectory: String?) throws(DatasetError) -> DatasetLocation {
        let own = folder.isEmpty || DatasetLocation.isKnown(dataset) ? dataset : folder
        return try DatasetLocation.find(name ?? own, dataDirectory: dataDirectory, reading: reading)
    }

    /// Whether a file that was read as a model is a checkpoint.
    public static func isOne(_ model: Model) -> Bool { model.metadata[progressKey] != nil }

    /// Whether the run began with this data set, as far as its name and its sizes tell.
    public func began(with dataset: Dataset) -> Bool { dataset.name == self.dataset && Self.images(dataset) == images }

    /// What the checkpoint holds, to go on from.
    ///
    /// - Parameters:
    ///   - epochs: how many there are to be in all; nil for as many as were planned.
    ///   - dataset: the one that the run began with, whole: what the run keeps aside of it is kept aside again.
    ///   - threads: to train with; they may be others than those of the run, as the result is the same.
    public func resumption(
        on dataset: Dataset, epochs: Int? = nil, threads: Int = TrainingConfiguration().threads
    ) throws(ModelFileError) -> Resumption {
        var record = record
        // Who asks for more epochs does not want to stop where the run stopped.
        let goesOn = epochs != nil && record.hasStoppedEarly
        for path in [\RunRecord.settings, \.configuration] {
            if let epochs { record[keyPath: path].epochs = epochs }
            if goesOn { record[keyPath: path].earlyStop = nil }
            record[keyPath: path].threads = threads
        }
        let dataset = asTheRunHadIt(dataset)
        guard suits(dataset) else {
            throw ModelFileError(
                file, expected: "to go on with the data set \"\(self.dataset)\" of \(images)",
                found: "\"\(dataset.name)\" of \(Self.images(dataset))")
        }
        guard record.step <= record.totalSteps else {
            throw ModelFileError(
                file, expected: "at most \(record.configuration.epochs) epochs of training",
                found: "\(record.step) steps of \(record.batchesPerEpoch) an epoch")
        }
        return Resumption(
            file: file, dataset: dataset, record: record, network: network, optimizer: optimizer, best: best)
    }

    /// With names for as many classes as the network knows, and with what the run kept aside.
    private func asTheRunHadIt(_ dataset: Dataset) -> Dataset {
        let dataset = dataset.with(classes: network.outputs) ?? dataset
        guard let count = record.configuration.validation, dataset.validationCount == nil, count < dataset.train.count
        else { return dataset }
        return dataset.validated(by: count)
    }

    /// Whether the run is one on these images.
    func suits(_ dataset: Dataset) -> Bool {
        began(with: dataset)
            && network.inputs == dataset.train.pixelsPerImage && network.outputs == dataset.classNames.count
    }

    /// Writes what `trainer` is at now, whole or not at all.
    ///
    /// - Throws: also when the training diverged, so that weights worth having are not overwritten by others.
    public static func write(_ trainer: Trainer, to path: String) throws {
        // Asked for once, as other ranks have to tell their part of it.
        let (record, model, optimizer) = (trainer.record, trainer.model, trainer.optimizer)
        let weights = model.network
        func network(_ parameters: Parameters) -> Network {
            var network = weights
            network.parameters = parameters
            return network
        }
        let moments = optimizer.moments.map(network)
        let best = record.configuration.earlyStop == nil ? nil : trainer.best
        let bestNetworks = [best].compactMap { $0.map { network($0.parameters) } }
        for network in [weights] + moments + bestNetworks where !network.isFinite {
            throw ModelFileError(path, expected: "finite weights to write", found: "others: the training diverged")
        }
        var metadata = model.metadata.merging(weights.structureMetadata) { $1 }
        metadata[progressKey] = String(
            decoding: try encoder.encode(
                Progress(of: record, optimizerSteps: optimizer.steps, bestEpoch: best?.epoch)),
            as: UTF8.self)
        metadata[imagesKey] = images(trainer.dataset)
        metadata[folderKey] = trainer.dataset.folder
        if trainer.dataset.reading != DatasetReading() {
            metadata[readingKey] = String(decoding: try encoder.encode(trainer.dataset.reading), as: UTF8.self)
        }
        let tensors =
            weights.tensors
            + moments.enumerated().flatMap { index, moment in
                moment.tensors.map { $0.renamed(momentPrefix(index) + $0.name) }
            } + bestNetworks.flatMap(\.tensors).map { $0.renamed(bestPrefix + $0.name) } + [
                tensor(record.epochs), tensor(classesName, record.classAccuracies, weights.outputs),
                tensor(gradientsName, record.gradientNorms, weights.layers.count),
                tensor(historyPrefix + "loss", record.history.loss),
                tensor(historyPrefix + "accuracy", record.history.accuracy),
            ]
        try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
    }

    /// Parameters kept beside a network's, of the same sizes.
    private static func parameters(
        _ prefix: String, _ what: String, _ network: Network, _ contents: Safetensors, _ file: String
    ) throws(ModelFileError) -> Parameters {
        let tensors = contents.tensors.filter { $0.name.hasPrefix(prefix) }
            .map { $0.renamed(String($0.name.dropFirst(prefix.count))) }
        let other = try Self.network(tensors, contents.metadata, file: file)
        guard network.sizesDescription == other.sizesDescription else {
            throw ModelFileError(
                file, expected: "\(what) for \(network.sizesDescription)", found: other.sizesDescription)
        }
        return other.parameters
    }

    /// A model may lack biases; a checkpoint, which holds all that the run had, may not.
    private static func network(
        _ tensors: [Tensor], _ metadata: [String: String], file: String
    ) throws(ModelFileError) -> Network {
        let network = try Network(tensors: tensors, metadata: metadata, layout: .outIn, file: file)
        let count = network.parameters.matrices.count
        guard tensors.count == count else {
            throw ModelFileError(
                file, expected: "weights and biases, \(count) tensors",
                found: "\(tensors.count) tensors for them")
        }
        return network
    }

    /// What no trainer may be asked to go on with.
    private static func isSound(_ progress: Progress) -> Bool {
        progress.configuration.problem == nil && progress.settings?.problem == nil && progress.step >= 0
            && progress.step < 1 << 40 && progress.tally.isSound
            && progress.optimizerSteps.map { (0...progress.step).contains($0) } ?? true
            && progress.learningRateChanges.allSatisfy { (0...progress.step).contains($0.step) }
    }

    /// "60000 × 28 × 28"
    private static func images(_ dataset: Dataset) -> String {
        "\(dataset.train.count) × \(dataset.train.height) × \(dataset.train.width)"
    }

    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }()

    private static let decoder = {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }()
}
