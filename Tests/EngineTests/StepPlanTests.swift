import NeuralNetwork
import Testing

@testable import Engine

/// Of any two tasks that touch the same place, one comes after the other in any case.
@Suite struct StepPlanTests {
    /// One layer; two without shards; shards; several layers after them.
    @Test(arguments: [[70, 10], [70, 20, 10], [70, 130, 12, 10], [70, 520, 12, 11, 10]], [1, 2, 3, 8])
    func tasksThatGetInEachOthersWayAreInOrder(sizes: [Int], threads: Int) {
        let network = Network(sizes: sizes, seed: 1)
        let shards = Shard.shards(of: network)
        for (batchCount, skipsZeros) in [(1, true), (64, true), (64, false), (150, true)] {
            let stages = Stages(
                of: network, shards: shards, skipsZeros: skipsZeros,
                StageOptions(capacity: batchCount, threads: threads, trains: true))
            let plan = StepPlan(stages.all, batchCount: batchCount, threads: threads)
            let order = Order(of: plan, stages, skipsZeros: skipsZeros)
            #expect(order.unordered == [])
            #expect(order.unwritten == [])
            let updates = order.writers.filter { $0.key.isParameter }
            #expect(updates.values.allSatisfy { $0.count == 1 })
            let inputs = sizes[0] * shards.count + sizes.dropFirst().dropLast().reduce(0, +)
            #expect(updates.count == inputs + sizes.dropFirst().reduce(0, +))
            #expect(order.writers[.result]?.count == 1)
        }
    }
}

extension StepPlanTests {
    /// Convolutions before the dense layers; blocks of images of the next batch beside.
    @Test(arguments: [1, 2, 3, 8], [1, 40, 128]) func convolutionsAreInOrder(threads: Int, batchCount: Int) throws {
        let hidden = ["conv6x5", "pool2", "conv16x5v", "pool2", "30"].compactMap(HiddenLayer.init)
        let network = try Network(input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: 0)
        let stages = Stages(
            of: network, shards: Shard.shards(of: network), skipsZeros: true,
            StageOptions(capacity: batchCount, threads: threads, trains: true))
        let plan = StepPlan(stages.all, batchCount: batchCount, nextCount: 30, threads: threads)
        let order = Order(of: plan, stages, skipsZeros: true)
        #expect(order.unordered == [])
        #expect(order.unwritten == [])
        let updates = order.writers.filter { $0.key.isParameter }
        #expect(updates.values.allSatisfy { $0.count == 1 })
        #expect(updates.count == 25 * 6 + 6 + 150 * 16 + 16 + 400 + 30 + 30 + 10)
        #expect((0..<30).allSatisfy { order.writers[.nextImage(row: $0)]?.count == 1 })
    }
}

/// Among ranks.
extension StepPlanTests {
    /// Each task is of one phase, and waits for others of it alone.
    @Test(arguments: [0, 1, 2], [true, false]) func phasesFollowEachOther(rank: Int, isConvolutional: Bool) throws {
        let hidden = isConvolutional ? ["conv6x5", "pool2", "30"] : ["70", "20", "12"]
        let network = try Network(
            input: Shape(height: 14, width: 14), hidden: hidden.compactMap(HiddenLayer.init), classes: 10, seed: 0)
        let stages = Stages(
            of: network, shards: Shard.shards(of: network), skipsZeros: true,
            StageOptions(capacity: 100, threads: 2, trains: true))
        let share = Share(rank, of: 3)
        let plan = StepPlan(stages.all, batchCount: 100, nextCount: 50, threads: 2, share: share)
        let ends = plan.phases.map { $0.first + $0.work.table.blocks }
        #expect(plan.phases.map(\.first) == [0] + ends.dropLast() && ends.count == 4 && ends.last == plan.tasks.count)
        let rows = plan.tasks.flatMap { task -> [Int] in
            if case .rows(let rows) = task { return Array(rows) }
            return []
        }
        #expect(rows == Array(share.rows(of: 100)), "its own part of the batch")
        // The first layer's gradient needs all images, those of convolutions only the rank's own.
        let next = plan.tasks.flatMap { task -> [Int] in
            if case .nextBatch(let rows) = task { return Array(rows) }
            return []
        }
        #expect(next == Array(isConvolutional ? share.rows(of: 50) : 0..<50))
    }

