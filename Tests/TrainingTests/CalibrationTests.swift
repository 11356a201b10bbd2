import Datasets
import Engine
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Honest probabilities, and what is like nothing learnt, on a part of MNIST.
@Suite struct CalibrationTests {
    private static let dataset: Dataset = {
        let all = try? DatasetLocation.find("mnist").load()
        guard let all else { preconditionFailure("MNIST is in Assets.") }
        return Dataset(name: "mnist", train: all.train.prefix(15_000), test: all.test.prefix(4_000))
    }()

    private static let network: Network = {
        var configuration = TrainingConfiguration()
        configuration.epochs = 5
        let trainer = Trainer(dataset: dataset, configuration: configuration)
        while !trainer.isFinished { _ = trainer.trainBatch() }
        return trainer.network
    }()

    private static let calibration = Calibrator(dataset, judges: nil).calibration(of: network)

    /// A share of 250 drawings that is refused.
    private static func refused(_ kind: Doodle) -> Double {
        let drawings = (0..<250).compactMap { index in
            var generator = RandomGenerator(seed: 99, stream: .quiz, index: index)
            return kind.drawing(using: &generator).networkImage()
        }
        let opinions = calibration.judge.opinions(of: drawings.flatMap { $0 })
        return Double(opinions.count { !$0.isAccepted }) / Double(opinions.count)
    }

    /// As many classes as there may be; the judge has labels of a byte for twice as many and one more.
    @Test func dataSetsOfManyClassesAreCalibrated() throws {
        let labels = (0..<512).map { UInt8($0 % 256) }
        let pixels = labels.flatMap { label in (0..<64).map { (place: Int) in UInt8(Int(label) * (place + 1) % 256) } }
        let images = ImageSet(width: 8, height: 8, pixels: pixels, labels: labels)
        let dataset = Dataset(name: "many", train: images, test: images)
        let calibration = Calibrator(dataset, judges: nil).calibration(of: Network(sizes: [64, 16, 256], seed: 1))
        #expect(calibration.judge.opinions(of: images.pixels).count(where: \.isAccepted) > 256)
        #expect(try #require(Calibration(metadata: calibration.metadata)) == calibration)
        let reading = Calibration.Reading(
            of: Array(images.image(255)), by: Network(sizes: [64, 16, 256], seed: 1), calibration)
        #expect(reading.probabilities.count == 256 && reading.isCalibrated)
    }

    @Test func probabilitiesAreHonest() {
        let honesty = Honesty(of: Self.network, Self.calibration, on: Self.dataset.test)
        #expect(honesty.calibrationError < 0.03)
        let refused = honesty.refused ?? 1
        #expect(refused > 0 && refused < 0.02)
        let raw = Honesty(of: Self.network, nil, on: Self.dataset.test)
        #expect(raw.refused == nil, "not calibrated")
    }

    @Test(arguments: [(Doodle.letter, 0.8), (.scribble, 0.7), (.figure, 0.8), (.face, 0.9)])
    func whatIsNoDigitIsRefused(kind: Doodle, share: Double) {
        #expect(Self.refused(kind) >= share)
    }

    @Test func digitsByPenAreAccepted() {
        let drawings = (0..<300).compactMap { index in
            var generator = RandomGenerator(seed: 98, stream: .quiz, index: index)
            return Doodle.digit(index % 10, using: &generator).networkImage()
        }
        let opinions = Self.calibration.judge.opinions(of: drawings.flatMap { $0 })
        #expect(opinions.count(where: \.isAccepted) >= 270)
        #expect(opinions.reduce(0) { $0 + $1.novelty } / Float(opinions.count) > 0.5, "by another hand")
    }

    @Test func theAnswerStaysWhatItIs() {
        let images = Self.dataset.test.prefix(500)
        let readings = Self.calibration.readings(of: images.pixels, by: Self.network, WorkerPool(threads: 1))
        #expect(readings.map { UInt8($0.answer) } == Evaluation(of: Self.network, on: images).predictions)
        #expect(readings.allSatisfy { abs($0.probabilities.reduce(0, +) - 1) < 1e-4 && $0.isCalibrated })
        let single = Calibration.Reading(of: Array(images.image(7)), by: Self.network, Self.calibration)
        #expect(single == readings[7])
    }

    /// The same bytes each time: model files are compared.
    @Test func isWrittenTheSameEachTime() throws {
        let texts = (0..<8).compactMap { _ in Self.calibration.metadata[Calibration.metadataKey] }
        let keys = try #require(texts.first).matches(of: /"([a-z]+)":/).map { String($0.1) }
        #expect(Set(texts).count == 1 && keys.count == 8 && keys == keys.sorted())
    }

    @Test func theThreadsDoNotMatter() {
        let small = Dataset(name: "mnist", train: Self.dataset.train.prefix(2_000), test: Self.dataset.test)
        let judges = [1, 2].map { Judge(of: small, threads: $0) }
        #expect(judges[0] == judges[1])
        let calibrations = [1, 2].map { Calibration(of: Self.network, on: small, judge: judges[0], threads: $0) }
        #expect(calibrations[0] == calibrations[1])
        let judge = judges[0]
        DigestTests.expect(
            "546d8dc39c6fd970", of: judge.network,
            [judge.familiar, judge.unfamiliar, judge.limit] + calibrations[0].temperatures)
    }

