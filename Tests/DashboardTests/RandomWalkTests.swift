import DashboardTestSupport
import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Keys and mouse events at random, on all screens and with all sorts of runs: nothing may trap, and the walk looks as it
/// did when it was recorded, which holds what no picture shows: other sizes, and what follows many keys. Whoever changes a
/// screen records it anew. `INKLING_WALK_SEED` chooses another walk, which is not compared.
@Suite struct RandomWalkTests {
    private static let seed = UInt64(ProcessInfo.processInfo.environment["INKLING_WALK_SEED"] ?? "") ?? 0

    enum Sort: CaseIterable {
        case none, untrained, convolutional, observed, finished, oneClass, diverged, shallow, manyClasses, twoClasses
    }

    @Test(arguments: Sort.allCases) func nothingTraps(sort: Sort) throws {
        let generatorOfSort = Sort.allCases.firstIndex(of: sort) ?? 0
        var generator = RandomGenerator(seed: Self.seed, stream: .shuffling, index: generatorOfSort)
        let snapshots = snapshots(sort)
        var state = Samples.state(snapshot: nil)
        if sort != .untrained { state.bringIn(Self.earlierRuns) }
        if let first = snapshots.first { _ = state.handle(.snapshot(ManyCurvesTests.snapshot(first))) }
        state.datasets = [Samples.location("mnist"), Samples.location("fashion-mnist")]
        let fashion = Samples.makeDataset(name: "fashion-mnist")
        let two = Samples.playgroundRun(1, others: [Samples.playground], isDouble: true)
        var drawingsRead = 0
        var (run, filesAsked) = (0, 0)
        var (looks, record) = (ScreenDigest(), [String]())
        for number in 0..<15_000 {
            if number % 500 == 0 {
                record.append("\(number) \(state.screen) \(looks.words)")
                // Another run, or a window of another size, while a screen is in view.
                if !snapshots.isEmpty {
                    let snapshot = snapshots[generator.uniform(below: snapshots.count)]
                    var next = snapshot.of(run: run)
                    next.waiting = state.runs.map(\.id).filter { $0 >= 0 && $0 % 2 == 0 && $0 < run }
                    if let along = next.waiting.last, generator.uniform(below: 2) == 0 {
                        next.beside = [ManyCurvesTests.snapshot(snapshots[0].of(run: along))]
                    }
                    _ = state.handle(.snapshot(next))
                    if generator.uniform(below: 2) == 0 { run += 1 }
                }
                let sizes = [(80, 24), (120, 40), (200, 55), (97, 31), (151, 26), (40, 14), (61, 19), (10, 3)]
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
            for action in actions { looks.take(action) }
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
                } else if case .new = new.start {
                    _ = state.handle(.snapshot(last.on(new.dataset ?? last.dataset)))
                }
            }
            for case .read(let plan, _) in actions {
                _ = state.handle(number % 3 == 0 ? .notRead("It is gone.", for: plan) : .read(fashion, for: plan))
            }
            for case .map(let request) in actions { _ = state.handle(request.event()) }
            for case .file(let request) in actions where number % 4 > 0 {
                let reply = reply(to: request, snapshots.last, &generator)
                if let reply { for case .request(.begin) in state.handle(.file(reply)) { run += 1 } }
                filesAsked += 1
            }
            for case .edit(let edit) in actions {
                var drawings = state.hand.drawings ?? .none(size: state.imageSize)
                drawings.apply(edit)
                _ = state.handle(.hand(drawings, folder: nil))
            }
            for case .teach(let task) in actions {
                _ = state.handle(.teaching(task, share: 0.5, network: task.network))
                if number % 3 > 0 { _ = state.handle(.taught(task, Samples.outcome(of: task))) }
            }
            // Runs of the playground: none, some, or two in view.
            for case .playground(let request) in actions where number % 11 == 0 {
                switch request {
                case .begin: _ = state.handle(.playground(Samples.secondPlayground))
                case .show(_, let beside): _ = state.handle(.playground(beside == nil ? Samples.playground : two))
                default: break
                }
            }
            // Making the points of another set takes its time: not at each change.
            for case .playground(.configure(let configuration)) in actions where number % 7 == 0 {
                _ = state.handle(.playground(playground(configuration, serial: number)))
            }
            for case .compare(let distortion) in actions {
                _ = state.handle(.comparison(Samples.comparison(distortion)))
            }
            drawingsRead = max(drawingsRead, state.draw.quiz?.readings.count ?? 0)
            if number % 4 == 0 { looks.take(render(state, width: state.width, height: state.height)) }
        }
        if Self.seed == 0 { try expectLooks("walk-\(sort)", record) }
        if sort != .none { #expect(filesAsked > 10, "the walk saves and opens") }
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
            if generator.uniform(below: 40) == 0 { return .paste("'/tmp/pasted file'\n") }
            let keys: [Key] = [
                .control("a"), .control("e"), .control("u"), .control("w"), .control("c"), .up, .down, .left, .right,
                .shiftUp, .shiftDown, .shiftLeft, .shiftRight, .enter, .escape, .tab,
                .backTab, .backspace, .delete, .home, .end, .pageUp, .pageDown,
            ]
            return .key(keys[generator.uniform(below: keys.count)])
        default: return .key(.character(Unicode.Scalar(UInt8(32 + generator.uniform(below: 95)))))
        }
    }

    /// Of curves of all sorts.
    private static let earlierRuns = {
        func curve(_ values: [Double], _ unit: RunCurves.Curve.Unit) -> RunCurves.Curve {
            RunCurves.Curve(values.enumerated().map { .init(place: Double($0) * 1e3, value: $1) }, unit: unit)
        }
        return [[], [0.5], [1e300, -1e300, 0, 1e-300], [.infinity, 0.1]].map { values in
            EarlierRun(
                file: "/run \(values.count)",
                curves: RunCurves(loss: curve(values, .epochs), accuracy: curve(values, .steps)))
        }
    }()

    /// Any reply that a request may get; now and then none.
    private func reply(
        to request: FileRequest, _ snapshot: TrainingSnapshot?, _ generator: inout RandomGenerator
    ) -> FileReply? {
        switch (request, generator.uniform(below: 4)) {
        case (.complete(let head), let count):
            let part = PathCompletion.lastPart(of: head)
            return .completed(PathCompletion(head, names: (0..<40 * count).map { "\(part)\($0)é\(count)/" }))
        case (.save(_, let path, let overwrites), 0...1), (.saveCheckpoint(_, let path, let overwrites), 0...1):
            return overwrites ? .failed(path, problem: "Not saved: \(path)") : .exists(path)
        case (.save(_, let path, _), _): return .saved(path, run: nil, words: "Saved as \(path)")
        case (.saveCheckpoint(let run, let path, _), _): return .saved(path, run: run, words: "Saved as \(path)")
        case (.open(let path, _, true), 0): return .opened(path, .picture(Array(Samples.dataset.test.image(3))))
        case (.open(let path, let run, _), 0...2):
            guard let snapshot else { return nil }
            let network = snapshot.now.network
            return .opened(
                path,
                .model(
                    TrainingSnapshot(opened: network, file: path, run: run, on: snapshot.dataset, threads: 1),
                    words: path))
        case (.open(let path, _, _), _): return .failed(path, problem: "Not opened: \(path)")
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

    /// As if it were of a run on another data set.
    fileprivate func on(_ dataset: Dataset) -> TrainingSnapshot {
        TrainingSnapshot(
            run: run, serial: serial, phase: phase, dataset: dataset, record: record, now: now, past: past,
            samplesPerSecond: samplesPerSecond, pace: pace, isKept: isKept)
    }
}
