import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Training

/// Curves of runs of the past, and what names say of them.
@Suite struct RunCurvesTests {
    /// Words in any spelling; the most of them that programs use.
    @Test(arguments: ["test", "val", "valid", "validation", "eval", "evaluation", "dev", "Test", "VAL"])
    func whatIsOfTests(word: String) {
        #expect(EventTag("\(word)/loss")?.isTest == true && EventTag("loss_\(word)")?.isTest == true)
        #expect(EventTag("\(word)ing/loss")?.isTest == false)
    }

    @Test(arguments: [
        ("accuracy", EventTag.Quantity.accuracy), ("acc", .accuracy), ("top1", .accuracy), ("loss", .loss),
        ("nll", .loss), ("crossentropy", .loss), ("xent", .loss), ("LOSS", .loss), ("crossentropy_acc", .accuracy),
        ("testLoss", .loss), ("3/loss", .loss),
    ]) func whatIsMeasured(name: String, quantity: EventTag.Quantity) {
        #expect(EventTag(name)?.quantity == quantity)
    }

    @Test(arguments: [
        ("loss", false, false), ("epoch_loss", true, false), ("epoch_batch_loss", false, true),
        ("batch/loss", false, true), ("loss_vs_iterations", false, true), ("loss_iteration", false, true),
        ("train_loss_step", false, true), ("epochLoss", true, false), ("epochs_loss", false, false),
    ]) func whatStepsAre(name: String, countsEpochs: Bool, isOfBatches: Bool) {
        let tag = EventTag(name)
        #expect(tag?.countsEpochs == countsEpochs && tag?.isOfBatches == isOfBatches)
    }

    /// Of a name of any length, 512 letters are looked at.
    @Test func longNamesAreCut() {
        #expect(EventTag(String(repeating: "a", count: 507) + "/loss") != nil)
        #expect(EventTag(String(repeating: "a", count: 508) + "/loss") == nil)
    }

    /// Points that follow each other become one, at the place of the last, where there are more than 1,024.
    @Test func curvesHaveABound() {
        func curve(_ count: Int) -> [RunCurves.Point] {
            RunCurves.Curve((0..<count).map { RunCurves.Point(place: Double($0), value: Double($0)) }).points
        }
        #expect(curve(0).isEmpty && curve(1).map(\.place) == [0])
        #expect(curve(1024).map(\.place) == (0..<1024).map { Double($0) })
        let thinned = curve(1025)
        #expect(thinned.count == 513)
        #expect(thinned[0] == RunCurves.Point(place: 1, value: 0.5))
        #expect(thinned[512] == RunCurves.Point(place: 1024, value: 1024))
        #expect(curve(2048).count == 1024 && curve(2049).count == 683 && curve(2049)[0].value == 1)
    }

    @Test func curvesOfARecord() {
        var record = RunRecord(makeConfiguration(), imagesPerEpoch: 300)
        record.epochs = (1...2).map { number in
            EpochResult(
                epoch: number, step: 10 * number, trainLoss: 9, trainAccuracy: 0.9, testLoss: 0.5 / Double(number),
                testAccuracy: 0.25 * Double(number), seconds: 1, samplesPerSecond: 1)
        }
        let curves = RunCurves(record)
        #expect(curves.loss.points == [.init(place: 1, value: 0.5), .init(place: 2, value: 0.25)])
        #expect(curves.accuracy.points == [.init(place: 1, value: 0.25), .init(place: 2, value: 0.5)])
        #expect(curves.loss.isTest && curves.loss.unit == .epochs && curves.testAccuracy == 0.5)
        let training = RunCurves.Curve(curves.accuracy.points, isTest: false)
        #expect(RunCurves(loss: curves.loss, accuracy: training).testAccuracy == nil)
    }

    // MARK: - Files

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func problem(_ bytes: [UInt8]) throws -> ModelFileError? {
        let path = try folder.write(bytes)
        return #expect(throws: ModelFileError.self) { try EarlierRun(path: path) }
    }

    /// A file that begins with the length of a header and JSON is one of tensors, however short.
    @Test func filesAreToldByTheirFirstBytes() throws {
        let kinds = "a log of JSON lines, a checkpoint or events for TensorBoard"
        let brace = UInt8(ascii: "{")
        #expect(try problem([])?.found == "an empty file")
        for bytes in [[1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 1, brace], [1, 0, 0, 0, 0, 0, 0, 0, 1]] {
            let error = try problem(bytes)
            #expect(error?.expected == kinds && error?.found == "something else", "\(bytes)")
        }
        #expect(try problem([1, 0, 0, 0, 0, 0, 0, 0, brace])?.expected != kinds)
        #expect(try problem(Array(repeating: 0x20, count: 63) + [brace])?.expected != kinds)
        #expect(try problem(Array(repeating: 0x20, count: 64) + [brace])?.expected == kinds, "a line begins sooner")
        for space in [0x20, 0x09, 0x0a, 0x0d] as [UInt8] {
            let error = try problem([space, brace])
            #expect(error?.expected == "a line of JSON of an epoch or a batch in line 1" && error?.found == "another")
        }
    }

    @Test(arguments: [0, -1]) func epochsAreCountedFromOne(epoch: Int) throws {
        let error = try problem(Array("{\"epoch\":\(epoch),\"testLoss\":0.5}\n".utf8))
        #expect(error?.expected == "a line of JSON of an epoch or a batch in line 1")
    }

