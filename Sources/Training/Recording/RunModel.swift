import Datasets
import ModelFiles
import NeuralNetwork

extension RunRecord {
    /// The network of a moment of the run, and what a file is to say of it.
    ///
    /// - Parameter now: of the run's past, or its present.
    func model(of now: Moment, trainedOn dataset: Dataset) -> Model {
        var metadata = [
            "format": "pt",
            "dataset": dataset.name,
            "layers": now.network.sizesDescription,
            "activation": now.network.activation.rawValue,
            "input": "pixel/255",
            "seed": "\(configuration.seed)",
            "epochs": "\(epochs(at: now.step))",
        ]
        // Of the test images alone, not of those that choices were made by.
        if now.step == step, let finalTest {
            metadata["testAccuracy"] = "\(finalTest.accuracy)"
        } else if dataset.validationCount == nil, let test = now.tested().evaluation {
            metadata["testAccuracy"] = "\(test.accuracy)"
        }
        if dataset.classNames != (0..<dataset.classNames.count).map(String.init) {
            metadata["classes"] = dataset.classNames.joined(separator: "\n")
        }
        return Model(network: now.network, metadata: metadata)
    }

    /// Those that the network has learnt for.
    private func epochs(at step: Int) -> Double {
        if step == self.step, let keptEpoch { return Double(keptEpoch) }
        return Double(step) / Double(max(batchesPerEpoch, 1))
    }
}

extension Trainer {
    /// The network as it is now, calibrated or not.
    public var model: Model {
        var model = record.model(of: now, trainedOn: dataset)
        if let calibration { model.metadata.merge(calibration.metadata) { $1 } }
        return model
    }
}

extension TrainingSnapshot {
    /// The network of the present, or of the moment that is looked at.
    public var model: Model {
        var model = record.model(of: now, trainedOn: dataset)
        // How a network from a file was trained the run does not know.
        if phase == .opened { for key in ["seed", "epochs"] { model.metadata[key] = nil } }
        return model
    }
}

extension TrainingSnapshot {
    /// A network from a file, as a run that has trained no batch.
    ///
    /// - Parameters:
    ///   - network: one that the data set suits; it is tested.
    ///   - file: that it is from.
    ///   - run: a number that no run of the session has.
    ///   - threads: for runs that go on from it.
    public init(opened network: Network, file: String, run: Int, on dataset: Dataset, threads: Int) {
        let network = Network(layers: network.layers, input: dataset.train.shape)
        var configuration = TrainingConfiguration(dataset: dataset.name)
        (configuration.hiddenLayers, configuration.activation) = (network.hiddenLayers, network.activation)
        configuration.threads = threads
        let record = RunRecord(configuration, imagesPerEpoch: dataset.train.count)
        let test = Evaluation(of: network, on: dataset.test)
        let now = Moment(step: 0, network: network, evaluation: test, layers: [])
        var past = Moments(
            network: network, images: dataset.test.count, batchSize: configuration.batchSize,
            batchesPerEpoch: record.batchesPerEpoch)
        past.keep(now)
        // Snapshots are told by their serials, of which the session has those from 0 on.
        self.init(
            run: run, serial: Int.min / 2 + run, phase: .opened, dataset: dataset, record: record, now: now, past: past,
            samplesPerSecond: 0, pace: .full, isKept: true, fork: nil, file: file)
    }
}
