import NeuralNetwork
import Training

/// The networks that drawings were read with, and what makes their probabilities honest.
struct CalibrationState: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        let network: Network
        let calibration: Calibration
    }

    /// The last ones.
    private var entries: [Entry] = []
    /// The one that is being calibrated.
    private var pending: Network?

    private static let entriesKept = 8

    func calibration(of network: Network) -> Calibration? { entries.last { $0.network == network }?.calibration }

    /// The network, where it is to be calibrated: one at a time, and none twice.
    mutating func due(_ network: Network) -> Network? {
        guard pending == nil, calibration(of: network) == nil else { return nil }
        pending = network
        return network
    }

    mutating func take(_ calibration: Calibration, of network: Network) {
        pending = nil
        entries = entries.suffix(Self.entriesKept - 1) + [Entry(network: network, calibration: calibration)]
    }
}

extension State {
    /// Whether Draw shows calibrated probabilities; then the other screens, which do not, say so.
    var isCalibratedOnDraw: Bool { drawingNetwork.flatMap { calibrations.calibration(of: $0) } != nil }

    /// The network that is to be calibrated: the one that reads the drawing in hand, once it stands still. One that
    /// trains becomes another with each step.
    mutating func networkToCalibrate() -> Network? {
        guard screen == .draw, let drawing, let snapshot, !snapshot.isUntrained, snapshot.phase != .diverged,
            snapshot.phase != .running || run?.shown != nil, !hand.isLearning, let network = drawingNetwork,
            network.inputs == drawing.count, snapshot.dataset.train.pixelsPerImage == drawing.count
        else { return nil }
        return calibrations.due(network)
    }
}
