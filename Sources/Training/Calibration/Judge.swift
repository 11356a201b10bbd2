import Foundation
import NeuralNetwork

/// A small network beside the one that reads. It knows nothing of that one, only of the data set's images, and tells of an
/// image how like them it is.
///
/// It tells apart 2K + 1 classes, K being those of the data set: a class as the data set shows it, the same class as it
/// does not (images distorted strongly, their contrast changed; digits drawn by pen), and what is like none (outlier
/// exposure: Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019).
public struct Judge: Sendable, Equatable {
    /// Reads images made smaller; `[… → 2K + 1]`.
    let network: Network
    /// Of the data set's images, in pixels.
    let height: Int, width: Int
    /// How familiar an image is, in nats, that counts as familiar altogether, and one that does not at all.
    let familiar: Float, unfamiliar: Float
    /// How strange an image may be, in nats.
    let limit: Float

    init(
        network: Network, height: Int, width: Int, familiar: Float, unfamiliar: Float, limit: Float
    ) {
        (self.network, self.height, self.width) = (network, height, width)
        (self.familiar, self.unfamiliar, self.limit) = (familiar, unfamiliar, limit)
    }

    /// What it says of an image.
    public struct Opinion: Sendable, Equatable {
        /// How unlike the data set's images it is, 0…1.
        public let novelty: Float
        /// Whether it is like something that the data set has at all.
        public let isAccepted: Bool
    }

    /// - Parameter pixels: of images one after the other, `[count × height × width]`, 0…255
    /// - Returns: `[count]`
    public func opinions(of pixels: [UInt8]) -> [Opinion] {
        let logits = Self.logits(network, of: pixels, height: height, width: width)
        return (0..<logits.rows).map { row in
            let score = Score(logits.row(row))
            return Opinion(
                novelty: min(max((familiar - score.familiarity) / max(familiar - unfamiliar, 1e-3), 0), 1),
                isAccepted: score.strangeness <= limit)
        }
    }

    /// What the logits of an image say, as logarithms of odds in nats.
    struct Score {
        /// That it is as the data set shows things.
        let familiarity: Float
        /// That it is like none.
        let strangeness: Float

        /// - Parameter logits: `[2K + 1]`
        init(_ logits: [Float]) {
            let classes = logits.count / 2
            familiarity = logOfSum(logits[..<classes]) - logOfSum(logits[classes...])
            strangeness = logits[2 * classes] - logOfSum(logits[..<(2 * classes)])
        }
    }

    /// - Parameter pixels: `[count × height × width]`
    /// - Returns: `[count × (2K + 1)]`
    static func logits(_ network: Network, of pixels: [UInt8], height: Int, width: Int) -> Matrix {
        let small = smaller(pixels, height: height, width: width)
        return network.logits(
            Matrix(rows: small.count / network.inputs, columns: network.inputs, small.map { Float($0) / 255 }))
    }

    /// Pixels on a side that become one.
    static func shrinkage(height: Int, width: Int) -> Int { max((max(height, width) + 15) / 16, 1) }

    /// Each square of pixels as their mean; of those at the right and lower edges what is there.
    static func smaller(_ pixels: [UInt8], height: Int, width: Int) -> [UInt8] {
        let side = shrinkage(height: height, width: width)
        let (rows, columns, size) = ((height + side - 1) / side, (width + side - 1) / side, height * width)
        return [UInt8](unsafeUninitializedCapacity: pixels.count / size * rows * columns) { small, count in
            pixels.withUnsafeBufferPointer { pixels in
                var place = 0
                for image in 0..<pixels.count / size {
                    for top in stride(from: 0, to: height, by: side) {
                        for left in stride(from: 0, to: width, by: side) {
                            let (bottom, right) = (min(top + side, height), min(left + side, width))
                            var sum: UInt32 = 0
                            for y in top..<bottom {
                                let row = image * size + y * width
                                for x in left..<right { sum &+= UInt32(pixels[row + x]) }
                            }
                            let area = UInt32((bottom - top) * (right - left))
                            small[place] = UInt8((sum + area / 2) / area)
                            place += 1
                        }
                    }
                }
            }
            count = small.count
        }
    }
}

/// log Σ exp
private func logOfSum(_ values: ArraySlice<Float>) -> Float {
    let largest = values.max() ?? 0
    return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
