import Dashboard
import Datasets
import Dispatch
import Engine
import Foundation
import ModelFiles
import NeuralNetwork
import Training

/// Training as the other commands do it.
enum TrainingBench {
    /// Seconds an epoch for each network with one thread and with all, in turns, so that what disturbs one disturbs all.
    static func epochs(
        of dataset: Dataset, rounds: Int, progress: (String) -> Void
    ) -> [BenchReport.Training] {
        let trainers = works.flatMap { work in
            Array(Set([1, AvailableCores.count])).sorted().map { threads in
                var configuration = TrainingConfiguration()
                configuration.hiddenLayers = work.layers
                configuration.batchSize = work.batchSize
                configuration.distortion = work.isDistorted ? .handwriting : nil
                if !work.layers.allSatisfy(\.isDense) { configuration.learningRate = 0.01 }
                configuration.threads = threads
                configuration.epochs = rounds
                return Trainer(dataset: dataset.first(work.images), configuration: configuration)
            }
        }
        for round in 1...rounds {
            progress("epochs, round \(round) of \(rounds)")
            for index in trainers.indices { while trainers[index].trainBatch() == nil {} }
        }
        return trainers.map { trainer in
            let images = trainer.dataset.train.count
            let speed = Double(images) / Stopwatch.median(trainer.epochs.map(\.seconds))
            return BenchReport.Training(
                network: trainer.network.sizesDescription, isDistorted: trainer.configuration.distortion != nil,
                batchSize: trainer.configuration.batchSize, threads: trainer.configuration.threads, images: images,
                secondsPerEpoch: 60_000 / speed, samplesPerSecond: speed)
        }
    }

    /// What is trained in a round: where an epoch takes long, on a part of the images.
    private struct Work {
        let layers: [HiddenLayer]
        var isDistorted = false
        let batchSize, images: Int
    }

    private static let works = {
        func layers(_ recipe: Recipe) -> [HiddenLayer] { TrainingConfiguration(recipe, dataset: "mnist").hiddenLayers }
        let wide = ["conv32x3", "conv32x3", "pool2", "conv64x3", "conv64x3", "pool2", "128"]
        return [
            Work(layers: [128, 64], batchSize: 64, images: 60_000),
            Work(layers: [800], batchSize: 128, images: 60_000),
            Work(layers: layers(.lenet), batchSize: 128, images: 12_800),
            Work(layers: layers(.lenet), isDistorted: true, batchSize: 128, images: 12_800),
            Work(layers: layers(.small), batchSize: 128, images: 6400),
            Work(layers: wide.compactMap(HiddenLayer.init), batchSize: 128, images: 1280),
        ]
    }()

    /// Images that all cores together distort in a second, as a training does.
    static func distortedPerSecond(of dataset: Dataset, rounds: Int) -> Double {
        let images = dataset.train
        let (cores, perCore, size) = (AvailableCores.count, min(10_000, images.count), images.pixelsPerImage)
        let distorter = Distorter(.handwriting, height: images.height, width: images.width, seed: 0)
        let times = (0..<rounds).map { round in
            Stopwatch.seconds {
                DispatchQueue.concurrentPerform(iterations: cores) { core in
                    let scratch = UnsafeMutableRawPointer.allocate(byteCount: distorter.scratchSize, alignment: 64)
                    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
                    defer {
                        scratch.deallocate()
                        output.deallocate()
                    }
                    images.pixels.withUnsafeBufferPointer { pixels in
                        guard let pixels = pixels.baseAddress else { return }
                        for sample in 0..<perCore {
                            distorter.distort(
                                pixels + sample * size, into: output, epoch: round * cores + core, sample: sample,
                                scratch: scratch)
                        }
                    }
                }
            }
        }
        return Double(cores * perCore) / Stopwatch.median(times)
    }

    /// Microseconds that each part takes of a step on one thread, the mean over an epoch.
    static func parts(of dataset: Dataset) -> [BenchReport.Part] {
        let profile = StepProfile()
        var configuration = TrainingConfiguration()
        configuration.threads = 1
        let trainer = Trainer(dataset: dataset, configuration: configuration, profile: profile)
        while trainer.trainBatch() == nil {}
        // Other networks have other parts.
        return StepProfile.Part.allCases.compactMap { part in
            profile.durations[part].map { duration in
                BenchReport.Part(
                    name: part.rawValue, microseconds: duration / .microseconds(1) / Double(trainer.step))
            }
        }
    }

    /// Milliseconds for all test images with all threads.
    static func testPass(of dataset: Dataset, rounds: Int) -> Double {
        let pool = WorkerPool(threads: AvailableCores.count)
        let network = Network(sizes: [dataset.test.pixelsPerImage, 128, 64, 10], seed: 0)
        let images = dataset.test.labelledImages
        return 1000
            * Stopwatch.median(
                (0..<3 * rounds).map { _ in
                    Stopwatch.seconds { _ = Evaluation(of: network, on: images, step: 0, pool: pool) }
                })
    }

