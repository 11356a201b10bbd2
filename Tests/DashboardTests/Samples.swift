import Foundation
import NeuralNetwork
import TestSupport

@testable import Dashboard
@testable import Datasets
@testable import Training

/// A training run made up for the pictures, the same on every machine.
enum Samples {
    static let dataset = makeDataset(name: "mnist")

    /// Twenty images a class in each set, each a bright bar whose place tells the class.
    static func makeDataset(name: String) -> Dataset {
        let labels = (0..<200).map { UInt8($0 % 10) }
        let pixels = labels.flatMap { label in
            (0..<784).map { pixel -> UInt8 in
                let (x, y) = (pixel % 28, pixel / 28)
                return (4..<24).contains(y) && x / 2 == 2 + Int(label) ? UInt8(100 + 6 * y) : 0
            }
        }
        let images = ImageSet(width: 28, height: 28, pixels: pixels, labels: labels)
        return Dataset(name: name, train: images, test: images)
    }

    /// Where a data set might be; nothing is there.
    static func location(_ name: String) -> DatasetLocation {
        DatasetLocation(
            name: name, folder: "/data/\(name)", files: .csv(train: "/data/\(name)/train.csv", test: nil),
            reading: DatasetReading())
    }

    /// The names of EMNIST's classes, of as many as asked for.
    static func names(_ count: Int) -> [String] {
        count == 2
            ? ["cat", "dog"]
            : Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz").map(String.init)
                .dropFirst(count == 26 ? 10 : 0).prefix(count).map { $0 }
    }

    /// So many classes and four images of each, each with a bright bar whose place tells the class.
    static func makeDataset(classes: Int, side: Int = 28) -> Dataset {
        let labels = (0..<4 * classes).map { UInt8($0 % classes) }
        var pixels = [UInt8](repeating: 0, count: labels.count * side * side)
        for (index, label) in labels.enumerated() {
            let (column, row) = (Int(label) % 8 * side / 8, Int(label) / 8 * side / 8)
            for y in row..<side {
                for x in column..<column + max(side / 8, 1) {
                    pixels[(index * side + y) * side + x] = UInt8(100 + 150 * y / side)
                }
            }
        }
        let images = ImageSet(width: side, height: side, pixels: pixels, labels: labels)
        return Dataset(name: "letters", train: images, test: images, classNames: names(classes))
    }

    /// Knows nothing: all classes are equally likely.
    static let network = Network(sizes: [784, 128, 64, 10], seed: 0)

    /// After `step` of five epochs of 938 batches.
    static func snapshot(
        step: Int = 3200, phase: TrainingSnapshot.Phase = .running, dataset: Dataset = dataset
    ) -> TrainingSnapshot {
        var configuration = TrainingConfiguration()
        configuration.epochs = 5
        let epochs = (1...5).prefix(step / 938).map(epoch)
        var record = RunRecord(configuration, imagesPerEpoch: 60_000)
        (record.step, record.history, record.epochs) = (step, histories.value(step, make: history), epochs)
        record.learningRateChanges = step > 1500 ? [LearningRateChange(step: 1500, learningRate: 0.08)] : []
        let network = network(for: dataset)
        var past = Moments(network: network, images: 200, batchSize: 64, batchesPerEpoch: 938)
        for moment in [0, 64, 512, 938, 1876, 2504, 2814, 3128] where moment <= step {
            past.keep(
                Moment(
                    step: moment, network: network,
                    evaluation: moment > 0 && moment.isMultiple(of: 938)
                        ? evaluation(dataset, network, step: moment) : nil,
                    layers: []))
        }
        return TrainingSnapshot(
            run: 0, serial: step + 1, phase: phase, dataset: dataset, record: record,
            now: Moment(
                step: step, network: network,
                evaluation: epochs.isEmpty ? nil : evaluation(dataset, network, step: epochs.count * 938),
                layers: [
                    LayerStatistics(weights: 0.0521, gradients: 0.00042, updates: 0.00021, deadShare: 0.0625),
                    LayerStatistics(weights: 0.131, gradients: 0.0012, updates: 0.0004, deadShare: 0.02),
                    LayerStatistics(weights: 0.204, gradients: 0.004, updates: 0.0009, deadShare: nil),
                ]), past: past, samplesPerSecond: 402_000, pace: .full, isKept: false)
    }

    /// By the steps they have.
    private static let histories = Kept<Int, History>()

    private static func history(steps: Int) -> History {
        var generator = RandomGenerator(seed: 1, stream: .shuffling)
        var history = History()
        for step in 0..<steps {
            let noise = Float(exp(0.5 * generator.normal()))
            let level = 2.3 * exp(-Float(step) / 40) + 0.3 * exp(-Float(step) / 1000)
            history.append(loss: level * noise, accuracy: max(0, 1 - Float(Int(level * noise * 19)) / 64))
        }
        return history
    }

    private static func epoch(_ number: Int) -> EpochResult {
        EpochResult(
            epoch: number, step: number * 938, trainLoss: 0.2, trainAccuracy: 0.9, testLoss: 0.14 / Double(number),
            testAccuracy: 0.954 + 0.006 * Double(number), seconds: 0.2, samplesPerSecond: 300_000)
    }

    /// Knows nothing either.
    private static func network(for dataset: Dataset) -> Network {
        let (pixels, classes) = (dataset.train.pixelsPerImage, dataset.classNames.count)
        return pixels == 784 && classes == 10 ? network : Network(sizes: [pixels, 128, 64, classes], seed: 0)
    }

