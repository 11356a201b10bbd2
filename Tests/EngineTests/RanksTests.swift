import CKernels
import Foundation
import NeuralNetwork
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Several ranks that train a network together, here threads that give each other what is in their memory.
@Suite struct RanksTests {
    /// Where ranks meet.
    private final class Meeting: @unchecked Sendable {
        private struct Gathering {
            var memories: [[SharedMemory]?]
            var departures = 0
        }
        private let count: Int
        private let lock = NSLock()
        private var gatherings: [Int: Gathering] = [:]

        init(count: Int) { self.count = count }

        func bring(_ memory: [SharedMemory], number: Int, rank: Int) {
            lock.withLock {
                gatherings[number, default: Gathering(memories: Array(repeating: nil, count: count))].memories[rank] =
                    memory
            }
        }

        /// Waits for the others, takes what is theirs, and waits until they have taken.
        func exchange(number: Int, rank: Int) {
            var all: [[SharedMemory]] = []
            wait { gathering in
                all = gathering.memories.compactMap(\.self)
                return all.count == count
            }
            for (other, memories) in all.enumerated() where other != rank {
                for (own, others) in zip(all[rank], memories) {
                    let part = others.parts[other]
                    (own.base + part.lowerBound).copyMemory(from: others.base + part.lowerBound, byteCount: part.count)
                }
            }
            lock.withLock { gatherings[number]?.departures += 1 }
            wait { $0.departures == count }

            func wait(until condition: (Gathering) -> Bool) {
                while !lock.withLock({ gatherings[number].map(condition) ?? false }) { usleep(10) }
            }
        }
    }

    private final class ThreadExchange: Exchange, @unchecked Sendable {
        let share: Share
        private let meeting: Meeting
        private var (begun, ended) = (0, 0)

        init(_ share: Share, _ meeting: Meeting) { (self.share, self.meeting) = (share, meeting) }

        func begin(_ memory: [SharedMemory]) {
            #expect(memory.allSatisfy { $0.parts.count == share.count })
            meeting.bring(memory, number: begun, rank: share.index)
            begun += 1
        }

        func progress() {}

        func finishFirst() {
            meeting.exchange(number: ended, rank: share.index)
            ended += 1
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let layers: [String]
        var optimizer = Optimizer.Kind.momentum
        var activation = Activation.relu
        var dropout: Float = 0
        var batchSize = 64
        var skipsZeros = true
        var isChanged = false

        var testDescription: String {
            "\(layers) \(optimizer) \(activation) \(dropout) \(batchSize) \(skipsZeros) \(isChanged)"
        }
    }

    private struct Outcome: Equatable {
        var network: Network
        var optimizer: Optimizer
        var results: [TrainingStep.Result]
    }

    private struct Flip: ImageChange {
        let pixels: Int
        var scratchSize: Int { 0 }
        func change(
            _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
            scratch: UnsafeMutableRawPointer
        ) {
            let turns = (epoch + sample).isMultiple(of: 2)
            for index in 0..<pixels { output[index] = image[turns ? pixels - 1 - index : index] }
        }
    }

    private static func images() -> LabelledImages {
        var generator = RandomGenerator(seed: 1, stream: .initialization)
        let pixels = (0..<200 * 144).map { _ in
            generator.uniform() < 0.3 ? UInt8(1 + generator.uniform(below: 255)) : 0
        }
        return LabelledImages(
            pixels: pixels, pixelsPerImage: 144, labels: (0..<200).map { _ in UInt8(generator.uniform(below: 10)) })
    }

    /// Twelve steps; the last batch of an epoch is smaller.
    private static func train(_ test: Case, threads: Int, exchange: (any Exchange)?) throws -> Outcome {
        let hidden = test.layers.compactMap(HiddenLayer.init)
        let network = try Network(
            input: Shape(height: 12, width: 12), hidden: hidden, classes: 10, seed: 3, activation: test.activation)
        var learner = Learner(network, Optimizer(test.optimizer, for: network))
        let step = TrainingStep(
            for: network, batchSize: test.batchSize, skipsZeros: test.skipsZeros,
            dropout: Dropout(probability: test.dropout, seed: 5), pool: WorkerPool(exactly: threads),
            exchange: exchange)
        let source = BatchSource(
            images(), batchSize: test.batchSize, seed: 4, change: test.isChanged ? Flip(pixels: 144) : nil,
            threads: threads)
        var results: [TrainingStep.Result] = []
        for number in 0..<12 {
            results.append(
                source.withBatch(step: number) { step.train(&learner, on: $0, learningRate: 0.02) })
        }
        step.shareMoments(of: &learner)
        return Outcome(network: learner.network, optimizer: learner.optimizer, results: results)
    }

