import Datasets
import Engine
import NeuralNetwork
import Ranks

/// What rank 0 has all ranks do together.
enum RankOrder: Equatable {
    static let tag = World.Tag(21)

    /// A run, of which rank 0 then sends all.
    case begin(run: Int)
    /// The batch of a step, counted from 0.
    case train(run: Int, step: Int, learningRate: Float)
    /// The network as it is.
    case evaluate(run: Int)
    /// What the optimizer remembers of each parameter.
    case shareMoments(run: Int)
    /// An earlier network, whose parameters rank 0 then sends, takes the place of the present one.
    case goBack(run: Int)
    case end(run: Int)
    /// How much each has done and waited.
    case report
    case leave

    private static let count = 21

    var bytes: [UInt8] {
        func message(_ kind: UInt8, _ run: Int = 0, _ step: Int = 0, _ rate: Float = 0) -> [UInt8] {
            var bytes = [kind]
            withUnsafeBytes(of: Int64(run).littleEndian) { bytes += $0 }
            withUnsafeBytes(of: Int64(step).littleEndian) { bytes += $0 }
            withUnsafeBytes(of: rate.bitPattern.littleEndian) { bytes += $0 }
            return bytes
        }
        return switch self {
        case .begin(let run): message(0, run)
        case .train(let run, let step, let rate): message(1, run, step, rate)
        case .evaluate(let run): message(2, run)
        case .shareMoments(let run): message(3, run)
        case .end(let run): message(4, run)
        case .report: message(5)
        case .leave: message(6)
        case .goBack(let run): message(7, run)
        }
    }

    /// nil for what no rank 0 of this version sends.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        let (run, step, rate) = bytes.withUnsafeBytes { bytes in
            (
                Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: Int64.self))),
                Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 9, as: Int64.self))),
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 17, as: UInt32.self)))
            )
        }
        switch bytes[0] {
        case 0: self = .begin(run: run)
        case 1: self = .train(run: run, step: step, learningRate: rate)
        case 2: self = .evaluate(run: run)
        case 3: self = .shareMoments(run: run)
        case 4: self = .end(run: run)
        case 5: self = .report
        case 6: self = .leave
        case 7: self = .goBack(run: run)
        default: return nil
        }
    }
}

/// What a rank has done since the training began.
public struct RankReport: Sendable, Equatable, Codable {
    public let host: String
    public let threads: Int
    /// Images that it took to the loss and back.
    public var images = 0
    /// In steps and tests, waiting included.
    public var seconds = 0.0
    /// Of them, in which it had nothing to do but to wait for others, or for what they sent.
    public var secondsWaited = 0.0
    /// That it sent.
    public var bytes = 0

    /// The share of the time in which it worked, 0…1.
    public var atWork: Double { seconds == 0 ? 1 : min(max(1 - secondsWaited / seconds, 0), 1) }
}

/// What a rank did in the last second or so.
public struct RankActivity: Sendable, Equatable {
    public let host: String
    public let imagesPerSecond: Double
    /// The share of the time in which it worked, and did not wait for others, 0…1.
    public let atWork: Double

    public init(host: String, imagesPerSecond: Double, atWork: Double) {
        (self.host, self.imagesPerSecond, self.atWork) = (host, imagesPerSecond, atWork)
    }

    /// Between two reports of the same rank.
    init(from earlier: RankReport, to later: RankReport) {
        var between = later
        between.images -= earlier.images
        between.seconds -= earlier.seconds
        between.secondsWaited -= earlier.secondsWaited
        self.init(
            host: later.host, imagesPerSecond: between.seconds > 0 ? Double(between.images) / between.seconds : 0,
            atWork: between.atWork)
    }
}
