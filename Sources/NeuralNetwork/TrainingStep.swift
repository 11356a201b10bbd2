import CKernels

/// Training steps on batches of images, in phases with a wait after each:
///
/// 1. Each block of the batch's rows goes through each shard of the first layer's neurons, to the second layer's sums.
///    Of images whose zeros are not skipped, the input is made before; of others, what their gradient needs meanwhile.
/// 2. Each block of rows goes on to the loss and backward to the gradients at the layers' outputs. Rows do not depend on
///    each other.
/// 3. Each block of rows goes backward through each shard, if there is a second layer.
/// 4. For each slice of the layers' parameters, their gradient is summed over the batch and applied at once: for sgd and
///    momentum while it is still in registers, for the other optimizers from memory.
///
/// Where the number of threads divides that of the shards, or the other way round, a thread works on the same shards in
/// all phases and steps, unless it helps another out, so that most of the weights are read and written by one core. What
/// goes from core to core are sums and gradients of the second layer.
///
/// It does what `Network.lossAndGradients` and `Optimizer.update` do together, and the weights differ from theirs by
/// rounding only. Every sum runs in the same order however the work is cut and whoever does it, so the weights are the
/// same to the last bit for any number of threads. Within a step nothing is allocated, unless a copy of the network
/// shares its storage (a snapshot), and nobody holds a lock.
///
/// It keeps memory between steps but nothing that matters to the next. Threads only touch their own rows or slices.
public final class TrainingStep: @unchecked Sendable {
    /// What a batch came to before its update.
    public struct Result: Sendable, Equatable {
        /// The mean cross-entropy in nats.
        public let meanLoss: Float
        /// Images read correctly.
        public let correctCount: Int
    }

    /// A piece of the last phase.
    private enum Slice {
        case firstWeights(shard: Int, inputs: Range<Int>)
        /// `piece` is that of the layer before which has these inputs.
        case weights(layer: Int, piece: Int, inputs: Range<Int>)
        /// `piece` is that of the layer which has these outputs.
        case biases(layer: Int, piece: Int, outputs: Range<Int>)
        /// What the batch came to. Here, as losses come from all cores, which takes the time of a thread that would wait.
        case result

        var part: StepProfile.Part {
            switch self {
            case .firstWeights: .firstUpdate
            case .weights: .update
            case .biases: .biases
            case .result: .loss
            }
        }
    }

    /// A layer's sizes, and where its parameters and their moments are during a step.
    private struct Layer {
        let inputs, outputs: Int
        var weights, biases: UnsafeMutablePointer<Float>?
        var weightMoments = ParameterUpdate.Moments()
        var biasMoments = ParameterUpdate.Moments()
    }

    private let pool: WorkerPool
    private let profile: StepProfile?
    private let forward: ForwardPass
    private let shards: [Shard]
    private let rowsPerBlock: Int
    /// In the phases whose blocks are of one shard each, which are enough with more rows, and so share what they read.
    private let rowsPerShardBlock: Int
    private let slices: [Slice]
    /// The gradient of the loss with respect to each layer's output before the activation, `[batch × outputs]`, in the
    /// pieces of the activations.
    private let outputGradients: [[RowMemory]]
    /// Of each layer, `[1 × outputs]`.
    private let biasGradients: [RowMemory]
    /// Of each layer, `[1 × inputs · outputs]`, in the order of the weights; none before an optimizer needs it.
    private var weightGradients: [RowMemory] = []
    /// For each thread, a layer's output and input gradients transposed: `[outputs + inputs × rows]`.
    private let transposed: [RowMemory]

    private var layers: [Layer]
    private var batchCount = 0
    private var result = Result(meanLoss: 0, correctCount: 0)
    private var parameterUpdate = ParameterUpdate(kind: .sgd, learningRate: 0, weightDecay: 0, step: 0)

