import Foundation

/// The one thread that talks to other ranks, as MPI allows no other (MPI_THREAD_FUNNELED).
public final class RankThread: @unchecked Sendable {
    private let condition = NSCondition()
    private var work: [@Sendable () -> Void] = []
    private var isClosed = false
    private var thread: Thread?

    public init() {
        let thread = Thread { [self] in
            while let next = takeWork() { next() }
        }
        thread.name = "inkling ranks"
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

    private func takeWork() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while work.isEmpty {
            if isClosed { return nil }
            condition.wait()
        }
        return work.removeFirst()
    }

    /// Does something on the thread, and waits for it; at once where this is the thread.
    public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        if Thread.current === thread { return try body() }
        return try withoutActuallyEscaping(body) { body in
            // Safe, as this thread waits until the other is done with it.
            nonisolated(unsafe) var result: Swift.Result<Result, any Error>?
            nonisolated(unsafe) let body = body
            let isDone = DispatchSemaphore(value: 0)
            condition.withLock {
                work.append {
                    result = Swift.Result { try body() }
                    isDone.signal()
                }
                condition.signal()
            }
            isDone.wait()
            return try rethrowing(result)
        }
    }
}

/// The result that is there once the work is done.
private func rethrowing<Result>(_ result: Swift.Result<Result, any Error>?) throws -> Result {
    guard let result else { preconditionFailure("The work is done.") }
    return try result.get()
}
