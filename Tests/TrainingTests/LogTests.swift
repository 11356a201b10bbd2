import Foundation
import ModelFiles
import Testing

@testable import Training

@Suite struct LogTests {
    private struct Line: Decodable {
        let event: String
        let step, epoch: Int
        let learningRate: Double
        let loss, accuracy, testLoss, trainLoss: Double?
    }

    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("inkling-\(UUID().uuidString)")
        .path

    private func lines() throws -> [Line] {
        let text = try #require(FileManager.default.contents(atPath: path))
        return try text.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: $0) }
    }

    private func train(_ log: JSONLog) throws -> Trainer {
        var trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 15))
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            try log.record(trainer, epoch: result)
        }
        return trainer
    }

    @Test func aLineForEachEpochAndEveryHundredthBatch() throws {
        defer { unlink(path) }
        let trainer = try train(try JSONLog(path: path, continues: false))
        let lines = try lines()
        #expect(lines.filter { $0.event == "epoch" }.map(\.epoch) == Array(1...15))
        #expect(lines.filter { $0.event == "epoch" }.map(\.testLoss) == trainer.epochs.map(\.testLoss))
        let batches = lines.filter { $0.event == "batch" }
        #expect(batches.map(\.step) == [100])
        #expect(batches[0].epoch == 10)
        #expect(batches[0].loss == Double("\(trainer.history.loss.buckets[99].mean)"))
    }

    @Test func aResumedRunGoesOnWithItsLog() throws {
        defer { unlink(path) }
        _ = try train(try JSONLog(path: path, continues: false))
        let count = try lines().count
        _ = try train(try JSONLog(path: path, continues: true))
        #expect(try lines().count == 2 * count)
        _ = try train(try JSONLog(path: path, continues: false))
        #expect(try lines().count == count)
    }

    @Test func aFullDiskIsNamed() throws {
        let log = try JSONLog(path: "/dev/full", continues: false)
        let error = #expect(throws: ModelFileError.self) { try train(log) }
        #expect(error?.description == "/dev/full: expected a file to append to, found \"No space left on device\"")
        #expect(throws: ModelFileError.self) { try JSONLog(path: "/nowhere/log", continues: false) }
        #expect(throws: ModelFileError.self) { try TensorBoardLog(folder: "/dev/null/folder") }
    }
}
