import Datasets
import Engine
import NeuralNetwork

/// What teaching came to.
public struct TeachingOutcome: Sendable, Equatable {
    /// Of something that can be counted, before the teaching and after it.
    public struct Change<Value: Sendable & Equatable>: Sendable, Equatable {
        public let before, after: Value

        public init(before: Value, after: Value) { (self.before, self.after) = (before, after) }
    }

    /// The network afterwards.
    public let network: Network
    /// What each drawing is read as afterwards.
    public let readings: [UInt8]
    /// How many drawings are read right.
    public let right: Change<Int>
    /// Of the data set's test images, 0…1.
    public let testAccuracy: Change<Double>
}

extension Teaching {
    /// Teaches, and tests the network before and after it.
    public func outcome(
        _ network: Network, _ drawings: LabelledDrawings, among dataset: Dataset,
        progress: (_ share: Double, _ network: () -> Network) -> Void = { _, _ in }
    ) -> TeachingOutcome {
        let taught = teach(network, drawings, among: dataset, progress: progress)
        let pool = WorkerPool(threads: threads)
        let (own, test) = (drawings.images.labelledImages, dataset.test.labelledImages)
        func evaluation(_ network: Network, _ images: LabelledImages) -> Evaluation {
            Evaluation(of: network, on: images, step: 0, pool: pool)
        }
        let after = evaluation(taught, own)
        return TeachingOutcome(
            network: taught, readings: after.predictions,
            right: .init(before: evaluation(network, own).correct, after: after.correct),
            testAccuracy: .init(
                before: evaluation(network, test).accuracy, after: evaluation(taught, test).accuracy))
    }

    /// How many drawings are read right by networks that were taught the others: what a person may expect of the next
    /// drawing, as those that were taught say little. With as many parts as drawings it is leave-one-out.
    ///
    /// - Parameters:
    ///   - parts: into how many the drawings are cut; each part is left out once.
    ///   - progress: is told how much is done, 0…1.
    public func rightWhenLeftOut(
        _ network: Network, _ drawings: LabelledDrawings, among dataset: Dataset, parts: Int,
        progress: (_ share: Double) -> Void = { _ in }
    ) -> Int {
        (0..<min(parts, drawings.count)).reduce(0) { right, part in
            progress(Double(part) / Double(parts))
            let isLeftOut = { (index: Int) in index % parts == part }
            let (others, leftOut) = (drawings.chosen { !isLeftOut($0) }, drawings.chosen(isLeftOut))
            return right + Evaluation(of: teach(network, others, among: dataset), on: leftOut.images).correct
        }
    }
}
