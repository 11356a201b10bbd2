import Datasets
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Requests at random, and all that the snapshots between them say, in a digest for some of them each: what a request does
/// to a run in any state. Whoever means another course takes the digests anew.
@Suite struct JobWalkTests {
    private static func expect(
        _ digests: [String], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard kernelsAreFused else { return }
        #expect(digests == expected, sourceLocation: sourceLocation)
    }

    private static func one<Value>(of values: [Value], _ generator: inout RandomGenerator) -> Value {
        values[generator.uniform(below: values.count)]
    }

    // MARK: - Runs on images

    private static func take(_ network: Network, into digest: inout Digest) {
        digest.take(network.sizesDescription)
        for layer in network.layers { digest.take(layer.weights.elements + layer.biases.elements) }
    }

    private static func take(_ evaluation: Evaluation?, into digest: inout Digest) {
        guard let evaluation else { return digest.take("untested") }
        digest.take(evaluation.step)
        digest.take(evaluation.predictions)
        digest.take(evaluation.confidences + evaluation.losses)
    }

    private static func take(_ series: Series, into digest: inout Digest) {
        digest.take("\(series.count) \(series.bucketWidth) \(series.last.map { "\($0)" } ?? "")")
        for bucket in series.buckets {
            digest.take(bucket.count)
            digest.take([bucket.minimum, bucket.maximum, bucket.mean])
        }
    }

    /// All but what the clock says.
    private static func take(_ snapshot: TrainingSnapshot, into digest: inout Digest) {
        let record = snapshot.record
        digest.take("\(snapshot.run) \(snapshot.serial) \(snapshot.phase) \(snapshot.pace) \(snapshot.isKept)")
        digest.take("\(snapshot.waiting) \(snapshot.fork.map { "\($0.run) \($0.epochs) \($0.record.step)" } ?? "")")
        // Threads are as many as there are cores.
        for var settings in [record.settings, record.configuration] {
            settings.threads = 1
            digest.take("\(settings)")
        }
        digest.take("\(record.step) \(record.epoch) \(record.batch) \(record.totalSteps) \(record.nextEpochEnd)")
        digest.take("\(record.isFinished) \(record.hasDiverged) \(record.keptEpoch ?? 0) \(record.learningRateChanges)")
        digest.take("\(record.learningRate) \(record.finalTest.map { "\($0)" } ?? "") \(record.bestEpoch ?? 0)")
        take(record.history.loss, into: &digest)
        take(record.history.accuracy, into: &digest)
        for epoch in record.epochs {
            digest.take("\(epoch.epoch) \(epoch.step) \(epoch.trainLoss) \(epoch.testLoss) \(epoch.testAccuracy)")
        }
        digest.take("\(record.classAccuracies) \(record.gradientNorms) \(record.histograms)")
        digest.take("\(snapshot.past.all.map(\.step)) \(snapshot.past.capacity) \(snapshot.lastGoodMoment?.step ?? -1)")
        for moment in [snapshot.now] + snapshot.past.all.suffix(2) {
            take(moment.network, into: &digest)
            take(moment.evaluation, into: &digest)
            digest.take("\(moment.layers)")
        }
        for other in snapshot.former + snapshot.beside { take(other, into: &digest) }
    }

    private static func settings(_ generator: inout RandomGenerator) -> TrainingConfiguration {
        var settings = makeConfiguration(
            epochs: 1 + generator.uniform(below: 3), seed: UInt64(generator.uniform(below: 4)))
        settings.hiddenLayers = one(of: [[8], [], [6, 4]], &generator)
        settings.activation = one(of: Activation.allCases, &generator)
        settings.optimizer = one(of: Optimizer.Kind.allCases, &generator)
        settings.learningRate = settings.optimizer.usualLearningRate * (generator.uniform(below: 12) == 0 ? 1e6 : 1)
        settings.schedule = one(of: LearningRateSchedule.allCases, &generator)
        settings.batchSize = one(of: [32, 20, 300], &generator)
        settings.dropout = generator.uniform(below: 4) == 0 ? 0.2 : 0
        settings.distortion = generator.uniform(below: 5) == 0 ? .handwriting : nil
        settings.validation = generator.uniform(below: 5) == 0 ? 60 : nil
        settings.earlyStop = generator.uniform(below: 5) == 0 ? 1 : nil
        return settings
    }

    /// Runs that train in turns are looked at when both have come to rest: who is first, the clock decides.
    private static func request(
        _ generator: inout RandomGenerator, _ snapshot: TrainingSnapshot
    ) -> TrainingJob.Request {
        switch generator.uniform(below: 16) {
        case 0...3: return .run
        case 4: return .pause
        case 5, 6: return .trainBatch
        case 7, 8: return .trainEpoch
        case 9: return .scaleLearningRate(by: one(of: [0.5, 1.26, 1000], &generator))
        case 10: return .extend(epochs: 1 + generator.uniform(below: 3))
        case 11: return .evaluate
        case 12: return .pace(generator.uniform(below: 2) == 0 ? .full : .seconds(1e-6))
        case 13:
            let runs = 1 + generator.uniform(below: 3)
            let dataset = makeHalves(train: 120 + 10 * generator.uniform(below: 12), seed: 2)
            return .begin(
                NewRun(.new(settings(&generator)), runs: runs, on: generator.uniform(below: 3) == 0 ? dataset : nil))
        case 14:
            let moments = snapshot.past.all
            let then =
                generator.uniform(below: 2) == 0
                ? snapshot : snapshot.at(one(of: moments, &generator))
            return .begin(NewRun(.fork(Fork(then, settings(&generator))), runs: 2))
        default:
            let runs = snapshot.waiting
            return runs.isEmpty ? .run : .trainAlong(run: one(of: runs, &generator))
        }
    }

