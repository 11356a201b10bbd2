import Testing

@testable import Engine

/// What tasks read and write, as small as it gets. Stages are counted.
enum Place: Hashable {
    case input(row: Int)
    case pixelBits(word: Int)
    case partialSum(shard: Int, row: Int)
    /// What a stage gives, or a shard's neurons inside the first.
    case output(stage: Int, row: Int)
    case outputGradient(stage: Int, row: Int)
    case hidden(shard: Int, row: Int)
    case hiddenGradient(shard: Int, row: Int)
    /// Of an input into a stage's layer; the first layer's are each shard's own.
    case weights(stage: Int, layer: Int, shard: Int, input: Int)
    case bias(stage: Int, layer: Int, output: Int)
    case loss(row: Int)
    case result
    case nextImage(row: Int)
    /// The sum over the images of a group of 16.
    case groupGradient(layer: Int, group: Int)

    var isParameter: Bool {
        switch self {
        case .weights, .bias: true
        default: false
        }
    }
}

struct Access {
    var reads: [Place] = []
    var writes: [Place] = []
}

/// A stage that tells what its tasks touch.
protocol Accessing: Stage {
    /// Of one of its own tasks, as part of a batch.
    func access(task: Int, stage: Int, batchCount: Int, skipsZeros: Bool) -> Access
    /// On the way of a block to the loss and back.
    func access(rows: Range<Int>, stage: Int) -> Access
}

/// Walks a plan, and finds the tasks that get in each other's way.
struct Order {
    private(set) var writers: [Place: [Int]] = [:]
    private(set) var unordered: [String] = []
    /// Places that are read before anybody has written there.
    private(set) var unwritten: [Place] = []

    init(of plan: StepPlan, _ stages: Stages, skipsZeros: Bool) {
        #expect(plan.phases.count == 1)
        let accessing = stages.all.map { $0 as? any Accessing }
        var before: [Set<Int>] = []  // of each task, those it comes after in any case
        var readers: [Place: [Int]] = [:]
        for (number, task) in plan.tasks.enumerated() {
            let prerequisites = plan.phases[0].work.table.prerequisites(of: number)
            before.append(prerequisites.reduce(into: Set(prerequisites)) { $0.formUnion(before[$1]) })
            var access = Access()
            switch task {
            case .own(let stage, let task):
                access =
                    accessing[stage]?.access(
                        task: task, stage: stage, batchCount: plan.batchCount, skipsZeros: skipsZeros) ?? access
            case .nextBatch(let rows): access.writes += rows.map { .nextImage(row: $0) }
            case .rows(let rows):
                for (index, stage) in accessing.enumerated() {
                    let more = stage?.access(rows: rows, stage: index) ?? Access()
                    access.reads += more.reads.filter { !access.writes.contains($0) }
                    access.writes += more.writes
                }
            }
            if access.writes.isEmpty { unordered.append("\(task) writes nothing") }
            for place in access.reads {
                check(writers[place], number, plan, before)
                readers[place, default: []].append(number)
                if !place.isParameter && writers[place] == nil { unwritten.append(place) }
            }
            for place in Set(access.writes) {
                check(writers[place], number, plan, before)
                check(readers[place], number, plan, before)
                writers[place, default: []].append(number)
            }
        }
    }

    private mutating func check(_ others: [Int]?, _ number: Int, _ plan: StepPlan, _ before: [Set<Int>]) {
        for other in others ?? [] where other != number && !before[number].contains(other) {
            unordered.append("\(plan.tasks[other]), \(plan.tasks[number])")
        }
    }
}

extension ShardedPair: Accessing {
    private var isPair: Bool { shards.count > 1 || output.values.base != hidden[0].values.base }

    /// The weights of some of a layer's inputs, the first layer's in each shard.
    private func weights(_ stage: Int, layer: Int, shard: Int, _ inputs: Range<Int>) -> [Place] {
        inputs.map { .weights(stage: stage, layer: layer, shard: layer == 0 ? shard : 0, input: $0) }
    }

    private func biases(_ stage: Int, layer: Int, _ outputs: Range<Int>) -> [Place] {
        outputs.map { .bias(stage: stage, layer: layer, output: $0) }
    }

    /// A single layer's neurons are the stage's output.
    private func hidden(_ shard: Int, _ stage: Int, _ row: Int) -> Place {
        isPair ? .hidden(shard: shard, row: row) : .output(stage: stage, row: row)
    }

    private func hiddenGradient(_ shard: Int, _ stage: Int, _ row: Int) -> Place {
        isPair ? .hiddenGradient(shard: shard, row: row) : .outputGradient(stage: stage, row: row)
    }

