import NeuralNetwork

/// What the stages of a network are made with.
struct StageOptions {
    /// The most images of a batch.
    let capacity: Int
    /// How many work on it.
    var threads = 1
    /// Whether backward passes and updates follow.
    var trains = false
    /// While training; nil without.
    var dropout: Dropout?
    var profile: StepProfile?

    /// Memory for what neurons of a layer give.
    func rows(_ neurons: Range<Int>, activation: Activation?, layer: Int, isLast: Bool) -> NeuronRows {
        NeuronRows(
            neurons, activation: activation, dropout: dropout, layer: layer, capacity: capacity, trains: trains,
            isLast: isLast)
    }

    /// Rows of a block at most, where a row makes so many tasks.
    func longestBlock(tasksPerRow: Int = 1) -> Int {
        TaskList.blocks(of: 0..<capacity, tasksPerRow: tasksPerRow, threads: threads).map(\.count).max() ?? 0
    }

    /// Memory for each thread, so many rows as long as the longest block.
    func scratch(rows: Int, tasksPerRow: Int = 1) -> [RowMemory] {
        guard trains else { return [] }
        return (0..<threads).map { _ in RowMemory(rows: rows, columns: longestBlock(tasksPerRow: tasksPerRow)) }
    }
}

/// The stages of a network, first to last, the loss at the end.
struct Stages: Sendable {
    let all: [any Stage]
    let loss: LossStage
    /// Where the parameters of each stage are among those of the network.
    private let parameters: [Range<Int>]

    /// - Parameters:
    ///   - shards: how the weights of the first layer will lie.
    ///   - skipsZeros: whether batches come with their lit pixels.
    init(of network: Network, shards: [Shard], skipsZeros: Bool, _ options: StageOptions) {
        var layers = network.layers[...]
        var stages: [any Stage] = []
        var counts: [Int] = []
        let images = layers.prefix { !$0.isDense }
        if images.isEmpty {
            let pair = layers.prefix(2)
            stages.append(
                ShardedPair(
                    pair.compactMap(\.dense)[...], shards: shards, skipsZeros: skipsZeros, isWhole: layers.count <= 2,
                    options))
            counts.append(pair.reduce(0) { $0 + $1.parameters.count })
            layers = layers.dropFirst(2)
        } else {
            stages.append(ConvolutionStage(images, options))
            counts.append(images.reduce(0) { $0 + $1.parameters.count })
            layers = layers.dropFirst(images.count)
        }
        for (index, layer) in zip(layers.indices, layers.compactMap(\.dense)) {
            stages.append(
                DenseStage(
                    layer, index: index, after: stages[stages.count - 1].output,
                    isLast: index == network.layers.count - 1, options))
            counts.append(2)
        }
        loss = LossStage(after: stages[stages.count - 1].output, options)
        all = stages + [loss]
        let ends = (counts + [0]).reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        parameters = zip(ends, ends.dropFirst()).map { $0..<$1 }
    }

    /// - Parameter places: of all parameters of the network.
    func begin(_ step: StepContext, _ places: [ParameterPlace]) {
        for (stage, range) in zip(all, parameters) { stage.begin(step, places[range]) }
    }

    /// What ranks give each other after a wave.
    func sharedRows(_ wave: Wave) -> [SharedRows] { all.flatMap { $0.sharedRows(wave) } }

    /// What each rank has updated after a wave, matrices counted among those of the network.
    func sharedParameters(_ wave: Wave, _ share: Share) -> [SharedParameters] {
        zip(all, parameters).flatMap { stage, range in
            stage.sharedParameters(wave, share).map {
                SharedParameters(matrix: range.lowerBound + $0.matrix, parts: $0.parts)
            }
        }
    }

    /// Takes a batch to the loss on this thread, without training.
    func forward(_ images: ImageBatch, _ places: [ParameterPlace]) {
        begin(StepContext(images: images), places)
        for stage in all { stage.forward(rows: 0..<images.count, thread: 0) }
    }
}
