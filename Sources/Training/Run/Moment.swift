import NeuralNetwork

/// What a run is at one step.
public struct Moment: Sendable {
    /// Batches trained before it.
    public let step: Int
    public let network: Network
    /// The last test, of this step or of one before.
    public let evaluation: Evaluation?
    /// One for each layer, as of the last batch observed; empty before the first.
    public let layers: [LayerStatistics]
}
