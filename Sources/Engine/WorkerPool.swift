import CKernels
import Foundation
import Synchronization

/// Threads that share work: the caller of `run`, and workers that live as long as the pool.
///
/// Work comes in numbered blocks. Each thread has its own, every so manieth, which it takes first, so that what a block
/// works on stays in one core's cache from run to run; then it takes those that others have not begun. Who has a block
/// that waits for another does that one and its owner's before it, if nobody has begun them. So everybody waits for
/// blocks that were begun, never for a thread that has begun none, and a worker that the system does not let run holds
/// nobody up. While there is nothing to do, threads look for more for some microseconds, then sleep.
///
/// Denormal numbers count as zero in all of the work: arithmetic with them takes a hundred times as long, and the
/// momentum of weights that are not used any more decays into them.
public final class WorkerPool: Sendable {
    /// Threads in all, the caller of `run` included.
    public let threads: Int
    private let desk: Desk

    /// As many threads as asked for, but no more than there are cores. Threads that share a core mostly wait for each
    /// other: on two cores, eight threads take five times as long as two, and a thousand do next to nothing.
    public convenience init(threads: Int) {
        self.init(exactly: min(threads, AvailableCores.count))
    }

    /// However many cores there are: what comes out must not depend on it.
    public init(exactly threads: Int) {
        precondition(threads >= 1, "A pool has at least the thread that calls it.")
        self.threads = threads
        desk = Desk(threads: threads)
        for thread in 1..<threads {
            let worker = Thread { [desk] in
                inkling_name_thread("inkling worker")
                _ = inkling_flush_denormals(true)
                var run = 0
                while let next = desk.waitForRun(after: run, thread: thread) {
                    run = next
                    desk.work(thread: thread)
                }
            }
            worker.stackSize = 1 << 20  // the kernels take up to 480 KiB of it
            worker.start()
        }
    }

    deinit { desk.close() }

    /// Calls `work(block, thread)` once for each block of the plan, several at a time; `thread` is in 0..<threads and
    /// tells those apart that are at it at the same time. One caller at a time.
    public func run(_ plan: WorkPlan, _ work: @escaping @Sendable (_ block: Int, _ thread: Int) -> Void) {
        let wasBusy = desk.isBusy.exchange(true, ordering: .acquiring)
        precondition(!wasBusy, "A pool works for one caller at a time.")
        let flushed = inkling_flush_denormals(true)
        desk.open(plan.table, work)
        desk.work(thread: 0)
        withExtendedLifetime(plan) { desk.waitForEnd() }
        _ = inkling_flush_denormals(flushed)
        desk.isBusy.store(false, ordering: .releasing)
    }

    /// Calls `work(block, thread)` for blocks that wait for nothing.
    public func run(blocks: Int, _ work: @escaping @Sendable (_ block: Int, _ thread: Int) -> Void) {
        run(WorkPlan(blocks: blocks), work)
    }
}

/// What there is to do. `plan`, `work` and `number` are written only while all blocks are finished, and read only by a
/// thread that holds an unfinished one.
private final class Desk: @unchecked Sendable {
    /// The value of `run` that ends the workers.
    private static let closed = -1

    let isBusy = Atomic(false)
    /// The number of the run that workers are called to. One that is still looking for more of the last run may claim
    /// blocks before, even before those of all threads are there to be claimed.
    private let run = Atomic(0)
    private let unfinished = Atomic(0)

    private let threads: Int
    private let rests: [Rest]
    /// Threads that sleep or are about to.
    private let sleepers = Atomic(0)
    /// How many of each thread's blocks nobody has claimed, on cache lines of their own.
    private let unclaimed: UnsafeMutablePointer<Atomic<Int>>
    /// Of each block, the last run that it was finished in, on cache lines of their own.
    private var finished: UnsafeMutablePointer<Atomic<Int>>
    private var capacity = 0
    private static let spacing = 16
    private var plan = WorkPlan.empty.table
    private var work: (@Sendable (Int, Int) -> Void)?
    /// Counts the runs.
    private var number = 0

    init(threads: Int) {
        self.threads = threads
        rests = (0..<threads).map { _ in Rest() }
        unclaimed = Self.allocate(threads)
        finished = Self.allocate(0)
    }

