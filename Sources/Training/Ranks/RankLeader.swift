import Datasets
import Engine
import Foundation
import NeuralNetwork
import Ranks

/// Rank 0 of some that train networks together: it has them do what its trainers do. Trainers may be used on any thread;
/// what they do with other ranks is done on one.
public final class RankLeader: @unchecked Sendable {
    let exchange: RankExchange
    private let world: World
    private let thread: RankThread
    private let onLoss: @Sendable (String) -> Never
    /// The cores of this rank.
    private let threads: Int
    /// What the other ranks have.
    private var dataset: Dataset?
    private var runs = 0
    private var work = RankWork()
    private var hasLeft = false
    private var lastReports: (reports: [RankReport], time: ContinuousClock.Instant) = ([], .now)
    private var lastActivities: [RankActivity] = []

    /// - Parameters:
    ///   - world: of more than one rank, in which this is rank 0.
    ///   - thread: the one that joined it.
    ///   - onLoss: ends the process where another rank is gone; it is told why.
    public init(
        _ world: World, on thread: RankThread, threads: Int, onLoss: @escaping @Sendable (String) -> Never
    ) {
        (self.world, self.thread, self.threads) = (world, thread, threads)
        exchange = RankExchange(world, onLoss: onLoss)
        self.onLoss = onLoss
    }

    /// Does something on the thread of the ranks, where what trainers do takes no time to get there.
    public func onThread<Result>(_ body: () throws -> Result) rethrows -> Result { try thread.run(body) }

    /// Has the others begin a run.
    ///
    /// - Returns: its number.
    func begin(_ run: RankedRun) -> Int {
        thread.run {
            runs += 1
            give(.begin(run: runs))
            let isNew = dataset != run.dataset
            dataset = run.dataset
            do { try run.send(world, sendsImages: isNew) } catch { onLoss("\(error)") }
            return runs
        }
    }

    /// Does on this rank what the others are told to do.
    func together<Result>(_ order: RankOrder, images: Int = 0, _ body: () -> Result) -> Result {
        thread.run {
            give(order)
            return work.measure(images: exchange.share.rows(of: images).count, body)
        }
    }

    /// Sends parameters that an order has announced.
    func send(_ parameters: Parameters) {
        do { try parameters.send(to: world) } catch { onLoss("\(error)") }
    }

    /// The run is over; so says whoever lets go of a trainer, on whatever thread.
    func end(run: Int) {
        guard !hasLeft else { return }
        thread.run { give(.end(run: run)) }
    }

    /// What each rank has done so far.
    public func reports() -> [RankReport] {
        thread.run {
            give(.report)
            return work.reports(world, exchange, threads: threads, onLoss: onLoss)
        }
    }

    /// What each rank has done in the last second of training or so.
    func activities() -> [RankActivity] {
        thread.run {
            guard ContinuousClock.now - lastReports.time > .seconds(1) else { return lastActivities }
            let reports = reports()
            defer { lastReports = (reports, .now) }
            // While all pause there is nothing new.
            guard reports.last?.images != lastReports.reports.last?.images else { return lastActivities }
            let earlier =
                lastReports.reports
                + reports.dropFirst(lastReports.reports.count).map {
                    RankReport(host: $0.host, threads: $0.threads)
                }
            lastActivities = zip(earlier, reports).map(RankActivity.init)
            return lastActivities
        }
    }

    /// Lets all ranks end; nothing after that reaches them.
    public func leave() {
        thread.run {
            guard !hasLeft else { return }
            give(.leave)
            hasLeft = true
            try? world.leave()
        }
        thread.close()
    }

    private func give(_ order: RankOrder) {
        guard !hasLeft else { return }
        let bytes = order.bytes
        do {
            for rank in 1..<world.size { try world.send(bytes, to: rank, RankOrder.tag) }
        } catch { onLoss("\(error)") }
    }
}

/// A rank's account of its time.
struct RankWork {
    private var images = 0
    private var time = Duration.zero

    mutating func measure<Result>(images: Int = 0, _ body: () -> Result) -> Result {
        let start = ContinuousClock.now
        defer {
            time += ContinuousClock.now - start
            self.images += images
        }
        return body()
    }

    /// Those of all ranks, which ask for it together.
    func reports(
        _ world: World, _ exchange: RankExchange, threads: Int, onLoss: (String) -> Never
    ) -> [RankReport] {
        let report = RankReport(
            host: ProcessInfo.processInfo.hostName, threads: threads, images: images, seconds: time.seconds,
            secondsWaited: exchange.waited.seconds, bytes: exchange.bytesSent)
        do {
            return try world.allGather(Array(JSONEncoder().encode(report))).map {
                try JSONDecoder().decode(RankReport.self, from: Data($0))
            }
        } catch { onLoss("\(error)") }
    }
}
