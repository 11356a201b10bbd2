import ArgumentParser
import Datasets
import Engine
import Foundation
import Ranks
import Training

/// The processes that `mpirun` started for a sweep: rank 0 leads, and all train.
final class SweepRanks {
    /// After so many seconds without a word a rank counts as gone.
    static let patience = 10.0
    private static let orderTag = World.Tag(11)
    static let newsTag = World.Tag(12)

    let world: World
    /// When each rank was last heard of, and how many runs it takes at a time.
    private var lastHeard: [Int: ContinuousClock.Instant] = [:]
    private var places: [Int: Int] = [:]
    private var gone: Set<Int> = []
    private var isFinished = false

    init(_ world: World) { self.world = world }

    // MARK: - The same on all

    /// Finds out whether all ranks have the same program, options and data; rank 0 tells which has not.
    ///
    /// - Returns: nil where they have not.
    func agree(_ task: Result<SweepTask, any Error>) throws -> SweepTask? {
        let card = RankCard(options: { try task.get().commandLine }, data: { try task.get().data })
        guard try card.agrees(in: world) else { return nil }
        for rank in 1..<world.size { lastHeard[rank] = .now }
        return try task.get()
    }

    // MARK: - Ranks that are led

    /// Passes orders to the worker and its news to rank 0, to the end of the sweep.
    func serve(_ worker: WorkerProcess) throws {
        let interruption = Interruption()  // rank 0 gets it, too, and ends all
        defer { withExtendedLifetime(interruption) {} }
        let sign = try JSONLine(SweepNews.alive).text
        var lastSign = ContinuousClock.now - .seconds(2)
        while true {
            while let (bytes, _) = try world.receiveIfAny(Self.orderTag, from: 0) {
                switch bytes {
                case Call.answer.message: try world.send(Array(sign.utf8), to: 0, Self.newsTag)
                case Call.leave.message:
                    worker.stop()
                    return try world.leave()
                case Call.end.message: _exit(EXIT_SUCCESS)
                default: worker.send(line: String(decoding: bytes, as: UTF8.self))
                }
            }
            for line in worker.takeLines(waiting: 0.002) {
                try world.send(Array(line.utf8), to: 0, Self.newsTag)
                if case .lost(wasReady: true) = try SweepNews(line: line) { try worker.start() }
            }
            if ContinuousClock.now - lastSign > .seconds(1) {
                lastSign = .now
                try world.send(Array(sign.utf8), to: 0, Self.newsTag)
            }
        }
    }

    // MARK: - Rank 0

    func send(_ order: SweepOrder, to rank: Int) throws {
        try world.send(Array(JSONLine(order).text.utf8), to: rank, Self.orderTag)
    }

    /// What the other ranks told since the last call; a rank that is silent for long is told as such, and one
    /// that speaks again as ready.
    func takeNews(now: ContinuousClock.Instant = .now) throws -> [(rank: Int, news: SweepNews)] {
        var all: [(rank: Int, news: SweepNews)] = []
        while let (bytes, rank) = try world.receiveIfAny(Self.newsTag) {
            let news = try SweepNews(line: String(decoding: bytes, as: UTF8.self))
            lastHeard[rank] = now
            if case .ready(let count) = news { places[rank] = count }
            if gone.remove(rank) != nil, let places = places[rank] { all.append((rank, .ready(places: places))) }
            all.append((rank, news))
        }
        for (rank, time) in lastHeard where now - time > .seconds(Self.patience) && !gone.contains(rank) {
            gone.insert(rank)
            all.append((rank, .silent))
        }
        return all
    }

    /// Ends the sweep on all ranks, at the first call.
    func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        func call(_ call: Call) throws {
            for rank in 1..<world.size where !gone.contains(rank) {
                try world.send(call.message, to: rank, Self.orderTag)
            }
        }
        // To leave is to wait for all; so is anybody missing who was heard of a moment ago?
        _ = try takeNews()
        let asked = ContinuousClock.now
        try call(.answer)
        while lastHeard.contains(where: { !gone.contains($0.key) && $0.value < asked }) {
            Thread.sleep(forTimeInterval: 0.001)
            _ = try takeNews()
        }
        guard gone.isEmpty else { return try call(.end) }
        try call(.leave)
        try world.leave()
    }

    /// What rank 0 tells the others besides orders, which are longer.
    private enum Call: UInt8 {
        /// To show that it is there.
        case answer
        /// To end, with all others.
        case leave
        /// To end without the others, as one of them is missing.
        case end

        var message: [UInt8] { [rawValue] }
    }
}

extension SweepNews {
    init(line: String) throws { self = try JSONDecoder().decode(SweepNews.self, from: Data(line.utf8)) }
}
