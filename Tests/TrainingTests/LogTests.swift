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

    /// Every hundredth batch and each epoch, each number under its name.
    @Test(arguments: [(nil, "test"), (60, "validation")] as [(Int?, String)])
    func tensorBoardHasACurveOfEachNumber(validation: Int?, judge: String) throws {
        let log = try TensorBoardLog(folder: folder.path)
        let dataset = validation.map { makeHalves(train: 360).validated(by: $0) } ?? makeHalves()
        let trainer = Trainer(dataset: dataset, configuration: makeConfiguration(epochs: 11))
        var (tags, values): ([String], [Double]) = ([], [])
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            try log.record(trainer, epoch: result)
            guard let result else { continue }
            if trainer.step == 100 {
                tags += ["batch/loss 100", "batch/accuracy 100", "learning_rate 100"]
                let (loss, accuracy) = (trainer.history.loss.last, trainer.history.accuracy.last)
                values += [Double(try #require(loss)), Double(try #require(accuracy)), Double(trainer.learningRate)]
            }
            tags += ["train/loss", "train/accuracy", "\(judge)/loss", "\(judge)/accuracy", "samples_per_second"].map {
                "\($0) \(trainer.step)"
            }
            values += [
                result.trainLoss, result.trainAccuracy, result.testLoss, result.testAccuracy, result.samplesPerSecond,
            ]
        }
        var events = try EventFile(path: folder.file(try #require(try folder.names.first)))
        let first = try events.next()
        #expect(first == [], "the version")
        var found: [EventFile.Scalar] = []
        while let scalars = try events.next() { found += scalars }
        #expect(found.map { "\($0.tag) \($0.step)" } == tags && tags.count == 11 * 5 + 3)
        #expect(found.map { Float($0.value) } == values.map { Float($0) })
    }

    @Test func tensorBoardIsToldTheVersionFirst() throws {
        _ = try TensorBoardLog(folder: folder.path)
        let bytes = try folder.bytes(of: try #require(try folder.names.first))
        // Length and checksum; the time (field 1), step 0 (field 2), and the version (field 3).
        #expect(bytes.count == 12 + 9 + 2 + 15 + 4)
        #expect(bytes[21..<38].elementsEqual([0x10, 0, 0x1a, 13] + Array("brain.Event:2".utf8)))
    }

    /// Fields as in `HistogramProto`: the ends, how many, their sum and that of their squares, upper ends, counts.
    @Test func histogramsHaveThirtyBuckets() {
        func message(_ numbers: [Double], limits: [Double], counts: [Int: Double]) -> Protobuf {
            var histogram = Protobuf()
            for (field, number) in numbers.enumerated() { histogram.add(field + 1, number) }
            histogram.add(6, limits)
            histogram.add(7, (0..<30).map { counts[$0] ?? 0 })
            return histogram
        }
        #expect(
            TensorBoardLog.histogram([0, 30, 15, .nan, 1, .infinity])
                == message(
                    [0, 30, 4, 46, 1126], limits: (1...30).map(Double.init), counts: [0: 1, 1: 1, 15: 1, 29: 1]))
        #expect(
            TensorBoardLog.histogram([-15, -14.5, 45])
                == message(
                    [-15, 45, 3, 15.5, 2460.25], limits: (1...30).map { 2 * Double($0) - 15 }, counts: [0: 2, 29: 1]))
        #expect(
            TensorBoardLog.histogram([2, 2])
                == message([2, 2, 2, 4, 8], limits: (3...32).map(Double.init), counts: [0: 2]), "of one value")
        #expect(
            TensorBoardLog.histogram([.nan])
                == message([0, 0, 0, 0, 0], limits: (1...30).map(Double.init), counts: [:]))
    }

    /// A square of 24 × 24 pixels for each class and what it was read as, black for none and white for all.
    @Test func theConfusionIsAPicture() throws {
        let confusion = ConfusionMatrix(classes: 3, labels: [0, 0, 0, 1], predictions: [0, 1, 1, 1])
        let shares: [[UInt8]] = [[85, 170, 0], [0, 255, 0], [0, 0, 0]]
        let pixels = (0..<72 * 72).map { (place: Int) -> UInt8 in
            let (y, x) = (place / 72, place % 72)
            return shares[y / 24][x / 24]
        }
        var image = Protobuf()
        // Height, width, and grey alone.
        for (field, number) in [(1, 72), (2, 72), (3, 1)] { image.add(field, number) }
        image.add(4, try #require(PNG.encoded(GreyImage(width: 72, height: 72, pixels: pixels))))
        #expect(TensorBoardLog.picture(confusion) == image)
        #expect(TensorBoardLog.picture(ConfusionMatrix(classes: 0)) == nil)
    }

    /// Each key of a line as it stands in the file.
    @Test func anEpochIsALine() throws {
        let result = EpochResult(
            epoch: 2, step: 20, trainLoss: 0.5, trainAccuracy: 0.25, testLoss: 0.75, testAccuracy: 0.125, seconds: 1.5,
            samplesPerSecond: 2.5)
        func line(_ dataset: Dataset, interrupted: Bool = false) throws -> String {
            try JSONLine(EpochLine(result, of: dataset, interrupted: interrupted)).text
        }
        #expect(
            try line(makeHalves(), interrupted: true)
                == #"{"epoch":2,"interrupted":true,"samplesPerSecond":2.5,"seconds":1.5,"testAccuracy":0.125,"#
                + #""testLoss":0.75,"trainAccuracy":0.25,"trainLoss":0.5}"#)
        #expect(
            try line(makeHalves().validated(by: 60))
                == #"{"epoch":2,"samplesPerSecond":2.5,"seconds":1.5,"trainAccuracy":0.25,"trainLoss":0.5,"#
                + #""validationAccuracy":0.125,"validationLoss":0.75}"#)
    }

    @Test func theLastTestIsALine() throws {
        var record = RunRecord(makeConfiguration(), imagesPerEpoch: 300)
        let test = FinalTest(loss: 0.5, correct: 3, count: 4)
        #expect(
            try JSONLine(FinalTestLine(test, of: record, isTestedOnTraining: false)).text
                == #"{"correct":3,"count":4,"epochs":0,"testAccuracy":0.75,"testLoss":0.5}"#)
        record.keptEpoch = 2
        #expect(
            try JSONLine(FinalTestLine(test, of: record, isTestedOnTraining: true)).text
                == #"{"bestEpoch":2,"correct":3,"count":4,"epochs":0,"testAccuracy":0.75,"testLoss":0.5,"#
                + #""testedOn":"train"}"#)
    }

    /// Null where JSON has no word for it; a float as short as it can be.
    @Test func numbersAreJSON() throws {
        let doubles: [Double] = [0.1, 2.5, .nan, .infinity]
        #expect(try JSONLine(doubles.map { JSONNumber($0) }).text == "[0.1,2.5,null,null]")
        let floats: [Float] = [0.1, 2.5, .nan, -.infinity]
        #expect(try JSONLine(floats.map { JSONNumber($0) }).text == "[0.1,2.5,null,null]")
        #expect(try JSONLine(["b": "a/b", "a": "c"]).text == #"{"a":"c","b":"a/b"}"#)
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
