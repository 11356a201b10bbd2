import NeuralNetwork

/// A part of a network as training goes through it fast: the counterpart of one or more layers, with memory for a batch.
/// It plans its own tasks, forward and backward, does them, and updates its parameters.
///
/// # Glossary
///
/// - **Row**: an image's place in the batch; a row of every matrix of activations and gradients. Rows do not depend on each
///   other before gradients are summed.
/// - **Block**: some neighbouring rows that go through a task together.
/// - **Task**: what one thread does in one go. It waits for the tasks that it needs, and for no others: `StepPlan`.
/// - **Rank**: one of some processes that train a network together: `Share`.
/// - **Slice**: the parameters of some of a layer's inputs or outputs, which one task updates.
/// - **Lit pixels**: those of an image that are not zero; the first layer skips the others: `LitPixels`.
/// - **Shard**: some of the first layer's neurons, with the weights into them and out of them, which one thread keeps to:
///   `Shard`.
/// - **Panel**: columns of a shard's weights that lie together in memory, row by row: `Learner`.
///
/// Within a step nothing is allocated and nobody holds a lock. Threads only touch their own rows or slices, so stages may
/// be used by several at a time.
protocol Stage: AnyObject, Sendable {
    /// What it gives to the next stage, and the gradient that it gets back from it.
    var output: NeuronRows { get }

    /// A step begins: where the stage's parameters are until its end, in the order of `Parameters`.
    func begin(_ step: StepContext, _ places: ArraySlice<ParameterPlace>)

    /// Adds the tasks that take images forward by themselves.
    ///
    /// - Returns: those that the stages after it wait for.
    func planForward(_ list: inout TaskList) -> [TaskList.Entry]

    /// Adds the tasks that take images backward by themselves.
    ///
    /// - Parameter losses: the tasks that take rows to the loss and back to this stage.
    func planBackward(_ list: inout TaskList, after losses: [TaskList.Entry])

    /// Adds the tasks that find what the batch came to, of those that wait for a wave.
    func planUpdates(_ list: inout TaskList, _ wave: Wave, after losses: [TaskList.Entry])

    /// Does a task that it planned; `task` counts them.
    func perform(_ task: Int, thread: Int)

    /// Takes a block on its way from the stage before to the loss. What `planForward` added is done; without training,
    /// nothing is planned and this does all.
    func forward(rows: Range<Int>, thread: Int)

    /// Takes a block's gradient from the stage after to the one before.
    func backward(rows: Range<Int>, thread: Int)

    /// Whether updates need the images of all rows, not only of those that a rank takes through.
    var needsAllImages: Bool { get }

    /// What ranks give each other after a wave.
    func sharedRows(_ wave: Wave) -> [SharedRows]

    /// What each rank has updated after a wave; what is not among it, each updates by itself.
    func sharedParameters(_ wave: Wave, _ share: Share) -> [SharedParameters]
}

extension Stage {
    var needsAllImages: Bool { false }
    func sharedParameters(_ wave: Wave, _ share: Share) -> [SharedParameters] { [] }
    func planForward(_ list: inout TaskList) -> [TaskList.Entry] { [] }
    func planBackward(_ list: inout TaskList, after losses: [TaskList.Entry]) {}
}

/// What is the same for all stages during a step.
struct StepContext {
    let images: ImageBatch
    /// Updates before this one, which with the seed decides what dropout leaves out.
    var number = 0
    /// nil without training.
    var update: ParameterUpdate?
}

/// Where a matrix of parameters and its moments are during a step, and no longer.
struct ParameterPlace: @unchecked Sendable {
    var values: UnsafeMutablePointer<Float>?
    var moments = ParameterUpdate.Moments()

    static func + (place: ParameterPlace, offset: Int) -> ParameterPlace {
        ParameterPlace(values: place.values.map { $0 + offset }, moments: place.moments + offset)
    }
}
