import CKernels
import Engine
import Foundation
import NeuralNetwork
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WorkerPoolTests {
    private final class Counts: Sendable {
        let blocks = Mutex([Int: Int]())
        let threads = Mutex(Set<Int>())
    }

    @Test(arguments: [1, 2, 5]) func everyBlockIsDoneOnce(threads: Int) {
        let pool = WorkerPool(exactly: threads)
        for blocks in [0, 1, 2, 3, 100] {
            let counts = Counts()
            pool.run(blocks: blocks) { block, thread in
                counts.blocks.withLock { $0[block, default: 0] += 1 }
                _ = counts.threads.withLock { $0.insert(thread) }
            }
            #expect(counts.blocks.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<blocks).map { ($0, 1) }))
            #expect(counts.threads.withLock { $0 }.isSubset(of: 0..<threads))
        }
    }

    /// As debuggers and `top` show them; the thread that waits keeps its own.
    @Test func workersHaveAName() {
        let names = Mutex(Set<String>())
        WorkerPool(exactly: 3).run(blocks: 3) { _, thread in
            // Each waits for the others, so that all take part.
            _ = names.withLock { $0.insert("\(thread == 0 ? "-" : threadName()) \(thread)") }
            while names.withLock({ $0.count < 3 }) { usleep(100) }
        }
        #expect(names.withLock { $0 } == ["- 0", "inkling worker 1", "inkling worker 2"])
    }

    @Test func eachRunIsOverWhenItReturns() {
        let pool = WorkerPool(exactly: 4)
        let sum = Atomic(0)
        // Many short runs, now and then with a pause that lets the workers fall asleep.
        for round in 1...20_000 {
            pool.run(blocks: 3) { block, _ in _ = sum.add(block, ordering: .relaxed) }
            #expect(sum.load(ordering: .relaxed) == 3 * round)
            if round % 2000 == 0 { Thread.sleep(forTimeInterval: 0.002) }
        }
    }

    /// Runs that follow each other closely, so that workers still look for blocks of one when the next begins.
    @Test(arguments: [3, 5]) func shortRunsWithPrerequisitesEnd(threads: Int) {
        let pool = WorkerPool(exactly: threads)
        let plan = WorkPlan((0..<12).map { $0 < 4 ? [] : [$0 - 4, $0 - 3] })
        let sum = Atomic(0)
        for round in 1...50_000 {
            pool.run(plan) { block, _ in _ = sum.add(block, ordering: .relaxed) }
            if sum.load(ordering: .relaxed) != 66 * round { Issue.record("Round \(round) left blocks undone.") }
        }
    }

    @Test func workersTakePart() {
        let pool = WorkerPool(exactly: 2)
        let met = Atomic(0)
        // Each block waits for the other, so that one thread alone would never end.
        pool.run(blocks: 2) { _, _ in
            _ = met.add(1, ordering: .sequentiallyConsistent)
            while met.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
        }
        #expect(met.load(ordering: .relaxed) == 2)
    }

    @Test func aSlowBlockHoldsUpNoOther() {
        let pool = WorkerPool(exactly: 2)
        let done = Atomic(0)
        pool.run(blocks: 50) { block, _ in
            // The first block waits until all others are done, by the other thread then.
            while block == 0 && done.load(ordering: .sequentiallyConsistent) < 49 { sched_yield() }
            _ = done.add(1, ordering: .sequentiallyConsistent)
        }
        #expect(done.load(ordering: .relaxed) == 50)
    }

    /// Plans of a hundred blocks that wait for up to four others, with now and then a block that takes its time.
    @Test(arguments: [1, 2, 5]) func aBlockBeginsWhenThoseBeforeItAreDone(threads: Int) {
        let pool = WorkerPool(exactly: threads)
        var generator = RandomGenerator(seed: 1, stream: .shuffling)
        for _ in 0..<200 {
            let prerequisites = (0..<100).map { block in
                block == 0 ? [] : (0..<generator.uniform(below: 5)).map { _ in generator.uniform(below: block) }
            }
            let done = Mutex([Int: Int]())
            let early = Mutex([Int]())
            pool.run(WorkPlan(prerequisites)) { block, _ in
                if !done.withLock({ done in prerequisites[block].allSatisfy { done[$0] == 1 } }) {
                    early.withLock { $0.append(block) }
                }
                if block % 40 == 7 { Thread.sleep(forTimeInterval: 0.0003) }
                done.withLock { $0[block, default: 0] += 1 }
            }
            #expect(early.withLock { $0 } == [])
            #expect(done.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, 1) }))
        }
    }

    @Test func whoWaitsDoesWhatNobodyHasBegun() {
        let pool = WorkerPool(exactly: 2)
        let done = Atomic(0)
        let isHeldUp = Atomic(false)
        // The worker is held up by its first block until all others are done: a chain, which goes back and forth between
        // the blocks of both threads.
        pool.run(WorkPlan((0..<50).map { $0 < 2 ? [] : [$0 == 2 ? 0 : $0 - 1] })) { block, _ in
            if block == 0 { while !isHeldUp.load(ordering: .sequentiallyConsistent) { sched_yield() } }
            if block == 1 {
                isHeldUp.store(true, ordering: .sequentiallyConsistent)
                while done.load(ordering: .sequentiallyConsistent) < 49 { sched_yield() }
            }
            _ = done.add(1, ordering: .sequentiallyConsistent)
        }
        #expect(done.load(ordering: .relaxed) == 50)
    }

    @Test func denormalNumbersAreZeroInTheWorkAndNowhereElse() {
        let results = Mutex([Float]())
        let met = Atomic(0)
        // Each block waits for the other, so that both threads calculate.
        WorkerPool(exactly: 2).run(blocks: 2) { block, _ in
            _ = met.add(1, ordering: .sequentiallyConsistent)
            while met.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
            let tiny = Float.leastNormalMagnitude * Float(block + 1)
            results.withLock { $0.append(tiny / 64) }
        }
        #expect(results.withLock { $0 } == [0, 0])
        let wasFlushed = inkling_flush_denormals(false)
        #expect(!wasFlushed)
    }
}