    /// - Parameters:
    ///   - network: decides the sizes and the activation.
    ///   - batchSize: the most images of a batch.
    ///   - skipsZeros: whether so many pixels are zero that the first layer had better skip them.
    ///   - dropout: of the hidden neurons.
    ///   - pool: does the work.
    ///   - profile: is told where the time goes; for a pool of one thread.
    public init(
        for network: Network, batchSize: Int, skipsZeros: Bool, dropout: Dropout? = nil, pool: WorkerPool,
        profile: StepProfile? = nil
    ) {
        precondition(profile == nil || pool.threads == 1, "A profile is for one thread.")
        precondition(batchSize >= 1, "A batch has images.")
        self.pool = pool
        self.profile = profile
        shards = Shard.shards(of: network)
        forward = ForwardPass(
            for: network, shards: shards, capacity: batchSize, skipsZeros: skipsZeros, trains: true,
            dropout: dropout?.probability == 0 ? nil : dropout, profile: profile)
        layers = network.layers.map { Layer(inputs: $0.inputs, outputs: $0.outputs) }
        // Two blocks for each thread; but not of less than 32 rows if that does for one, as the kernels are quickest with
        // many, and not of so many that what a block works on leaves the caches.
        func rowsPerBlock(shards: Int) -> Int {
            let fewest = batchSize >= 32 * pool.threads ? 32 : 16
            let rows = min(max(batchSize * shards / (2 * pool.threads), fewest), 256, batchSize)
            return (rows + 15) / 16 * 16
        }
        self.rowsPerBlock = rowsPerBlock(shards: 1)
        rowsPerShardBlock = rowsPerBlock(shards: shards.count)
        slices = Self.slices(of: network, shards, batchSize: batchSize, threads: pool.threads)
        outputGradients =
            Shard.memory(rows: batchSize, for: network.layers.dropLast(), shards) + forward.activations.suffix(1)
        biasGradients = network.layers.map { RowMemory(rows: 1, columns: $0.outputs) }
        let (shardWidth, rows) = (shards.map(\.neurons.count).max() ?? 0, max(self.rowsPerBlock, rowsPerShardBlock))
        let longest = network.layers.enumerated().dropFirst().map { index, layer in
            (index == 1 ? shardWidth : layer.inputs) + layer.outputs
        }
        transposed = (0..<pool.threads).map { _ in RowMemory(rows: longest.max() ?? 0, columns: rows) }
    }

    deinit {
        // The last layer's gradients are the forward pass's.
        let memories = outputGradients.dropLast() + [biasGradients, weightGradients, transposed]
        for memory in memories.joined() { memory.deallocate() }
    }

    /// Cuts the parameters into slices, about four of a layer for each thread. Those of the shards come first and
    /// alternate, as the blocks of the other phases do, so that each thread meets its own weights.
    private static func slices(of network: Network, _ shards: [Shard], batchSize: Int, threads: Int) -> [Slice] {
        let smallest = 1 << 14  // multiply-adds, some hundred nanoseconds: less is not worth handing out

        /// Ranges of some of a layer's inputs, multiples of the fourteen rows that the kernels take at a time, to be
        /// updated for some of its outputs.
        func cut(_ inputs: Range<Int>, of layer: Dense, outputs: Int) -> [Range<Int>] {
            let weights = inputs.count * outputs
            let share = (4 * threads * weights + layer.weights.count - 1) / layer.weights.count
            let count = max(1, min(weights * batchSize / smallest, share))
            let size = ((inputs.count + count - 1) / count + 13) / 14 * 14
            return stride(from: inputs.lowerBound, to: inputs.upperBound, by: max(size, 1)).map {
                $0..<min($0 + size, inputs.upperBound)
            }
        }
        /// The first of each, then the second of each, …
        func alternating(_ slices: [[Slice]]) -> [Slice] {
            (0..<(slices.map(\.count).max() ?? 0)).flatMap { round in slices.compactMap { $0.dropFirst(round).first } }
        }
        let layers = network.layers
        let first = alternating(
            shards.indices.map { shard in
                cut(0..<layers[0].inputs, of: layers[0], outputs: shards[shard].neurons.count).map {
                    .firstWeights(shard: shard, inputs: $0)
                }
            })
        let second = layers.dropFirst().prefix(1).flatMap { layer in
            alternating(
                shards.enumerated().map { piece, shard in
                    cut(shard.neurons, of: layer, outputs: layer.outputs).map {
                        .weights(layer: 1, piece: piece, inputs: $0)
                    }
                })
        }
        let others = layers.enumerated().dropFirst(2).flatMap { index, layer in
            cut(0..<layer.inputs, of: layer, outputs: layer.outputs).map {
                Slice.weights(layer: index, piece: 0, inputs: $0)
            }
        }
        let firstBiases = shards.enumerated().map { Slice.biases(layer: 0, piece: $0, outputs: $1.neurons) }
        let otherBiases = layers.enumerated().dropFirst().map {
            Slice.biases(layer: $0, piece: 0, outputs: 0..<$1.outputs)
        }
        return first + second + firstBiases + [.result] + others + otherBiases
    }

