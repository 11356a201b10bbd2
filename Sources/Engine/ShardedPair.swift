import CKernels
import NeuralNetwork

/// The first two dense layers of a network, or its only one: the pixels go through the shards of the first layer's
/// neurons, each to its part of the second layer's sums.
///
/// Where the number of threads divides those of the shards and of the tasks of each kind, as with two threads and batches
/// of 64, a thread works on the same shards in all tasks and steps, unless it helps another out, so that most of the
/// weights are read and written by one core. What goes from core to core are sums and gradients of the second layer.
final class ShardedPair: Stage, @unchecked Sendable {
    enum Task: Hashable {
        /// Make the input of some images.
        case gather(rows: Range<Int>)
        /// Take some images through a shard, to its part of the second layer's sums.
        case forward(shard: Int, rows: Range<Int>)
        /// Find what the first layer's gradient needs to know about some of the pixels, 64 a word.
        case prepareGradient(words: Range<Int>)
        /// Take some images' gradient at the second layer's sums back through a shard.
        case backward(shard: Int, rows: Range<Int>)
        /// Of some of the shard's panels.
        case updateFirstWeights(shard: Int, panels: Range<Int>, inputs: Range<Int>)
        /// Of inputs in a shard.
        case updateSecondWeights(shard: Int, inputs: Range<Int>)
        case updateFirstBiases(shard: Int)
        case updateSecondBiases
    }

    /// Of the second layer, or of the only one.
    var output: NeuronRows { second == nil ? hidden[0] : sums }

    let shards: [Shard]
    /// What each shard's neurons give.
    let hidden: [NeuronRows]
    /// Of the second layer.
    let sums: NeuronRows
    /// Each shard's part of the second layer's sums, `[capacity × outputs]`; empty if one shard makes them whole.
    private let partialSums: [RowMemory]
    private var input: PixelInput
    private(set) var first: DenseArithmetic
    private(set) var second: DenseArithmetic?
    private var step = 0
    private var batchCount = 0
    private let threads: Int
    private let trains: Bool
    private(set) var tasks: [Task] = []
    var inputs: Int { first.inputs }
    /// Of each thread; see `DenseArithmetic.propagateBack`.
    private let scratch: [RowMemory]
    private let profile: StepProfile?
    /// While a step is planned: of each shard, what comes before its updates.
    private var backwardEntries: [[TaskList.Entry]] = []
    private var preparations: [TaskList.Entry] = []

    /// - Parameters:
    ///   - layers: one or two, which decide the sizes and the activations.
    ///   - shards: in whose panels the first layer's weights will lie.
    ///   - skipsZeros: whether so many pixels are zero that the first layer had better skip them. Batches then come with
    ///     their lit pixels. The results are the same.
    ///   - isWhole: whether the loss comes next.
    init(_ layers: ArraySlice<Dense>, shards: [Shard], skipsZeros: Bool, isWhole: Bool, _ options: StageOptions) {
        let (firstLayer, secondLayer) = (layers[layers.startIndex], layers.dropFirst().first)
        self.shards = shards
        threads = options.threads
        trains = options.trains
        profile = options.profile
        input = PixelInput(pixels: firstLayer.inputs, skipsZeros: skipsZeros, options)
        first = DenseArithmetic(inputs: firstLayer.inputs, outputs: firstLayer.outputs, trains: options.trains)
        second = secondLayer.map { DenseArithmetic(inputs: $0.inputs, outputs: $0.outputs, trains: options.trains) }
        hidden = shards.map {
            options.rows($0.neurons, activation: firstLayer.activation, layer: 0, isLast: secondLayer == nil)
        }
        let outputs = secondLayer?.outputs ?? 0
        sums = options.rows(0..<outputs, activation: secondLayer?.activation, layer: 1, isLast: isWhole)
        partialSums =
            shards.count == 1 ? [] : shards.map { _ in RowMemory(rows: options.capacity, columns: outputs) }
        scratch = options.scratch(
            rows: secondLayer == nil ? 0 : (shards.map(\.neurons.count).max() ?? 0) + outputs, tasksPerRow: shards.count
        )
    }

    deinit {
        for memory in hidden + [sums] { memory.deallocate() }
        for memory in partialSums + scratch { memory.deallocate() }
        input.deallocate()
        first.deallocate()
        second?.deallocate()
    }

