import Datasets
import Engine
import Foundation
import NeuralNetwork
import Synchronization

/// What makes a network's probabilities honest: of the answers that it gives with 80 %, about 80 % are to be right, and
/// what is like nothing that it has learnt is to be refused.
///
/// Logits z become softmax(z / T) (temperature scaling: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
/// Networks", ICML 2017). The temperature depends on the image, as one that suits the data set is far too sure of drawings
/// by other hands: T = T₀^(1 − n) T₁^n, n being the judge's novelty. T₀ is fitted to training images that are distorted
/// gently, T₁ to such that are distorted so strongly that this very network misreads half (as in Tomani, Gruber, Erdem,
/// Cremers and Buettner, "Post-hoc Uncertainty Calibration for Domain Drift Scenarios", CVPR 2021). The network has seen
/// neither, but has learnt from the images they were made of; test images play no part. The most probable class stays
/// what it is.
public struct Calibration: Sendable, Equatable {
    public let judge: Judge
    /// T₀ and T₁, above 0.
    let temperatures: [Float]

    /// What a network makes of an image.
    public struct Reading: Sendable, Equatable {
        /// Of each class, 0…1.
        public let probabilities: [Float]
        /// Whether the image is like anything that the data set has; nil where that is not known.
        public let isAccepted: Bool?

        public init(probabilities: [Float], isAccepted: Bool?) {
            (self.probabilities, self.isAccepted) = (probabilities, isAccepted)
        }

        /// The most probable class, the lowest where some are equal.
        public var answer: Int {
            probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
        }
        public var isCalibrated: Bool { isAccepted != nil }
    }

    /// Of an image.
    var pixels: Int { judge.height * judge.width }

    func suits(_ shape: Shape) -> Bool { shape == Shape(height: judge.height, width: judge.width) }

    /// Images that the temperatures are fitted to.
    private static let imagesToFit = 2_000
    /// How many times as strong as `Distortion.extreme` a distortion may be, and how often that range is halved. The
    /// strongest counts that leaves half of the images read right.
    private static let mostTimes: Float = 3, halvings = 6

    /// Calibrates a network that suits the data set; some tenths of a second for small ones.
    ///
    /// - Parameter judge: of the same data set.
    public init(of network: Network, on dataset: Dataset, judge: Judge, seed: UInt64 = 0, threads: Int) {
        self.judge = judge
        let pool = WorkerPool(threads: threads)
        let train = dataset.train
        let indices = DataParts(of: dataset, seed: seed).aside.suffix(Self.imagesToFit)
        let (images, labels) = (indices.flatMap { train.image(Int($0)) }, indices.map { train.labels[Int($0)] })
        func distorted(_ distortion: Distortion) -> [UInt8] {
            images.distorted(
                distortion, height: train.height, width: train.width, seed: seed, round: 1 << 20, pool)
        }
        // A network that was trained on distorted images reads well what others misread.
        var (weak, strong): (Float, Float) = (0, Self.mostTimes)
        for _ in 0..<Self.halvings {
            let middle = (weak + strong) / 2
            let tried = LabelledImages(
                pixels: distorted(.extreme.times(middle)), pixelsPerImage: train.pixelsPerImage, labels: labels)
            let isRead = Evaluation(of: network, on: tried, step: 0, pool: pool).accuracy > 0.5
            (weak, strong) = isRead ? (middle, strong) : (weak, middle)
        }
        temperatures = [.gentle, .extreme.times(weak)].map {
            Self.temperature(network.logits(of: distorted($0), pool), labels)
        }
    }

    /// - Parameters:
    ///   - network: that was calibrated.
    ///   - pixels: of images one after the other, `[count × height × width]`, 0…255
    /// - Returns: `[count]`
    public func readings(of pixels: [UInt8], by network: Network, _ pool: WorkerPool) -> [Reading] {
        let logits = network.logits(of: pixels, pool)
        return zip(0..<logits.rows, judge.opinions(of: pixels)).map { row, opinion in
            let temperature = pow(temperatures[0], 1 - opinion.novelty) * pow(temperatures[1], opinion.novelty)
            let scaled = logits.row(row).map { $0 / temperature }
            return Reading(
                probabilities: SoftmaxCrossEntropy.softmax(Matrix(rows: 1, columns: scaled.count, scaled)).elements,
                isAccepted: opinion.isAccepted)
        }
    }

