import ModelFiles

/// A log of a training as lines of JSON: one for each epoch, and one every so many batches.
public struct JSONLog: TrainingRecorder {
    /// Batches between two lines.
    public static let batchInterval = 100

    private struct BatchLine: Encodable {
        var event = "batch"
        let step, epoch: Int
        let loss, accuracy, learningRate: Float
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

    /// - Parameter continues: whether lines that are there stay, as for a run that is resumed.
    public init(path: String, continues: Bool) throws(ModelFileError) {
        file = try AppendingFile(path, continues: continues)
    }

    public func record(_ trainer: Trainer, epoch: EpochResult?) throws {
        if trainer.step.isMultiple(of: Self.batchInterval), let loss = trainer.history.loss.last,
            let accuracy = trainer.history.accuracy.last
        {
            try append(
                BatchLine(
                    step: trainer.step, epoch: (trainer.step - 1) / trainer.batchesPerEpoch + 1, loss: loss,
                    accuracy: accuracy, learningRate: trainer.learningRate))
        }
        if let epoch {
            try append(
                LogLine(
                    step: trainer.step, learningRate: trainer.learningRate,
                    line: EpochLine(epoch, interrupted: false)))
        }
    }

    public func finish(_ trainer: Trainer) {}

    private func append(_ line: some Encodable) throws {
        try file.append(Array((JSONLine(line).text + "\n").utf8))
    }
}
