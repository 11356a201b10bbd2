import Dispatch
import Foundation
import Testing

@testable import Training

@Suite struct TrainingSessionTests {
    /// A session and a way to wait for what it shows.
    private final class Watched: Sendable {
        let session: TrainingSession
        private let news = DispatchSemaphore(value: 0)

        init(epochs: Int = 3, makeTrainer: (@Sendable () throws -> Trainer)? = nil) {
            let news = news
            session = TrainingSession(
                makeTrainer: makeTrainer
                    ?? { Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: epochs)) },
                onSnapshot: { news.signal() })
        }

        deinit { session.stop() }

        func wait(for condition: (TrainingSnapshot) -> Bool) throws -> TrainingSnapshot {
            let deadline = DispatchTime.now() + 10
            while news.wait(timeout: deadline) == .success {
                if let snapshot = try session.takeLatest(), condition(snapshot) { return snapshot }
            }
            throw Timeout()
        }
    }

    private struct Timeout: Error {}
    private struct Broken: Error, Equatable {}

    @Test func runsToTheEnd() throws {
        let watched = Watched()
        watched.session.send(.run)
        let last = try watched.wait { $0.phase == .finished }
        #expect(last.step == 30)
        #expect(last.epochs.count == 3)
        #expect(last.history.loss.count == 30)
        #expect(last.now.evaluation?.confusion.total == 100)
        #expect(last.progress == 1)
    }

    @Test func givesTheSameWeightsAsTheTrainerAlone() throws {
        let watched = Watched()
        watched.session.send(.run)
        let last = try watched.wait { $0.phase == .finished }
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration())
        while !trainer.isFinished { _ = trainer.trainBatch() }
        #expect(last.now.network == trainer.network)
    }

    /// However long it takes, and whether it is paused on the way: what a run shows at a step follows from its seed.
    @Test func showsTheSameFiguresWhateverTheTime() throws {
        let (straight, stepped) = (Watched(), Watched())
        straight.session.send(.run)
        let expected = try straight.wait { $0.phase == .finished }
        stepped.session.send(.pause)
        for step in 1...expected.step {
            stepped.session.send(.trainBatch)
            stepped.session.settle()
            if step % 10 == 5 { Thread.sleep(forTimeInterval: 0.25) }
        }
        let found = try stepped.wait { $0.phase == .finished }
        #expect(!expected.now.layers.isEmpty && found.now.layers == expected.now.layers)
        #expect(found.histograms == expected.histograms)
        #expect(found.histograms.entries.map(\.step) == [1, 2, 4, 8, 16])
    }

    /// A look at the layers takes as long as training on 2,800 images: once under way, a run gives a hundredth of its
    /// time for them, and even at first they are few.
    @Test(arguments: [1, 16, 64, 256, 1024, 65_536]) func looksAtTheLayersCostLittle(batchSize: Int) {
        let steps = 20_000_000 / batchSize
        var looks: [Int] = []
        // Without optimisation a filter takes many times as long.
        var step = 1
        while step <= steps {
            if TrainingJob.looksAtLayers(inStep: step, batchSize: batchSize) { looks.append(step) }
            step += 1
        }
        #expect(looks.first == 1)
        let distance = (320_000 + batchSize - 1) / batchSize
        let early = looks.count { $0 < distance }
        #expect(early <= 19)
        #expect(Double(looks.count - early) * 2800 <= 0.01 * Double(steps * batchSize))
        let later = looks.dropFirst(early)
        #expect(later.first == distance && zip(later, later.dropFirst()).allSatisfy { $1 - $0 == distance }, "evenly")
    }

    @Test func startsPausedAndGoesBatchByBatchAndEpochByEpoch() throws {
        let watched = Watched()
        watched.session.send(.pause)
        var snapshot = try watched.wait { $0.phase == .paused }
        #expect(snapshot.step == 0)
        watched.session.send(.trainBatch)
        snapshot = try watched.wait { $0.phase == .paused && $0.step > 0 }
        #expect(snapshot.step == 1)
        watched.session.send(.trainEpoch)
        snapshot = try watched.wait { $0.phase == .paused && $0.step > 1 }
        #expect(snapshot.step == 10)
        #expect(snapshot.epochs.count == 1)
        watched.session.send(.trainEpoch)
        snapshot = try watched.wait { $0.phase == .paused && $0.step > 10 }
        #expect(snapshot.step == 20)
    }

    @Test func pausesAndGoesOn() throws {
        let watched = Watched(epochs: 100_000)
        watched.session.send(.run)
        _ = try watched.wait { $0.step > 20 }
        watched.session.send(.pause)
        let paused = try watched.wait { $0.phase == .paused }
        Thread.sleep(forTimeInterval: 0.05)
        let news = try watched.session.takeLatest()
        #expect(news == nil, "a paused session is silent")
        watched.session.send(.run)
        _ = try watched.wait { $0.step > paused.step }
    }

    @Test func changesTheLearningRateWhileItRuns() throws {
        let watched = Watched(epochs: 100_000)
        watched.session.send(.run)
        let before = try watched.wait { $0.step > 0 }
        watched.session.send(.scaleLearningRate(by: 0.5))
        let after = try watched.wait { $0.configuration.learningRate != before.configuration.learningRate }
        #expect(after.configuration.learningRate == 0.05)
        #expect(after.settings.learningRate == 0.1)
        #expect(after.phase == .running)
    }

    @Test func snapshotsHoldTheirMoment() throws {
        let watched = Watched()
        watched.session.send(.pause)
        let first = try watched.wait { $0.phase == .paused }
        let network = first.now.network
        watched.session.send(.trainBatch)
        let second = try watched.wait { $0.step == 1 }
        #expect(first.now.network == network)
        #expect(second.now.network != network)
        #expect(second.serial > first.serial)
    }

    @Test func anErrorWhileLoadingComesOut() throws {
        let watched = Watched { throw Broken() }
        watched.session.send(.run)
        #expect(throws: Broken.self) { try watched.wait { _ in true } }
    }

    @Test func stopEndsARunningSession() throws {
        let watched = Watched(epochs: 100_000)
        watched.session.send(.run)
        _ = try watched.wait { $0.step > 0 }
        watched.session.stop()
        _ = try watched.session.takeLatest()
        Thread.sleep(forTimeInterval: 0.05)
        let news = try watched.session.takeLatest()
        #expect(news == nil, "nothing comes after the end")
    }
}
