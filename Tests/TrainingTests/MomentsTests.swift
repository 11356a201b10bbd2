import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// The past that a run keeps.
@Suite struct MomentsTests {
    /// What a session begins with has all the memory; others share it.
    @Test func theFirstRunHasTheMemoryToItself() throws {
        var configuration = makeConfiguration()
        configuration.hiddenLayers = [512, 512]
        let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
        let each = Moments.bytes(of: trainer.network, images: trainer.dataset.test.count)
        #expect(TrainedRun(trainer, number: 0).past.capacity == Moments.mostBytes / each)
    }

    /// Moments of a network of no size, as many as there may be at most, after so many steps.
    private func moments(
        after steps: Int, batchSize: Int = 64, network: Network = Network(sizes: [1, 1], seed: 0)
    )
        -> Moments
    {
        var moments = Moments(
            network: network, images: 0, batchSize: batchSize, batchesPerEpoch: 60_000 / batchSize)
        for step in 0...steps where moments.isDue(after: step) {
            moments.keep(Moment(step: step, network: network, evaluation: nil, layers: []))
        }
        return moments
    }

    /// A run that begins alone has all of the memory; the more there are, the less each.
    @Test func runsShareTheMemory() {
        var configuration = makeConfiguration()
        configuration.hiddenLayers = [1024, 1024]
        let trainer = Trainer(dataset: makeHalves(), configuration: configuration)
        let each = Moments.bytes(of: trainer.network, images: trainer.dataset.test.count)
        #expect((2..<128).contains(Moments.mostBytes / each), "as many as two runs tell apart")
        #expect(trainer.noMoments().capacity == Moments.mostBytes / each)
        #expect(trainer.noMoments(runs: 2).capacity == Moments.mostBytes / 2 / each)
    }

