import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles
@testable import Training

/// Runs out of logs, checkpoints and events, by this program and others.
@Suite struct EarlierRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A run of five batches an epoch.
    private static func trainer(epochs: Int = 4) -> Trainer {
        let images = ImageSet(
            width: 2, height: 2, pixels: (0..<40 * 4).map { UInt8($0) }, labels: (0..<40).map { UInt8($0 % 10) })
        var configuration = TrainingConfiguration()
        (configuration.hiddenLayers, configuration.epochs, configuration.batchSize) = ([4], epochs, 8)
        return Trainer(dataset: Dataset(name: "small", train: images, test: images), configuration: configuration)
    }

    @Test func aLogOfJSON() throws {
        let trainer = Self.trainer()
        let log = try JSONLog(path: folder.file("run.jsonl"))
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            try log.record(trainer, epoch: result)
        }
        let run = try EarlierRun(path: folder.file("run.jsonl"))
        #expect(run.name == "run.jsonl" && run.curves.accuracy.isTest && run.curves.loss.unit == .epochs)
        #expect(run.curves.loss.points.map(\.place) == [1, 2, 3, 4])
        #expect(run.curves.loss.points.map(\.value) == trainer.epochs.map(\.testLoss))
        #expect(run.curves.testAccuracy == trainer.epochs.last?.testAccuracy)
        #expect(abs(try #require(run.seconds) - trainer.secondsTrained) < 1e-6)
        #expect(run.snapshot(on: trainer.dataset, run: -1) == nil)
        // While the program writes its next line.
        let handle = try #require(FileHandle(forWritingAtPath: folder.file("run.jsonl")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"epoch\":5,\"te".utf8))
        #expect(try EarlierRun(path: folder.file("run.jsonl")).curves == run.curves)
    }

    @Test func aLogBeforeItsFirstEpoch() throws {
        let line = #"{"event":"batch","step":100,"epoch":1,"loss":0.5,"accuracy":0.75,"learningRate":0.1}"#
        let run = try EarlierRun(path: try folder.write(Array((line + "\n").utf8)))
        #expect(run.curves.loss == RunCurves.Curve([.init(place: 100, value: 0.5)], unit: .steps, isTest: false))
        #expect(run.curves.testAccuracy == nil && run.seconds == nil)
    }

    @Test func aCheckpointComesWithItsNetwork() throws {
        let trainer = Self.trainer()
        while trainer.step < 15 { _ = trainer.trainBatch() }
        try Checkpoint.write(trainer, to: folder.file("run"))
        let run = try EarlierRun(path: folder.file("run"))
        #expect(run.curves == RunCurves(trainer.record) && run.curves.loss.points.map(\.place) == [1, 2, 3])
        let snapshot = try #require(run.snapshot(on: trainer.dataset, run: -3))
        #expect(snapshot.now.network == trainer.network && snapshot.run == -3 && snapshot.phase == .stopped)
        #expect(snapshot.record.history.loss.buckets == trainer.history.loss.buckets && snapshot.isKept)
        let others = Dataset(name: "others", train: trainer.dataset.train)
        #expect(run.snapshot(on: others, run: -1) == nil, "its network is of other images")
    }

    @Test func ourEvents() throws {
        let trainer = Self.trainer(epochs: 25)
        let log = try TensorBoardLog(folder: folder.file("events"))
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            try log.record(trainer, epoch: result)
        }
        let run = try EarlierRun(path: folder.file("events"))
        #expect(run.curves.loss.points.map(\.place) == (1...25).map(Double.init) && run.curves.accuracy.unit == .epochs)
        for (point, epoch) in zip(run.curves.accuracy.points, trainer.epochs) {
            #expect(abs(point.value - epoch.testAccuracy) < 1e-6)
        }
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder.file("events")).first)
        #expect(try EarlierRun(path: folder.file("events/\(name)")).curves == run.curves)
    }

    @Test(arguments: [
        ("loss", EventTag.Quantity.loss, false), ("Loss/train", .loss, false), ("train/loss", .loss, false),
        ("train_loss_step", .loss, false), ("accuracy", .accuracy, false), ("epoch_accuracy", .accuracy, false),
        ("val_accuracy", .accuracy, true), ("Accuracy/test", .accuracy, true), ("valLoss", .loss, true),
        ("validation/epoch_sparse_categorical_accuracy", .accuracy, true), ("eval/nll", .loss, true),
        ("testAcc", .accuracy, true),
    ]) func tagsOfOtherPrograms(tag: String, quantity: EventTag.Quantity, isTest: Bool) throws {
        let found = try #require(EventTag(tag))
        #expect(found.quantity == quantity && found.isTest == isTest)
    }

    @Test(arguments: ["lr", "learning_rate", "glossary", "samples_per_second", "0.weight", "latest", ""])
    func whatIsNeither(tag: String) { #expect(EventTag(tag) == nil) }

    /// Keras: two folders, tensors, epochs counted from 0.
    @Test func kerasKeepsValidationApart() throws {
        for (part, offset) in [("train", 0.1), ("validation", 0.0)] {
            let events = (0..<5).map {
                Events.event(step: $0, ["epoch_loss": 1 / Double($0 + 1) + offset, "epoch_lr": 7], asTensors: true)
            }
            let steps = (0..<40).map { Events.event(step: $0, ["evaluation_loss_vs_iterations": 9], asTensors: true) }
            try Events.write(events + (part == "train" ? [] : steps), to: folder.file("logs/\(part)"))
        }
        let run = try EarlierRun(path: folder.file("logs"))
        #expect(run.curves.loss.isTest && run.curves.loss.unit == .epochs && run.curves.accuracy.points.isEmpty)
        #expect(run.curves.loss.points.map(\.place) == [1, 2, 3, 4, 5])
        let losses: [Float] = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
        #expect(run.curves.loss.points.map { Float($0.value) } == losses)
    }

    /// PyTorch: steps are what the program likes; tests tell how long an epoch is, and percent are percent.
    @Test func stepsBecomeEpochs() throws {
        let train = (1...20).map { Events.event(step: $0 * 50, ["Loss/train": 1 - Double($0) / 40]) }
        let test = (1...5).map { Events.event(step: $0 * 200, ["Accuracy/test": 90 + Double($0)]) }
        try Events.write(train + test, to: folder.file("a"))
        let run = try EarlierRun(path: folder.file("a"))
        #expect(run.curves.accuracy.points.map(\.place) == [1, 2, 3, 4, 5])
        #expect(run.curves.testAccuracy.map { abs($0 - 0.95) < 1e-6 } == true)
        #expect(!run.curves.loss.isTest && run.curves.loss.unit == .epochs && run.curves.loss.points.last?.place == 5)
        try Events.write(train, to: folder.file("b"))
        let untested = try EarlierRun(path: folder.file("b"))
        #expect(untested.curves.loss.unit == .steps && untested.curves.loss.points.last?.place == 1000)
        try Events.write((1...3).map { Events.event(step: $0, ["val_loss": 0.5]) }, to: folder.file("c"))
        #expect(
            try EarlierRun(path: folder.file("c")).curves.loss.points.map(\.place) == [1, 2, 3], "they are epochs")
    }

    /// Accuracies are shares up to one, with some room for programs that count oddly, and percent where one is more.
    @Test(arguments: [(0.9, 0.9), (1.5, 1.5), (1.6, 0.016), (2, 0.02), (90, 0.9)]) func percentAreToldByTheirSize(
        value: Double, share: Double
    ) throws {
        try Events.write([Events.event(step: 1, ["Accuracy/test": value])], to: folder.file("run"))
        let found = try #require(EarlierRun(path: folder.file("run")).curves.testAccuracy)
        #expect(abs(found - share) < 1e-6)
    }

    /// Tests one step apart that cannot be epochs tell nothing of how long one is.
    @Test func stepsThatTellNothingStaySteps() throws {
        try Events.write((5...9).map { Events.event(step: $0, ["Accuracy/test": 0.5]) }, to: folder.file("run"))
        let curve = try EarlierRun(path: folder.file("run")).curves.accuracy
        #expect(curve.unit == .steps && curve.points.map(\.place) == [5, 6, 7, 8, 9])
    }

    /// A run that went on from a checkpoint begins another file, some steps back.
    @Test func theLaterFileCounts() throws {
        try Events.write((1...6).map { Events.event(step: $0, ["test/loss": 1]) }, to: folder.file("run"), named: "1")
        try Events.write((4...8).map { Events.event(step: $0, ["test/loss": 2]) }, to: folder.file("run"), named: "2")
        let points = try EarlierRun(path: folder.file("run")).curves.loss.points
        #expect(points.map(\.place) == [1, 2, 3, 4, 5, 6, 7, 8] && points.map(\.value) == [1, 1, 1, 2, 2, 2, 2, 2])
    }

    @Test func longCurvesAreThinned() throws {
        let events = (0..<5000).map { Events.event(step: $0 * 3, ["loss": Double($0)]) }
        try Events.write(events, to: folder.file("long"))
        let points = try EarlierRun(path: folder.file("long")).curves.loss.points
        #expect(points.count == 1000 && points[0].value == 2 && points.last?.place == 4999 * 3)
    }

    @Test func whatIsWrongIsToldInALine() throws {
        func problem(_ file: String, saying words: String...) {
            for word in words { expectProblem(file, saying: word) { _ = try EarlierRun(path: file) } }
        }
        problem(folder.file("none"), saying: "a readable file", "none")
        problem(try folder.write([]), saying: "an empty file")
        for bytes in [Array(repeating: UInt8(1), count: 40), [1, 2, 3]] {
            expectProblem(folder.file("file"), saying: "a file of events for TensorBoard", "something else") {
                _ = try EventFile(path: try folder.write(bytes))
            }
        }
        let table = try folder.write(Array("epoch,loss\n1,2\n".utf8))
        problem(table, saying: "a log of JSON lines, a checkpoint or events")
        problem(try folder.write(Array("{\"a\":1}\n".utf8)), saying: "of an epoch or a batch in line 1")
        try Model(network: makeNetwork()).write(to: folder.file("model"), as: .safetensors)
        problem(folder.file("model"), saying: "a checkpoint")
        try Events.write([Events.event(step: 1, ["lr": 1, "beta": 2])], to: folder.file("lr"))
        problem(folder.file("lr"), saying: "a loss or an accuracy", "\"beta\", \"lr\"")
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
        problem(folder.file("empty"), saying: "events for TensorBoard in the folder", "none")
        for run in ["one", "two"] {
            try Events.write([Events.event(step: 1, ["loss": 1])], to: folder.file("runs/\(run)"))
        }
        problem(folder.file("runs"), saying: "the events of one run", "one, two")
        var bytes = (1...2).flatMap { Events.record(Events.event(step: $0, ["loss": 1])) }
        let whole = bytes
        bytes[bytes.count - 9] ^= 4
        problem(try folder.write(bytes), saying: "a checksum that fits the record at byte", "damaged")
        #expect(try EarlierRun(path: try folder.write(Array(whole.dropLast(3)))).curves.loss.points.count == 1)
    }
}