    /// Trains the learner on a batch. Its network is of the sizes given at first.
    public func train(_ learner: inout Learner, on images: ImageBatch, learningRate: Float) -> Result {
        precondition(
            learner.packedNetwork.layers.count == layers.count
                && zip(learner.packedNetwork.layers, layers).allSatisfy {
                    $0.inputs == $1.inputs && $0.outputs == $1.outputs
                },
            "The network has the sizes that the step was made for.")
        // First of all, because storage that is shared moves now.
        for index in layers.indices {
            layers[index].weights = learner.packedNetwork.layers[index].weights.mutableElementsPointer()
            layers[index].biases = learner.packedNetwork.layers[index].biases.mutableElementsPointer()
            layers[index].weightMoments = learner.packedOptimizer.weightMoments(layer: index)
            layers[index].biasMoments = learner.packedOptimizer.biasMoments(layer: index)
        }
        batchCount = images.count
        forward.begin(images, through: learner.packedNetwork, step: learner.packedOptimizer.steps)
        profile?.begin()
        parameterUpdate = learner.packedOptimizer.beginUpdate(learningRate: learningRate)
        if parameterUpdate.fused == nil, weightGradients.isEmpty {
            weightGradients = layers.map { RowMemory(rows: 1, columns: $0.inputs * $0.outputs) }
        }

        // The closures hold nothing but `self`, so that none of them takes memory.
        if forward.gathersImages {
            pool.run(blocks: blocks(of: rowsPerBlock)) { block, _ in
                self.forward.gather(rows: self.rows(ofBlock: block, of: self.rowsPerBlock))
            }
        }
        pool.run(blocks: shardBlocks + preparations) { block, _ in
            if block < self.shardBlocks {
                let (shard, rows) = self.shardAndRows(ofBlock: block)
                self.forward.run(shard: shard, rows: rows)
            } else {
                self.prepareGradient(part: block - self.shardBlocks)
            }
        }
        pool.run(blocks: blocks(of: rowsPerBlock)) { block, thread in
            let rows = self.rows(ofBlock: block, of: self.rowsPerBlock)
            self.forward.run(rows: rows, gradientScale: 1 / Float(self.batchCount))
            for layer in self.layers.indices.dropFirst(2).reversed() {
                self.propagateBack(
                    layer: layer, piece: 0, inputs: 0..<self.layers[layer].inputs, rows: rows, thread: thread)
            }
            self.profile?.add(.backward)
        }
        if layers.count > 1 {
            pool.run(blocks: shardBlocks) { block, thread in
                let (shard, rows) = self.shardAndRows(ofBlock: block)
                self.propagateBack(
                    layer: 1, piece: shard, inputs: self.shards[shard].neurons, rows: rows, thread: thread)
                self.profile?.add(.backward)
            }
        }
        pool.run(blocks: slices.count) { block, _ in
            self.update(self.slices[block])
            self.profile?.add(self.slices[block].part)
        }
        return result
    }

    private var shardBlocks: Int { blocks(of: rowsPerShardBlock) * shards.count }

    private func blocks(of size: Int) -> Int { (batchCount + size - 1) / size }

    private func rows(ofBlock block: Int, of size: Int) -> Range<Int> {
        block * size..<min((block + 1) * size, batchCount)
    }

    private func shardAndRows(ofBlock block: Int) -> (shard: Int, rows: Range<Int>) {
        let (rows, shard) = block.quotientAndRemainder(dividingBy: shards.count)
        return (shard, self.rows(ofBlock: rows, of: rowsPerShardBlock))
    }

    /// Blocks that prepare the gradient.
    private var preparations: Int { min(forward.wordsToPrepare, pool.threads) }

    private func prepareGradient(part: Int) {
        let words = forward.wordsToPrepare
        forward.prepareGradient(words: words * part / preparations..<words * (part + 1) / preparations)
    }

    private func addUpResult() {
        var (loss, correct): (Float, Int) = (0, 0)
        for row in 0..<batchCount {
            loss += forward.losses[row]
            if forward.predictions[row] == Int32(forward.labels[row]) { correct += 1 }
        }
        result = Result(meanLoss: batchCount == 0 ? 0 : loss / Float(batchCount), correctCount: correct)
    }

    /// ∂L/∂x = ∂L/∂y Wᵀ for some of a layer's inputs, those of a piece of the layer before, and then the activation's.
    /// Computed as W (∂L/∂y)ᵀ, transposed: the gradients of some rows are quicker to transpose than the weights.
    private func propagateBack(layer index: Int, piece: Int, inputs: Range<Int>, rows: Range<Int>, thread: Int) {
        let (layer, activation) = (layers[index], forward.activations[index - 1][piece])
        let (outputGradient, inputGradient) = (outputGradients[index][0], outputGradients[index - 1][piece])
        let (count, first) = (rows.count, rows.lowerBound)
        let outputTransposed = transposed[thread].base
        let inputTransposed = transposed[thread].row(layer.outputs)
        let stride = transposed[thread].stride
        inkling_transpose(
            count, layer.outputs, outputGradient.row(first), outputGradient.stride, outputTransposed, stride)
        inkling_multiply(
            inputs.count, count, layer.outputs, layer.weights.map { $0 + inputs.lowerBound * layer.outputs },
            layer.outputs, 1, outputTransposed, stride, nil, false, false, inputTransposed, stride)
        inkling_transpose(
            inputs.count, count, inputTransposed, stride, inputGradient.row(first), inputGradient.stride)
        if forward.slopes.isEmpty {
            inkling_relu_backward(
                count, inputs.count, activation.row(first), activation.stride, inputGradient.row(first),
                inputGradient.stride)
        } else {
            for row in rows {
                let (gradients, slopes) = (inputGradient.row(row), forward.slopes[index - 1][piece].row(row))
                for i in 0..<inputs.count { gradients[i] *= slopes[i] }
            }
        }
    }

