import CKernels

/// Training steps on batches of images, in tasks that wait for those they need, and for no others:
///
/// 1. Some rows of the batch go through a shard of the first layer's neurons, to the second layer's sums. Of images whose
///    zeros are not skipped, the input is made before; of others, what their gradient needs meanwhile.
/// 2. Once some rows are through all shards, they go on to the loss and backward to the gradients at the layers' outputs.
///    Rows do not depend on each other.
/// 3. Then they go backward through each shard, if there is a second layer.
/// 4. Once all rows are through, the gradient of a slice of a layer's parameters is summed over the batch and applied at
///    once: for sgd and momentum while it is still in registers, for the other optimizers from memory.
///
/// Where the number of threads divides those of the shards and of the tasks of each kind, as with two threads and batches
/// of 64, a thread works on the same shards in all tasks and steps, unless it helps another out, so that most of the
/// weights are read and written by one core. What goes from core to core are sums and gradients of the second layer. See
/// `StepPlan` for the order.
///
/// It does what `Network.lossAndGradients` and `Optimizer.update` do together, and the weights differ from theirs by
/// rounding only. Every sum runs in the same order however the work is cut and whoever does it, so the weights are the
/// same to the last bit for any number of threads. Within a step nothing is allocated, unless the batch has another size
/// than the last or a copy of the network shares its storage (a snapshot), and nobody holds a lock.
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
    private var plan: StepPlan
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
        plan = StepPlan(
            for: network, shards, batchCount: batchSize, gathersImages: forward.gathersImages, threads: pool.threads)
        outputGradients =
            Shard.memory(rows: batchSize, for: network.layers.dropLast(), shards) + forward.activations.suffix(1)
        biasGradients = network.layers.map { RowMemory(rows: 1, columns: $0.outputs) }
        let shardWidth = shards.map(\.neurons.count).max() ?? 0
        let longest = network.layers.enumerated().dropFirst().map { index, layer in
            (index == 1 ? shardWidth : layer.inputs) + layer.outputs
        }
        let longestBlock = plan.longestBlock  // that of smaller batches is not longer
        transposed = (0..<pool.threads).map { _ in RowMemory(rows: longest.max() ?? 0, columns: longestBlock) }
    }

    deinit {
        // The last layer's gradients are the forward pass's.
        let memories = outputGradients.dropLast() + [biasGradients, weightGradients, transposed]
        for memory in memories.joined() { memory.deallocate() }
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
        forward.begin(images, through: learner.packedNetwork, step: learner.packedOptimizer.steps)
        profile?.begin()
        parameterUpdate = learner.packedOptimizer.beginUpdate(learningRate: learningRate)
        if parameterUpdate.fused == nil, weightGradients.isEmpty {
            weightGradients = layers.map { RowMemory(rows: 1, columns: $0.inputs * $0.outputs) }
        }

        if plan.batchCount != images.count {
            plan = StepPlan(
                for: learner.packedNetwork, shards, batchCount: images.count, gathersImages: forward.gathersImages,
                threads: pool.threads)
        }

        // The closure holds nothing but `self`, so that it takes no memory.
        pool.run(plan.work) { block, thread in self.perform(self.plan.tasks[block], thread: thread) }
        return result
    }

    private func perform(_ task: StepPlan.Task, thread: Int) {
        switch task {
        case .gather(let rows): forward.gather(rows: rows)
        case .forward(let shard, let rows): forward.run(shard: shard, rows: rows)
        case .prepareGradient(let words): forward.prepareGradient(words: words)
        case .loss(let rows):
            forward.run(rows: rows, gradientScale: 1 / Float(batchCount))
            for layer in layers.indices.dropFirst(2).reversed() {
                propagateBack(layer: layer, piece: 0, inputs: 0..<layers[layer].inputs, rows: rows, thread: thread)
            }
            profile?.add(.backward)
        case .backward(let shard, let rows):
            propagateBack(layer: 1, piece: shard, inputs: shards[shard].neurons, rows: rows, thread: thread)
            profile?.add(.backward)
        case .updateFirstWeights(let shard, let inputs):
            // A thread that has a shard for itself asks for all of the next images, a few at a time.
            if shard < pool.threads {
                let (from, to) = (inputs.lowerBound * batchCount, inputs.upperBound * batchCount)
                forward.prefetchUpcoming(rows: from / layers[0].inputs..<to / layers[0].inputs)
            }
            for index in shards[shard].panels.indices {
                updateFirstLayer(panel: shards[shard].panels[index], of: shard, inputs: inputs)
            }
            profile?.add(.firstUpdate)
        case .updateWeights(let index, let piece, let inputs):
            updateWeights(layer: index, piece: piece, inputs: inputs)
            profile?.add(.update)
        case .updateBiases(let index, let piece, let outputs):
            updateBiases(layer: index, piece: piece, outputs: outputs)
            profile?.add(.biases)
        case .result:
            addUpResult()
            profile?.add(.loss)
        }
    }

    private var batchCount: Int { plan.batchCount }

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

    private func updateBiases(layer index: Int, piece: Int, outputs: Range<Int>) {
        let (outputGradient, gradient) = (outputGradients[index][piece], biasGradients[index].base)
        guard let biases = layers[index].biases else { return }
        inkling_column_sums(
            batchCount, outputs.count, outputGradient.base, outputGradient.stride, false, gradient + outputs.lowerBound)
        parameterUpdate.apply(
            count: outputs.count, gradient: gradient + outputs.lowerBound,
            moments: layers[index].biasMoments + outputs.lowerBound, parameters: biases + outputs.lowerBound)
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
