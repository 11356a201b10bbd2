import Dispatch
import Testing

/// A suite on a thread of its own. Swift's pool has as many as there are cores, and a test that waits for a program holds
/// one: other suites would have to wait for it, and it for them.
struct OwnThread: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing tests: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Executor(), operation: tests)
    }

    private final class Executor: TaskExecutor {
        /// Serial queues have a thread each, however many others are busy.
        private let queue = DispatchQueue(label: "own thread")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}

extension Trait where Self == OwnThread {
    static var onItsOwnThread: Self { Self() }
}
