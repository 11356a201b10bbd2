import CKernels
import Foundation
import Synchronization

/// Threads that share work: the caller of `run`, and workers that live as long as the pool.
///
/// Work comes in numbered blocks. Each thread has its own, every so manieth, which it takes first, so that what a block
/// works on stays in one core's cache from run to run; then it takes those that others have not begun. `run` waits for
/// blocks that were begun, never for a thread that has begun none, so a worker that the system does not let run holds
/// nobody up. While there is nothing to do, workers look for more for some microseconds, then sleep.
///
/// Denormal numbers count as zero in all of the work: arithmetic with them takes a hundred times as long, and the
/// momentum of weights that are not used any more decays into them.
public final class WorkerPool: Sendable {
    /// Threads in all, the caller of `run` included.
    public let threads: Int
    private let desk: Desk
    private let workers: [Rest]

    /// The processor cores that this process may use.
    public static var availableCores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    public init(threads: Int) {
        precondition(threads >= 1, "A pool has at least the thread that calls it.")
        self.threads = threads
        desk = Desk(threads: threads)
        workers = (1..<threads).map { _ in Rest() }
        for (index, rest) in workers.enumerated() {
            let worker = Thread { [desk] in
                _ = inkling_flush_denormals(true)
                var lastRun = 0
                while true {
                    rest.wait { desk.run.load(ordering: .sequentiallyConsistent) != lastRun }
                    lastRun = desk.run.load(ordering: .relaxed)
                    if lastRun == Desk.closed { return }
                    desk.work(thread: index + 1)
                }
            }
            worker.name = "inkling worker"
            worker.stackSize = 1 << 20  // the kernels take up to 480 KiB of it
            worker.start()
        }
    }

    deinit {
        desk.run.store(Desk.closed, ordering: .sequentiallyConsistent)
        for worker in workers { worker.wake() }
    }

    /// Calls `work(block, thread)` once for each of 0..<blocks, several at a time; `thread` is in 0..<threads and tells
    /// those apart that are at it at the same time. One caller at a time.
    public func run(blocks: Int, _ work: @escaping @Sendable (_ block: Int, _ thread: Int) -> Void) {
        let wasBusy = desk.isBusy.exchange(true, ordering: .acquiring)
        precondition(!wasBusy, "A pool works for one caller at a time.")
        let flushed = inkling_flush_denormals(true)
        desk.open(blocks: blocks, work)
        for worker in workers { worker.wake() }
        desk.work(thread: 0)
        desk.caller.wait { desk.unfinished.load(ordering: .sequentiallyConsistent) == 0 }
        desk.clear()
        _ = inkling_flush_denormals(flushed)
        desk.isBusy.store(false, ordering: .releasing)
    }
}

/// What there is to do. `work` and `blocks` are written only while all blocks are finished, and read only by a thread
/// that holds an unfinished one.
private final class Desk: @unchecked Sendable {
    /// The value of `run` that ends the workers.
    static let closed = -1

    let isBusy = Atomic(false)
    /// Counts the runs.
    let run = Atomic(0)
    let unfinished = Atomic(0)
    let caller = Rest()

    private let threads: Int
    /// How many of each thread's blocks nobody has claimed, on cache lines of their own.
    private let unclaimed: UnsafeMutablePointer<Atomic<Int>>
    private static let spacing = 16
    private var blocks = 0
    private var work: (@Sendable (Int, Int) -> Void)?

    init(threads: Int) {
        self.threads = threads
        unclaimed = .allocate(capacity: threads * Self.spacing)
        for index in 0..<threads * Self.spacing { (unclaimed + index).initialize(to: Atomic(0)) }
    }

    deinit { unclaimed.deallocate() }

    func open(blocks: Int, _ work: @escaping @Sendable (Int, Int) -> Void) {
        self.blocks = blocks
        self.work = work
        unfinished.store(blocks, ordering: .relaxed)
        for thread in 0..<threads {
            unclaimed[thread * Self.spacing].store((blocks + threads - 1 - thread) / threads, ordering: .releasing)
        }
        run.add(1, ordering: .sequentiallyConsistent)
    }

    /// Lets go of what the work refers to.
    func clear() { work = nil }

    /// Works on blocks as long as there are any to claim, its own first.
    func work(thread: Int) {
        for owner in 0..<threads {
            let owner = (thread + owner) % threads
            var finished = 0
            while let block = claim(from: owner) {
                work?(block, thread)
                finished += 1
            }
            // All at once, as the count goes from core to core.
            guard finished > 0 else { continue }
            if unfinished.subtract(finished, ordering: .sequentiallyConsistent).newValue == 0 { caller.wake() }
        }
    }

    /// The next of a thread's blocks, in ascending order.
    private func claim(from owner: Int) -> Int? {
        let unclaimed = unclaimed + owner * Self.spacing
        var left = unclaimed.pointee.load(ordering: .relaxed)
        while left > 0 {
            let (claimed, found) = unclaimed.pointee.weakCompareExchange(
                expected: left, desired: left - 1, ordering: .acquiringAndReleasing)
            if claimed {
                let count = (blocks + threads - 1 - owner) / threads
                return owner + (count - left) * threads
            }
            left = found
        }
        return nil
    }
}

/// Where one thread waits: awake for a moment, then asleep.
///
/// Where each thread has a core, waits are shorter than it takes to wake up, so it pays to stay awake. Where threads
/// share cores with others, whoever stays awake may keep the very thread from running that it waits for. So after it
/// stayed awake in vain it goes to sleep sooner, and tries again after one wait, if that was in vain after two, four …
private final class Rest: @unchecked Sendable {
    private static let patience = (little: Duration.microseconds(20), much: Duration.microseconds(100))
    private static let longestBackoff = 64

    private let isAsleep = Atomic(false)
    private let alarm = DispatchSemaphore(value: 0)
    // For the waiting thread alone: the waits with little patience to come, and after the next wait in vain.
    private var impatientWaits = 0
    private var backoff = 1

    /// Returns when the condition holds. Whoever makes it true calls `wake` afterwards.
    func wait(until condition: () -> Bool) {
        if condition() { return }
        let start = ContinuousClock.now
        let isPatient = impatientWaits == 0
        let patience = isPatient ? Self.patience.much : Self.patience.little
        repeat {
            for _ in 0..<8 {
                inkling_pause()
                guard condition() else { continue }
                if isPatient { backoff = 1 } else { impatientWaits -= 1 }
                return
            }
        } while ContinuousClock.now - start < patience
        if isPatient {
            impatientWaits = backoff
            backoff = min(2 * backoff, Self.longestBackoff)
        } else {
            impatientWaits -= 1
        }
        sleep(until: condition)
    }

    private func sleep(until condition: () -> Bool) {
        while !condition() {
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // It may have come true in between. If somebody has set the alarm for that, it is still to be heard.
            if condition(), isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
            alarm.wait()
        }
    }

    func wake() {
        guard isAsleep.load(ordering: .sequentiallyConsistent) else { return }
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
    }
}
