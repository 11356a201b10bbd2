import CKernels
import NeuralNetwork

/// The layers of convolution and pooling at the beginning of a network, on lanes of 16 images from the pixels to the rows
/// of the first dense layer.
///
/// A block goes through all of them at once, forward and, from the loss, back, while what it needs is in a core's cache:
/// each thread has memory for one block. The gradients of the parameters are summed over the 16 images of some lanes, put
/// down, and added up over the batch once all rows are through, in the order of the rows.
final class ConvolutionStage: Stage, @unchecked Sendable {
    enum Task: Hashable {
        /// Some of a layer's parameters, weights first, then biases.
        case update(layer: Int, Range<Int>)
    }

    /// What the last layer gives, as rows.
    let output: NeuronRows
    private(set) var tasks: [Task] = []
    let layers: [LaneLayer]

    /// Memory of each thread for a block.
    private let memories: [[[LaneLayer.Memory]]]
    /// Of each layer, for each 16 rows of the batch, `[weights + biases]`; nil for pooling and without training.
    private let gradients: [RowMemory?]
    private let pixels: Int
    private var places: [(weights: ParameterPlace, biases: ParameterPlace)]
    private var images: ImageBatch?
    private var update: ParameterUpdate?
    private let profile: StepProfile?
    private let allocations: [UnsafeMutableRawPointer]

