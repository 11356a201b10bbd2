import CKernels

/// Training steps on batches of images, in three phases with a wait after each:
///
/// 1. Each block of the batch's rows goes through each part of the first layer's sum.
/// 2. Each block of rows goes on to the loss and backward to the gradients at the layers' outputs. Rows do not depend on
///    each other.
/// 3. For each slice of the layers' parameters, their gradient is summed over the batch and applied at once: for sgd and
///    momentum while it is still in registers, for the other optimizers from memory.
///
/// Most of the weights are the first layer's. What a thread reads of them in phase 1 it changes in phase 3: a core that
/// writes what another has read waits about 10 ns for each cache line (measured on an AMD Zen 4), a third of a step if
/// every thread read all of them.
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

    /// A piece of the third phase.
    private enum Slice {
        case weights(layer: Int, inputs: Range<Int>)
        case biases(layer: Int)

        var part: StepProfile.Part {
            switch self {
            case .weights(layer: 0, _): .firstUpdate
            case .weights: .update
            case .biases: .biases
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
    private let rowsPerBlock: Int
    private let slices: [Slice]
    /// The gradient of the loss with respect to each layer's output before the activation, `[batch × outputs]`.
    private let outputGradients: [RowMemory]
    /// Of each layer, `[1 × outputs]`.
    private let biasGradients: [RowMemory]
    /// Of each layer, `[1 × inputs · outputs]`; none before an optimizer needs it.
    private var weightGradients: [RowMemory] = []
    /// For each thread, a layer's output and input gradients transposed: `[outputs + inputs × rowsPerBlock]`.
    private let transposed: [RowMemory]

    private var layers: [Layer]
    private var batchCount = 0
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
        self.pool = pool
        self.profile = profile
        forward = ForwardPass(
            for: network, capacity: batchSize, skipsZeros: skipsZeros, trains: true,
            dropout: dropout?.probability == 0 ? nil : dropout, profile: profile)
        layers = network.layers.map { Layer(inputs: $0.inputs, outputs: $0.outputs) }
        // Two blocks for each thread, of whole vectors.
        let rowsPerBlock = (batchSize / (2 * pool.threads) + 15) / 16 * 16
        self.rowsPerBlock = max(16, rowsPerBlock)
        slices = Self.slices(of: network, batchSize: batchSize, parts: forward.parts, threads: pool.threads)
        let hidden = network.layers.dropLast()
        outputGradients = hidden.map { RowMemory(rows: batchSize, columns: $0.outputs) } + forward.activations.suffix(1)
        biasGradients = network.layers.map { RowMemory(rows: 1, columns: $0.outputs) }
        let longest = network.layers.dropFirst().map { $0.inputs + $0.outputs }.max() ?? 0
        transposed = (0..<pool.threads).map { [rows = self.rowsPerBlock] _ in RowMemory(rows: longest, columns: rows) }
    }

    deinit {
        // The last layer's gradients are the forward pass's.
        for memory in outputGradients.dropLast() + biasGradients + weightGradients + transposed { memory.deallocate() }
    }

    /// Cuts the parameters into slices of similar work, about eight for each thread, the large ones first.
    ///
    /// - Parameter parts: of the first layer's sum; their slices alternate, as its blocks do in phase 1, so that each
    ///   thread meets the weights again that it has read.
    private static func slices(of network: Network, batchSize: Int, parts: [Range<Int>], threads: Int) -> [Slice] {
        let smallest = 1 << 18  // multiply-adds, some microseconds: less is not worth handing out
        let weights = network.layers.enumerated().flatMap { index, layer in
            let count = max(1, min(layer.weights.count * batchSize / smallest, 8 * threads))
            // The kernels take rows of dense input 14 at a time or fewer.
            let size = max(1, ((layer.inputs + count - 1) / count + 13) / 14) * 14
            let all = 0..<layer.inputs
            let parts = index == 0 ? parts.map { all.clamped(to: $0.lowerBound * 64..<$0.upperBound * 64) } : [all]
            return stride(from: 0, to: layer.inputs, by: size).flatMap { start in
                parts.map { $0.dropFirst(start).prefix(size) }.filter { !$0.isEmpty }.map {
                    Slice.weights(layer: index, inputs: $0)
                }
            }
        }
        return weights + network.layers.indices.map { Slice.biases(layer: $0) }
    }

    /// Trains the network and its optimizer on a batch. `network` and `optimizer` are of the sizes given at first.
    public func train(
        _ network: inout Network, _ optimizer: inout Optimizer, on images: ImageBatch, learningRate: Float
    ) -> Result {
        precondition(
            network.layers.count == layers.count
                && zip(network.layers, layers).allSatisfy { $0.inputs == $1.inputs && $0.outputs == $1.outputs },
            "The network has the sizes that the step was made for.")
        // First of all, because storage that is shared moves now.
        for index in layers.indices {
            layers[index].weights = network.layers[index].weights.mutableElementsPointer()
            layers[index].biases = network.layers[index].biases.mutableElementsPointer()
            layers[index].weightMoments = optimizer.weightMoments(layer: index)
            layers[index].biasMoments = optimizer.biasMoments(layer: index)
        }
        batchCount = images.count
        forward.begin(images, through: network, step: optimizer.steps)
        profile?.begin()
        parameterUpdate = optimizer.beginUpdate(learningRate: learningRate)
        if parameterUpdate.fused == nil, weightGradients.isEmpty {
            weightGradients = layers.map { RowMemory(rows: 1, columns: $0.inputs * $0.outputs) }
        }

        pool.run(blocks: blocks(of: rowsPerPart) * forward.parts.count + 1) { block, _ in
            self.runFirstLayer(block: block)
        }
        pool.run(blocks: blocks(of: rowsPerBlock)) { block, thread in
            let rows = self.rows(ofBlock: block, of: self.rowsPerBlock)
            self.forward.run(rows: rows, gradientScale: 1 / Float(self.batchCount))
            self.propagateBack(rows: rows, thread: thread)
            self.profile?.add(.backward)
        }
        pool.run(blocks: slices.count) { block, _ in
            self.update(self.slices[block])
            self.profile?.add(self.slices[block].part)
        }
        return result
    }

    /// A part of the sum for some rows; the block after the last prepares the gradient.
    private func runFirstLayer(block: Int) {
        let (rows, part) = block.quotientAndRemainder(dividingBy: forward.parts.count)
        guard rows < blocks(of: rowsPerPart) else { return forward.prepareGradient() }
        forward.runFirstLayer(rows: self.rows(ofBlock: rows, of: rowsPerPart), part: part)
    }

    /// In the first phase, where the parts make blocks enough of twice the rows, which then share what they read.
    private var rowsPerPart: Int { rowsPerBlock * forward.parts.count }

    private func blocks(of size: Int) -> Int { (batchCount + size - 1) / size }

    private func rows(ofBlock block: Int, of size: Int) -> Range<Int> {
        block * size..<min((block + 1) * size, batchCount)
    }

    private var result: Result {
        var (loss, correct): (Float, Int) = (0, 0)
        for row in 0..<batchCount {
            loss += forward.losses[row]
            if forward.predictions[row] == Int32(forward.labels[row]) { correct += 1 }
        }
        return Result(meanLoss: batchCount == 0 ? 0 : loss / Float(batchCount), correctCount: correct)
    }

    /// ∂L/∂x = ∂L/∂y Wᵀ and then the activation's, from the last layer to the first. Computed as W (∂L/∂y)ᵀ,
    /// transposed: the gradients of some rows are quicker to transpose than all the weights.
    private func propagateBack(rows: Range<Int>, thread: Int) {
        for index in layers.indices.dropFirst().reversed() {
            let (layer, activation) = (layers[index], forward.activations[index - 1])
            let (outputGradient, inputGradient) = (outputGradients[index], outputGradients[index - 1])
            let (count, first) = (rows.count, rows.lowerBound)
            let outputTransposed = transposed[thread].base
            let inputTransposed = transposed[thread].row(layer.outputs)
            let stride = transposed[thread].stride
            inkling_transpose(
                count, layer.outputs, outputGradient.row(first), outputGradient.stride, outputTransposed, stride)
            inkling_multiply(
                layer.inputs, count, layer.outputs, layer.weights, layer.outputs, 1, outputTransposed, stride, nil,
                false, false, inputTransposed, stride)
            inkling_transpose(
                layer.inputs, count, inputTransposed, stride, inputGradient.row(first), inputGradient.stride)
            if forward.slopes.isEmpty {
                inkling_relu_backward(
                    count, layer.inputs, activation.row(first), activation.stride, inputGradient.row(first),
                    inputGradient.stride)
            } else {
                for row in rows {
                    let (gradients, slopes) = (inputGradient.row(row), forward.slopes[index - 1].row(row))
                    for i in 0..<layer.inputs { gradients[i] *= slopes[i] }
                }
            }
        }
    }

    private func update(_ slice: Slice) {
        switch slice {
        case .weights(let index, let inputs):
            if let sgd = parameterUpdate.fused {
                updateFused(sgd, layer: index, inputs: inputs)
            } else {
                updateFromMemory(layer: index, inputs: inputs)
            }
        case .biases(let index):
            let (layer, outputGradient, gradient) = (layers[index], outputGradients[index], biasGradients[index].base)
            guard let biases = layer.biases else { return }
            inkling_column_sums(
                batchCount, layer.outputs, outputGradient.base, outputGradient.stride, false, gradient)
            parameterUpdate.apply(
                count: layer.outputs, gradient: gradient, moments: layer.biasMoments, parameters: biases)
        }
    }

    private func updateFused(_ sgd: inkling_sgd, layer index: Int, inputs: Range<Int>) {
        let (layer, outputGradient) = (layers[index], outputGradients[index])
        guard index > 0 else {
            return forward.updateFirstLayer(
                inputs: inputs, outputGradient: outputGradient, sgd: sgd, velocities: layer.weightMoments.first,
                weights: layer.weights)
        }
        let input = forward.activations[index - 1]
        inkling_weight_update(
            batchCount, inputs.lowerBound, inputs.upperBound, layer.outputs, input.base, input.stride,
            outputGradient.base, outputGradient.stride, sgd, layer.weightMoments.first, layer.weights, layer.outputs)
    }

    private func updateFromMemory(layer index: Int, inputs: Range<Int>) {
        let (layer, outputGradient) = (layers[index], outputGradients[index])
        guard let weights = layer.weights else { return }
        let offset = inputs.lowerBound * layer.outputs
        let gradient = weightGradients[index].base
        if index == 0 {
            forward.firstLayerGradient(inputs: inputs, outputGradient: outputGradient, gradient: gradient)
        } else {
            let input = forward.activations[index - 1]
            inkling_multiply(
                inputs.count, layer.outputs, batchCount, input.base + inputs.lowerBound, 1, input.stride,
                outputGradient.base, outputGradient.stride, nil, false, false, gradient + offset, layer.outputs)
        }
        parameterUpdate.apply(
            count: inputs.count * layer.outputs, gradient: gradient + offset, moments: layer.weightMoments + offset,
            parameters: weights + offset)
    }
}
