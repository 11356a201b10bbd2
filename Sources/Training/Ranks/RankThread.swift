import CKernels
import Foundation

/// The one thread that talks to other ranks, as MPI allows no other (MPI_THREAD_FUNNELED).
public final class RankThread: @unchecked Sendable {
    /// Something to do, and who waits for it.
    private struct Task {
        let body: @Sendable () -> Void
        let isDone: DispatchSemaphore
    }

    private let condition = NSCondition()
    private var tasks: [Task] = []
    private var isClosed = false
    private var thread: Thread?

    public init() {
        let thread = Thread { [self] in
            inkling_name_thread("inkling ranks")
            while let isDone = doNext() { isDone.signal() }
        }
        thread.stackSize = 16 << 20
        self.thread = thread
        thread.start()
    }

    /// Lets the thread end once it has done its work.
    public func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }

    /// Does the next task, and lets go of it before whoever waits hears of it; nil at the end.
    private func doNext() -> DispatchSemaphore? {
        condition.lock()
        while tasks.isEmpty {
            if isClosed {
                condition.unlock()
                return nil
            }
            condition.wait()
        }
        let task = tasks.removeFirst()
        condition.unlock()
        task.body()
        return task.isDone
    }

    /// Does something on the thread, and waits for it; at once where this is the thread.
    public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        if Thread.current === thread { return try body() }
        return try withoutActuallyEscaping(body) { body in
            // Safe, as this thread waits until the other is done with them.
            nonisolated(unsafe) var result: Swift.Result<Result, any Error>?
            nonisolated(unsafe) let body = body
            let isDone = DispatchSemaphore(value: 0)
            condition.withLock {
                tasks.append(Task(body: { result = Swift.Result { try body() } }, isDone: isDone))
                condition.signal()
            }
            isDone.wait()
            guard let result else { preconditionFailure("The work is done.") }
            return try result.get()
        }
    }
}
