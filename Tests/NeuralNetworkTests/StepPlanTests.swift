import Testing

@testable import NeuralNetwork

@Suite struct StepPlanTests {
    /// What tasks read and write, as small as it gets.
    private enum Place: Hashable {
        case input(row: Int)
        case pixelBits(word: Int)
        /// Of a piece of a layer, one row.
        case activation(layer: Int, piece: Int, row: Int)
        case partialSum(shard: Int, row: Int)
        case gradient(layer: Int, piece: Int, row: Int)
        case weights(layer: Int, piece: Int, input: Int)
        case bias(layer: Int, output: Int)
        case loss(row: Int)
        case result

        var isParameter: Bool {
            switch self {
            case .weights, .bias: true
            default: false
            }
        }
    }

    private struct Access {
        var reads: [Place] = []
        var writes: [Place] = []
    }

    /// One layer; two without shards; shards; several layers after them.
    @Test(arguments: [[70, 10], [70, 20, 10], [70, 130, 12, 10], [70, 520, 12, 11, 10]], [1, 2, 3, 8])
    func tasksThatGetInEachOthersWayAreInOrder(sizes: [Int], threads: Int) {
        let network = Network(sizes: sizes, seed: 1)
        let shards = Shard.shards(of: network)
        for (batchCount, gathersImages) in [(1, false), (64, false), (64, true), (150, false)] {
            let plan = StepPlan(
                for: network, shards, batchCount: batchCount, gathersImages: gathersImages, threads: threads)
            var before: [Set<Int>] = []  // of each task, those it comes after in any case
            var (readers, writers): ([Place: [Int]], [Place: [Int]]) = ([:], [:])
            var (unordered, unwritten): ([String], [Place]) = ([], [])
            for (number, task) in plan.tasks.enumerated() {
                let prerequisites = plan.work.table.prerequisites(of: number)
                before.append(prerequisites.reduce(into: Set(prerequisites)) { $0.formUnion(before[$1]) })
                let access = Self.access(task, network, shards, rows: 0..<batchCount, gathersImages: gathersImages)
                func check(_ others: [Int]?) {
                    for other in others ?? [] where other != number && !before[number].contains(other) {
                        unordered.append("\(plan.tasks[other]), \(task)")
                    }
                }
                for place in access.reads {
                    check(writers[place])
                    readers[place, default: []].append(number)
                    if !place.isParameter && writers[place] == nil { unwritten.append(place) }
                }
                for place in access.writes {
                    check(writers[place])
                    check(readers[place])
                    writers[place, default: []].append(number)
                }
            }
            #expect(unordered == [])
            #expect(unwritten == [])
            let updates = writers.filter { $0.key.isParameter }
            #expect(updates.values.allSatisfy { $0.count == 1 })
            let inputs = sizes[0] * shards.count + sizes.dropFirst().dropLast().reduce(0, +)
            #expect(updates.count == inputs + sizes.dropFirst().reduce(0, +))
            #expect(writers[.result]?.count == 1)
        }
    }

    private static func access(
        _ task: StepPlan.Task, _ network: Network, _ shards: [Shard], rows all: Range<Int>, gathersImages: Bool
    ) -> Access {
        let layers = network.layers
        let last = layers.count - 1
        var access = Access()
        /// The weights of some inputs, in the piece of the layer before that they belong to.
        func weights(_ layer: Int, piece: Int, _ inputs: Range<Int>) -> [Place] {
            inputs.map { .weights(layer: layer, piece: piece, input: $0) }
        }
        func biases(_ layer: Int, _ outputs: Range<Int>) -> [Place] { outputs.map { .bias(layer: layer, output: $0) } }
        switch task {
        case .gather(let rows): access.writes += rows.map { .input(row: $0) }
        case .prepareGradient(let words): access.writes += words.map { .pixelBits(word: $0) }
        case .forward(let shard, let rows):
            if gathersImages { access.reads += rows.map { .input(row: $0) } }
            access.reads += weights(0, piece: shard, 0..<layers[0].inputs) + biases(0, shards[shard].neurons)
            access.writes += rows.map { .activation(layer: 0, piece: shard, row: $0) }
            guard last > 0 else { break }
            access.reads += weights(1, piece: shard, shards[shard].neurons)
            if shard == 0 { access.reads += biases(1, 0..<layers[1].outputs) }
            access.writes += rows.map { .partialSum(shard: shard, row: $0) }
        case .loss(let rows):
            for row in rows {
                if last == 0 {
                    access.reads.append(.activation(layer: 0, piece: 0, row: row))
                    access.writes.append(.gradient(layer: 0, piece: 0, row: row))
                } else {
                    access.reads += shards.indices.map { .partialSum(shard: $0, row: row) }
                    for layer in 1...last {
                        access.writes.append(.activation(layer: layer, piece: 0, row: row))
                        access.writes.append(.gradient(layer: layer, piece: 0, row: row))
                    }
                }
                access.writes.append(.loss(row: row))
            }
            for layer in layers.indices.dropFirst(2) {
                access.reads +=
                    weights(layer, piece: 0, 0..<layers[layer].inputs) + biases(layer, 0..<layers[layer].outputs)
            }
        case .backward(let shard, let rows):
            access.reads += weights(1, piece: shard, shards[shard].neurons)
            for row in rows {
                access.reads.append(.gradient(layer: 1, piece: 0, row: row))
                access.reads.append(.activation(layer: 0, piece: shard, row: row))
                access.writes.append(.gradient(layer: 0, piece: shard, row: row))
            }
        case .updateFirstWeights(let shard, let inputs):
            if gathersImages {
                access.reads += all.map { .input(row: $0) }
            } else {
                access.reads += (inputs.lowerBound / 64...(inputs.upperBound - 1) / 64).map { .pixelBits(word: $0) }
            }
            access.reads += all.map { .gradient(layer: 0, piece: shard, row: $0) }
            access.writes += weights(0, piece: shard, inputs)
        case .updateWeights(let layer, let piece, let inputs):
            access.reads += all.map { .activation(layer: layer - 1, piece: piece, row: $0) }
            access.reads += all.map { .gradient(layer: layer, piece: 0, row: $0) }
            access.writes += weights(layer, piece: piece, inputs)
        case .updateBiases(let layer, let piece, let outputs):
            access.reads += all.map { .gradient(layer: layer, piece: piece, row: $0) }
            access.writes += biases(layer, outputs)
        case .result:
            access.reads += all.map { .loss(row: $0) }
            access.writes.append(.result)
        }
        return access
    }
}