/// Events as programs write them.
enum Events {
    static func event(step: Int, _ scalars: KeyValuePairs<String, Double>, asTensors: Bool = false) -> Protobuf {
        var summary = Protobuf()
        for (tag, number) in scalars {
            var value = Protobuf()
            value.add(1, tag)
            if asTensors {
                var tensor = Protobuf()
                tensor.add(1, 1)  // DT_FLOAT
                tensor.add(2, Protobuf())  // a scalar's shape
                tensor.add(4, withUnsafeBytes(of: Float(number).bitPattern.littleEndian, Array.init))
                value.add(8, tensor)
            } else {
                value.add(2, Float(number))
            }
            summary.add(1, value)
        }
        var event = Protobuf()
        event.add(1, 1.5)
        event.add(2, step)
        event.add(5, summary)
        return event
    }

    /// Framed: length, checksum, event, checksum.
    static func record(_ event: Protobuf) -> [UInt8] { record(event.bytes) }

    static func record(_ bytes: [UInt8]) -> [UInt8] {
        func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
        let length = little(UInt64(bytes.count))
        return length + little(CRC32C.masked(length)) + bytes + little(CRC32C.masked(bytes))
    }

    static func write(_ events: [Protobuf], to folder: String, named name: String = "1") throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(events.flatMap { record($0) }).write(
            to: URL(fileURLWithPath: folder + "/events.out.tfevents.\(name).host"))
    }
}