    func begin(_ step: StepContext, _ places: ArraySlice<ParameterPlace>) {
        input.begin(step.images)
        first.begin(step, places.prefix(2))
        second?.begin(step, places.dropFirst(2))
        self.step = step.number
        batchCount = step.images.count
    }

    // MARK: - Planning

    private func add(
        _ task: Task, to list: inout TaskList, of rows: Range<Int>? = nil, after earlier: [TaskList.Entry] = []
    ) -> TaskList.Entry {
        tasks.append(task)
        return list.add(tasks.count - 1, of: rows, after: earlier)
    }

    func planForward(_ list: inout TaskList) -> [TaskList.Entry] {
        tasks = []
        let blocks = list.blocks(tasksPerRow: shards.count)
        var gathered: [TaskList.Entry] = []
        if input.gathersImages {
            for rows in list.blocksOfAll() { gathered.append(add(.gather(rows: rows), to: &list, of: rows)) }
        }
        var forward: [TaskList.Entry] = []
        for round in blocks.indices {
            for shard in shards.indices {
                let rows = blocks[(round + shard + 1) % blocks.count]
                forward.append(add(.forward(shard: shard, rows: rows), to: &list, of: rows, after: gathered))
            }
        }
        let words = input.gathersImages ? 0 : LitPixels.words(first.inputs)
        let parts = min(words, list.threads)
        preparations = (0..<parts).map { part in
            add(.prepareGradient(words: words * part / parts..<words * (part + 1) / parts), to: &list)
        }
        return forward
    }

    func planBackward(_ list: inout TaskList, after losses: [TaskList.Entry]) {
        guard second != nil else {
            backwardEntries = shards.map { _ in losses }
            return
        }
        backwardEntries = shards.map { _ in [] }
        let blocks = list.blocks(tasksPerRow: shards.count)
        for round in blocks.indices {
            for shard in shards.indices {
                let rows = blocks[(round + shard) % blocks.count]
                backwardEntries[shard].append(
                    add(.backward(shard: shard, rows: rows), to: &list, of: rows, after: losses))
            }
        }
    }

    /// The slices of the shards alternate, as all their tasks do, so that mostly each thread meets its own weights.
    func planUpdates(_ list: inout TaskList, _ wave: Wave, after losses: [TaskList.Entry]) {
        switch wave {
        case .backward:
            let updates = shards.indices.map { shard in
                ownPanels(of: shard, list.share).flatMap { panels, inputs in
                    list.slices(of: inputs, outputs: neurons(of: panels, in: shard), weights: first.weightCount).map {
                        Task.updateFirstWeights(shard: shard, panels: panels, inputs: $0)
                    }
                }
            }
            for (shard, update) in Self.alternating(updates) {
                _ = add(update, to: &list, after: backwardEntries[shard] + preparations)
            }
            for shard in shards.indices {
                _ = add(.updateFirstBiases(shard: shard), to: &list, after: backwardEntries[shard])
            }
        case .losses:
            guard let second else { return }
            let own = list.share.own(of: 0..<second.inputs, unit: Share.inputUnit)
            let updates = shards.enumerated().map { index, shard in
                list.slices(of: own.clamped(to: shard.neurons), outputs: second.outputs, weights: second.weightCount)
                    .map { Task.updateSecondWeights(shard: index, inputs: $0) }
            }
            for (shard, update) in Self.alternating(updates) {
                _ = add(update, to: &list, after: backwardEntries[shard])
            }
            _ = add(.updateSecondBiases, to: &list, after: losses)
        }
    }

    /// The first of each shard, then the second of each, …
    private static func alternating(_ updates: [[Task]]) -> [(shard: Int, update: Task)] {
        (0..<(updates.map(\.count).max() ?? 0)).flatMap { round in
            updates.indices.compactMap { shard in updates[shard].dropFirst(round).first.map { (shard, $0) } }
        }
    }

    private func neurons(of panels: Range<Int>, in shard: Int) -> Int {
        shards[shard].panels[panels].reduce(0) { $0 + $1.count }
    }

    // MARK: - Working

