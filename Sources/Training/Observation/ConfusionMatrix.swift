/// How many samples of each true class were read as each class.
public struct ConfusionMatrix: Sendable, Equatable {
    public let classes: Int
    private var counts: [Int]

    public init(classes: Int) {
        self.classes = classes
        counts = Array(repeating: 0, count: classes * classes)
    }

    /// `labels` and `predictions` `[samples]`, each below `classes`.
    public init(classes: Int, labels: [UInt8], predictions: [UInt8]) {
        precondition(labels.count == predictions.count, "One prediction a label.")
        self.init(classes: classes)
        for (label, prediction) in zip(labels, predictions) {
            counts[Int(label) * classes + Int(prediction)] += 1
        }
    }

    public subscript(label: Int, prediction: Int) -> Int { counts[label * classes + prediction] }

    public var total: Int { counts.reduce(0, +) }
    public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

    /// How many samples are of the class.
    public func labelled(_ label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[label, $1] } }

    /// How many samples were read as the class.
    public func predicted(_ prediction: Int) -> Int { (0..<classes).reduce(0) { $0 + self[$1, prediction] } }

    /// Of the samples read as the class, the share that is of it, 0…1; nil where none was read so.
    public func precision(_ label: Int) -> Double? { ratio(self[label, label], predicted(label)) }

    /// Of the samples of the class, the share that was read as it, 0…1; nil where there is none.
    public func recall(_ label: Int) -> Double? { ratio(self[label, label], labelled(label)) }

    /// The harmonic mean of precision and recall, 0…1; nil where the class neither is nor was read.
    public func f1(_ label: Int) -> Double? { ratio(2 * self[label, label], labelled(label) + predicted(label)) }

    private func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
