import NeuralNetwork

/// A dense layer on rows, after another stage.
final class DenseStage: Stage, @unchecked Sendable {
    enum Task: Hashable {
        /// Of some inputs.
        case updateWeights(Range<Int>)
        case updateBiases
    }

    let output: NeuronRows
    let input: NeuronRows
    private var arithmetic: DenseArithmetic
    private var step = 0
    private var batchCount = 0
    private(set) var tasks: [Task] = []
    /// Of each thread; see `DenseArithmetic.propagateBack`.
    private let scratch: [RowMemory]
    private let profile: StepProfile?

    /// - Parameters:
    ///   - layer: decides the sizes and the activation.
    ///   - index: among the network's layers.
    ///   - input: what the stage before gives.
    ///   - isLast: whether the loss comes next.
    init(_ layer: Dense, index: Int, after input: NeuronRows, isLast: Bool, _ options: StageOptions) {
        self.input = input
        arithmetic = DenseArithmetic(inputs: layer.inputs, outputs: layer.outputs, trains: options.trains)
        output = options.rows(0..<layer.outputs, activation: layer.activation, layer: index, isLast: isLast)
        scratch = options.scratch(rows: layer.inputs + layer.outputs)
        profile = options.profile
    }

    deinit {
        output.deallocate()
        arithmetic.deallocate()
        for memory in scratch { memory.deallocate() }
    }

    func begin(_ step: StepContext, _ places: ArraySlice<ParameterPlace>) {
        arithmetic.begin(step, places)
        self.step = step.number
        batchCount = step.images.count
    }

    func planUpdates(_ list: inout TaskList, _ wave: Wave, after losses: [TaskList.Entry]) {
        guard wave == .losses else { return }
        let own = list.share.own(of: 0..<arithmetic.inputs, unit: Share.inputUnit)
        tasks = list.slices(of: own, outputs: arithmetic.outputs, weights: arithmetic.weightCount).map {
            .updateWeights($0)
        }
        tasks.append(.updateBiases)
        for task in tasks.indices { list.add(task, after: losses) }
    }

    func perform(_ task: Int, thread: Int) {
        switch tasks[task] {
        case .updateWeights(let slice):
            arithmetic.updateWeights(of: slice, from: input, output.gradient, batchCount: batchCount)
            profile?.add(.update)
        case .updateBiases:
            arithmetic.updateBiases(of: output.neurons, output.gradient, batchCount: batchCount)
            profile?.add(.biases)
        }
    }

    func sharedRows(_ wave: Wave) -> [SharedRows] { wave == .losses ? output.shared : [] }

    func sharedParameters(_ wave: Wave, _ share: Share) -> [SharedParameters] {
        wave == .losses ? [arithmetic.sharedWeights(matrix: 0, share)] : []
    }

    func forward(rows: Range<Int>, thread: Int) {
        arithmetic.multiply(
            input.values, inputs: input.neurons, rows: rows, addsBiases: true, relu: output.takesReLU, output.values)
        output.activate(rows: rows, step: step)
        profile?.add(.forward)
    }

    func backward(rows: Range<Int>, thread: Int) {
        arithmetic.propagateBack(output.gradient, to: input, rows: rows, scratch: scratch[thread])
        profile?.add(.backward)
    }
}
