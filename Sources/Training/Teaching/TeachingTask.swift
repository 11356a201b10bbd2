import Datasets
import NeuralNetwork

/// A network to be taught a person's drawings, as a run has it at one step. The run goes on without.
public struct TeachingTask: Sendable, Equatable {
    public let run: Int
    /// Batches that the network was trained for.
    public let step: Int
    /// At least one, of the size of the data set's images.
    public let drawings: LabelledDrawings
    public let network: Network
    public let dataset: Dataset

    public init(run: Int, step: Int, drawings: LabelledDrawings, network: Network, dataset: Dataset) {
        (self.run, self.step, self.drawings) = (run, step, drawings)
        (self.network, self.dataset) = (network, dataset)
    }

    /// Tasks of one session with the same outcome: the run and the step tell the network.
    public static func == (a: TeachingTask, b: TeachingTask) -> Bool {
        a.run == b.run && a.step == b.step && a.drawings == b.drawings
    }

    /// - Parameter progress: is told of the network meanwhile, and how much is done, 0…1.
    public func perform(progress: (_ share: Double, _ network: Network) -> Void) -> TeachingOutcome {
        Teaching().outcome(network, drawings, among: dataset) { share, network in progress(share, network()) }
    }
}
