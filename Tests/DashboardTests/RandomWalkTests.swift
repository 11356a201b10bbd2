import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Keys and mouse events at random, on all screens and with all sorts of runs: nothing may trap. `INKLING_WALK_SEED`
/// chooses another walk.
@Suite struct RandomWalkTests {
    private static let seed = UInt64(ProcessInfo.processInfo.environment["INKLING_WALK_SEED"] ?? "") ?? 0

    enum Sort: CaseIterable {
        case none, untrained, convolutional, observed, finished, oneClass, diverged, shallow, manyClasses, twoClasses
    }

    @Test(arguments: Sort.allCases) func nothingTraps(sort: Sort) {
        let generatorOfSort = Sort.allCases.firstIndex(of: sort) ?? 0
        var generator = RandomGenerator(seed: Self.seed, stream: .shuffling, index: generatorOfSort)
        let snapshots = snapshots(sort)
        var state = Samples.state(snapshot: snapshots.first)
        var drawingsRead = 0
        var run = 0
        for number in 0..<15_000 {
            if number % 500 == 0 {
                // Another run, or a window of another size, while a screen is in view.
                if !snapshots.isEmpty {
                    let snapshot = snapshots[generator.uniform(below: snapshots.count)]
                    _ = state.handle(.snapshot(snapshot.of(run: run)))
                    if generator.uniform(below: 2) == 0 { run += 1 }
                }
                let sizes = [(80, 24), (120, 40), (200, 55), (40, 14), (61, 19), (10, 3)]
                let (width, height) = sizes[generator.uniform(below: sizes.count)]
                _ = state.handle(.resize(width: width, height: height))
                let count = generator.uniform(below: 12)
                if snapshots.first?.dataset.train.shape == .mnist {
                    _ = state.handle(.hand(Samples.drawings.chosen { $0 < count }, folder: "/drawings"))
                } else {
                    _ = state.handle(.hand(.none(size: state.imageSize), folder: "/drawings"))
                }
                if generator.uniform(below: 3) == 0 { _ = state.handle(.reference(snapshots.last?.now.evaluation)) }
            }
            if number % 500 == 250 { press(&state, "4", "z") }
            var actions = state.handle(event(&generator, state))
            if state.frameInterval != nil { actions += state.handle(.frame) }
            // Tests come late, or for a run that is gone.
            for case .test(let moment, let run) in actions where number % 3 == 0 {
                if let test = snapshots.last?.now.evaluation {
                    _ = state.handle(.tested(test.of(moment), run: run))
                }
            }
            // A run begins, as its settings say.
            for case .request(.begin(let new)) in actions where number % 3 == 0 {
                run += 1
                guard let last = snapshots.last?.of(run: run) else { continue }
                if case .fork(let fork) = new.start {
                    var snapshot = last.with { $0 = fork.record }
                    snapshot.fork = fork
                    _ = state.handle(.snapshot(snapshot))
                } else {
                    _ = state.handle(.snapshot(last))
                }
            }
            for case .map(let request) in actions { _ = state.handle(request.event()) }
            for case .edit(let edit) in actions {
                var drawings = state.hand.drawings ?? .none(size: state.imageSize)
                drawings.apply(edit)
                _ = state.handle(.hand(drawings, folder: nil))
            }
            for case .teach(let task) in actions {
                _ = state.handle(.teaching(task, share: 0.5, network: task.network))
                if number % 3 > 0 { _ = state.handle(.taught(task, Samples.outcome(of: task))) }
            }
            // Making the points of another set takes its time: not at each change.
            for case .playground(.configure(let configuration)) in actions where number % 7 == 0 {
                _ = state.handle(.playground(playground(configuration, serial: number)))
            }
            for case .compare(let distortion) in actions {
                _ = state.handle(.comparison(Samples.comparison(distortion)))
            }
            drawingsRead = max(drawingsRead, state.draw.quiz?.readings.count ?? 0)
            if number % 4 == 0 { _ = render(state, width: state.width, height: state.height) }
        }
        if ![.none, .untrained].contains(sort) { #expect(drawingsRead > 0, "the walk takes part in a quiz") }
    }

    /// Any event; now and then a number, so that no screen keeps the walk for long.
    private func event(_ generator: inout RandomGenerator, _ state: State) -> Event {
        switch generator.uniform(below: 10) {
        case 0:
            return .key(.character(Unicode.Scalar(UInt8(49 + generator.uniform(below: 7)))))
        case 1...3:
            let kinds: [Mouse.Kind] = [.press, .drag, .release, .wheelUp, .wheelDown]
            return .mouse(
                Mouse(
                    kinds[generator.uniform(below: kinds.count)], x: generator.uniform(below: state.width + 2) - 1,
                    y: generator.uniform(below: state.height + 2) - 1))
        case 4...6:
            let keys: [Key] = [
                .up, .down, .left, .right, .shiftUp, .shiftDown, .shiftLeft, .shiftRight, .enter, .escape, .tab,
                .backTab, .backspace, .delete, .home, .end, .pageUp, .pageDown,
            ]
            return .key(keys[generator.uniform(below: keys.count)])
        default: return .key(.character(Unicode.Scalar(UInt8(32 + generator.uniform(below: 95)))))
        }
    }

    private func snapshots(_ sort: Sort) -> [TrainingSnapshot] {
        switch sort {
        case .none: []
        case .untrained: [Samples.snapshot(step: 0, phase: .paused), Samples.snapshot(step: 1)]
        case .observed: [Samples.observed, Samples.snapshot()]
        case .finished: [Samples.snapshot(step: 4690, phase: .finished), Samples.observed]
        case .oneClass: [oneClass()]
        case .manyClasses: [classes(62, side: 28)]
        case .twoClasses: [classes(2, side: 20)]
        case .convolutional: convolutional()
        case .diverged: [diverged(.infinity), diverged(.nan)]
        case .shallow:
            [[784, 10], [784, 1, 10], [784, 3, 2, 2, 2, 2, 10]].map { sizes in
                Samples.snapshot().with(network: Network(sizes: sizes, seed: 1), statistics: [], histograms: .init())
            }
        }
    }

    /// Convolutions before dense layers, and nothing but them.
    private func convolutional() -> [TrainingSnapshot] {
        ["conv6x5,pool2,conv16x5v,pool2,30", "conv2x3", "pool2,12,conv"].compactMap { layers in
            let hidden = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
            guard
                let network = try? Network(
                    input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: 1,
                    initialization: .xavier)
            else { return nil }
            let statistics = LayerStatistics.observe(
                before: network, after: network, images: Samples.dataset.train, count: 20)
            var histograms = HistogramHistory()
            histograms.append(statistics.compactMap(\.histograms), step: 1)
            return Samples.snapshot().with(network: network, statistics: statistics, histograms: histograms)
                .with { $0.configuration.distortion = hidden.count > 1 ? .clothing : nil }
        } + [Samples.convolutional]
    }

    private func classes(_ count: Int, side: Int) -> TrainingSnapshot {
        Samples.observedSnapshot(
            sizes: [side * side, 20, count], dataset: Samples.makeDataset(classes: count, side: side))
    }

    /// All images are of one class.
    private func oneClass() -> TrainingSnapshot {
        let images = ImageSet(
            width: 28, height: 28, pixels: Array(Samples.dataset.train.pixels.prefix(784 * 20)),
            labels: Array(repeating: 4, count: 20))
        return Samples.snapshot(dataset: Dataset(name: "own", train: images, test: images))
    }

    /// Weights, statistics and losses without bounds.
    private func diverged(_ value: Float) -> TrainingSnapshot {
        var network = Samples.observed.now.network
        for index in network.layers.indices {
            network.layers[index].weights[0, 0] = value
            network.layers[index].weights[3, 1] = -value
            network.layers[index].biases[0, 0] = value
        }
        let images = Samples.dataset.train
        let statistics = LayerStatistics.observe(before: network, after: network, images: images, count: 50)
        var histograms = HistogramHistory()
        histograms.append(statistics.compactMap(\.histograms), step: 1)
        var history = Samples.observed.history
        for value: Float in [.infinity, .nan, 1e30, -1, 0] { history.append(loss: value, accuracy: 0) }
        return Samples.snapshot().with(history: history)
            .with(network: network, statistics: statistics, histograms: histograms)
    }

    /// - Parameter serial: of its own for each, as the screen keeps by it what takes long to make.
    private func playground(_ configuration: PlaygroundConfiguration, serial: Int) -> PlaygroundSnapshot {
        PlaygroundJob(configuration).snapshot(serial: serial, samplesPerSecond: 1000)
    }
}

extension Evaluation {
    /// As if it were of a moment.
    fileprivate func of(_ moment: Moment) -> Evaluation {
        Evaluation(
            network: moment.network, step: moment.step, predictions: predictions, confidences: confidences,
            losses: losses, confusion: confusion)
    }
}

extension TrainingSnapshot {
    /// As if it were of another run.
    fileprivate func of(run: Int) -> TrainingSnapshot {
        TrainingSnapshot(
            run: run, serial: serial + 100_000 * run, phase: phase, dataset: dataset, record: record, now: now,
            past: past, samplesPerSecond: samplesPerSecond, pace: pace, isKept: isKept)
    }
}
