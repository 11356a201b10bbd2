import Datasets
import Files
import Foundation
import ModelFiles
import NeuralNetwork

/// A run that was trained before, here or by another program, out of a file: a log in lines of JSON, a checkpoint, or a
/// file or folder of events for TensorBoard.
public struct EarlierRun: Sendable, Equatable {
    /// Of the file, without its folder.
    public let name: String
    public let curves: RunCurves
    /// Time that its training took; nil where the file does not tell.
    public let seconds: Double?
    private let checkpoint: Checkpoint?

    init(file: String, curves: RunCurves, seconds: Double? = nil, checkpoint: Checkpoint? = nil) {
        // A name may hold escape sequences.
        name = URL(fileURLWithPath: file).lastPathComponent
            .filter { !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
        (self.curves, self.seconds, self.checkpoint) = (curves, seconds, checkpoint)
    }

    /// Reads a file of any of the kinds; throws where it is none or damaged.
    public init(path: String) throws(ModelFileError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            try self.init(eventsIn: path)
            return
        }
        let beginning = try beginning(ofFile: path, count: 64)
        let brace = UInt8(ascii: "{")
        if EventFile.isOne(beginning: beginning) {
            try self.init(eventsIn: path)
        } else if beginning.count > 8, beginning[7] == 0, beginning[8] == brace {
            // The length of a header, in eight bytes, and JSON.
            try self.init(try Checkpoint(file: path))
        } else if beginning.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) == brace {
            try self.init(logOfJSON: path)
        } else {
            throw ModelFileError(
                path, expected: "a log of JSON lines, a checkpoint or events for TensorBoard",
                found: beginning.isEmpty ? "an empty file" : "something else")
        }
    }

    /// The run as a session shows its own, with its network; nil where the file has no network, or one of other images.
    ///
    /// - Parameter run: what the session calls it.
    public func snapshot(on dataset: Dataset, run: Int) -> TrainingSnapshot? {
        checkpoint?.snapshot(on: dataset, run: run)
    }
}

extension EarlierRun {
    fileprivate init(_ checkpoint: Checkpoint) throws(ModelFileError) {
        let record = checkpoint.record
        self.init(
            file: checkpoint.file, curves: RunCurves(record), seconds: record.secondsTrained, checkpoint: checkpoint)
    }
}

extension Checkpoint {
    fileprivate func snapshot(on dataset: Dataset, run: Int) -> TrainingSnapshot? {
        guard suits(dataset) else { return nil }
        let network = Network(layers: network.layers, input: dataset.train.shape)
        return TrainingSnapshot(
            run: run, serial: run, phase: .stopped, dataset: dataset, record: record,
            now: Moment(step: step, network: network, evaluation: nil, layers: []),
            past: Moments(
                network: network, images: dataset.test.count, batchSize: record.configuration.batchSize,
                batchesPerEpoch: record.batchesPerEpoch),
            samplesPerSecond: record.epochs.last?.samplesPerSecond ?? 0, pace: .full, isKept: true)
    }
}
