import Datasets
import ModelFiles
import NeuralNetwork

/// A run that was interrupted, to go on bit for bit where it was.
public struct Resumption: Sendable, Equatable {
    /// The checkpoint.
    let file: String
    /// The one that the run began with, with what it kept aside kept aside again.
    public let dataset: Dataset
    let record: RunRecord
    let network: Network
    let optimizer: Optimizer
    let best: BestEpoch?
}

extension Checkpoint {
    /// The trainer that goes on where the checkpoint was written; see `resumption`.
    public func trainer(
        on dataset: Dataset, epochs: Int? = nil, threads: Int = TrainingConfiguration().threads,
        leader: RankLeader? = nil
    ) throws(ModelFileError) -> Trainer {
        Trainer(try resumption(on: dataset, epochs: epochs, threads: threads), leader: leader)
    }
}

extension Trainer {
    /// - Parameters: see the initializer of all.
    convenience init(_ resumption: Resumption, sharing other: Trainer? = nil, leader: RankLeader? = nil) {
        self.init(
            dataset: resumption.dataset, record: resumption.record, network: resumption.network,
            optimizer: resumption.optimizer, best: resumption.best, sharing: other, leader: leader)
    }
}
