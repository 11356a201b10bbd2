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
    func rows(_ neurons: Range<Int>, activation: Activation?, layer: Int) -> NeuronRows {
        NeuronRows(
            neurons, activation: activation, dropout: dropout, layer: layer, capacity: capacity, trains: trains)
    }

    /// Memory for each thread, so many rows as long as the longest block.
    func scratch(rows: Int, tasksPerRow: Int = 1) -> [RowMemory] {
        guard trains else { return [] }
        let longest = TaskList.blocks(of: capacity, tasksPerRow: tasksPerRow, threads: threads).map(\.count).max() ?? 0
        return (0..<threads).map { _ in RowMemory(rows: rows, columns: longest) }
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
        var layers = network.layers.enumerated().map { index, layer in
            switch layer {
            case .dense(let dense): (index: index, dense: dense)
            }
        }[...]
        let pair = layers.prefix(2).map(\.dense)
        var stages: [any Stage] = [ShardedPair(pair[...], shards: shards, skipsZeros: skipsZeros, options)]
        var ends = [2 * pair.count]
        layers = layers.dropFirst(2)
        for (index, dense) in layers {
            stages.append(DenseStage(dense, index: index, after: stages[stages.count - 1].output, options))
            ends.append(ends[ends.count - 1] + 2)
        }
        loss = LossStage(after: stages[stages.count - 1].output, options)
        ends.append(ends[ends.count - 1])
        all = stages + [loss]
        parameters = zip([0] + ends, ends).map { $0..<$1 }
    }

    /// - Parameter places: of all parameters of the network.
    func begin(_ step: StepContext, _ places: [ParameterPlace]) {
        for (stage, range) in zip(all, parameters) { stage.begin(step, places[range]) }
    }

    /// Takes a batch to the loss on this thread, without training.
    func forward(_ images: ImageBatch, _ places: [ParameterPlace]) {
        begin(StepContext(images: images), places)
        for stage in all { stage.forward(rows: 0..<images.count, thread: 0) }
    }
}