    func access(task: Int, stage: Int, batchCount: Int, skipsZeros: Bool) -> Access {
        var access = Access()
        let all = 0..<batchCount
        switch tasks[task] {
        case .gather(let rows): access.writes += rows.map { .input(row: $0) }
        case .prepareGradient(let words): access.writes += words.map { .pixelBits(word: $0) }
        case .forward(let shard, let rows):
            if !skipsZeros { access.reads += rows.map { .input(row: $0) } }
            access.reads +=
                weights(stage, layer: 0, shard: shard, 0..<inputs) + biases(stage, layer: 0, shards[shard].neurons)
            access.writes += rows.map { hidden(shard, stage, $0) }
            guard isPair else { break }
            access.reads += weights(stage, layer: 1, shard: shard, shards[shard].neurons)
            if shard == 0 { access.reads += biases(stage, layer: 1, output.neurons) }
            access.writes += rows.map { .partialSum(shard: shard, row: $0) }
        case .backward(let shard, let rows):
            access.reads += weights(stage, layer: 1, shard: shard, shards[shard].neurons)
            for row in rows {
                access.reads += [.outputGradient(stage: stage, row: row), hidden(shard, stage, row)]
                access.writes.append(hiddenGradient(shard, stage, row))
            }
        case .updateFirstWeights(let shard, _, let inputs):
            if skipsZeros {
                access.reads += (inputs.lowerBound / 64...(inputs.upperBound - 1) / 64).map { .pixelBits(word: $0) }
            } else {
                access.reads += all.map { .input(row: $0) }
            }
            access.reads += all.map { hiddenGradient(shard, stage, $0) }
            access.writes += weights(stage, layer: 0, shard: shard, inputs)
        case .updateSecondWeights(let shard, let inputs):
            access.reads += all.flatMap { [hidden(shard, stage, $0), .outputGradient(stage: stage, row: $0)] }
            access.writes += weights(stage, layer: 1, shard: shard, inputs)
        case .updateFirstBiases(let shard):
            access.reads += all.map { hiddenGradient(shard, stage, $0) }
            access.writes += biases(stage, layer: 0, shards[shard].neurons)
        case .updateSecondBiases:
            access.reads += all.map { .outputGradient(stage: stage, row: $0) }
            access.writes += biases(stage, layer: 1, output.neurons)
        }
        return access
    }

    func access(rows: Range<Int>, stage: Int) -> Access {
        var access = Access()
        if isPair {
            access.reads += rows.flatMap { row in shards.indices.map { .partialSum(shard: $0, row: row) } }
            access.writes += rows.map { .output(stage: stage, row: $0) }
        }
        return access
    }
}

extension ConvolutionStage: Accessing {
    func access(task: Int, stage: Int, batchCount: Int, skipsZeros: Bool) -> Access {
        guard case .update(let layer, let slice) = tasks[task], let weights = layers[layer].weightCount else {
            return Access()
        }
        return Access(
            reads: (0..<(batchCount + 15) / 16).map { .groupGradient(layer: layer, group: $0) },
            writes: slice.map {
                $0 < weights
                    ? .weights(stage: stage, layer: layer, shard: 0, input: $0)
                    : .bias(stage: stage, layer: layer, output: $0 - weights)
            })
    }

    func access(rows: Range<Int>, stage: Int) -> Access {
        var access = Access(writes: rows.map { .output(stage: stage, row: $0) })
        for layer in layers.indices {
            guard let weights = layers[layer].weightCount else { continue }
            access.reads += (0..<weights).map { .weights(stage: stage, layer: layer, shard: 0, input: $0) }
            access.reads += (0..<layers[layer].biasCount).map { .bias(stage: stage, layer: layer, output: $0) }
            access.writes += Set(rows.map { $0 / 16 }).map { .groupGradient(layer: layer, group: $0) }
        }
        return access
    }
}

extension DenseStage: Accessing {
    private func weights(_ stage: Int, _ inputs: Range<Int>) -> [Place] {
        inputs.map { .weights(stage: stage, layer: 0, shard: 0, input: $0) }
    }

    private func biases(_ stage: Int) -> [Place] {
        output.neurons.map { .bias(stage: stage, layer: 0, output: $0) }
    }

    func access(task: Int, stage: Int, batchCount: Int, skipsZeros: Bool) -> Access {
        var access = Access()
        access.reads += (0..<batchCount).map { .outputGradient(stage: stage, row: $0) }
        switch tasks[task] {
        case .updateWeights(let slice):
            access.reads += (0..<batchCount).map { .output(stage: stage - 1, row: $0) }
            access.writes += weights(stage, slice)
        case .updateBiases: access.writes += biases(stage)
        }
        return access
    }

    func access(rows: Range<Int>, stage: Int) -> Access {
        Access(
            reads: rows.map { .output(stage: stage - 1, row: $0) } + weights(stage, input.neurons) + biases(stage),
            writes: rows.flatMap { [.output(stage: stage, row: $0), .outputGradient(stage: stage - 1, row: $0)] })
    }
}

extension LossStage: Accessing {
    func access(task: Int, stage: Int, batchCount: Int, skipsZeros: Bool) -> Access {
        Access(reads: (0..<batchCount).map { .loss(row: $0) }, writes: [.result])
    }

    func access(rows: Range<Int>, stage: Int) -> Access {
        Access(
            reads: rows.map { .output(stage: stage - 1, row: $0) },
            writes: rows.flatMap { [.outputGradient(stage: stage - 1, row: $0), .loss(row: $0)] })
    }
}
