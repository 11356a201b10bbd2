import Datasets
import Engine
import Foundation
import NeuralNetwork
import Ranks

/// Any rank but the first: it does what rank 0 has all do.
public struct RankFollower {
    private let world: World
    private let threads: Int
    private let exchange: RankExchange
    private let onLoss: @Sendable (String) -> Never
    private let pool: WorkerPool
    private var cores: [Int: TrainingCore] = [:]
    private var images: (dataset: Dataset, images: TrainingImages)?
    private var work = RankWork()

    /// - Parameters:
    ///   - threads: to train with.
    ///   - onLoss: ends the process where another rank is gone; it is told why.
    public init(_ world: World, threads: Int, onLoss: @escaping @Sendable (String) -> Never) {
        (self.world, self.threads, self.onLoss) = (world, threads, onLoss)
        exchange = RankExchange(world, onLoss: onLoss)
        pool = WorkerPool(threads: threads)
    }

    /// Follows until rank 0 leaves.
    public mutating func follow() throws {
        while true {
            let order = try nextOrder()
            switch order {
            case .begin(let run): cores[run] = try receiveCore()
            case .train(let run, let step, let learningRate):
                guard let core = cores[run] else { continue }
                let images = exchange.share.rows(of: core.batchCount(step: step)).count
                work.measure(images: images) { _ = core.train(step: step, learningRate: learningRate) }
            case .evaluate(let run):
                guard let core = cores[run] else { continue }
                work.measure { _ = core.evaluate(step: 0) }
            case .shareMoments(let run): _ = cores[run]?.optimizer
            case .goBack(let run):
                guard let core = cores[run] else { continue }
                var network = core.network
                network.parameters = try network.parameters.received(from: world)
                core.goBack(to: network)
            case .end(let run): cores[run] = nil
            case .report: _ = work.reports(world, exchange, threads: threads, onLoss: onLoss)
            case .leave: return try world.leave()
            }
        }
    }

    private mutating func receiveCore() throws -> TrainingCore {
        let run = try RankedRun(receiving: world, former: images?.dataset)
        let images = images.flatMap { $0.dataset == run.dataset ? $0.images : nil } ?? TrainingImages(of: run.dataset)
        self.images = (run.dataset, images)
        return TrainingCore(
            run.configuration, on: run.dataset, images: images, network: run.network, optimizer: run.optimizer,
            pool: pool, exchange: exchange)
    }

    /// Waits: awake while steps follow each other, then more and more at rest.
    private func nextOrder() throws -> RankOrder {
        let start = ContinuousClock.now
        while true {
            if let (bytes, _) = try world.receiveIfAny(RankOrder.tag, from: 0) {
                if let order = RankOrder(bytes) { return order }
                continue
            }
            let waited = ContinuousClock.now - start
            if waited < .milliseconds(2) { sched_yield() } else { usleep(waited < .seconds(1) ? 50 : 2000) }
        }
    }
}
