import NeuralNetwork

/// Training steps on batches of images, in tasks that several threads take: see `StepPlan`.
///
/// It does what `Network.lossAndGradients` and `Optimizer.update` do together, and the weights differ from theirs by
/// rounding only. For sgd and momentum a gradient is applied while it is still in registers, for the other optimizers
/// from memory. Every sum runs in the same order however the work is cut and whoever does it, so the weights are the same
/// to the last bit for any number of threads. Within a step nothing is allocated, unless the batch has another size than
/// the last or a copy of the network shares its storage (a snapshot), and nobody holds a lock.
///
/// It keeps memory between steps but nothing that matters to the next.
public final class TrainingStep: @unchecked Sendable {
    /// What a batch came to before its update.
    public struct Result: Sendable, Equatable {
        /// The mean cross-entropy in nats.
        public let meanLoss: Float
        /// Images read correctly.
        public let correctCount: Int
    }

    private let pool: WorkerPool
    private let profile: StepProfile?
    private let batchSize: Int
    private let stages: Stages
    /// The same, where threads find them without counting references, which costs microseconds a step.
    private let table: UnsafeMutablePointer<any Stage>
    private var plan: StepPlan
    private var places: [ParameterPlace]
    /// Rows and columns of each matrix of parameters.
    private let sizes: [(rows: Int, columns: Int)]
    /// The batch to make while this one trains.
    private var next: ChangedBatch?

    /// - Parameters:
    ///   - network: decides the sizes and the activations.
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
        self.batchSize = batchSize
        let options = StageOptions(
            capacity: batchSize, threads: pool.threads, trains: true,
            dropout: dropout?.probability == 0 ? nil : dropout, profile: profile)
        stages = Stages(of: network, shards: Shard.shards(of: network), skipsZeros: skipsZeros, options)
        table = .allocate(capacity: stages.all.count)
        table.initialize(from: stages.all, count: stages.all.count)
        plan = StepPlan(stages.all, batchCount: batchSize, threads: pool.threads)
        sizes = network.parameters.matrices.map { ($0.rows, $0.columns) }
        places = sizes.map { _ in ParameterPlace() }
    }

    deinit {
        table.deinitialize(count: stages.all.count)
        table.deallocate()
    }

    /// Trains the learner on a batch. Its network is of the sizes given at first.
    public func train(_ learner: inout Learner, on images: ImageBatch, learningRate: Float) -> Result {
        precondition(
            learner.parameters.matrices.count == sizes.count
                && zip(learner.parameters.matrices, sizes).allSatisfy { $0.rows == $1.rows && $0.columns == $1.columns },
            "The network has the sizes that the step was made for.")
        precondition(images.count <= batchSize, "The batch has at most \(batchSize) images.")
        // First of all, because storage that is shared moves now.
        for index in places.indices {
            places[index] = ParameterPlace(
                values: learner.parameters.matrices[index].mutableElementsPointer(),
                moments: learner.packedOptimizer.momentsPointers(of: index))
        }
        profile?.begin()
        let number = learner.packedOptimizer.steps
        let update = learner.packedOptimizer.beginUpdate(learningRate: learningRate)
        stages.begin(StepContext(images: images, number: number, update: update), places)
        next = images.next
        let nextCount = next?.count ?? 0
        if plan.batchCount != images.count || plan.nextCount != nextCount {
            plan = StepPlan(stages.all, batchCount: images.count, nextCount: nextCount, threads: pool.threads)
        }
        // The closure holds nothing but `self`, so that it takes no memory.
        pool.run(plan.work) { block, thread in self.perform(self.plan.tasks[block], thread: thread) }
        next?.finish()
        next = nil
        return stages.loss.result
    }

    private func perform(_ task: StepPlan.Task, thread: Int) {
        switch task {
        case .nextBatch(let rows): next?.make(rows: rows, thread: thread)
        case .own(let stage, let task): table[stage].perform(task, thread: thread)
        case .rows(let rows):
            let count = stages.all.count
            for stage in 0..<count { table[stage].forward(rows: rows, thread: thread) }
            for stage in (0..<count).reversed() { table[stage].backward(rows: rows, thread: thread) }
        }
    }
}
