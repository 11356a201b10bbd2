import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Training

/// When a session shows what its job came to, and what becomes of the job.
@Suite(.timeLimit(.minutes(1))) struct SessionTests {
    /// Counts up to a number; three is to be shown at once. It keeps account of who asks what of it.
    private struct Counter: SessionJob {
        final class Account: Sendable {
            let shown = Mutex<[[Int]]>([])
            let finishes = Mutex(0)
            let waits = DispatchSemaphore(value: 0)
        }

        let snapshotInterval: Duration
        let account: Account
        /// Before each step but the first.
        let wait: Duration?
        private(set) var count = 0
        private var last = 0

        init(showingEvery interval: Duration, _ account: Account, wait: Duration? = nil) {
            (snapshotInterval, self.account, self.wait) = (interval, account, wait)
        }

        var isRunning: Bool { count < last }

        func delay(now: ContinuousClock.Instant) -> Duration? {
            guard count > 0, let wait else { return nil }
            account.waits.signal()
            return wait
        }

        mutating func handle(_ last: Int) { self.last = last }

        mutating func step(now: ContinuousClock.Instant) -> Bool {
            count += 1
            return count == 3
        }

        mutating func finish() { account.finishes.withLock { $0 += 1 } }

        func snapshot(serial: Int) -> Int {
            account.shown.withLock { $0.append([serial, count]) }
            return count
        }
    }

    /// At the beginning, when it is due or notable, and at the end; their numbers grow.
    @Test(
        arguments: [
            (Duration.seconds(3600), [[1, 0], [2, 3], [3, 5]]),
            (.zero, [[1, 0], [2, 1], [3, 2], [4, 3], [5, 4], [6, 5], [7, 5]]),
        ])
    func snapshotsAreTakenWhenTheyAreDue(interval: Duration, shown: [[Int]]) throws {
        let account = Counter.Account()
        let told = Told()
        let session = Session(
            makeJob: { Counter(showingEvery: interval, account) }, onSnapshot: { told.times.withLock { $0 += 1 } })
        session.send(5)
        session.settle()
        #expect(account.shown.withLock { $0 } == shown)
        #expect(told.times.withLock { $0 } == shown.count)
        #expect(try session.takeLatest() == 5)
        #expect(try session.takeLatest() == nil, "it was taken")
        session.stop()
    }

    /// Long before another is due.
    @Test func aStepIsShownBeforeALongWait() throws {
        let account = Counter.Account()
        let (told, isDue) = (DispatchSemaphore(value: 0), Duration.seconds(60))
        let session = Session(
            makeJob: { Counter(showingEvery: isDue, account, wait: isDue * 3) }, onSnapshot: { told.signal() })
        session.send(5)
        for _ in 0..<2 { #expect(told.wait(timeout: .now() + 30) == .success) }
        #expect(try session.takeLatest() == 1)
        session.stop()
        #expect(account.shown.withLock { $0 } == [[1, 0], [2, 1], [3, 1]])
    }

    /// The next is due soon enough.
    @Test func aShortWaitShowsNothing() throws {
        let account = Counter.Account()
        let session = Session(
            makeJob: { Counter(showingEvery: .seconds(60), account, wait: .seconds(90)) }, onSnapshot: {})
        session.send(5)
        #expect(account.waits.wait(timeout: .now() + 30) == .success)
        session.stop()
        #expect(account.shown.withLock { $0 } == [[1, 0], [2, 1]], "at the beginning and at the end")
    }

    private final class Told: Sendable {
        let times = Mutex(0)
    }

    @Test func theJobIsGivenBackOnce() throws {
        let account = Counter.Account()
        let session = Session(makeJob: { Counter(showingEvery: .seconds(3600), account) }, onSnapshot: {})
        session.send(2)
        session.settle()
        session.send(4)
        session.settle()
        #expect(account.finishes.withLock { $0 } == 0)
        #expect(session.stop()?.count == 4)
        #expect(session.stop() == nil && account.finishes.withLock { $0 } == 1)
        session.send(9)
        session.look { _ in Issue.record("There is nothing to look at.") }
        session.settle()
        #expect(try session.takeLatest() == 4, "nothing comes after the end")
    }

    @Test func withoutARequestThereIsNoJob() {
        let session = Session(
            makeJob: { () -> Counter in
                Issue.record("Nobody asked for it.")
                return Counter(showingEvery: .zero, Counter.Account())
            }, onSnapshot: {})
        session.settle()
        #expect(session.stop() == nil)
    }
}
