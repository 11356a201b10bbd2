import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

@Suite struct JudgeCacheTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func dataset(
        name: String = "bars", classes: Int = 3, width: Int = 8,
        _ change: (inout [UInt8], inout [UInt8]) -> Void = { _, _ in }
    ) -> Dataset {
        var labels = (0..<60).map { UInt8($0 % 3) }
        var pixels = labels.flatMap { label in
            (0..<64).map { (place: Int) in UInt8(place % 8 == Int(label) * 2 ? 200 + place % 7 : 0) }
        }
        change(&pixels, &labels)
        let images = ImageSet(width: width, height: 64 / width, pixels: pixels, labels: labels)
        return Dataset(name: name, train: images, test: images, classNames: (0..<classes).map { "\($0)" })
    }

    /// How often a cache has a judge trained, and the one it gives.
    private static func found(_ cache: JudgeCache, _ dataset: Dataset = dataset()) -> (trainings: Int, judge: Judge) {
        var trainings = 0
        let judge = cache.judge(of: dataset) {
            trainings += 1
            return Judge(of: dataset, threads: 1)
        }
        return (trainings, judge)
    }

    private var cache: JudgeCache { JudgeCache(folder: folder.file("deep/within"), shortest: 0) }

    @Test func aJudgeIsTrainedOnce() throws {
        let first = Self.found(cache)
        let second = Self.found(cache)
        #expect(first.trainings == 1 && second.trainings == 0)
        #expect(first.judge == second.judge, "to the last bit")
        #expect(first.judge == Judge(of: Self.dataset(), threads: 1))
        let kept = cache.path(of: Self.dataset())
        try setAge(ofFile: kept, 3600)
        _ = Self.found(cache)
        #expect(try age(ofFile: kept) < 60, "it was of use")
        #expect(Set((0..<50).map { _ in JudgeCache.bytes(first.judge) }).count == 1, "a file is always the same")
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder).count == 1)
    }

    /// It follows from all of this, and not from the test images.
    @Test func anotherDataSetHasAnotherJudge() {
        _ = Self.found(cache)
        for (what, dataset) in [
            ("name", Self.dataset(name: "mnist")), ("classes", Self.dataset(classes: 4)),
            ("size", Self.dataset(width: 16)), ("pixel", Self.dataset { pixels, _ in pixels[63] = 1 }),
            ("label", Self.dataset { _, labels in labels[59] = 0 }),
        ] {
            let found = Self.found(cache, dataset)
            #expect(found.trainings == 1, "\(what)")
            #expect(Self.found(cache, dataset) == (0, found.judge), "\(what)")
        }
        #expect(Self.found(cache).trainings == 0)
        let train = Self.dataset().train
        let other = Dataset(
            name: "bars", train: train, test: train.prefix(5), classNames: Self.dataset().classNames)
        #expect(Self.found(cache, other).trainings == 0)
    }

    @Test func whatIsDamagedIsTrainedAnew() throws {
        let judge = Self.found(cache).judge
        let path = cache.path(of: Self.dataset())
        let good = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        var damaged: [[UInt8]] = [[], Array("\n".utf8), Array(good.dropLast()), good + [32], Array(good.dropFirst())]
        for place in stride(from: 0, to: good.count, by: good.count / 40) {
            damaged.append(good)
            damaged[damaged.count - 1][place] ^= 1
        }
        for bytes in damaged {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(Self.found(cache) == (1, judge))
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == good, "mended")
        }
        // A pipe is not waited for.
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        #expect(Self.found(cache) == (1, judge))
        try FileManager.default.removeItem(atPath: path)
        // Whole, and of numbers that do not go together.
        let text = #"{"height":8,"width":8,"limits":[],"sizes":[],"scales":[],"weights":"","biases":[]}"#
        var hash = Digest()
        hash.take(text)
        try Data("\(hash.words)\n\(text)".utf8).write(to: URL(fileURLWithPath: path))
        #expect(Self.found(cache) == (1, judge))
    }

    /// As where somebody renamed a file.
    @Test func whatDoesNotSuitIsTrainedAnew() throws {
        let judge = Self.found(cache).judge
        let path = cache.path(of: Self.dataset())
        for other in [Self.dataset(width: 16), Self.dataset(classes: 4)] {
            _ = Self.found(cache, other)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: cache.path(of: other), toPath: path)
            #expect(Self.found(cache) == (1, judge))
            #expect(Self.found(cache) == (0, judge), "mended")
        }
    }

    @Test func whatTakesNoTimeIsNotKept() {
        let cache = JudgeCache(folder: folder.file("quick"), shortest: 60)
        #expect(Self.found(cache).trainings == 1 && Self.found(cache).trainings == 1)
        #expect(!FileManager.default.fileExists(atPath: cache.folder))
    }

    @Test func withoutAFolderAllGoesOn() {
        let cache = JudgeCache(folder: "/dev/null/cache", shortest: 0)
        #expect(Self.found(cache) == (1, Judge(of: Self.dataset(), threads: 1)))
    }

    /// A calibrator asks for it, and calibrates with it as with one of its own.
    @Test func calibratorsUseIt() {
        let (dataset, network) = (Self.dataset(), Network(sizes: [64, 8, 3], seed: 1, initialization: .xavier))
        let own = Calibrator(dataset, judges: nil, threads: 1).calibration(of: network)
        for _ in 0..<2 {
            #expect(Calibrator(dataset, judges: cache, threads: 1).calibration(of: network) == own)
        }
        #expect(Self.found(cache).trainings == 0)
    }
}
