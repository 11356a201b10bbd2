import Datasets
import Engine
import Synchronization

/// Tests networks of a run's past beside the training, one at a time.
public final class MomentTester: Sendable {
    /// Whose test images they are tested on.
    public let dataset: Dataset
    /// Made for the first test.
    private let images = Mutex<LabelledImages?>(nil)

    public init(_ dataset: Dataset) { self.dataset = dataset }

    /// What the trainer's own test would be, to the bit.
    public func test(_ moment: Moment) -> Evaluation {
        images.withLock { images in
            let test = images ?? dataset.test.labelledImages
            images = test
            return Evaluation(
                of: moment.network, on: test, step: moment.step, pool: WorkerPool(threads: 1))
        }
    }
}
