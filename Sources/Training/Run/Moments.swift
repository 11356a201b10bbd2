import NeuralNetwork

/// The moments that a run keeps of its past: dense at its beginning and near its present, and the fewer between the
/// longer the run. Which they are follows from the steps alone, so that a run has the same past each time.
///
/// The runs of a session share the memory for them equally: where there are more, each keeps fewer.
///
/// They are the same networks that the run had, to the bit: a network is a value, so keeping it costs the copy of its
/// weights that the next step needs.
public struct Moments: Sendable {
    /// With a test of each moment, of all runs of a session together.
    static let mostBytes = 64 << 20
    /// More than a chart has columns are of no use.
    private static let most = 256
    /// Images between two moments once a run is under way. Keeping one takes as long as training on some 250 images: a
    /// little more than a hundredth of the time.
    private static let imagesBetween = 20_000

    /// In the order of their steps.
    public private(set) var all: [Moment] = []
    /// As many as fit into the run's share of the memory; none of a network that is too large.
    private(set) var capacity: Int
    private let bytesEach: Int
    private let batchSize: Int
    private let batchesPerEpoch: Int

    /// - Parameters:
    ///   - images: of a test.
    ///   - runs: that share the memory, 1 or more.
    init(network: Network, images: Int, batchSize: Int, batchesPerEpoch: Int, runs: Int = 1) {
        bytesEach = Self.bytes(of: network, images: images)
        capacity = Self.capacity(bytesEach: bytesEach, runs: runs)
        (self.batchSize, self.batchesPerEpoch) = (batchSize, max(batchesPerEpoch, 1))
    }

    private static func capacity(bytesEach: Int, runs: Int) -> Int {
        min(mostBytes / max(runs, 1) / bytesEach, most)
    }

    /// Keeps no more than there is room for among so many runs.
    public mutating func thin(toShareOf runs: Int) {
        capacity = min(capacity, Self.capacity(bytesEach: bytesEach, runs: runs))
        while all.count > capacity { all.remove(at: placeOfTheLeast(present: all.last?.step ?? 0)) }
    }

    /// What a moment of a network takes in memory, at most.
    static func bytes(of network: Network, images: Int) -> Int {
        // Of each image the class read, its probability and its loss; of each layer histograms; of each neuron what it
        // gives for each class.
        let neurons = network.layers.reduce(0) { $0 + ($1.isDense ? $1.outputs : 0) }
        return 4 * network.parameterCount + 9 * images + 2048 * (network.layers.count + 1) + 160
            * neurons
    }

    /// Whether the moment after a step is to be kept: at first after 1, 2 … 8, 10, 12, 14, 16, 20 … steps, as most
    /// changes then; later at the end of each epoch, when the network is tested, and at even distances within it.
    func isDue(after step: Int) -> Bool {
        let parts = max(batchesPerEpoch * batchSize / Self.imagesBetween, 1)
        if step * parts % batchesPerEpoch < parts { return true }
        return step * batchSize < Self.imagesBetween && step >> step.trailingZeroBitCount < 8
    }

    /// Takes a moment later than the others in.
    mutating func keep(_ moment: Moment) {
        guard capacity > 0, moment.step > all.last?.step ?? -1 else { return }
        while all.count >= capacity { all.remove(at: placeOfTheLeast(present: moment.step)) }
        all.append(moment)
    }

    /// Of the moments between the first and the last, the one that leaves the smallest gap, measured by how far it is
    /// from the beginning and from the present. An epoch's end counts as four others.
    private func placeOfTheLeast(present: Int) -> Int {
        func worth(_ place: Int) -> Double {
            let step = all[place].step
            let gap = Double(all[place + 1].step - all[place - 1].step)
            let distance = Double(min(step, present - step) + 1)
            return gap / distance * (step.isMultiple(of: batchesPerEpoch) ? 4 : 1)
        }
        return (1..<max(all.count - 1, 1)).min { worth($0) < worth($1) } ?? (all.count - 1)
    }

    /// The moment nearest to a step; nil where none is kept.
    public func nearest(to step: Double) -> Moment? {
        all.min { abs(Double($0.step) - step) < abs(Double($1.step) - step) }
    }

    /// The last moment before a step.
    public func last(before step: Int) -> Moment? { all.last { $0.step < step } }

    /// The first moment after a step.
    public func first(after step: Int) -> Moment? { all.first { $0.step > step } }
}
