import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Training

@Suite struct LogTests {
    private struct Line: Decodable {
        let event: String
        let step, epoch: Int
        let learningRate: Double
        let loss, accuracy, testLoss, trainLoss: Double?
    }

    private let folder: TemporaryFolder
    private var path: String { folder.file("run.jsonl") }

    init() throws { folder = try TemporaryFolder() }

    private func lines() throws -> [Line] {
        let text = try #require(FileManager.default.contents(atPath: path))
        return try text.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: $0) }
    }

    private func train(_ log: JSONLog) throws -> Trainer {
        let trainer = Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: 15))
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            try log.record(trainer, epoch: result)
        }
        return trainer
    }

    @Test func aLineForEachEpochAndEveryHundredthBatch() throws {
        let trainer = try train(try JSONLog(path: path))
        let lines = try lines()
        #expect(lines.filter { $0.event == "epoch" }.map(\.epoch) == Array(1...15))
        #expect(lines.filter { $0.event == "epoch" }.map(\.testLoss) == trainer.epochs.map(\.testLoss))
        let batches = lines.filter { $0.event == "batch" }
        #expect(batches.map(\.step) == [100])
        #expect(batches[0].epoch == 10)
        #expect(batches[0].loss == Double("\(trainer.history.loss.buckets[99].mean)"))
    }

    /// Each line as it stands in the file, but for the numbers.
    @Test func linesAreAsTheyWere() throws {
        _ = try train(try JSONLog(path: path))
        let text = String(decoding: try folder.bytes(of: "run.jsonl"), as: UTF8.self)
        let forms = Set(text.split(separator: "\n").map { $0.replacing(/-?[0-9.]+(e-?[0-9]+)?/, with: "0") }).sorted()
        #expect(
            forms.map(String.init) == [
                #"{"accuracy":0,"epoch":0,"event":"batch","learningRate":0,"loss":0,"step":0}"#,
                #"{"epoch":0,"event":"epoch","learningRate":0,"samplesPerSecond":0,"seconds":0,"step":0,"#
                    + #""testAccuracy":0,"testLoss":0,"trainAccuracy":0,"trainLoss":0}"#,
            ])
    }

    /// A run that was killed after its last checkpoint has logged more than it has kept.
    @Test func aResumedRunGoesOnWithItsLog() throws {
        _ = try train(try JSONLog(path: path))
        let whole = try lines()
        _ = try JSONLog(path: path, resumingAt: 100)
        let kept = try lines()
        #expect(kept.map(\.step).max() == 100)
        #expect(kept.count == whole.count { $0.step <= 100 })
        #expect(kept.count < whole.count)
        _ = try JSONLog(path: path, resumingAt: 1_000_000)
        #expect(try lines().count == kept.count, "nothing is lost of what was kept")
        try folder.write("no line of ours\n".utf8, to: "run.jsonl")
        _ = try JSONLog(path: path, resumingAt: 10)
        #expect(try lines().isEmpty)
    }

    @Test func tensorBoardIsToldWhereARunGoesOn() throws {
        _ = try TensorBoardLog(folder: folder.path, resumingAt: 1900)
        let bytes = try folder.bytes(of: try #require(try folder.names.first))
        // step 1901 (field 2), then session_log (field 7) with the status START (field 1).
        let expected: [UInt8] = [0x10, 0xed, 0x0e, 0x3a, 2, 8, 1]
        #expect(bytes.suffix(expected.count + 4).prefix(expected.count).elementsEqual(expected))
    }

    @Test func divergedNumbersAreNullAndSaidSo() throws {
        func result(_ loss: Double) -> EpochResult {
            EpochResult(
                epoch: 1, step: 1, trainLoss: loss, trainAccuracy: 0.1, testLoss: 2, testAccuracy: 0.1, seconds: 1,
                samplesPerSecond: 1)
        }
        for loss in [Double.nan, .infinity] {
            let text = try JSONLine(EpochLine(result(loss), of: nil, interrupted: false)).text
            #expect(text.contains("\"diverged\":true"))
            #expect(text.contains("\"trainLoss\":null"))
        }
        #expect(try JSONLine(EpochLine(result(7e11), of: nil, interrupted: false)).text.contains("\"diverged\":true"))
        let sound = try JSONLine(EpochLine(result(2.5), of: nil, interrupted: false)).text
        #expect(sound.contains("\"trainLoss\":2.5") && !sound.contains("diverged") && !sound.contains("testedOn"))
        let alone = Dataset(name: "halves", train: makeHalves().train)
        #expect(
            try JSONLine(EpochLine(result(2.5), of: alone, interrupted: false)).text
                .contains("\"testedOn\":\"train\""))
    }

    @Test func aFullDiskIsNamed() throws {
        let log = try JSONLog(path: "/dev/full")
        let error = #expect(throws: ModelFileError.self) { try train(log) }
        #expect(error?.description == "/dev/full: expected a file to append to, found \"No space left on device\"")
        #expect(throws: ModelFileError.self) { try JSONLog(path: "/nowhere/log") }
        #expect(throws: ModelFileError.self) { try TensorBoardLog(folder: "/dev/null/folder") }
    }
}
