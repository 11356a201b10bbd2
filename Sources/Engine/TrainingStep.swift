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
///
/// Several ranks may do it together, each its `Share`: they give each other rows that went to the loss and back while
/// they take them further back, and the new weights of some layers while they update others.
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
    private let exchange: (any Exchange)?
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
    ///   - exchange: with the other ranks; nil for all of the work.
    ///   - profile: is told where the time goes; for a pool of one thread.
    public init(
        for network: Network, batchSize: Int, skipsZeros: Bool, dropout: Dropout? = nil, pool: WorkerPool,
        exchange: (any Exchange)? = nil, profile: StepProfile? = nil
    ) {
        precondition(profile == nil || pool.threads == 1, "A profile is for one thread.")
        precondition(batchSize >= 1, "A batch has images.")
        self.pool = pool
        self.profile = profile
        self.exchange = exchange
        self.batchSize = batchSize
        let options = StageOptions(
            capacity: batchSize, threads: pool.threads, trains: true,
            dropout: dropout?.probability == 0 ? nil : dropout, profile: profile)
        stages = Stages(of: network, shards: Shard.shards(of: network), skipsZeros: skipsZeros, options)
        table = .allocate(capacity: stages.all.count)
        table.initialize(from: stages.all, count: stages.all.count)
        plan = StepPlan(
            stages.all, batchCount: batchSize, threads: pool.threads, share: exchange?.share ?? .whole)
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
            plan = StepPlan(
                stages.all, batchCount: images.count, nextCount: nextCount, threads: pool.threads,
                share: exchange?.share ?? .whole)
        }
        if let exchange { run(with: exchange) } else { run(phase: 0) }
        next?.finish()
        next = nil
        return stages.loss.result
    }

    private func run(phase: Int) {
        let phase = plan.phases[phase]
        // The closure holds nothing but `self` and a number, so that it takes next to no memory.
        pool.run(phase.work) { block, thread in
            self.perform(self.plan.tasks[phase.first + block], thread: thread)
        }
    }

    /// All phases, what each came to on its way to the others during the next one.
    private func run(with exchange: any Exchange) {
        let rows = exchange.share.all.map { $0.rows(of: plan.batchCount) }
        run(phase: 0)
        exchange.begin(stages.sharedRows(.losses).map { $0.memory(rows) })
        run(phase: 1)
        exchange.begin(stages.sharedRows(.backward).map { $0.memory(rows) })
        exchange.finishFirst()
        run(phase: 2)
        exchange.begin(sharedParameters(.losses))
        exchange.finishFirst()
        run(phase: 3)
        exchange.begin(sharedParameters(.backward))
        exchange.finishFirst()
        exchange.finishFirst()
    }

    private func sharedParameters(_ wave: Wave) -> [SharedMemory] {
        guard let exchange else { return [] }
        return stages.sharedParameters(wave, exchange.share).compactMap { shared in
            places[shared.matrix].values.map(shared.memory)
        }
    }

    /// Has all ranks know what the optimizer remembers of each parameter; between steps, each knows that of those that it
    /// updates.
    public func shareMoments(of learner: inout Learner) {
        guard let exchange else { return }
        for wave in Wave.allCases {
            for shared in stages.sharedParameters(wave, exchange.share) {
                let moments = learner.packedOptimizer.momentsPointers(of: shared.matrix)
                exchange.begin([moments.first, moments.second].compactMap { $0.map(shared.memory) })
                exchange.finishFirst()
            }
        }
    }

    private func perform(_ task: StepPlan.Task, thread: Int) {
        if thread == 0 { exchange?.progress() }
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