    /// - Parameter layers: of convolution and pooling, the first reading the pixels.
    init(_ layers: ArraySlice<Layer>, _ options: StageOptions) {
        let list = Array(layers)
        let lanes = LaneLayer.lanes
        let made = list.indices.map { index in
            LaneLayer(
                list[index], after: index == 0 ? nil : list[index - 1],
                before: index + 1 < list.count ? list[index + 1] : nil)
        }
        self.layers = made
        pixels = list[0].inputs
        profile = options.profile
        output = options.rows(0..<list[list.count - 1].outputs, activation: nil, layer: 0, isLast: false)
        gradients = made.map { layer in
            guard options.trains, let weights = layer.weightCount else { return nil }
            return RowMemory(rows: (options.capacity + lanes - 1) / lanes, columns: weights + layer.biasCount)
        }
        places = made.map { _ in (ParameterPlace(), ParameterPlace()) }

        var allocations: [UnsafeMutableRawPointer] = []
        func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
            let memory: UnsafeMutablePointer<Float> = RowMemory.allocate(count)
            memory.initialize(repeating: 0, count: count)
            allocations.append(memory)
            return memory
        }
        let longest = options.trains ? options.longestBlock() : options.capacity
        memories = (0..<options.threads).map { _ in
            (0..<(longest + lanes - 1) / lanes).map { _ in
                var (values, gradient) = (floats(list[0].inputs * lanes), UnsafeMutablePointer<Float>?.none)
                return made.map { layer in
                    let count = layer.outputs * lanes
                    var choices: UnsafeMutablePointer<UInt8>?
                    if layer.needsChoices {
                        let bytes: UnsafeMutablePointer<UInt8> = RowMemory.allocate(count)
                        allocations.append(bytes)
                        choices = bytes
                    }
                    let output = floats(count)
                    let memory = LaneLayer.Memory(
                        input: values, inputGradient: gradient, output: output,
                        outputGradient: options.trains ? floats(count) : output,
                        slopes: options.trains && layer.needsSlopes ? floats(count) : nil, choices: choices)
                    (values, gradient) = (memory.output, memory.outputGradient)
                    return memory
                }
            }
        }
        self.allocations = allocations
    }

    deinit {
        output.deallocate()
        for memory in gradients { memory?.deallocate() }
        for memory in allocations { memory.deallocate() }
    }

    func begin(_ step: StepContext, _ places: ArraySlice<ParameterPlace>) {
        precondition(step.images.pixelsPerImage == pixels, "The network has an input for each pixel.")
        images = step.images
        update = step.update
        var rest = places
        for index in layers.indices where layers[index].weightCount != nil {
            self.places[index] = (rest[rest.startIndex], rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
        }
    }

    func planUpdates(_ list: inout TaskList, _ wave: Wave, after losses: [TaskList.Entry]) {
        guard wave == .backward else { return }
        tasks = []
        for index in layers.indices {
            guard let weights = layers[index].weightCount else { continue }
            let count = weights + layers[index].biasCount
            let slices = max(1, min(list.threads, count / 512))
            for slice in 0..<slices {
                let bound = { (slice: Int) in slice == slices ? count : count * slice / slices / 16 * 16 }
                tasks.append(.update(layer: index, bound(slice)..<bound(slice + 1)))
                list.add(tasks.count - 1, after: losses)
            }
        }
    }

    /// The gradients of all, as the parameters are few: each rank adds them up and updates by itself.
    func sharedRows(_ wave: Wave) -> [SharedRows] {
        guard wave == .losses else { return [] }
        return [SharedRows(output.values)]
            + gradients.compactMap { $0.map { SharedRows($0, batchRows: LaneLayer.lanes) } }
    }

    /// Adds up the gradients of some parameters over the batch and applies them.
    func perform(_ task: Int, thread: Int) {
        guard case .update(let index, let slice) = tasks[task], let update, let images,
            let gradients = gradients[index], let weights = layers[index].weightCount
        else { return }
        let sums = gradients.row(0)
        for group in 1..<max((images.count + LaneLayer.lanes - 1) / LaneLayer.lanes, 1) {
            inkling_add(
                1, slice.count, sums + slice.lowerBound, slice.count, gradients.row(group) + slice.lowerBound,
                slice.count, false, sums + slice.lowerBound, slice.count)
        }
        func apply(_ range: Range<Int>, to place: ParameterPlace) {
            guard !range.isEmpty, let values = place.values else { return }
            update.apply(
                count: range.count, gradient: sums + range.lowerBound, moments: place.moments, parameters: values)
        }
        let ofWeights = slice.clamped(to: 0..<weights)
        let ofBiases = slice.clamped(to: weights..<weights + layers[index].biasCount)
        apply(ofWeights, to: places[index].weights + ofWeights.lowerBound)
        apply(ofBiases, to: places[index].biases + (ofBiases.lowerBound - weights))
        profile?.add(.convolutionUpdate)
    }

    func forward(rows: Range<Int>, thread: Int) {
        guard let images else { return }
        for group in 0..<Self.groups(rows) {
            let (memory, part) = (memories[thread][group], Self.rows(of: group, in: rows))
            let batch = images[part]
            inkling_lanes_from_bytes(
                batch.pixels, batch.indices, part.count, pixels, PixelInput.scale, memory[0].input)
            profile?.add(.images)
            for index in layers.indices {
                layers[index].forward(
                    memory[index], weights: places[index].weights.values, biases: places[index].biases.values)
                profile?.add(layers[index].needsChoices ? .pool : .convolution)
            }
            inkling_lanes_to_rows(
                output.neurons.count, part.count, memory[memory.count - 1].output, output.values.row(part.lowerBound),
                output.values.stride)
        }
    }

    func backward(rows: Range<Int>, thread: Int) {
        for group in 0..<Self.groups(rows) {
            let (memory, part) = (memories[thread][group], Self.rows(of: group, in: rows))
            inkling_rows_to_lanes(
                output.neurons.count, part.count, output.gradient.row(part.lowerBound), output.gradient.stride,
                memory[memory.count - 1].outputGradient)
            for index in layers.indices.reversed() {
                let gradient = gradients[index]?.row(part.lowerBound / LaneLayer.lanes)
                layers[index].backward(
                    memory[index], weights: places[index].weights.values, weightGradient: gradient,
                    biasGradient: layers[index].weightCount.flatMap { count in gradient.map { $0 + count } })
                profile?.add(layers[index].needsChoices ? .pool : .convolutionBackward)
            }
        }
    }

    /// How many times 16 rows there are; blocks begin at a multiple of that.
    private static func groups(_ rows: Range<Int>) -> Int { (rows.count + LaneLayer.lanes - 1) / LaneLayer.lanes }

    private static func rows(of group: Int, in rows: Range<Int>) -> Range<Int> {
        let start = rows.lowerBound + group * LaneLayer.lanes
        return start..<min(start + LaneLayer.lanes, rows.upperBound)
    }
}