    /// Numbers that a run did not have are left out, and lines come in any order.
    @Test func linesOfALog() throws {
        let text = """
            {"epoch":2,"testLoss":0.25,"testAccuracy":0.5,"seconds":2}
            {"epoch":1,"testLoss":0.5,"testAccuracy":null,"seconds":1.5}
            {"epoch":2,"step":15,"loss":null,"accuracy":0.75}
            {"epoch":3,"testLoss":null}

            """
        let run = try EarlierRun(path: try folder.write(text.utf8, to: "a\u{1b}b.jsonl"))
        #expect(run.name == "ab.jsonl", "without control characters")
        #expect(run.curves.loss.points == [.init(place: 1, value: 0.5), .init(place: 2, value: 0.25)])
        #expect(run.curves.accuracy.points == [.init(place: 2, value: 0.5)] && run.seconds == 3.5)
        // A part of a line at the end does not count, nor does it in the middle or alone.
        let cut = try EarlierRun(path: try folder.write((text + "{\"epoch\":4,").utf8))
        #expect(cut.curves == run.curves)
        #expect(try problem(Array("{\"epoch\":4,".utf8)) != nil)
        #expect(try problem(Array(("{\"epoch\":4,\n" + text).utf8))?.expected.hasSuffix("in line 1") == true)
    }

    // MARK: - Events

    /// A file of events, each with a number under a name.
    private func write(_ steps: [Int], _ tag: String, _ value: Float = 0.5, to name: String = "run") throws {
        func little(_ number: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: number.littleEndian, Array.init)
        }
        let records = steps.flatMap { step -> [UInt8] in
            var (scalar, summary, event) = (Protobuf(), Protobuf(), Protobuf())
            scalar.add(1, tag)
            scalar.add(2, value)
            summary.add(1, scalar)
            event.add(2, step)
            event.add(5, summary)
            let length = little(UInt64(event.bytes.count))
            return length + little(CRC32C.masked(length)) + event.bytes + little(CRC32C.masked(event.bytes))
        }
        let file = tag.replacing("/", with: "-")
        try folder.write(records, to: "\(name)/events.out.tfevents.\(file)")
    }

    private func run() throws -> RunCurves { try EarlierRun(path: folder.file("run")).curves }

    /// One after the other from 0 or 1, and a thousand at most.
    @Test(
        arguments: [
            (Array(0...2), true, [1, 2, 3]), (Array(1...3), true, [1, 2, 3]), (Array(2...4), false, [2, 3, 4]),
            ([1], true, [1]), (Array(0...1000), true, (1...1001).map(Double.init)),
            (Array(1...1001), false, (1...1001).map(Double.init)),
        ] as [([Int], Bool, [Double])])
    func stepsMayBeEpochs(steps: [Int], areEpochs: Bool, places: [Double]) throws {
        try write(steps, "val_loss")
        let loss = try run().loss
        #expect(loss.unit == (areEpochs ? .epochs : .steps) && loss.points.map(\.place) == places)
    }

    /// What is between tests is an epoch, the middle of all distances; before the only test, too.
    @Test(
        arguments: [
            ([200], [0.25, 1]), ([100, 200], [0.5, 2]), ([100, 200, 300, 1000], [0.5, 2]), ([1, 2, 4], [25, 100]),
        ] as [([Int], [Double])])
    func testsTellHowLongAnEpochIs(tests: [Int], places: [Double]) throws {
        try write([50, 200], "Loss/train")
        try write(tests, "Accuracy/test")
        let curves = try run()
        #expect(curves.loss.unit == .epochs && curves.loss.points.map(\.place) == places && !curves.loss.isTest)
        #expect(curves.accuracy.isTest && curves.accuracy.points.count == tests.count)
    }

    /// Of tests, of epochs, and under the shortest name.
    @Test func theBestCurveIsTaken() throws {
        let tags = ["batch/loss", "epoch_loss", "val_loss_step", "validation_loss", "val_loss", "dev_loss"]
        for (number, tag) in tags.enumerated() {
            try write([1, 2], tag, Float(number))
            // Of equal length, in the order of the alphabet.
            #expect(try run().loss.points.last?.value == Double(number), "\(tag)")
        }
        try write([1, 2], "learning_rate", 9)
        try write([1], "acc", 1.25)
        #expect(try run().accuracy.points.map(\.value) == [1.25] && run().loss.points.count == 2)
    }

    /// A loss may be more than one, and what is no number is left out.
    @Test func numbersAreTakenAsTheyAre() throws {
        try write([1], "val_loss", 2)
        #expect(try run().loss.points.map(\.value) == [2])
        try write([1], "val_loss", .nan)
        #expect(throws: ModelFileError.self) { try run() }
    }

    /// Training and validation may have folders of their own, other runs may not.
    @Test(
        arguments: [
            (["run"], true), (["run/one"], true), (["run/train"], true), (["run/train", "run/validation"], true),
            (["run", "run/Training"], true), (["run", "run/one"], false), (["run/one", "run/two"], false),
            (["run/train", "run/one"], false),
        ] as [([String], Bool)])
    func aFolderHoldsOneRun(folders: [String], isOne: Bool) throws {
        for name in folders { try write([1, 2], "val_loss", to: name) }
        if isOne {
            #expect(try run().loss.points.count == 2)
        } else {
            let error = #expect(throws: ModelFileError.self) { try run() }
            #expect(error?.expected == "the events of one run")
        }
    }
}