    @Test func itComesBackFromMetadataToTheLastBit() throws {
        let metadata = Self.calibration.metadata
        #expect(Calibration(metadata: metadata) == Self.calibration)
        let text = try #require(metadata[Calibration.metadataKey])
        #expect(text.utf8.count < 60_000, "the comment of an .npz file has 65,535 bytes")
        #expect(Calibration(metadata: [:]) == nil)
        for (old, new) in [("\"height\":28", "\"height\":99"), ("\"sizes\":[196", "\"sizes\":[197"), ("[", "{")] {
            let broken = text.replacingOccurrences(of: old, with: new)
            #expect(broken != text)
            #expect(Calibration(metadata: [Calibration.metadataKey: broken]) == nil)
        }
    }

    /// Of every kind that a data set has, and of images of another size than digits have.
    @Test(arguments: [
        ("mnist", 28, 28, "a7eacd61db94238b"), ("fashion-mnist", 28, 28, "786a4964436f73a7"),
        ("halves", 12, 9, "46eecd52531b4f51"),
    ])
    func strangeImagesAreMadeAsBefore(name: String, height: Int, width: Int, expected: String) {
        let pixels = (0..<60 * height * width).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 11) }
        let images = ImageSet(width: width, height: height, pixels: pixels, labels: Array(repeating: 0, count: 60))
        let strange = StrangeImages(dataset: Dataset(name: name, train: images, test: images), seed: 3)
        let pool = WorkerPool(threads: 1)
        var digest = Digest()
        digest.take(strange.pixels(count: 150, pool) + strange.digits(Array(0..<10), pool))
        #expect(digest.words == expected)
    }

    @Test func anyDataSetHasAJudge() {
        let images = makeHalves(train: 40)
        let opinions = Judge(of: images, threads: 1).opinions(of: images.test.pixels)
        #expect(opinions.count == images.test.count)
        #expect(opinions.allSatisfy { (0...1).contains($0.novelty) })
    }
}

@Suite struct HonestyTests {
    @Test func theErrorIsTheMeanDistanceOfTheBins() {
        // Of two answers with 0.9, one is right: 0.4 off; that with 0.5 is right: 0.5 off; a third of 1.3.
        let error = Honesty.error(confidences: [0.9, 0.9, 0.5], isRight: [true, false, true])
        #expect(abs(error - (0.8 + 0.5) / 3) < 1e-6)
        #expect(Honesty.error(confidences: [1, 1], isRight: [true, true]) == 0)
        #expect(Honesty.error(confidences: [], isRight: []) == 0)
    }

    /// There are fifteen bins: 0.46 and 0.47 lie on both sides of 7/15, 0.94 and all above in the last.
    @Test func confidencesLieInBins() {
        #expect(abs(Honesty.error(confidences: [0.46, 0.47], isRight: [true, false]) - (0.54 + 0.47) / 2) < 1e-6)
        #expect(
            abs(Honesty.error(confidences: [0.47, 0.53], isRight: [true, false])) < 1e-6, "half of them, half sure")
        #expect(abs(Honesty.error(confidences: [0.94, 1], isRight: [false, true]) - 0.94 / 2) < 1e-6)
    }

    /// Of images that a calibrated network read, all of them.
    @Test(
        arguments: [
            ([], nil), ([true, true], 0), ([true, false, true, true], 0.25), ([true, nil], nil), ([nil, nil], nil),
        ] as [([Bool?], Double?)])
    func theShareThatIsRefused(accepted: [Bool?], share: Double?) {
        let readings = accepted.map { Calibration.Reading(probabilities: [0.25, 0.75], isAccepted: $0) }
        let honesty = Honesty(readings, labels: Array(repeating: 1, count: readings.count))
        #expect(honesty.refused == share)
        #expect(abs(honesty.calibrationError - (accepted.isEmpty ? 0 : 0.25)) < 1e-6)
        let wrong = Honesty(readings, labels: Array(repeating: 0, count: readings.count))
        #expect(abs(wrong.calibrationError - (accepted.isEmpty ? 0 : 0.75)) < 1e-6)
    }

    @Test func theAnswerIsTheFirstOfTheMostProbable() {
        for (probabilities, answer) in [([Float(0.5), 0.5], 0), ([0.2, 0.4, 0.4], 1), ([0, 0, 1], 2), ([1], 0)] {
            let reading = Calibration.Reading(probabilities: probabilities, isAccepted: nil)
            #expect(reading.answer == answer && !reading.isCalibrated)
        }
    }

    /// Labels drawn from the probabilities of logits; the logits of a network that is three times too sure of itself.
    @Test func theTemperatureIsFound() {
        var generator = RandomGenerator(seed: 1, stream: .points)
        var (logits, labels): ([Float], [UInt8]) = ([], [])
        for _ in 0..<5_000 {
            let row = (0..<3).map { _ in Float(generator.normal()) }
            let probabilities = SoftmaxCrossEntropy.softmax(Matrix(rows: 1, columns: 3, row)).elements
            let chance = Float(generator.uniform())
            labels.append(chance < probabilities[0] ? 0 : chance < probabilities[0] + probabilities[1] ? 1 : 2)
            logits += row.map { 3 * $0 }
        }
        let temperature = Calibration.temperature(Matrix(rows: 5_000, columns: 3, logits), labels)
        #expect(abs(temperature - 3) < 0.25)
    }
}
