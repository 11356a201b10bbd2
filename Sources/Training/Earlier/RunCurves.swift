/// The course of a run in two curves: how it did on test images or, where nothing is known of that, on training images.
public struct RunCurves: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        /// In the curve's unit.
        public let place: Double
        /// A mean cross-entropy in nats, or an accuracy of 0…1.
        public let value: Double

        public init(place: Double, value: Double) { (self.place, self.value) = (place, value) }
    }

    public struct Curve: Sendable, Equatable {
        /// In what the places of points are told.
        public enum Unit: Sendable { case epochs, steps }

        /// By rising places, at most `RunCurves.capacity`.
        public let points: [Point]
        public let unit: Unit
        /// Whether it tells of test images, and not of those trained on.
        public let isTest: Bool

        /// Where there are more points than are kept, several that follow each other become one.
        public init(_ points: [Point], unit: Unit = .epochs, isTest: Bool = true) {
            let together = (points.count + RunCurves.capacity - 1) / RunCurves.capacity
            self.points =
                together <= 1
                ? points
                : stride(from: 0, to: points.count, by: together).map { start in
                    let group = points[start..<min(start + together, points.count)]
                    let sum = group.reduce(0) { $0 + $1.value }
                    return Point(place: group.last?.place ?? 0, value: sum / Double(group.count))
                }
            (self.unit, self.isTest) = (unit, isTest)
        }
    }

    /// More points than a chart has columns of dots.
    static let capacity = 1024

    public let loss: Curve
    public let accuracy: Curve

    public init(loss: Curve, accuracy: Curve) { (self.loss, self.accuracy) = (loss, accuracy) }

    /// The tests of a run.
    public init(_ record: RunRecord) {
        func curve(_ value: KeyPath<EpochResult, Double>) -> Curve {
            let length = Double(max(record.batchesPerEpoch, 1))
            return Curve(record.epochs.map { Point(place: Double($0.step) / length, value: $0[keyPath: value]) })
        }
        self.init(loss: curve(\.testLoss), accuracy: curve(\.testAccuracy))
    }

    /// The accuracy of the last test, 0…1; nil where none is known.
    public var testAccuracy: Double? { accuracy.isTest ? accuracy.points.last?.value : nil }
}
