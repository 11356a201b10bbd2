/// The tasks of a training step on a batch of some size, in the order in which threads take them, and what each of them
/// waits for.
///
/// What a thread needs from others it does last of all, and what others need from it first: on two threads, each takes
/// the rows that the other goes on with before its own. By the time that it has done its own, the other's have long been
/// ready, so that nobody waits, although the tasks of one kind never take quite the same time.
struct StepPlan {
    enum Task: Hashable {
        /// Make the input of some images.
        case gather(rows: Range<Int>)
        /// Take some images through a shard of the first layer, to its part of the second layer's sums.
        case forward(shard: Int, rows: Range<Int>)
        /// Find what the first layer's gradient needs to know about some of the pixels, 64 a word.
        case prepareGradient(words: Range<Int>)
        /// Take some images through the other layers to the loss, and back to the gradient at the second layer's outputs;
        /// at the first one's, if there is no second.
        case loss(rows: Range<Int>)
        /// Take some images' gradient at the second layer's outputs back through a shard.
        case backward(shard: Int, rows: Range<Int>)
        case updateFirstWeights(shard: Int, inputs: Range<Int>)
        /// `piece` is that of the layer before which has these inputs.
        case updateWeights(layer: Int, piece: Int, inputs: Range<Int>)
        /// `piece` is that of the layer which has these outputs.
        case updateBiases(layer: Int, piece: Int, outputs: Range<Int>)
        /// Find what the batch came to. A task like others, as the losses come from all cores, which takes a moment.
        case result
    }

    let batchCount: Int
    /// The most images of a task that goes backward.
    let longestBlock: Int
    let tasks: [Task]
    let work: WorkPlan

    /// - Parameters:
    ///   - network: decides the sizes.
    ///   - gathersImages: whether the input is made from the images first, else the first layer skips their zeros.
    init(for network: Network, _ shards: [Shard], batchCount: Int, gathersImages: Bool, threads: Int) {
        let blocks = Self.blocks(of: batchCount, shards: 1, threads: threads)
        let shardBlocks = Self.blocks(of: batchCount, shards: shards.count, threads: threads)
        var list = TaskList()

        let gathered = gathersImages ? blocks.map { list.add(.gather(rows: $0), of: $0) } : []
        let forward = shardBlocks.indices.flatMap { round in
            shards.indices.map { shard in
                let rows = shardBlocks[(round + shard + 1) % shardBlocks.count]
                return list.add(.forward(shard: shard, rows: rows), of: rows, after: gathered)
            }
        }
        let words = gathersImages ? 0 : LitPixels.words(network.inputs)
        let parts = min(words, threads)
        let preparations = (0..<parts).map { part in
            list.add(.prepareGradient(words: words * part / parts..<words * (part + 1) / parts))
        }
        let losses = blocks.map { list.add(.loss(rows: $0), of: $0, after: forward) }
        // Of each shard, what comes before its update.
        var backward = shards.map { _ in losses }
        if network.layers.count > 1 {
            backward = shards.map { _ in [] }
            for round in shardBlocks.indices {
                for shard in shards.indices {
                    let rows = shardBlocks[(round + shard) % shardBlocks.count]
                    backward[shard].append(
                        list.add(.backward(shard: shard, rows: rows), of: rows, after: losses))
                }
            }
        }
        for slice in Self.slices(of: network, shards, batchCount: batchCount, threads: threads) {
            switch slice {
            case .updateFirstWeights(let shard, _): list.add(slice, after: backward[shard] + preparations)
            case .updateWeights(layer: 1, let shard, _), .updateBiases(layer: 0, let shard, _):
                list.add(slice, after: backward[shard])
            default: list.add(slice, after: losses)
            }
        }

        self.batchCount = batchCount
        longestBlock = (blocks + shardBlocks).map(\.count).max() ?? 0
        tasks = list.tasks
        work = WorkPlan(list.prerequisites)
    }

