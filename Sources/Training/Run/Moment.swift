import NeuralNetwork

/// What a run is at one step.
public struct Moment: Sendable, Equatable {
    /// Batches trained before it.
    public let step: Int
    public let network: Network
    /// The last test, of this step or of one before.
    public internal(set) var evaluation: Evaluation?
    /// One for each layer, as of the last batch observed; empty before the first.
    public let layers: [LayerStatistics]

    /// With the test of this very step, or with none.
    public func tested(_ test: Evaluation? = nil) -> Moment {
        var moment = self
        moment.evaluation = [evaluation, test].compactMap { $0 }.first { $0.step == step }
        return moment
    }
}