    private static func together(_ test: Case, ranks: Int, threads: Int) throws -> [Outcome] {
        let meeting = Meeting(count: ranks)
        let outcomes = Mutex<[Int: Result<Outcome, any Error>]>([:])
        let group = DispatchGroup()
        for rank in 0..<ranks {
            group.enter()
            let thread = Thread {
                let exchange = ThreadExchange(Share(rank, of: ranks), meeting)
                let outcome = Result { try train(test, threads: threads, exchange: exchange) }
                outcomes.withLock { $0[rank] = outcome }
                group.leave()
            }
            thread.stackSize = 1 << 22
            thread.start()
        }
        group.wait()
        return try outcomes.withLock { outcomes in try (0..<ranks).map { try outcomes[$0]?.get() }.compactMap(\.self) }
    }

    @Test(arguments: [
        Case(layers: ["40", "20"]),
        Case(layers: []),
        Case(layers: ["130"], skipsZeros: false),
        Case(layers: ["300", "33", "17"], optimizer: .adam, activation: .tanh),
        Case(layers: ["70", "20"], optimizer: .sgd, dropout: 0.3, batchSize: 50),
        Case(layers: ["1100", "12"], optimizer: .nesterov, batchSize: 128),
        Case(layers: ["64", "32"], skipsZeros: true, isChanged: true),
        Case(layers: ["conv6x5", "pool2", "conv8x3v", "pool2", "30"], batchSize: 64, isChanged: true),
        Case(layers: ["conv4x3", "pool2"], optimizer: .adamw, activation: .gelu, dropout: 0.2, batchSize: 128),
    ])
    func anyNumberOfRanksGivesTheSameBits(test: Case) throws {
        let alone = try Self.train(test, threads: 2, exchange: nil)
        for (ranks, threads) in [(2, 1), (3, 2), (4, 1), (7, 1)] {
            let outcomes = try Self.together(test, ranks: ranks, threads: threads)
            #expect(outcomes.count == ranks)
            for outcome in outcomes {
                #expect(outcome.network == alone.network)
                #expect(outcome.optimizer == alone.optimizer)
                #expect(outcome.results == alone.results)
            }
        }
    }

    @Test func partsCoverTheWhole() {
        for count in 1...9 {
            for length in [0, 1, 15, 16, 17, 64, 784] {
                let parts = Share(0, of: count).parts(of: 5..<5 + length, unit: 16)
                #expect(parts.count == count)
                #expect(parts.flatMap(\.self) == Array(5..<5 + length))
                #expect(
                    parts.dropLast().allSatisfy {
                        ($0.upperBound - 5).isMultiple(of: 16) || $0.upperBound == 5 + length
                    })
            }
        }
    }

    /// In bytes, from the rows of the batch: a row each, or one for each 16 of them.
    @Test func whatIsSharedLiesWhereTheRowsAre() {
        let memory = RowMemory(rows: 40, columns: 20)
        let numbers: UnsafeMutablePointer<Int32> = RowMemory.allocate(40)
        defer {
            memory.deallocate()
            numbers.deallocate()
        }
        let parts = [0..<16, 16..<33]
        #expect(SharedRows(memory).memory(parts).parts == [0..<16 * 128, 16 * 128..<33 * 128])
        #expect(SharedRows(memory, batchRows: 16).memory(parts).parts == [0..<128, 128..<3 * 128])
        #expect(SharedRows(numbers).memory(parts).parts == [0..<64, 64..<132])
        #expect(SharedRows(numbers).memory(parts).base == UnsafeMutableRawPointer(numbers))
        #expect(SharedParameters(matrix: 0, parts: [3..<5]).memory(memory.base).parts == [12..<20])
    }

    /// Of 16 rows at a time; those of the last rank may be fewer.
    @Test func eachRankHasRowsOfTheBatch() {
        #expect(Share(1, of: 3).all == [Share(0, of: 3), Share(1, of: 3), Share(2, of: 3)])
        #expect(Share(0, of: 3).all.map { $0.rows(of: 100) } == [0..<32, 32..<64, 64..<100])
        #expect(Share(0, of: 3).all.map { $0.rows(of: 17) } == [0..<0, 0..<16, 16..<17])
        #expect(Share.whole.rows(of: 5) == 0..<5)
    }
}