    /// Every eleventh image is read as the class after its own.
    private static func evaluation(_ dataset: Dataset, _ network: Network, step: Int) -> Evaluation {
        let (images, classes) = (dataset.test, dataset.classNames.count)
        let predictions = images.labels.enumerated().map { index, label in
            index % 11 == 3 ? UInt8((Int(label) + 1) % classes) : label
        }
        return Evaluation(
            network: network, step: step, predictions: predictions,
            confidences: predictions.indices.map { 0.5 + Float($0 % 50) / 100 },
            losses: predictions.indices.map { Float($0 % 70) / 10 },
            confusion: ConfusionMatrix(classes: classes, labels: images.labels, predictions: predictions))
    }

    /// A few of what the data set has, without strokes, as a person's drawings.
    static let drawings = LabelledDrawings(images: dataset.train).chosen { $0 < 10 }

    /// Of a teaching that changes nothing and reads every third drawing as the class after its own.
    static func outcome(of task: TeachingTask) -> TeachingOutcome {
        let readings = task.drawings.images.labels.enumerated().map { $0 % 3 == 2 ? ($1 + 1) % 10 : $1 }
        return TeachingOutcome(
            network: task.network, readings: readings, right: .init(before: 0, after: readings.count * 2 / 3),
            testAccuracy: .init(before: 0.981, after: 0.9795))
    }

    /// Some network and a made-up course, the same on every machine.
    static let playground = playgroundRun(0)

    /// A run that goes on from it.
    static let secondPlayground = playgroundRun(1, others: [playground])

    /// The same of a run that the one before goes on in from half of its way, as it is with another seed.
    ///
    /// - Parameters:
    ///   - others: beside which it stands.
    ///   - isDouble: whether the last of them is in view, too.
    static func playgroundRun(_ run: Int, others: [PlaygroundSnapshot] = [], isDouble: Bool = false)
        -> PlaygroundSnapshot
    {
        var generator = RandomGenerator(seed: 0, stream: .points)
        var history = History()
        for step in 0..<3000 {
            let level = 0.02 * Float(run + 1) + exp(-Float(step) / 300)
            history.append(loss: exp(0.5 * Float(generator.normal())) * level, accuracy: 0.9)
        }
        let points = ToySet.spiral.points(count: 300, noise: 0.2, using: &generator)
        func network(_ seed: Int) -> Network {
            Network(sizes: [2, 64, 3], seed: UInt64(seed), initialization: .xavier)
        }
        var past = Moments(network: network(run), images: points.count, batchSize: 64, batchesPerEpoch: 15)
        for step in [0, 1, 15, 150, 1500, 3000] {
            past.keep(Moment(step: step, network: network(run + step), evaluation: nil, layers: []))
        }
        var configuration = PlaygroundConfiguration()
        if run > 0 { (configuration.optimizer, configuration.learningRate) = (.adam, 0.005) }
        var snapshot = PlaygroundSnapshot(
            run: run, number: run + 1, origin: run > 0 ? PlaygroundFork.Origin(number: run, step: 1500) : nil,
            serial: 1, isOn: true, configuration: configuration, points: points, placedCount: 0, network: network(run),
            step: 3000, batchesPerEpoch: 15, samplesPerSecond: 1_250_000, history: history, past: past,
            formerPoints: [PlaygroundPoints(step: 0, points: points, placedCount: 0)], pace: .full, isSlowed: false)
        (snapshot.loss, snapshot.accuracy) = (0.0314, 0.9911)
        (snapshot.others, snapshot.beside) = (others, isDouble ? others.last?.run : nil)
        return snapshot
    }

    /// A made-up course of a comparison, to its end.
    static func comparison(_ distortion: Distortion) -> Comparison {
        func results(_ highest: (train: Double, test: Double)) -> [EpochResult] {
            (1...Comparison.epochs).map { epoch in
                let share = 1 - exp(-Double(epoch) / 5)
                return EpochResult(
                    epoch: epoch, step: epoch * 20, trainLoss: 1 - share, trainAccuracy: highest.train * share,
                    testLoss: 1 - share, testAccuracy: epoch < Comparison.epochs ? highest.test * share : highest.test,
                    seconds: 0.1, samplesPerSecond: 10_000)
            }
        }
        var comparison = Comparison(distortion: distortion)
        (comparison.plain, comparison.distorted) = (results((1, 0.88)), results((0.86, 0.94)))
        return comparison
    }

    static func state(
        _ screen: State.Screen = .train, snapshot: TrainingSnapshot? = snapshot(), width: Int = 80, height: Int = 24
    ) -> State {
        var state = State(width: width, height: height)
        state.screen = screen
        if let snapshot { _ = state.handle(.snapshot(snapshot)) }
        state.playground.take(playground)
        return state
    }
}

extension TrainingSnapshot {
    /// The next snapshot, with changes.
    func with(
        _ changes: (inout RunRecord) -> Void = { _ in }, now: Moment? = nil, pace: Pace? = nil,
        isKept: Bool = false
    ) -> TrainingSnapshot {
        var record = record
        changes(&record)
        return TrainingSnapshot(
            run: run, serial: serial + 1, phase: phase, dataset: dataset, record: record, now: now ?? self.now,
            past: past,
            samplesPerSecond: samplesPerSecond, pace: pace ?? self.pace, isKept: isKept)
    }

    func with(history: History) -> TrainingSnapshot {
        with { ($0.history, $0.step) = (history, history.loss.count) }
    }

    func with(
        network: Network, statistics: [LayerStatistics], histograms: HistogramHistory
    ) -> TrainingSnapshot {
        with(
            { $0.histograms = histograms },
            now: Moment(step: now.step, network: network, evaluation: now.evaluation, layers: statistics))
    }
}