    deinit {
        unclaimed.deallocate()
        finished.deallocate()
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        let memory = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: count * spacing)
        for index in 0..<count * spacing { (memory + index).initialize(to: Atomic(0)) }
        return memory
    }

    func open(_ plan: WorkPlan.Table, _ work: @escaping @Sendable (Int, Int) -> Void) {
        self.plan = plan
        self.work = work
        number += 1
        if capacity < plan.blocks {
            finished.deallocate()
            finished = Self.allocate(plan.blocks)
            capacity = plan.blocks
        }
        unfinished.store(plan.blocks, ordering: .relaxed)
        for thread in 0..<threads {
            unclaimed[thread * Self.spacing].store(blocks(of: thread), ordering: .sequentiallyConsistent)
        }
        run.store(number, ordering: .sequentiallyConsistent)
        wakeSleepers()
    }

    /// Waits for the run after some other: its number, nil if there will be none.
    func waitForRun(after last: Int, thread: Int) -> Int? {
        wait(thread) { run.load(ordering: .sequentiallyConsistent) != last }
        let next = run.load(ordering: .relaxed)
        return next == Self.closed ? nil : next
    }

    /// Waits until all blocks are finished, and lets go of what the work refers to.
    func waitForEnd() {
        wait(0) { unfinished.load(ordering: .sequentiallyConsistent) == 0 }
        work = nil
    }

    func close() {
        run.store(Self.closed, ordering: .sequentiallyConsistent)
        wakeSleepers()
    }

    /// Works on blocks as long as there are any to claim, its own first.
    func work(thread: Int) {
        for owner in 0..<threads {
            let owner = (thread + owner) % threads
            guard let first = claim(from: owner, leaving: 0), let work else { continue }
            var count = perform(first, thread: thread, work)
            while let block = claim(from: owner, leaving: 0) { count += perform(block, thread: thread, work) }
            // All at once, as the count goes from core to core.
            if unfinished.subtract(count, ordering: .sequentiallyConsistent).newValue == 0 { wakeSleepers() }
        }
    }

    /// Does a block that was claimed, after what it waits for; of that, it also does what nobody has begun. It returns how
    /// many blocks it did.
    private func perform(_ block: Int, thread: Int, _ work: @Sendable (Int, Int) -> Void) -> Int {
        var count = 1
        let run = number
        for earlier in plan.prerequisites(of: block) {
            let isFinished = finished + earlier * Self.spacing
            while isFinished.pointee.load(ordering: .sequentiallyConsistent) != run {
                let (position, owner) = earlier.quotientAndRemainder(dividingBy: threads)
                let after = blocks(of: owner) - 1 - position
                if let other = claim(from: owner, leaving: after) {
                    count += perform(other, thread: thread, work)
                    continue
                }
                let unclaimed = unclaimed + owner * Self.spacing
                wait(thread) {
                    isFinished.pointee.load(ordering: .sequentiallyConsistent) == run
                        || unclaimed.pointee.load(ordering: .sequentiallyConsistent) > after
                }
            }
        }
        work(block, thread)
        finished[block * Self.spacing].store(run, ordering: .sequentiallyConsistent)
        wakeSleepers()
        return count
    }

    private func blocks(of owner: Int) -> Int { (plan.blocks + threads - 1 - owner) / threads }

    /// The next of a thread's blocks, in ascending order, unless only so many are left.
    private func claim(from owner: Int, leaving rest: Int) -> Int? {
        let unclaimed = unclaimed + owner * Self.spacing
        var left = unclaimed.pointee.load(ordering: .relaxed)
        while left > rest {
            let (claimed, found) = unclaimed.pointee.weakCompareExchange(
                expected: left, desired: left - 1, ordering: .acquiringAndReleasing)
            if claimed { return owner + (blocks(of: owner) - left) * threads }
            left = found
        }
        return nil
    }

    /// Has a thread wait for a condition. Whoever makes it true wakes the sleepers afterwards.
    private func wait(_ thread: Int, until condition: () -> Bool) {
        if rests[thread].waitAwake(until: condition) { return }
        sleepers.add(1, ordering: .sequentiallyConsistent)
        rests[thread].sleep(until: condition)
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
    }

    private func wakeSleepers() {
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        for rest in rests { rest.wake() }
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

    /// Waits for a condition without sleeping: whether it came true in time.
    func waitAwake(until condition: () -> Bool) -> Bool {
        if condition() { return true }
        let start = ContinuousClock.now
        let isPatient = impatientWaits == 0
        let patience = isPatient ? Self.patience.much : Self.patience.little
        repeat {
            for _ in 0..<8 {
                inkling_pause()
                guard condition() else { continue }
                if isPatient { backoff = 1 } else { impatientWaits -= 1 }
                return true
            }
        } while ContinuousClock.now - start < patience
        if isPatient {
            impatientWaits = backoff
            backoff = min(2 * backoff, Self.longestBackoff)
        } else {
            impatientWaits -= 1
        }
        return false
    }

    /// Sleeps until a condition holds. Whoever makes it true calls `wake` afterwards.
    func sleep(until condition: () -> Bool) {
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
