import TestSupport
import Testing

@testable import Training

/// What rank 0 tells the others to do, as bytes.
@Suite struct RankOrderTests {
    private static let orders: [RankOrder] = [
        .begin(run: 1), .train(run: 1, step: 0, learningRate: 0.1), .evaluate(run: 1), .shareMoments(run: 1),
        .end(run: 1), .report, .leave, .goBack(run: 1),
    ]

    /// As debuggers show it. What it asks of itself it does at once.
    @Test func theThreadThatTalksHasAName() {
        let thread = RankThread()
        defer { thread.close() }
        let names = (0..<3).map { _ in thread.run { threadName() + " " + thread.run { threadName() } } }
        #expect(Set(names) == ["inkling ranks inkling ranks"])
    }

    @Test func eachComesBack() {
        #expect(Self.orders.map(\.bytes).map(RankOrder.init) == Self.orders)
        #expect(Self.orders.map { $0.bytes[0] } == [0, 1, 2, 3, 4, 5, 6, 7])
        for order: RankOrder in [
            .begin(run: .max), .train(run: 1 << 33, step: 1 << 34, learningRate: -.infinity), .evaluate(run: -1),
            .shareMoments(run: 300), .end(run: 300), .goBack(run: 300),
        ] { #expect(RankOrder(order.bytes) == order) }
    }

    /// The kind, run and step in eight bytes each and the rate in four, the lowest first.
    @Test func theBytesHaveAnOrder() {
        #expect(
            RankOrder.train(run: 2, step: 258, learningRate: 0.5).bytes
                == [1, 2, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3f])
    }

    @Test func whatNobodySendsIsNone() {
        let bytes = RankOrder.report.bytes
        #expect(RankOrder([]) == nil && RankOrder(Array(bytes.dropLast())) == nil && RankOrder(bytes + [0]) == nil)
        #expect(RankOrder([8] + bytes.dropFirst()) == nil && RankOrder([255] + bytes.dropFirst()) == nil)
    }

    /// The share of the time that was not waited.
    @Test(
        arguments: [(0, 0, 1), (10, 0, 1), (10, 2.5, 0.75), (10, 10, 0), (10, 11, 0), (10, -1, 1)]
            as [(Double, Double, Double)])
    func aRankIsAtWork(seconds: Double, waited: Double, share: Double) {
        var report = RankReport(host: "a", threads: 1)
        (report.seconds, report.secondsWaited) = (seconds, waited)
        #expect(report.atWork == share)
    }
}
