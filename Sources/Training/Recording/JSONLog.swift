import Foundation
import ModelFiles

/// A log of a training as lines of JSON: one for each epoch, and one every so many batches.
public struct JSONLog: TrainingRecorder {
    /// Batches between two lines.
    public static let batchInterval = 100

    private struct BatchLine: Encodable {
        var event = "batch"
        let step, epoch: Int
        let loss, accuracy, learningRate: JSONNumber
    }

    private struct LogLine: Encodable {
        let event = "epoch"
        let step: Int
        let learningRate: Float
        let line: EpochLine

        enum CodingKeys: CodingKey { case event, step, learningRate }

        func encode(to encoder: any Encoder) throws {
            try line.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(event, forKey: .event)
            try container.encode(step, forKey: .step)
            try container.encode(learningRate, forKey: .learningRate)
        }
    }

    private let file: AppendingFile

    private struct Place: Decodable { let step: Int }

    /// - Parameter step: where a run that is resumed goes on. Lines up to there stay; what was logged of later steps, which
    ///   the run has not kept, is cut off. nil for a new log.
    public init(path: String, resumingAt step: Int? = nil) throws(ModelFileError) {
        file = try AppendingFile(path, continues: step != nil)
        guard let step, let contents = FileManager.default.contents(atPath: path) else { return }
        var kept = 0
        for line in contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            guard let place = try? JSONDecoder().decode(Place.self, from: Data(line)), place.step <= step else { break }
            kept += line.count + 1
        }
        try file.cut(to: kept)
    }

    public func record(_ trainer: Trainer, epoch: EpochResult?) throws {
        if trainer.step.isMultiple(of: Self.batchInterval), let loss = trainer.history.loss.last,
            let accuracy = trainer.history.accuracy.last
        {
            try append(
                BatchLine(
                    step: trainer.step, epoch: trainer.epoch, loss: JSONNumber(loss),
                    accuracy: JSONNumber(accuracy), learningRate: JSONNumber(trainer.learningRate)))
        }
        if let epoch {
            try append(
                LogLine(
                    step: trainer.step, learningRate: trainer.learningRate,
                    line: EpochLine(epoch, of: trainer.dataset, interrupted: false)))
        }
    }

    public func finish(_ trainer: Trainer) {}

    private func append(_ line: some Encodable) throws {
        try file.append(Array((JSONLine(line).text + "\n").utf8))
    }
}
