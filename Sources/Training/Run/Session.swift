import Dispatch
import Foundation
import Synchronization

/// Work that goes on step by step, steered by requests.
public protocol SessionJob: Sendable {
    associatedtype Request: Sendable
    associatedtype Snapshot: Sendable

    /// The time until the next snapshot while the work goes on.
    var snapshotInterval: Duration { get }

    /// Whether there is a step to do.
    var isRunning: Bool { get }
    /// How long the next step is to wait; nil for not at all. It is asked again when the time is over.
    func delay(now: ContinuousClock.Instant) -> Duration?
    mutating func handle(_ request: Request)
    /// Does a step that begins `now`; returns whether what it came to is to be shown at once.
    mutating func step(now: ContinuousClock.Instant) -> Bool
    /// Called once, at the end of the session.
    mutating func finish()
    /// The work at this moment. `serial` grows from snapshot to snapshot.
    func snapshot(serial: Int) -> Snapshot
}

extension SessionJob {
    public mutating func finish() {}
    public func delay(now: ContinuousClock.Instant) -> Duration? { nil }
}

/// A job on a background queue. The one place where threads meet: requests go in, the latest snapshot comes out, both
/// through one mutex that is held for moments. From step to step, the job only looks at a flag and at the clock.
public final class Session<Job: SessionJob>: Sendable {
    public typealias Request = Job.Request

    private struct Mailbox {
        var requests: [Request] = []
        var looks: [@Sendable (Job) -> Void] = []
        var stopped = false
        /// Whether the queue is at work, and so will look at the requests.
        var working = false
        var latest: Result<Job.Snapshot, any Error>?
    }

    /// What only the queue touches.
    private struct Work {
        var job: Job?
        var serial = 0
    }

    private let queue = DispatchQueue(label: "inkling.session", qos: .userInitiated)
    private let mailbox = Mutex(Mailbox())
    /// Whether there are requests, or the end.
    private let hasNews = Atomic(false)
    /// Wakes a job that waits for its next step.
    private let bell = DispatchSemaphore(value: 0)
    private let work = Mutex(Work())
    private let makeJob: @Sendable () throws -> Job
    private let onSnapshot: @Sendable () -> Void

    /// - Parameters:
    ///   - makeJob: called once on the queue, with the first request, as it may take time to load the data.
    ///   - onSnapshot: called on the queue when there is something new to take.
    public init(makeJob: @escaping @Sendable () throws -> Job, onSnapshot: @escaping @Sendable () -> Void) {
        self.makeJob = makeJob
        self.onSnapshot = onSnapshot
    }

    /// Hands in a request; it is looked at after the step in hand.
    public func send(_ request: Request) { post { $0.requests.append(request) } }

    /// Looks at the job on its queue, after the step in hand and the requests so far; the job waits meanwhile.
    public func look(_ look: @escaping @Sendable (Job) -> Void) { post { $0.looks.append(look) } }

    private func post(_ news: (inout Mailbox) -> Void) {
        let mustStart = mailbox.withLock { mailbox in
            guard !mailbox.stopped else { return false }
            news(&mailbox)
            hasNews.store(true, ordering: .releasing)
            defer { mailbox.working = true }
            return !mailbox.working
        }
        bell.signal()
        if mustStart { queue.async { self.workOff() } }
    }

    /// Waits until the requests so far are done with; forever if one of them has the job run on.
    public func settle() {
        queue.sync {}
    }

    /// Ends the work after the step in hand, and waits for it and for what the job does at its end.
    ///
    /// - Returns: the job as it is then; nil if there was none, or if this is not the first call.
    @discardableResult public func stop() -> Job? {
        let isFirst = mailbox.withLock { mailbox in
            defer { mailbox.stopped = true }
            hasNews.store(true, ordering: .releasing)
            return !mailbox.stopped
        }
        bell.signal()
        return queue.sync {
            guard isFirst else { return nil }
            return work.withLock { work in
                work.job?.finish()
                return work.job.take()
            }
        }
    }

    /// The latest snapshot, or the error that ended the session, unless it was taken before.
    public func takeLatest() throws -> Job.Snapshot? {
        try mailbox.withLock { mailbox in
            defer { mailbox.latest = nil }
            return mailbox.latest
        }?.get()
    }

    private func workOff() {
        work.withLock { work in
            while let news = takeNews(), prepare(&work) {
                run(&work, after: news)
            }
        }
    }

    private typealias News = (requests: [Request], looks: [@Sendable (Job) -> Void])

    /// The requests to look at, and who wants to look at the job then; nil when there are none and the queue may rest.
    private func takeNews() -> News? {
        mailbox.withLock { mailbox in
            guard !mailbox.stopped, !mailbox.requests.isEmpty || !mailbox.looks.isEmpty else {
                mailbox.working = false
                return nil
            }
            hasNews.store(false, ordering: .relaxed)
            defer { (mailbox.requests, mailbox.looks) = ([], []) }
            return (mailbox.requests, mailbox.looks)
        }
    }

    private func prepare(_ work: inout Work) -> Bool {
        guard work.job == nil else { return true }
        do {
            let job = try makeJob()
            work.job = job
            publish(job, &work)
            return true
        } catch {
            mailbox.withLock { mailbox in
                mailbox.stopped = true
                mailbox.latest = .failure(error)
            }
            onSnapshot()
            return false
        }
    }

    /// Does what was asked, to its end or to the next request.
    private func run(_ work: inout Work, after news: News) {
        // Taken out of `work`, so that the arrays have one owner and no step copies them.
        guard var job = work.job.take() else { return }
        defer { work.job = job }
        for request in news.requests { job.handle(request) }
        for look in news.looks { look(job) }
        var now = ContinuousClock.now
        var nextSnapshot = now + job.snapshotInterval
        var isShown = true
        while job.isRunning, !hasNews.load(ordering: .acquiring) {
            if let delay = job.delay(now: now) {
                // What came just after a snapshot does not wait for the next step, however far that is.
                if !isShown, now + delay > nextSnapshot + job.snapshotInterval {
                    publish(job, &work)
                    isShown = true
                }
                // A ring for a request that was taken before ends the wait too soon, which does no harm.
                _ = bell.wait(timeout: .now() + delay.seconds)
                now = .now
                continue
            }
            let isNotable = job.step(now: now)
            now = .now
            isShown = isNotable || now >= nextSnapshot
            guard isShown else { continue }
            publish(job, &work)
            now = .now
            nextSnapshot = now + job.snapshotInterval
        }
        publish(job, &work)
    }

    private func publish(_ job: Job, _ work: inout Work) {
        work.serial += 1
        let snapshot = job.snapshot(serial: work.serial)
        mailbox.withLock { $0.latest = .success(snapshot) }
        onSnapshot()
    }
}
