import Datasets
import Foundation
import ModelFiles
import NeuralNetwork

/// A log for TensorBoard: a file of events with scalars, histograms of the weights and the confusion matrix as a picture.
///
/// The file is a sequence of TFRecords, each an `Event` message; field numbers are those of `event.proto` and
/// `summary.proto`.
public struct TensorBoardLog: TrainingRecorder {
    /// Batches between two points of a curve.
    public static let batchInterval = 100

    private let file: AppendingFile

    /// Begins a new file in `folder`, which is made if need be; TensorBoard shows all files of a folder as one run.
    ///
    /// - Parameter step: where a run that is resumed goes on; TensorBoard then forgets later points of the files before.
    public init(folder: String, resumingAt step: Int? = nil) throws(ModelFileError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ModelFileError(folder, expected: "a folder to write to", found: "none, and none can be made")
        }
        let time = Int(Date().timeIntervalSince1970 * 1000)
        let name = "events.out.tfevents.\(time / 1000).inkling.\(getpid()).\(time % 1000).v2"
        file = try AppendingFile("\(folder)/\(name)", continues: false)
        var version = Protobuf()
        version.add(3, "brain.Event:2")  // file_version
        try append(version, step: 0)
        guard let step else { return }
        var session = Protobuf()
        session.add(1, 1)  // status: START
        var event = Protobuf()
        event.add(7, session)  // session_log
        try append(event, step: step + 1)
    }

    public func record(_ trainer: Trainer, epoch: EpochResult?) throws {
        if trainer.step.isMultiple(of: Self.batchInterval), let loss = trainer.history.loss.last,
            let accuracy = trainer.history.accuracy.last
        {
            try append(
                [
                    scalar("batch/loss", Double(loss)), scalar("batch/accuracy", Double(accuracy)),
                    scalar("learning_rate", Double(trainer.learningRate)),
                ], step: trainer.step)
        }
        guard let epoch else { return }
        var values = [
            scalar("train/loss", epoch.trainLoss), scalar("train/accuracy", epoch.trainAccuracy),
            scalar("\(trainer.dataset.judge)/loss", epoch.testLoss),
            scalar("\(trainer.dataset.judge)/accuracy", epoch.testAccuracy),
            scalar("samples_per_second", epoch.samplesPerSecond),
        ]
        for tensor in trainer.network.tensors { values.append(value(tensor.name, 5, Self.histogram(tensor.floats))) }
        if let confusion = trainer.evaluation?.confusion, let picture = Self.picture(confusion) {
            values.append(value("confusion", 4, picture))
        }
        try append(values, step: trainer.step)
    }

    public func finish(_ trainer: Trainer) {}

    // MARK: Messages

    private func scalar(_ tag: String, _ number: Double) -> Protobuf {
        var value = Protobuf()
        value.add(1, tag)
        value.add(2, Float(number))
        return value
    }

    private func value(_ tag: String, _ field: Int, _ content: Protobuf) -> Protobuf {
        var value = Protobuf()
        value.add(1, tag)
        value.add(field, content)
        return value
    }

    /// The values in thirty buckets of one width; those that are no finite numbers are left out.
    static func histogram(_ values: [Float]) -> Protobuf {
        let values = values.filter(\.isFinite).map(Double.init)
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        let count = 30
        let width = high > low ? (high - low) / Double(count) : 1
        var buckets = [Double](repeating: 0, count: count)
        for value in values { buckets[min(Int((value - low) / width), count - 1)] += 1 }
        var histogram = Protobuf()
        histogram.add(1, low)
        histogram.add(2, high)
        histogram.add(3, Double(values.count))
        histogram.add(4, values.reduce(0, +))
        histogram.add(5, values.reduce(0) { $0 + $1 * $1 })
        histogram.add(6, (1...count).map { low + Double($0) * width })  // bucket_limit: the upper ends
        histogram.add(7, buckets)
        return histogram
    }

    /// The share of each class's images (rows) that was read as each class (columns), white for all of them.
    static func picture(_ confusion: ConfusionMatrix) -> Protobuf? {
        let cell = 24
        let side = confusion.classes * cell
        let pixels = (0..<side * side).map { index -> UInt8 in
            let (label, prediction) = (index / side / cell, index % side / cell)
            return UInt8(255 * confusion[label, prediction] / max(confusion.labelled(label), 1))
        }
        guard side > 0, let png = PNG.encoded(GreyImage(width: side, height: side, pixels: pixels)) else { return nil }
        var image = Protobuf()
        image.add(1, side)  // height
        image.add(2, side)  // width
        image.add(3, 1)  // colorspace: grey
        image.add(4, png)
        return image
    }

    private func append(_ values: [Protobuf], step: Int) throws(ModelFileError) {
        var summary = Protobuf()
        for value in values { summary.add(1, value) }
        var event = Protobuf()
        event.add(5, summary)
        try append(event, step: step)
    }

    /// Adds time and step, and frames the event: length, checksum of the length, event, checksum of the event.
    private func append(_ event: Protobuf, step: Int) throws(ModelFileError) {
        var whole = Protobuf()
        whole.add(1, Date().timeIntervalSince1970)
        whole.add(2, step)
        let data = whole.bytes + event.bytes
        func little(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let length = little(UInt64(data.count), 8)
        try file.append(
            length + little(UInt64(CRC32C.masked(length)), 4) + data + little(UInt64(CRC32C.masked(data)), 4))
    }
}