    /// The temperature that gives the least cross-entropy, within 0.1…20, to about 1 %.
    static func temperature(_ logits: Matrix, _ labels: [UInt8]) -> Float {
        let rows = (0..<logits.rows).map(logits.row)
        func loss(_ temperature: Float) -> Float {
            zip(rows, labels).reduce(0) { sum, row in
                let largest = row.0.max() ?? 0
                let total = row.0.reduce(0) { $0 + exp(($1 - largest) / temperature) }
                return sum + log(total) - (row.0[Int(row.1)] - largest) / temperature
            }
        }
        // The loss has one minimum, as it is convex in 1 / T; so ever smaller steps lead there.
        var (exponent, step): (Float, Float) = (0, 0.64)
        var best = loss(1)
        while step > 0.015 {
            let tries = [exponent - step, exponent + step].filter { (-2.3...3).contains($0) }
                .map { (exponent: $0, loss: loss(exp($0))) }
            if let better = tries.min(by: { $0.loss < $1.loss }), better.loss < best {
                (exponent, best) = better
            } else {
                step /= 2
            }
        }
        return exp(exponent)
    }
}

extension Calibration.Reading {
    /// What a network makes of an image, calibrated where that was done.
    ///
    /// - Parameter pixels: as many as the network has inputs.
    public init(of pixels: [UInt8], by network: Network, _ calibration: Calibration?) {
        if let calibration, calibration.pixels == pixels.count {
            self = calibration.readings(of: pixels, by: network, WorkerPool(threads: 1))[0]
        } else {
            let input = Matrix(rows: 1, columns: pixels.count, pixels.map { Float($0) / 255 })
            self.init(probabilities: SoftmaxCrossEntropy.softmax(network.logits(input)).elements, isAccepted: nil)
        }
    }
}

extension Honesty {
    /// Of a network on labelled images, calibrated where that was done; `images` are of the network's size.
    public init(of network: Network, _ calibration: Calibration?, on images: ImageSet) {
        let pool = WorkerPool(threads: AvailableCores.count)
        let readings: [Calibration.Reading]
        if let calibration, calibration.suits(images.shape) {
            readings = calibration.readings(of: images.pixels, by: network, pool)
        } else {
            let probabilities = SoftmaxCrossEntropy.softmax(network.logits(of: images.pixels, pool))
            readings = (0..<images.count).map {
                Calibration.Reading(probabilities: probabilities.row($0), isAccepted: nil)
            }
        }
        self.init(readings, labels: images.labels)
    }
}

extension Network {
    /// The logits of images one after the other, `[count × inputs]`, 0…255, a part of them on each thread.
    func logits(of pixels: [UInt8], _ pool: WorkerPool) -> Matrix {
        let (count, perBlock) = (pixels.count / inputs, 100)
        var result = Matrix(rows: count, columns: outputs)
        result.withUnsafeMutableElements { elements in
            // Safe, because each block writes its own rows, and all are done before `run` returns.
            nonisolated(unsafe) let elements = elements
            pool.run(blocks: (count + perBlock - 1) / perBlock) { block, _ in
                let rows = block * perBlock..<min((block + 1) * perBlock, count)
                let input = pixels.withUnsafeBufferPointer {
                    Matrix(bytes: $0, width: inputs, rows: (Int32(rows.lowerBound)..<Int32(rows.upperBound)))
                }
                logits(input).withUnsafeElements { part in
                    for (place, value) in part.enumerated() { elements[rows.lowerBound * outputs + place] = value }
                }
            }
        }
        return result
    }
}

/// Calibrates networks on one data set; the judge is found or trained for the first of them and serves all.
public final class Calibrator: Sendable {
    /// From whose images all is found.
    public let dataset: Dataset
    private let judges: JudgeCache?
    private let threads: Int
    private let judge = Mutex<Judge?>(nil)

    /// - Parameter judges: those that were trained before; nil to train one.
    public init(_ dataset: Dataset, judges: JudgeCache?, threads: Int = AvailableCores.count) {
        (self.dataset, self.judges, self.threads) = (dataset, judges, threads)
    }

    public func calibration(of network: Network) -> Calibration {
        let judge = judge.withLock { judge in
            func trained() -> Judge { Judge(of: dataset, threads: threads) }
            let found = judge ?? judges?.judge(of: dataset, train: trained) ?? trained()
            judge = found
            return found
        }
        return Calibration(of: network, on: dataset, judge: judge, threads: threads)
    }
}
