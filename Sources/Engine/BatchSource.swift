import NeuralNetwork

/// Makes the batches of a run from images in memory: each epoch all of them in an order of its own, which the seed and the
/// epoch decide alone, so that a run can begin at any step.
///
/// Images that are to be changed, such as distorted ones, are changed into buffers of its own, those of the next batch
/// while a batch trains.
public final class BatchSource: @unchecked Sendable {
    private let images: LabelledImages
    /// Images between two updates; the last batch of an epoch may be smaller.
    private let batchSize: Int

    private let seed: UInt64
    /// Of the last two epochs that were asked for.
    private var orders: [(epoch: Int, order: [Int32])] = []
    /// The batch at hand and the next one; nil where images are trained on as they are.
    private var changed: (now: ChangedBatch, next: ChangedBatch)?

    /// - Parameters:
    ///   - change: what is done to each image each time; nil for nothing.
    ///   - threads: how many may make a batch.
    public init(
        _ images: LabelledImages, batchSize: Int, seed: UInt64, change: (any ImageChange)? = nil, threads: Int = 1
    ) {
        precondition(batchSize >= 1, "A batch has images.")
        self.images = images
        self.batchSize = batchSize
        self.seed = seed
        changed = change.map { change in
            func batch() -> ChangedBatch {
                ChangedBatch(of: images, by: change, capacity: min(batchSize, images.count), threads: threads)
            }
            return (batch(), batch())
        }
    }

    /// Images of the batch of a step.
    public func batchCount(step: Int) -> Int {
        min(batchSize, images.count - step % max(batchesPerEpoch, 1) * batchSize)
    }

    private var batchesPerEpoch: Int { (images.count + batchSize - 1) / batchSize }

    /// The batch of a step, counted from 0; good for the length of the call. It comes with what is known of the next one,
    /// or with the work that makes it.
    public func withBatch<Result>(step: Int, _ body: (ImageBatch) throws -> Result) rethrows -> Result {
        guard let changed else {
            let (order, start, count) = place(of: step)
            return try order.withUnsafeBufferPointer { order in
                let known = order[start..<min(start + count + batchSize, order.count)]
                return try images.withBatch(UnsafeBufferPointer(rebasing: known), count: count, body)
            }
        }
        if changed.now.step != step || !changed.now.isReady {
            begin(changed.now, step: step)
            changed.now.make(rows: 0..<changed.now.count, thread: 0)
        }
        begin(changed.next, step: step + 1)
        defer { self.changed = (changed.next, changed.now) }
        return try body(changed.now.batch(making: changed.next))
    }

    private func begin(_ batch: ChangedBatch, step: Int) {
        let (order, start, count) = place(of: step)
        batch.begin(step: step, epoch: step / batchesPerEpoch, order[start..<start + count])
    }

    private func place(of step: Int) -> (order: [Int32], start: Int, count: Int) {
        let (epoch, position) = step.quotientAndRemainder(dividingBy: max(batchesPerEpoch, 1))
        let start = position * batchSize
        let order = order(of: epoch)
        return (order, start, batchCount(step: step))
    }

    private func order(of epoch: Int) -> [Int32] {
        if let known = orders.first(where: { $0.epoch == epoch }) { return known.order }
        var generator = RandomGenerator(seed: seed, stream: .shuffling, index: epoch)
        let order = generator.permutation(count: images.count)
        orders = orders.suffix(1) + [(epoch, order)]
        return order
    }
}
