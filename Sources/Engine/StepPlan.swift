/// The tasks of a training step on a batch of some size, in the order in which threads take them, and what each of them
/// waits for:
///
/// 1. What stages do by themselves on the way forward.
/// 2. Blocks go through the stages to the loss and back.
/// 3. What stages do by themselves on the way back.
/// 4. The gradients of slices are summed over the batch and applied at once.
/// 5. The images of the next batch are made, where they are changed.
///
/// Among ranks the plan is for the rows and the parameters of one of them, and has phases: the tasks of a phase begin once
/// what those of another have come to is there from the other ranks.
///
/// What a thread needs from others it does last of all, and what others need from it first: on two threads, each takes
/// the rows that the other goes on with before its own. By the time that it has done its own, the other's have long been
/// ready, so that nobody waits, although the tasks of one kind never take quite the same time.
struct StepPlan {
    enum Task: Hashable {
        /// Take a block through all stages to the loss, and back.
        case rows(Range<Int>)
        /// Make some images of the next batch.
        case nextBatch(Range<Int>)
        /// One of a stage's own.
        case own(stage: Int, task: Int)
    }

    /// Tasks that are done together.
    struct Phase {
        /// The number of the first one.
        let first: Int
        let work: WorkPlan
    }

    let batchCount, nextCount: Int
    let tasks: [Task]
    /// One; or, among ranks: to the loss, back from it, the updates of the first wave, and those of the second.
    let phases: [Phase]

    /// - Parameter nextCount: images of the next batch to make meanwhile.
    init(_ stages: [any Stage], batchCount: Int, nextCount: Int = 0, threads: Int, share: Share = .whole) {
        var list = TaskList(batchCount: batchCount, threads: threads, share: share)
        var forward: [TaskList.Entry] = []
        for (index, stage) in stages.enumerated() {
            list.stage = index
            forward += stage.planForward(&list)
        }
        let losses = list.blocks().map { list.add(.rows($0), of: $0, after: forward) }
        list.waitForRanks()
        for (index, stage) in stages.enumerated().reversed() {
            list.stage = index
            stage.planBackward(&list, after: losses)
        }
        let needsAllImages = stages.contains { $0.needsAllImages }
        let nextRows = needsAllImages ? 0..<nextCount : share.rows(of: nextCount)
        // Among ranks while rows are on their way.
        if share.count > 1 { list.addNextBatch(nextRows) }
        list.waitForRanks()
        // The first stage has the most to do; the loss comes from all cores, which takes a moment, so it is not left to
        // the very end.
        let last = stages.count - 1
        let order = [0, last] + stages.indices.dropFirst().dropLast()
        let planUpdates = { (list: inout TaskList, index: Int, wave: Wave) in
            list.stage = index
            stages[index].planUpdates(&list, wave, after: losses)
        }
        if share.count > 1 {
            for index in order { planUpdates(&list, index, .losses) }
            list.waitForRanks()
            for index in order { planUpdates(&list, index, .backward) }
        } else {
            for index in order {
                planUpdates(&list, index, .backward)
                planUpdates(&list, index, .losses)
            }
            // Whoever is done with everything else takes them, so that all end at the same time.
            list.addNextBatch(nextRows)
        }
        list.endPhase()
        self.batchCount = batchCount
        self.nextCount = nextCount
        tasks = list.tasks
        phases = list.phases
    }
}

/// Tasks with what they wait for, while stages add theirs.
struct TaskList {
    struct Entry {
        let number: Int
        /// The rows that it works on; nil for all.
        let rows: Range<Int>?
    }

    let batchCount: Int
    let threads: Int
    /// Of the rank that the plan is for.
    let share: Share
    /// Whose turn it is to add tasks.
    fileprivate(set) var stage = 0
    fileprivate(set) var tasks: [StepPlan.Task] = []
    fileprivate(set) var phases: [StepPlan.Phase] = []
    /// Of the phase at hand, counted in it.
    private var prerequisites: [[Int]] = []
    private var phaseStart: Int { tasks.count - prerequisites.count }

    init(batchCount: Int, threads: Int, share: Share) {
        (self.batchCount, self.threads, self.share) = (batchCount, threads, share)
    }

    /// Among ranks, the tasks to come wait for those so far, and for what comes of them from other ranks.
    fileprivate mutating func waitForRanks() {
        if share.count > 1 { endPhase() }
    }

    fileprivate mutating func endPhase() {
        phases.append(StepPlan.Phase(first: phaseStart, work: WorkPlan(prerequisites)))
        prerequisites = []
    }

    /// Adds a task of the stage's own that waits for some of the earlier ones: those that work on rows of its own.
    @discardableResult
    mutating func add(_ task: Int, of rows: Range<Int>? = nil, after earlier: [Entry] = []) -> Entry {
        add(.own(stage: stage, task: task), of: rows, after: earlier)
    }

    fileprivate mutating func add(_ task: StepPlan.Task, of rows: Range<Int>?, after earlier: [Entry]) -> Entry {
        let start = phaseStart
        tasks.append(task)
        prerequisites.append(
            earlier.filter { entry in
                guard entry.number >= start else { return false }
                guard let rows, let others = entry.rows else { return true }
                return rows.overlaps(others)
            }.map { $0.number - start })
        return Entry(number: tasks.count - 1, rows: rows)
    }

    fileprivate mutating func addNextBatch(_ rows: Range<Int>) {
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 8) {
            _ = add(.nextBatch(start..<min(start + 8, rows.upperBound)), of: nil, after: [])
        }
    }

    /// Of the rank's own rows.
    func blocks(tasksPerRow: Int = 1) -> [Range<Int>] {
        Self.blocks(of: share.rows(of: batchCount), tasksPerRow: tasksPerRow, threads: threads)
    }

    /// Of all rows of the batch.
    func blocksOfAll() -> [Range<Int>] { Self.blocks(of: 0..<batchCount, threads: threads) }

    /// Cuts rows into blocks, of each of which so many tasks are made: two tasks for each thread; but not of less than
    /// 32 rows if that does for one, as the kernels are quickest with many, and not of so many that what a task works on
    /// leaves the caches.
    static func blocks(of rows: Range<Int>, tasksPerRow: Int = 1, threads: Int) -> [Range<Int>] {
        let fewest = rows.count >= 32 * threads ? 32 : 16
        let count = min(max(rows.count * tasksPerRow / (2 * threads), fewest), 256)
        let size = (count + 15) / 16 * 16
        return stride(from: rows.lowerBound, to: rows.upperBound, by: size).map {
            $0..<min($0 + size, rows.upperBound)
        }
    }

    /// Cuts some of the inputs of a layer into slices, about four of the layer for each thread: ranges of a multiple of
    /// the fourteen rows that the kernels take at a time.
    ///
    /// - Parameters:
    ///   - outputs: those for which the inputs' weights are updated.
    ///   - weights: of the whole layer.
    func slices(of inputs: Range<Int>, outputs: Int, weights: Int) -> [Range<Int>] {
        let smallest = 1 << 14  // multiply-adds, some hundred nanoseconds: less is not worth handing out
        let own = inputs.count * outputs
        let quota = (4 * threads * own + weights - 1) / max(weights, 1)
        let count = max(1, min(own * batchCount / smallest, quota))
        let size = ((inputs.count + count - 1) / count + 13) / 14 * 14
        return stride(from: inputs.lowerBound, to: inputs.upperBound, by: max(size, 1)).map {
            $0..<min($0 + size, inputs.upperBound)
        }
    }
}