    func perform(_ task: Int, thread: Int) {
        switch tasks[task] {
        case .gather(let rows): input.gather(rows: rows)
        case .forward(let shard, let rows): forward(shard: shard, rows: rows)
        case .prepareGradient(let words): input.prepareGradient(words: words)
        case .backward(let shard, let rows):
            second?.propagateBack(sums.gradient, to: hidden[shard], rows: rows, scratch: scratch[thread])
            profile?.add(.backward)
        case .updateFirstWeights(let shard, let panels, let inputs):
            updateFirstWeights(shard: shard, panels: panels, inputs: inputs)
            profile?.add(.firstUpdate)
        case .updateSecondWeights(let shard, let inputs):
            second?.updateWeights(of: inputs, from: hidden[shard], sums.gradient, batchCount: batchCount)
            profile?.add(.update)
        case .updateFirstBiases(let shard):
            first.updateBiases(of: shards[shard].neurons, hidden[shard].gradient, batchCount: batchCount)
            profile?.add(.biases)
        case .updateSecondBiases:
            second?.updateBiases(of: sums.neurons, sums.gradient, batchCount: batchCount)
            profile?.add(.biases)
        }
    }

    /// Takes some images through a shard: to its neurons' activations, and to its part of the second layer's sums.
    private func forward(shard index: Int, rows: Range<Int>) {
        let neurons = hidden[index]
        for panelIndex in shards[index].panels.indices {
            let panel = shards[index].panels[panelIndex]
            input.forward(
                rows: rows, neurons: panel.count,
                weights: first.weights.values.map { $0 + first.inputs * panel.lowerBound },
                biases: first.biases.values.map { $0 + panel.lowerBound }, relu: neurons.takesReLU,
                sums: neurons.values.base + (panel.lowerBound - neurons.neurons.lowerBound),
                stride: neurons.values.stride)
        }
        neurons.activate(rows: rows, step: step)
        profile?.add(.firstForward)
        guard let second else { return }
        second.multiply(
            neurons.values, inputs: neurons.neurons, rows: rows, addsBiases: index == 0,
            relu: partialSums.isEmpty && sums.takesReLU, partialSums.isEmpty ? sums.values : partialSums[index])
        profile?.add(.forward)
    }

    /// Adds up what the shards came to; without training, they come first.
    func forward(rows: Range<Int>, thread: Int) {
        if !trains {
            input.gather(rows: rows)
            for shard in shards.indices { forward(shard: shard, rows: rows) }
        }
        guard second != nil else { return }
        let (first, values) = (rows.lowerBound, sums.values)
        for index in partialSums.indices.dropFirst() {
            let part = partialSums[index]
            let former = index == 1 ? partialSums[0] : values
            inkling_add(
                rows.count, sums.neurons.count, former.row(first), former.stride, part.row(first), part.stride,
                index == partialSums.count - 1 && sums.takesReLU, values.row(first), values.stride)
        }
        sums.activate(rows: rows, step: step)
        profile?.add(.forward)
    }

    /// Nothing: the shards go back by themselves.
    func backward(rows: Range<Int>, thread: Int) {}

    private func updateFirstWeights(shard: Int, panels: Range<Int>, inputs: Range<Int>) {
        // A thread that has a shard for itself asks for all of the next images, a few at a time.
        if shard < threads {
            let (from, to) = (inputs.lowerBound * batchCount, inputs.upperBound * batchCount)
            input.prefetchUpcoming(rows: from / first.inputs..<to / first.inputs)
        }
        let gradient = hidden[shard].gradient
        for panelIndex in panels {
            let panel = shards[shard].panels[panelIndex]
            let panelGradient = gradient.base + (panel.lowerBound - shards[shard].neurons.lowerBound)
            let offset = first.inputs * panel.lowerBound
            if let sgd = first.update?.fused {
                input.update(
                    pixels: inputs, neurons: panel.count, sumsGradient: panelGradient, stride: gradient.stride,
                    sgd: sgd,
                    first.weights + offset)
            } else if let memory = first.gradientMemory {
                input.gradient(
                    pixels: inputs, neurons: panel.count, sumsGradient: panelGradient, stride: gradient.stride,
                    memory + offset)
                first.apply(memory, from: offset + inputs.lowerBound * panel.count, count: inputs.count * panel.count)
            }
        }
    }
}