    private func update(_ slice: Slice) {
        switch slice {
        case .firstWeights(let shard, let inputs):
            // A thread that has a shard for itself asks for all of the next images, a few at a time.
            if shard < pool.threads {
                let (from, to) = (inputs.lowerBound * batchCount, inputs.upperBound * batchCount)
                forward.prefetchUpcoming(rows: from / layers[0].inputs..<to / layers[0].inputs)
            }
            for panel in shards[shard].panels { updateFirstLayer(panel: panel, of: shard, inputs: inputs) }
        case .weights(let index, let piece, let inputs):
            updateWeights(layer: index, piece: piece, inputs: inputs)
        case .biases(let index, let piece, let outputs):
            let (outputGradient, gradient) = (outputGradients[index][piece], biasGradients[index].base)
            guard let biases = layers[index].biases else { return }
            inkling_column_sums(
                batchCount, outputs.count, outputGradient.base, outputGradient.stride, false,
                gradient + outputs.lowerBound)
            parameterUpdate.apply(
                count: outputs.count, gradient: gradient + outputs.lowerBound,
                moments: layers[index].biasMoments + outputs.lowerBound, parameters: biases + outputs.lowerBound)
        case .result: addUpResult()
        }
    }

    private func updateFirstLayer(panel: Range<Int>, of shard: Int, inputs: Range<Int>) {
        let (layer, outputGradient) = (layers[0], outputGradients[0][shard])
        let panelGradient = outputGradient.base + (panel.lowerBound - shards[shard].neurons.lowerBound)
        let offset = layer.inputs * panel.lowerBound
        if let sgd = parameterUpdate.fused {
            forward.updateFirstLayer(
                inputs: inputs, outputs: panel.count, outputGradient: panelGradient, stride: outputGradient.stride,
                sgd: sgd, velocities: layer.weightMoments.first.map { $0 + offset },
                weights: layer.weights.map { $0 + offset })
        } else {
            let gradient = weightGradients[0].base
            forward.firstLayerGradient(
                inputs: inputs, outputs: panel.count, outputGradient: panelGradient, stride: outputGradient.stride,
                gradient: gradient + offset)
            apply(gradient, layer: 0, from: offset + inputs.lowerBound * panel.count, count: inputs.count * panel.count)
        }
    }

    private func updateWeights(layer index: Int, piece: Int, inputs: Range<Int>) {
        let (layer, outputGradient) = (layers[index], outputGradients[index][0])
        let input = forward.activations[index - 1][piece]
        let firstOfPiece = index == 1 ? shards[piece].neurons.lowerBound : 0
        let columns = inputs.lowerBound - firstOfPiece..<inputs.upperBound - firstOfPiece
        let offset = inputs.lowerBound * layer.outputs
        if let sgd = parameterUpdate.fused {
            let start = firstOfPiece * layer.outputs
            inkling_weight_update(
                batchCount, columns.lowerBound, columns.upperBound, layer.outputs, input.base, input.stride,
                outputGradient.base, outputGradient.stride, sgd, layer.weightMoments.first.map { $0 + start },
                layer.weights.map { $0 + start }, layer.outputs)
        } else {
            let gradient = weightGradients[index].base
            inkling_multiply(
                columns.count, layer.outputs, batchCount, input.base + columns.lowerBound, 1, input.stride,
                outputGradient.base, outputGradient.stride, nil, false, false, gradient + offset, layer.outputs)
            apply(gradient, layer: index, from: offset, count: inputs.count * layer.outputs)
        }
    }

    /// Applies some of a layer's weight gradient from memory.
    private func apply(_ gradient: UnsafeMutablePointer<Float>, layer index: Int, from offset: Int, count: Int) {
        guard let weights = layers[index].weights else { return }
        parameterUpdate.apply(
            count: count, gradient: gradient + offset, moments: layers[index].weightMoments + offset,
            parameters: weights + offset)
    }
}
