import Datasets
import Engine
import NeuralNetwork

/// Trains a network batch by batch, and keeps account of it. It returns when a batch is done; a pool of workers helps
/// the caller's thread meanwhile. The same data, configuration and seed give the same weights to the last bit, whatever
/// the number of threads.
///
/// One thread at a time uses it, so handing it on is safe.
@dynamicMemberLookup
public final class Trainer: @unchecked Sendable {
    public let dataset: Dataset
    /// What the run has been so far.
    public private(set) var record: RunRecord
    /// The last test.
    public private(set) var evaluation: Evaluation?

    /// What makes the probabilities of the network honest, as of a step; nil before `calibrate`.
    private var calibrated: (step: Int, calibration: Calibration)?

    private let core: TrainingCore
    /// The other ranks that train along, and the run's number among theirs; nil where this process is alone.
    private let ranks: (leader: RankLeader, run: Int)?
    /// What the run goes back to at its end; nil unless it may stop early.
    private(set) var best: BestEpoch?
    private var layerStatistics: [LayerStatistics]
    private var throughput = Throughput()

    /// A trainer at the beginning of a run, or where a record says.
    ///
    /// - Parameters:
    ///   - network: where to train on from, one that `dataset` suits, which is tested; nil for a new one, whose
    ///     layers fit the images.
    ///   - optimizer: what it remembers of the steps before; nil for nothing.
    ///   - layers: as last observed.
    ///   - best: of the epochs before.
    ///   - other: a trainer with which to share the threads and, on the same data, what is known of them. The two do not
    ///     train at the same time.
    ///   - images: those of the data set, where they are at hand.
    ///   - leader: of the ranks that train along; nil for those of the other trainer, or none.
    ///   - profile: is told where the time goes; for one thread.
    init(
        dataset: Dataset, record: RunRecord, network initial: Network?, optimizer: Optimizer? = nil,
        layers: [LayerStatistics] = [], best: BestEpoch? = nil, sharing other: Trainer? = nil,
        images: TrainingImages? = nil, leader: RankLeader? = nil, profile: StepProfile? = nil
    ) {
        var record = record
        precondition(
            initial.map {
                $0.inputs == dataset.train.pixelsPerImage && $0.outputs == dataset.classNames.count
            } ?? true, "The network suits the data set.")
        let network =
            initial.map { Network(layers: $0.layers, input: dataset.train.shape) }
            ?? record.configuration.makeNetwork(for: dataset)
        for path in [\RunRecord.settings, \.configuration] {
            record[keyPath: path].hiddenLayers = network.hiddenLayers
            // A network without hidden layers does not tell.
            guard let activation = network.layers.lazy.compactMap(\.activation).first else { continue }
            record[keyPath: path].activation = activation
        }
        let configuration = record.configuration
        self.dataset = dataset
        self.record = record
        layerStatistics = layers
        self.best = best
        let leader = leader ?? other?.ranks?.leader
        let optimizer =
            optimizer ?? Optimizer(configuration.optimizer, for: network, weightDecay: configuration.weightDecay)
        core = TrainingCore(
            configuration, on: dataset,
            images: other.flatMap { $0.dataset == dataset ? $0.core.images : nil } ?? images
                ?? TrainingImages(of: dataset),
            network: network, optimizer: optimizer,
            pool: other?.core.pool ?? WorkerPool(threads: configuration.threads), exchange: leader?.exchange,
            profile: profile)
        ranks = leader.map { leader in
            let run = RankedRun(
                configuration: configuration, dataset: dataset, network: network, optimizer: optimizer)
            return (leader, leader.begin(run))
        }
        if initial != nil { evaluate() }
    }

    deinit {
        if let ranks { ranks.leader.end(run: ranks.run) }
    }

    /// Does with the other ranks, if there are any, what this one does.
    private func together<Result>(
        _ order: (_ run: Int) -> RankOrder, images: Int = 0, _ body: () -> Result
    ) -> Result {
        guard let ranks else { return body() }
        return ranks.leader.together(order(ranks.run), images: images, body)
    }

    /// The members of the record are at hand as the trainer's own.
    public subscript<Value>(dynamicMember member: KeyPath<RunRecord, Value>) -> Value { record[keyPath: member] }

    /// As it is now; it takes as long as copying the weights of the first layer.
    public var network: Network { core.network }

    /// What the optimizer remembers.
    var optimizer: Optimizer { together(RankOrder.shareMoments) { core.optimizer } }

    /// What the run is now.
    public var now: Moment {
        // A network that was just tested need not be copied again.
        let network = evaluation?.step == record.step ? evaluation?.network : nil
        return Moment(
            step: record.step, network: network ?? self.network, evaluation: evaluation,
            layers: layerStatistics)
    }

    /// What the ranks do that train along; empty for one process.
    var rankActivities: [RankActivity] { ranks?.leader.activities() ?? [] }

    /// Training speed of the last fraction of a second.
    public var samplesPerSecond: Double { throughput.samplesPerSecond }

    /// How long a run as the settings say takes at that speed; nil before there is one.
    var secondsOfRun: Double? {
        samplesPerSecond == 0
            ? nil : Double(record.settings.epochs * record.imagesPerEpoch) / samplesPerSecond
    }

    /// Changes the base learning rate; the schedule goes on from the new one.
    public func scaleLearningRate(by factor: Float) { record.scaleLearningRate(by: factor) }

    /// Goes on for more epochs; the schedule then runs to the new end.
    public func extend(epochs: Int) {
        // Who asks for more does not want to stop where it stopped.
        if record.hasStoppedEarly { record.configuration.earlyStop = nil }
        record.configuration.epochs = record.configuration.epochs + epochs
    }

