import Datasets
import Testing

@testable import Training

/// Training with and without distortions.
@Suite struct ComparisonTests {
    /// Each class has a bar of its own, in a place that varies a little.
    private static let dataset: Dataset = {
        func images(_ count: Int, from first: Int) -> ImageSet {
            let pixels = (first..<first + count).flatMap { index in
                (0..<144).map { pixel -> UInt8 in
                    pixel % 12 == index % 10 + index / 10 % 2 && pixel / 12 > index / 20 % 5 ? 255 : 0
                }
            }
            return ImageSet(
                width: 12, height: 12, pixels: pixels, labels: (first..<first + count).map { UInt8($0 % 10) })
        }
        return Dataset(name: "bars", train: images(1200, from: 0), test: images(300, from: 77))
    }()

    private static var shift: Distortion {
        var distortion = Distortion()
        distortion.shift = 0.1
        return distortion
    }

    private func finished(_ job: inout ComparisonJob) throws -> Comparison {
        while job.isRunning { _ = job.step(now: .now) }
        return try #require(job.snapshot(serial: 1))
    }

    @Test func bothLearnFromTheSameImagesAndOnlyTheDistortionDiffers() throws {
        var job = ComparisonJob()
        #expect(!job.isRunning && job.snapshot(serial: 1) == nil)
        job.handle(.compare(Self.dataset, Distortion()))
        let same = try finished(&job)
        #expect(same.plain.count == Comparison.epochs && same.distorted.count == Comparison.epochs)
        #expect(same.plain.map(\.step).last == Comparison.epochs * 20, "1,000 images in batches of 50")
        #expect(same.plain.map(\.testLoss) == same.distorted.map(\.testLoss), "a distortion of no strength is none")
        job.handle(.compare(Self.dataset, Self.shift))
        #expect(job.isRunning)
        let shifted = try finished(&job)
        #expect(shifted.plain.map(\.testLoss) == same.plain.map(\.testLoss))
        #expect(shifted.distorted.map(\.trainLoss) != same.plain.map(\.trainLoss))
    }

    @Test func theSameQuestionIsAnsweredOnce() throws {
        var job = ComparisonJob()
        job.handle(.compare(Self.dataset, Self.shift))
        _ = job.step(now: .now)
        job.handle(.compare(Self.dataset, Self.shift))
        #expect(job.snapshot(serial: 1)?.distorted.count == 1, "it goes on")
        let first = try finished(&job)
        job.handle(.compare(Self.dataset, Self.shift))
        #expect(!job.isRunning)
        #expect(job.snapshot(serial: 1) == first)
    }

    @Test func aSmallDataSetIsTakenWhole() throws {
        let few = Self.dataset.train.prefix(30)
        #expect(few.count == 30 && few.pixels.count == 30 * 144 && Self.dataset.train.prefix(5000).count == 1200)
        var job = ComparisonJob()
        job.handle(.compare(Dataset(name: "few", train: few), Self.shift))
        #expect(try finished(&job).plain.last?.step == Comparison.epochs)
    }

    /// Twenty epochs a second at most, so that one can watch.
    @Test func anEpochTakesItsTime() {
        var job = ComparisonJob()
        let start = ContinuousClock.now
        #expect(job.delay(now: start) == nil && !job.step(now: start) && job.delay(now: start) == nil)
        job.handle(.compare(Dataset(name: "few", train: Self.dataset.train.prefix(30)), Self.shift))
        #expect(job.delay(now: start) == nil)
        _ = job.step(now: start)
        #expect(job.snapshot(serial: 1)?.plain.count == 1 && job.snapshot(serial: 1)?.distorted.count == 1)
        for (passed, left) in [(0, 50), (20, 30), (49, 1), (50, nil), (60, nil)] as [(Int, Int?)] {
            #expect(job.delay(now: start + .milliseconds(passed)) == left.map { Duration.milliseconds($0) })
        }
    }

    /// 2,000 test images at most, and 1,000 to learn from. They are black: what is left is the commonest class.
    @Test func largeDataSetsAreCut() throws {
        func images(_ count: Int) -> ImageSet {
            ImageSet(
                width: 4, height: 4, pixels: Array(repeating: 0, count: 16 * count),
                labels: (0..<count).map { $0 % 7 == 0 ? 1 : 0 })
        }
        var job = ComparisonJob()
        job.handle(.compare(Dataset(name: "large", train: images(1100), test: images(2100)), Distortion()))
        _ = job.step(now: .now)
        let plain = try #require(job.snapshot(serial: 1)?.plain.first)
        #expect(plain.step == 20 && plain.testAccuracy == 1714.0 / 2000)
    }
}