    /// The first layer's weights, of which each rank updates its own; one alone all panels of a shard at once.
    @Test(arguments: [1, 2, 3]) func eachWeightIsUpdatedByOneRank(ranks: Int) throws {
        let network = Network(sizes: [49, 1100, 10], seed: 0)
        let shards = Shard.shards(of: network)
        var updates: [[Int]: Int] = [:]
        for rank in 0..<ranks {
            let stages = Stages(
                of: network, shards: shards, skipsZeros: true,
                StageOptions(capacity: 100, threads: 2, trains: true))
            _ = StepPlan(stages.all, batchCount: 100, threads: 2, share: Share(rank, of: ranks))
            let pair = try #require(stages.all[0] as? ShardedPair)
            for case .updateFirstWeights(let shard, let panels, let inputs) in pair.tasks {
                if ranks == 1 { #expect(panels == shards[shard].panels.indices) }
                for panel in panels { for input in inputs { updates[[shard, panel, input], default: 0] += 1 } }
            }
        }
        #expect(updates.count == 49 * shards.reduce(0) { $0 + $1.panels.count })
        #expect(updates.values.allSatisfy { $0 == 1 })
    }
}

/// How much a task has to do.
extension StepPlanTests {
    /// Two blocks for each thread, but of 32 rows or more where that does for a block each, and of 256 at most.
    @Test(
        arguments: [
            (0..<0, 1, 1, []), (0..<31, 1, 1, [16, 15]), (0..<32, 1, 1, [32]), (0..<64, 1, 1, [32, 32]),
            (0..<64, 1, 2, [32, 32]), (0..<63, 1, 2, [16, 16, 16, 15]), (0..<64, 1, 3, [16, 16, 16, 16]),
            (16..<80, 1, 1, [32, 32]), (0..<100, 1, 1, [64, 36]), (0..<100, 2, 1, [100]), (0..<100, 2, 2, [64, 36]),
            (0..<512, 1, 1, [256, 256]), (0..<514, 1, 1, [256, 256, 2]), (0..<1000, 1, 2, [256, 256, 256, 232]),
        ] as [(Range<Int>, Int, Int, [Int])])
    func rowsAreCutIntoBlocks(rows: Range<Int>, tasksPerRow: Int, threads: Int, sizes: [Int]) {
        let blocks = TaskList.blocks(of: rows, tasksPerRow: tasksPerRow, threads: threads)
        #expect(blocks.map(\.count) == sizes)
        #expect(blocks.flatMap(\.self) == Array(rows))
    }

    /// Four slices of the layer for each thread, of multiples of 14 inputs; fewer where they would be tiny.
    @Test(
        arguments: [
            (0..<784, 128, 784 * 128, 64, 1, [196, 196, 196, 196]),
            (0..<784, 128, 784 * 128, 64, 2, [98, 98, 98, 98, 98, 98, 98, 98]),
            // A shard with half of the neurons, and one with a little more.
            (0..<784, 64, 784 * 128, 64, 2, [196, 196, 196, 196]),
            (0..<784, 70, 784 * 128, 64, 2, [168, 168, 168, 168, 112]),
            // Six times 2¹⁴ multiplications for one image.
            (0..<784, 128, 784 * 128, 1, 2, [140, 140, 140, 140, 140, 84]),
            (0..<20, 10, 200, 64, 8, [20]), (0..<64, 10, 640, 64, 1, [42, 22]), (100..<120, 10, 7840, 64, 1, [20]),
            (5..<5, 10, 640, 64, 1, []),
        ] as [(Range<Int>, Int, Int, Int, Int, [Int])])
    func weightsAreCutIntoSlices(
        inputs: Range<Int>, outputs: Int, weights: Int, batchCount: Int, threads: Int, sizes: [Int]
    ) {
        let list = TaskList(batchCount: batchCount, threads: threads, share: .whole)
        let slices = list.slices(of: inputs, outputs: outputs, weights: weights)
        #expect(slices.map(\.count) == sizes)
        #expect(slices.flatMap(\.self) == Array(inputs))
    }

    /// A part for each thread, of a word of 64 pixels or more; none where zeros are not skipped.
    @Test(arguments: [(784, 1, 1), (784, 2, 2), (784, 8, 8), (784, 20, 13), (70, 8, 2), (64, 2, 1)])
    func pixelsArePreparedInParts(inputs: Int, threads: Int, parts: Int) throws {
        let network = Network(sizes: [inputs, 20, 10], seed: 1)
        for skipsZeros in [true, false] {
            let stages = Stages(
                of: network, shards: Shard.shards(of: network), skipsZeros: skipsZeros,
                StageOptions(capacity: 64, threads: threads, trains: true))
            _ = StepPlan(stages.all, batchCount: 64, threads: threads)
            let words = try #require(stages.all[0] as? ShardedPair).tasks.compactMap { task -> Range<Int>? in
                if case .prepareGradient(let words) = task { return words }
                return nil
            }
            #expect(words.count == (skipsZeros ? parts : 0))
            #expect(words.flatMap(\.self) == (skipsZeros ? Array(0..<LitPixels.words(inputs)) : []))
        }
    }

    /// Of 512 parameters or more, cut at cache lines; at most one for each thread.
    @Test(
        arguments: [
            (1, [0..<156], [0..<2416]), (3, [0..<156], [0..<800, 800..<1600, 1600..<2416]),
            (8, [0..<156], [0..<592, 592..<1200, 1200..<1808, 1808..<2416]),
        ] as [(Int, [Range<Int>], [Range<Int>])])
    func convolutionsAreUpdatedInSlices(threads: Int, first: [Range<Int>], second: [Range<Int>]) throws {
        let hidden = ["conv6x5", "pool2", "conv16x5v", "pool2"].compactMap(HiddenLayer.init)
        let network = try Network(input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: 0)
        let stages = Stages(
            of: network, shards: [], skipsZeros: true, StageOptions(capacity: 64, threads: threads, trains: true))
        _ = StepPlan(stages.all, batchCount: 64, threads: threads)
        let stage = try #require(stages.all[0] as? ConvolutionStage)
        let tasks = first.map { ConvolutionStage.Task.update(layer: 0, $0) } + second.map { .update(layer: 2, $0) }
        #expect(stage.tasks == tasks)
        #expect(stage.layers.map(\.weightCount) == [150, nil, 2400, nil])
        #expect(stage.layers.map(\.biasCount) == [6, 0, 16, 0])
        #expect(stage.layers.map(\.needsChoices) == [false, true, false, true])
    }
}