    /// Tests the network as it is now.
    @discardableResult public func evaluate() -> Evaluation {
        let evaluation = together(RankOrder.evaluate) { core.evaluate(step: record.step) }
        self.evaluation = evaluation
        return evaluation
    }

    /// Of the network as it is now; nil where it was not calibrated since it trained.
    public var calibration: Calibration? { calibrated?.step == record.step ? calibrated?.calibration : nil }

    /// Calibrates the network as it is now, in some tenths of a second, and two seconds more where the judge has to be
    /// trained; one that is of no use is left as it is.
    public func calibrate(judges: JudgeCache?) {
        guard !record.hasDiverged, calibration == nil else { return }
        let calibrator = Calibrator(dataset, judges: judges, threads: record.configuration.threads)
        calibrated = (record.step, calibrator.calibration(of: network))
    }

    /// Trains one batch. After the last batch of an epoch, tests the network and returns what the epoch came to.
    public func trainBatch() -> EpochResult? { trainBatch(isObserved: false) }

    /// Trains one batch like `trainBatch` and looks at what it did to the layers, which takes some milliseconds.
    public func trainObservedBatch() -> EpochResult? { trainBatch(isObserved: true) }

    private func trainBatch(isObserved: Bool) -> EpochResult? {
        guard !record.isFinished else { return nil }
        let before = isObserved ? network : nil
        let start = ContinuousClock.now
        let (step, learningRate) = (record.step, record.learningRate)
        let order = { RankOrder.train(run: $0, step: step, learningRate: learningRate) }
        let (result, count) = together(order, images: core.batchCount(step: step)) {
            core.train(step: step, learningRate: learningRate)
        }
        let outcome = BatchOutcome(
            meanLoss: result.meanLoss, correct: result.correctCount, images: count,
            seconds: (ContinuousClock.now - start).seconds)
        record.add(outcome)
        throughput.add(samples: count, seconds: outcome.seconds)
        if let before { observeLayers(before: before) }
        guard record.isBetweenEpochs else { return nil }
        let epoch = resultSoFar()
        record.close(epoch, tested: evaluation)
        keepBest(epoch)
        record.finalTest = record.isFinished ? finalTest() : nil
        return epoch
    }

    /// - Parameter before: the network before the last batch.
    private func observeLayers(before: Network) {
        let after = network
        layerStatistics = LayerStatistics.observe(before: before, after: after, images: dataset.train, count: 128)
        record.histograms.append(layerStatistics.compactMap(\.histograms), step: record.step)
        record.gradientNorms.append(
            zip(layerStatistics, after.layers).map { $0.gradientNorm(of: $1) }, step: record.step)
    }

    /// Tests the network in the middle of an epoch: what the epoch came to so far.
    public func resultSoFar() -> EpochResult { record.result(tested: evaluate()) }
}

extension Trainer {
    /// Keeps the network of the epoch where it is the best so far; at the end of the run it takes the place of the last,
    /// as with Keras's `restore_best_weights`.
    private func keepBest(_ epoch: EpochResult) {
        guard record.configuration.earlyStop != nil else { return }
        if epoch.testLoss.isFinite, best.map({ epoch.testLoss < $0.loss }) ?? true {
            best = BestEpoch(epoch: epoch.epoch, loss: epoch.testLoss, parameters: network.parameters)
        }
        guard record.isFinished, let best else { return }
        record.keptEpoch = best.epoch
        guard best.epoch != epoch.epoch else { return }
        var network = network
        network.parameters = best.parameters
        together(RankOrder.goBack) {
            ranks?.leader.send(best.parameters)
            core.goBack(to: network)
        }
        evaluate()
    }

    /// What the test images say, where others are asked meanwhile.
    private func finalTest() -> FinalTest? {
        dataset.finalTest.map { images in
            FinalTest(Evaluation(of: network, on: images.labelledImages, step: record.step, pool: core.pool))
        }
    }

    /// A run from its beginning, with a new network or one that is given.
    public convenience init(
        dataset: Dataset, configuration: TrainingConfiguration, network: Network? = nil,
        images: TrainingImages? = nil, leader: RankLeader? = nil, profile: StepProfile? = nil
    ) {
        self.init(
            dataset: dataset, record: RunRecord(configuration, imagesPerEpoch: dataset.train.count), network: network,
            images: images, leader: leader, profile: profile)
    }

    /// For the moments of a run that begins here, one of so many.
    func noMoments(runs: Int = 1) -> Moments {
        Moments(
            network: network, images: dataset.test.count, batchSize: record.configuration.batchSize,
            batchesPerEpoch: record.batchesPerEpoch, runs: runs)
    }

    /// Another run, on the same data where it does not say on which.
    func beginning(_ run: NewRun) -> Trainer {
        let dataset = run.dataset ?? self.dataset
        return switch run.start {
        case .new(let settings):
            Trainer(
                dataset: dataset, record: RunRecord(settings, imagesPerEpoch: dataset.train.count), network: nil,
                sharing: self)
        case .fork(let fork):
            Trainer(
                dataset: dataset, record: fork.record, network: fork.moment.network, layers: fork.moment.layers,
                sharing: self)
        case .resumed(let resumption): Trainer(resumption, sharing: self)
        }
    }
}

/// The epoch whose test had the lowest loss, and the network's parameters then.
struct BestEpoch: Sendable, Equatable {
    /// Counted from 1.
    let epoch: Int
    let loss: Double
    let parameters: Parameters
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