    /// The median of some runs of `inkling train` in a process of its own.
    static func timeToAccuracy(options: [String], rounds: Int) throws -> BenchReport.TimeToAccuracy {
        struct Epoch: Decodable { let testAccuracy: Double }
        let epochs = 4
        var times: [[Double]] = []
        var accuracies: [Double] = []
        for _ in 0..<rounds {
            let (process, output) = (Process(), Pipe())
            process.executableURL = Bundle.main.executableURL
            process.arguments = ["train", "--epochs", String(epochs), "--json"] + options
            process.standardOutput = output
            let start = ContinuousClock.now
            try process.run()
            times.append([])
            accuracies = []
            var line = Data()
            while case let bytes = output.fileHandleForReading.availableData, !bytes.isEmpty {
                line += bytes
                guard line.last == UInt8(ascii: "\n") else { continue }
                accuracies.append(try JSONDecoder().decode(Epoch.self, from: line).testAccuracy)
                times[times.count - 1].append(Stopwatch.seconds(since: start))
                line = Data()
            }
            process.waitUntilExit()
        }
        func time(to accuracy: Double) -> Double? {
            accuracies.firstIndex { $0 >= accuracy }.map { epoch in Stopwatch.median(times.map { $0[epoch] }) }
        }
        return BenchReport.TimeToAccuracy(
            epochs: epochs, secondsToFirstEpoch: Stopwatch.median(times.map { $0.first ?? .nan }),
            secondsTo975: time(to: 0.975), secondsTo980: time(to: 0.98), testAccuracy: accuracies.last ?? 0)
    }

    /// The throughput with and without a dashboard that takes the latest snapshot and renders it, 30 times a second, in
    /// turns of half a second; the loss is the median over the turns. One trainer takes both turns: where in memory the
    /// weights lie makes one faster than another. Test passes and all that a session does beside the training count as
    /// its time. What the terminal itself takes is not in it.
    static func dashboard(of dataset: Dataset, rounds: Int) throws -> BenchReport.Dashboard {
        var configuration = TrainingConfiguration()
        configuration.epochs = 100_000
        configuration.schedule = .constant
        configuration.learningRate = 0.01
        var spectator = Spectator()
        // Warms up: the session looks at the layers more often at first. Who measures in haste does so here, too.
        let trainer = Trainer(dataset: dataset, configuration: configuration)
        try spectator.watch(trainer, seconds: min(3, Double(rounds)))
        let turn = 0.5
        var (with, without): ([Double], [Double]) = ([], [])
        for _ in 0..<5 * rounds {
            var (start, first) = (ContinuousClock.now, trainer.step)
            while Stopwatch.seconds(since: start) < turn { _ = trainer.trainBatch() }
            without.append(Double(trainer.step - first) / Stopwatch.seconds(since: start))
            (start, first) = (ContinuousClock.now, trainer.step)
            try spectator.watch(trainer, seconds: turn)
            with.append(Double(trainer.step - first) / Stopwatch.seconds(since: start))
        }
        let batch = Double(configuration.batchSize)
        return BenchReport.Dashboard(
            framesPerSecond: spectator.framesPerSecond, samplesPerSecond: Stopwatch.median(with) * batch,
            samplesPerSecondWithout: Stopwatch.median(without) * batch,
            loss: Stopwatch.median(zip(with, without).map { 1 - $0 / $1 }))
    }

    /// Somebody who looks at sessions.
    private struct Spectator {
        private var state = State()
        private var frames = 0
        private var seconds = 0.0

        var framesPerSecond: Double { Double(frames) / seconds }

        /// Has a session train for some time.
        mutating func watch(_ trainer: Trainer, seconds: Double) throws {
            let session = TrainingSession(makeTrainer: { trainer }, onSnapshot: {})
            let start = ContinuousClock.now
            session.send(.run)
            var next = start
            while Stopwatch.seconds(since: start) < seconds {
                if let snapshot = try session.takeLatest() { _ = state.handle(.snapshot(snapshot)) }
                _ = render(state, width: 120, height: 40)
                frames += 1
                next += .seconds(1) / 30
                Thread.sleep(forTimeInterval: max((next - .now) / .seconds(1), 0))
            }
            session.send(.pause)
            session.stop()
            self.seconds += Stopwatch.seconds(since: start)
        }
    }
}

extension Dataset {
    /// With the first so many of the images to train on and, as tests are not measured then, a few to test on.
    fileprivate func first(_ count: Int) -> Dataset {
        count < train.count ? Dataset(name: name, train: train.first(count), test: test.first(100)) : self
    }
}

extension ImageSet {
    fileprivate func first(_ count: Int) -> ImageSet {
        ImageSet(
            width: width, height: height, pixels: Array(pixels.prefix(count * pixelsPerImage)),
            labels: Array(labels.prefix(count)))
    }
}