    /// Tasks with what they wait for.
    private struct TaskList {
        struct Entry {
            let number: Int
            /// The rows that it works on; nil for all.
            let rows: Range<Int>?
        }

        private(set) var tasks: [Task] = []
        private(set) var prerequisites: [[Int]] = []

        /// Adds a task that waits for some of the earlier ones: those that work on rows of its own.
        @discardableResult
        mutating func add(_ task: Task, of rows: Range<Int>? = nil, after earlier: [Entry] = []) -> Entry {
            tasks.append(task)
            prerequisites.append(
                earlier.filter { entry in
                    guard let rows, let others = entry.rows else { return true }
                    return rows.overlaps(others)
                }.map(\.number))
            return Entry(number: tasks.count - 1, rows: rows)
        }
    }

    /// Cuts a batch into blocks of rows, each for as many tasks as there are shards: two tasks for each thread; but not of
    /// less than 32 rows if that does for one, as the kernels are quickest with many, and not of so many that what a task
    /// works on leaves the caches.
    private static func blocks(of batchCount: Int, shards: Int, threads: Int) -> [Range<Int>] {
        let fewest = batchCount >= 32 * threads ? 32 : 16
        let rows = min(max(batchCount * shards / (2 * threads), fewest), 256)
        let size = (rows + 15) / 16 * 16
        return stride(from: 0, to: batchCount, by: size).map { $0..<min($0 + size, batchCount) }
    }

    /// Cuts the parameters into slices, about four of a layer for each thread. Those of the shards come first and
    /// alternate, as all tasks of the shards do, so that mostly each thread meets its own weights.
    private static func slices(of network: Network, _ shards: [Shard], batchCount: Int, threads: Int) -> [Task] {
        let smallest = 1 << 14  // multiply-adds, some hundred nanoseconds: less is not worth handing out

        /// Ranges of some of a layer's inputs, multiples of the fourteen rows that the kernels take at a time, to be
        /// updated for some of its outputs.
        func cut(_ inputs: Range<Int>, of layer: Dense, outputs: Int) -> [Range<Int>] {
            let weights = inputs.count * outputs
            let share = (4 * threads * weights + layer.weights.count - 1) / layer.weights.count
            let count = max(1, min(weights * batchCount / smallest, share))
            let size = ((inputs.count + count - 1) / count + 13) / 14 * 14
            return stride(from: inputs.lowerBound, to: inputs.upperBound, by: max(size, 1)).map {
                $0..<min($0 + size, inputs.upperBound)
            }
        }
        /// The first of each, then the second of each, …
        func alternating(_ slices: [[Task]]) -> [Task] {
            (0..<(slices.map(\.count).max() ?? 0)).flatMap { round in slices.compactMap { $0.dropFirst(round).first } }
        }
        let layers = network.layers
        let first = alternating(
            shards.indices.map { shard in
                cut(0..<layers[0].inputs, of: layers[0], outputs: shards[shard].neurons.count).map {
                    .updateFirstWeights(shard: shard, inputs: $0)
                }
            })
        let second = layers.dropFirst().prefix(1).flatMap { layer in
            alternating(
                shards.enumerated().map { piece, shard in
                    cut(shard.neurons, of: layer, outputs: layer.outputs).map {
                        .updateWeights(layer: 1, piece: piece, inputs: $0)
                    }
                })
        }
        let others = layers.enumerated().dropFirst(2).flatMap { index, layer in
            cut(0..<layer.inputs, of: layer, outputs: layer.outputs).map {
                Task.updateWeights(layer: index, piece: 0, inputs: $0)
            }
        }
        let firstBiases = shards.enumerated().map { Task.updateBiases(layer: 0, piece: $0, outputs: $1.neurons) }
        let otherBiases = layers.enumerated().dropFirst().map {
            Task.updateBiases(layer: $0, piece: 0, outputs: 0..<$1.outputs)
        }
        return first + second + firstBiases + [.result] + others + otherBiases
    }
}