    @Test func runsOnImagesGoTheWayTheyDid() {
        var generator = RandomGenerator(seed: 17, stream: .quiz)
        var digests: [String] = []
        var (job, digest) = (TrainingJob(), Digest())
        for number in 1...240 {
            let request = Self.request(&generator, job.snapshot(serial: number))
            job.handle(request)
            if job.snapshot(serial: number).beside.isEmpty {
                for _ in 0..<generator.uniform(below: 12) where job.isRunning {
                    digest.take(job.step(now: .now) ? 1 : 0)
                }
            } else {
                job.runToItsEnd()
            }
            Self.take(job.snapshot(serial: number), into: &digest)
            if number.isMultiple(of: 40) { digests.append(digest.words) }
        }
        #expect(job.run > 10)
        Self.expect(
            digests,
            [
                "b8bcb44a43304955", "30fd5505385f045", "7e5997b613248ce1", "fedd31d309fa8964", "a5865714a89e5d31",
                "c154a29438c797a5",
            ])
    }

    // MARK: - The playground

    private static func take(_ snapshot: PlaygroundSnapshot, into digest: inout Digest) {
        digest.take("\(snapshot.run) \(snapshot.number) \(snapshot.origin.map { "\($0)" } ?? "") \(snapshot.isOn)")
        digest.take("\(snapshot.configuration) \(snapshot.points) \(snapshot.placedCount) \(snapshot.step)")
        digest.take("\(snapshot.batchesPerEpoch) \(snapshot.pace) \(snapshot.beside ?? -1)")
        take(snapshot.network, into: &digest)
        take(snapshot.history.loss, into: &digest)
        take(snapshot.history.accuracy, into: &digest)
        digest.take("\(snapshot.loss ?? -1) \(snapshot.accuracy ?? -1) \(snapshot.past.all.map(\.step))")
        digest.take("\(snapshot.past.capacity)")
        if let moment = snapshot.past.all.dropFirst(snapshot.past.all.count / 2).first {
            let then = snapshot.at(moment)
            digest.take(
                "\(then.step) \(then.points.count) \(then.placedCount) \(then.loss ?? -1) \(then.accuracy ?? -1)")
        }
        for other in snapshot.others { take(other, into: &digest) }
    }

    private static func request(
        _ generator: inout RandomGenerator, _ snapshot: PlaygroundSnapshot
    ) -> PlaygroundJob.Request {
        let known = [snapshot.run] + snapshot.others.map(\.run)
        func anyRun(_ generator: inout RandomGenerator) -> Int {
            generator.uniform(below: 12) == 0 ? 99 : one(of: known, &generator)
        }
        func configuration(_ generator: inout RandomGenerator) -> PlaygroundConfiguration {
            var configuration = snapshot.configuration
            switch generator.uniform(below: 7) {
            case 0: configuration.set = one(of: ToySet.allCases, &generator)
            case 1: configuration.hiddenLayers = one(of: [[], [5], [6, 4]], &generator)
            case 2: configuration.optimizer = one(of: Optimizer.Kind.allCases, &generator)
            case 3: configuration.learningRate *= one(of: [0.5, 2, 1e6], &generator)
            case 4: configuration.batchSize = one(of: [16, 40], &generator)
            case 5: configuration.noise = one(of: [0, 0.3], &generator)
            default: configuration.activation = one(of: Activation.allCases, &generator)
            }
            return configuration
        }
        switch generator.uniform(below: 16) {
        case 0...3: return .run
        case 4: return .pause
        case 5: return .trainBatch
        case 6: return .trainEpoch
        case 7: return .configure(configuration(&generator))
        case 8: return .begin(.again(seed: UInt64(generator.uniform(below: 5))))
        case 9, 10:
            let moments = snapshot.past.all
            let then = moments.isEmpty ? snapshot : snapshot.at(one(of: moments, &generator))
            return .begin(.fork(PlaygroundFork(then, configuration(&generator))))
        case 11:
            let (focus, other) = (anyRun(&generator), anyRun(&generator))
            return .show(focus, beside: generator.uniform(below: 3) == 0 ? nil : other)
        case 12: return .drop(anyRun(&generator))
        case 13:
            let (x, y) = (Float(generator.uniform()), Float(generator.uniform()))
            return .place(ToySet.Point(x: x, y: y, label: UInt8(generator.uniform(below: 3))))
        case 14: return .removePlaced
        default: return .pace(generator.uniform(below: 2) == 0 ? .full : .seconds(2))
        }
    }

    @Test func thePlaygroundGoesTheWayItDid() {
        var generator = RandomGenerator(seed: 23, stream: .quiz)
        var digests: [String] = []
        var configuration = PlaygroundConfiguration()
        (configuration.set, configuration.count, configuration.hiddenLayers) = (.moons, 30, [6])
        var (job, digest) = (PlaygroundJob(configuration), Digest())
        for number in 1...400 {
            let request = Self.request(&generator, job.snapshot(serial: number))
            job.handle(request)
            for _ in 0..<generator.uniform(below: 10) where job.isRunning { digest.take(job.step(now: .now) ? 1 : 0) }
            digest.take(job.isRunning ? 1 : 0)
            Self.take(job.snapshot(serial: number), into: &digest)
            if number.isMultiple(of: 50) { digests.append(digest.words) }
        }
        #expect(job.snapshot(serial: 401).others.count > 2)
        Self.expect(
            digests,
            [
                "cdcce4a58d203b25", "8b66d81fa3acd9e6", "eaf91b2fc6e275ee", "dcb9063b9a49b11f", "8e6d8b9d8f89d0ae",
                "c89dbc810b291a19", "b9bb40b81b1ae980", "b88bbd0d14c2b6b5",
            ])
    }
}