    /// The network of a moment is the one that a checkpoint of its step holds, to the last bit.
    @Test func aMomentIsWhatACheckpointHolds() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run.checkpoint")
        var job = TrainingJob()
        job.handle(.run)
        job.runToItsEnd()
        let kept = job.snapshot(serial: 0).past.all
        #expect(kept.map(\.step) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 30])
        for moment in kept {
            let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
            while trainer.step < moment.step { _ = trainer.trainBatch() }
            try Checkpoint.write(trainer, to: path)
            let written = try Checkpoint(file: path).trainer(on: makeHalves())
            let bits = moment.network.parameters.matrices.map { $0.elements.map(\.bitPattern) }
            #expect(bits == written.network.parameters.matrices.map { $0.elements.map(\.bitPattern) })
        }
        #expect(
            kept.filter { $0.evaluation != nil }.map(\.step) == [10, 20, 30],
            "each with a test of its own or none")
    }

    /// Paused, step by step, at any pace: what a run keeps follows from its steps.
    @Test func thePastIsTheSameWhateverTheTime() {
        var (straight, stepped) = (TrainingJob(), TrainingJob())
        straight.handle(.run)
        straight.runToItsEnd()
        stepped.handle(.pace(.seconds(1000)))
        while !stepped.trainer.isFinished {
            stepped.handle(stepped.trainer.step % 3 == 0 ? .trainBatch : .evaluate)
            stepped.handle(.trainBatch)
            _ = stepped.step(now: .now)
        }
        #expect(stepped.snapshot(serial: 0).past.all == straight.snapshot(serial: 0).past.all)
    }

    @Test func anotherRunHasAPastOfItsOwn() {
        var job = TrainingJob()
        job.handle(.trainEpoch)
        job.runToItsEnd()
        job.restart(seed: 5)
        let past = job.snapshot(serial: 0).past.all
        #expect(past.map(\.step) == [0] && past.first?.network == job.trainer.network)
    }

    @Test func whatIsKeptIsDenseAtBothEnds() throws {
        for steps in [1000, 50_000, 1_000_000] {
            let moments = moments(after: steps)
            #expect(moments.all.count <= 256 && moments.all.count > (steps == 1000 ? 30 : 100))
            let kept = moments.all.map(\.step)
            #expect(kept == kept.sorted() && kept.starts(with: [0, 1, 2]))
            #expect(steps - (try #require(kept.last)) < 400)
            let gaps = zip(kept.dropFirst(), kept).map { $0 - $1 }
            // A gap is small beside how far it is from both ends.
            for (gap, step) in zip(gaps, kept) {
                #expect(Double(gap) <= 0.3 * Double(min(step, steps - step)) + 400, "after step \(step)")
            }
            let epochs = kept.count { $0 > 0 && $0.isMultiple(of: 937) }
            #expect(epochs >= min(steps / 937, 20), "many of them ends of epochs")
        }
    }

    /// They have a test of their own.
    @Test func theEndsOfEpochsStayLongest() {
        let kept = moments(after: 200_000).all.map(\.step)
        let ends = kept.count { $0 > 0 && $0.isMultiple(of: 937) }
        #expect(kept.count == 256 && ends >= 190, "\(ends) of 213")
    }

    /// Whatever the network: the moments with a test each stay below 64 MB, and there are fewer of a larger network.
    @Test func theMemoryHasABound() {
        var counts: [Int] = []
        for sizes in [
            [784, 10], [784, 128, 64, 10], [784, 512, 512, 10], [784, 2048, 2048, 10],
            [784, 8192, 8192, 10],
        ] {
            let network = Network(layers: Network(sizes: sizes, seed: 0).layers)
            let moments = Moments(network: network, images: 10_000, batchSize: 64, batchesPerEpoch: 938)
            var kept = moments
            for step in 0..<1000 where kept.isDue(after: step) {
                kept.keep(Moment(step: step, network: network, evaluation: nil, layers: []))
            }
            counts.append(kept.all.count)
            let weights = kept.all.reduce(0) { $0 + 4 * $1.network.parameterCount + 9 * 10_000 }
            #expect(weights <= 64 << 20)
        }
        #expect(
            counts == counts.sorted(by: >) && counts[1] > 30 && counts[3] == 2 && counts[4] == 0,
            "\(counts)")
    }

    /// What a moment takes beside its network is counted for at least what it is.
    @Test func aMomentIsNoLargerThanItIsTakenFor() throws {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        _ = trainer.trainObservedBatch()
        let layers = trainer.now.layers
        let statistics = layers.reduce(0) { sum, layer in
            let histograms = layer.histograms.map { [$0.weights, $0.gradients, $0.activations] } ?? []
            return sum + MemoryLayout<LayerStatistics>.size
                + histograms.reduce(0) { $0 + 32 + 4 * $1.shares.count }
                + layer.neurons.reduce(32) {
                    $0 + MemoryLayout<NeuronStatistics>.stride + 32 + 4 * $1.classMeans.count
                }
        }
        let network = trainer.network
        #expect(statistics <= Moments.bytes(of: network, images: 0) - 4 * network.parameterCount)
    }

    /// Keeping a moment takes as long as training on some 250 images: with those of the beginning, a run gives less
    /// than a fiftieth of its time for them. At the ends of epochs the test has made the copy.
    @Test(arguments: [16, 64, 256, 1024]) func theyCostLittle(batchSize: Int) {
        let batches = 60_000 / batchSize
        let moments = Moments(
            network: Network(sizes: [1, 1], seed: 0), images: 0, batchSize: batchSize,
            batchesPerEpoch: batches)
        let due = (1...10 * batches).filter { moments.isDue(after: $0) && !$0.isMultiple(of: batches) }
        #expect(due.count * 250 <= 600_000 / 25)
        #expect(due.count { $0 > 2000 } * 250 <= 600_000 / 50)
    }

    @Test func aTestInTheBackgroundIsTheTrainersOwn() throws {
        var job = TrainingJob()
        job.handle(.run)
        job.runToItsEnd()
        let tested = try #require(job.snapshot(serial: 0).past.all.first { $0.step == 20 })
        let bare = Moment(step: tested.step, network: tested.network, evaluation: nil, layers: [])
        #expect(MomentTester(job.trainer.dataset).test(bare) == tested.evaluation)
    }

    /// Of a run that went wrong, the last moment at which it was not worse than a guess.
    @Test func theLastGoodMomentIsBeforeTheLossGrew() throws {
        var configuration = makeConfiguration(epochs: 20)
        configuration.optimizer = .sgd
        var job = TrainingJob(configuration)
        job.handle(.trainEpoch)
        job.runToItsEnd()
        job.handle(.scaleLearningRate(by: 1e6))
        job.handle(.run)
        job.runToItsEnd()
        let snapshot = job.snapshot(serial: 0)
        #expect(snapshot.phase == .diverged)
        let good = try #require(snapshot.lastGoodMoment)
        #expect(
            good.step == 10 && good.evaluation?.accuracy ?? 0 > 0.9,
            "the end of the epoch before the change")
    }

    // MARK: - Which there are

    /// So few as there is room for beside tests of very many images.
    private func few(_ capacity: Int, batchesPerEpoch: Int = 1000, steps: [Int]) -> Moments {
        let network = Network(sizes: [1, 1], seed: 0)
        var moments = Moments(
            network: network, images: capacity == 0 ? Moments.mostBytes : Moments.mostBytes / 9 / capacity - 1000,
            batchSize: 1, batchesPerEpoch: batchesPerEpoch)
        #expect(moments.capacity == capacity)
        for step in steps { moments.keep(Moment(step: step, network: network, evaluation: nil, layers: [])) }
        return moments
    }

    /// Its weights, nine bytes for each image of a test, and some for each layer and each neuron of a dense one.
    @Test func aMomentTakesSoManyBytes() throws {
        let dense = Network(sizes: [3, 4, 2], seed: 0)
        #expect(Moments.bytes(of: dense, images: 10) == 4 * (3 * 4 + 4 + 4 * 2 + 2) + 9 * 10 + 3 * 2048 + 160 * (4 + 2))
        let maps = try Network(
            input: Shape(height: 4, width: 4), hidden: [.convolution(channels: 3, kernel: 3, padding: .same)],
            classes: 2,
            seed: 0)
        #expect(Moments.bytes(of: maps, images: 0) == 4 * (3 * 9 + 3 + 48 * 2 + 2) + 3 * 2048 + 160 * 2)
    }

    @Test func onlyALaterMomentIsTakenIn() {
        #expect(few(4, steps: [0, 3, 3, 2, 4, 0]).all.map(\.step) == [0, 3, 4])
        #expect(few(4, steps: [2, 1, 0]).all.map(\.step) == [2])
        #expect(few(0, steps: [0, 1]).all.isEmpty)
    }

    /// The one goes whose gap is the smallest for how far it is from both ends; ends of epochs count as four.
    @Test func theMomentThatIsMissedLeastGoes() {
        #expect(few(1, steps: [0, 1, 5]).all.map(\.step) == [5])
        #expect(few(2, steps: [0, 1, 5]).all.map(\.step) == [0, 5])
        // Of 1 and 2: gaps of 2 and 2, one and two steps from an end, and one more each: 2 / 2 and 2 / 3.
        #expect(few(4, steps: [0, 1, 2, 3, 4]).all.map(\.step) == [0, 1, 3, 4])
        #expect(few(4, steps: [0, 1, 2, 3, 4, 5]).all.map(\.step) == [0, 1, 4, 5])
        #expect(few(4, steps: [0, 1, 2, 3, 4, 5, 10]).all.map(\.step) == [0, 1, 5, 10])
        // 4 / 2 of the first against four times 4 / 3 of an epoch's end.
        #expect(few(4, batchesPerEpoch: 4, steps: [0, 1, 4, 5, 6]).all.map(\.step) == [0, 4, 5, 6])
        #expect(few(4, batchesPerEpoch: 3, steps: [0, 1, 4, 5, 6]).all.map(\.step) == [0, 1, 5, 6])
    }

    /// At first steps of three binary digits, however many zeros follow; after 20,000 images at even distances only.
    @Test func momentsAreDue() {
        func due(_ steps: ClosedRange<Int>, batchSize: Int, batchesPerEpoch: Int) -> [Int] {
            let moments = Moments(
                network: Network(sizes: [1, 1], seed: 0), images: 0, batchSize: batchSize,
                batchesPerEpoch: batchesPerEpoch)
            return steps.filter { moments.isDue(after: $0) }
        }
        #expect(
            due(0...45, batchSize: 64, batchesPerEpoch: 937) == [
                0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40,
            ])
        #expect(due(300...1000, batchSize: 64, batchesPerEpoch: 937) == [469, 937], "two an epoch")
        // 32 batches of 625 are 20,000 images.
        #expect(due(25...60, batchSize: 625, batchesPerEpoch: 50) == [28, 50])
        #expect(due(29...64, batchSize: 625, batchesPerEpoch: 64) == [32, 64])
        #expect(due(29...64, batchSize: 625, batchesPerEpoch: 63) == [63])
        #expect(due(0...3, batchSize: 30_000, batchesPerEpoch: 0) == [0, 1, 2, 3], "of no images")
    }

    @Test func momentsAreFoundByTheirSteps() {
        let moments = few(8, steps: [0, 3, 5, 10])
        #expect([-1, 1.4, 1.6, 3.9, 4.1, 99].map { moments.nearest(to: $0)?.step } == [0, 0, 3, 3, 5, 10])
        #expect([0, 1, 3, 4, 99].map { moments.last(before: $0)?.step } == [nil, 0, 0, 3, 10])
        #expect([-1, 0, 4, 5, 10].map { moments.first(after: $0)?.step } == [0, 3, 5, 10, nil])
        #expect(few(8, steps: []).nearest(to: 1) == nil)
    }

    /// Four bytes for each parameter, and nine for each image of a test.
    @Test func whatIsKeptIsCounted() {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        var keeper = MomentKeeper(trainer)
        for _ in 0..<11 {
            _ = trainer.trainBatch()
            keeper.keepIfDue(trainer)
        }
        #expect(keeper.count == 9, "1 to 8 and the end of the epoch, which is tested")
        #expect(keeper.bytes == 9 * 4 * trainer.network.parameterCount + 9 * 100)
    }

    @Test func aSnapshotIsThinnedForOthers() {
        var configuration = makeConfiguration()
        configuration.hiddenLayers = [1024, 1024]
        var job = TrainingJob(configuration)
        for _ in 0..<4 {
            job.handle(.trainBatch)
            job.runToItsEnd()
        }
        let snapshot = job.snapshot(serial: 1)
        let each = Moments.bytes(of: snapshot.now.network, images: 100)
        #expect(snapshot.past.all.count == 5)
        #expect(snapshot.thinned(toShareOf: 4).past.all.count == Moments.mostBytes / 4 / each)
    }
}
