import Datasets
import Engine
import Foundation
import NeuralNetwork
import Testing

@testable import Training

/// What a judge sees and says, by hand.
@Suite struct JudgeTests {
    // MARK: - Small images

    /// So many pixels become one that a side has 16 at most.
    @Test(arguments: [
        (1, 1, 1), (16, 16, 1), (17, 3, 2), (3, 17, 2), (28, 28, 2), (32, 32, 2), (33, 1, 3), (48, 2, 3), (49, 2, 4),
    ]) func imagesAreMadeSmaller(height: Int, width: Int, side: Int) {
        #expect(Judge.shrinkage(height: height, width: width) == side)
    }

    /// Means, rounded; at the right and lower edges of what is there.
    @Test func squaresBecomeTheirMeans() {
        // Two images of 17 × 3 pixels, 9 × 2 of two a side.
        var pixels = [UInt8](repeating: 0, count: 2 * 51)
        for (place, value) in [(0, 1), (1, 2), (3, 2), (4, 1), (2, 7), (5, 8), (48, 4), (49, 5), (50, 200)] {
            pixels[51 + place] = UInt8(value)
        }
        let small = Judge.smaller(pixels, height: 17, width: 3)
        #expect(small.count == 2 * 18 && small[..<18].allSatisfy { $0 == 0 })
        #expect(Array(small[18..<20]) == [2, 8] && Array(small[34..<36]) == [5, 200])
        #expect(small[20..<34].allSatisfy { $0 == 0 })
        #expect(Judge.smaller([7, 8, 9, 10], height: 2, width: 2) == [7, 8, 9, 10])
    }

    // MARK: - Opinions

    /// One class as the data set shows it, as it does not, and what is like none: logarithms of odds.
    @Test func scoresAreLogarithmsOfOdds() {
        let score = Judge.Score([2, 1, 0.5])
        #expect(abs(score.familiarity - (2 - log(exp(Float(1)) + exp(0.5)))) < 1e-6)
        #expect(abs(score.strangeness - (0.5 - log(exp(Float(2)) + exp(1)))) < 1e-6)
        let two = Judge.Score([1, 2, 3, 4, 5])
        #expect(abs(two.familiarity - (log(exp(Float(1)) + exp(2)) - log(exp(Float(3)) + exp(4) + exp(5)))) < 1e-5)
        #expect(abs(two.strangeness - (5 - log(exp(Float(1)) + exp(2) + exp(3) + exp(4)))) < 1e-5)
        let large = Judge.Score([500, 0, 0])
        #expect(abs(large.familiarity - (500 - log(Float(2)))) < 1e-3 && large.strangeness == -500, "no overflow")
    }

    /// Of a judge that gives each image the same logits, whatever is in it.
    private func opinion(
        logits: [Float] = [1, 0, 0], familiar: Float, unfamiliar: Float, limit: Float = 0
    ) -> Judge.Opinion? {
        let layer = Dense(weights: Matrix(rows: 1, columns: 3), biases: Matrix(rows: 1, columns: 3, logits))
        let judge = Judge(
            network: Network(layers: [layer]), height: 1, width: 1, familiar: familiar, unfamiliar: unfamiliar,
            limit: limit)
        return judge.opinions(of: [9]).first
    }

    /// From the bound of what is familiar to that of what is not.
    @Test(
        arguments: [(Float(0), -2, 0), (1, -1, 0.5), (2, 0, 1), (0.5, -1.5, 0.25), (5, 4, 1), (-3, -9, 0)]
            as [(Float, Float, Float)])
    func noveltyIsHowFarItIs(familiar: Float, unfamiliar: Float, novelty: Float) throws {
        // Bounds beside the image's own familiarity.
        let own = Judge.Score([1, 0, 0]).familiarity
        let found = try #require(opinion(familiar: own + familiar, unfamiliar: own + unfamiliar))
        #expect(abs(found.novelty - novelty) < 1e-5)
    }

    @Test func boundsThatAreEqualPartTheRest() throws {
        let own = Judge.Score([1, 0, 0]).familiarity
        #expect(try #require(opinion(familiar: own + 1, unfamiliar: own + 1)).novelty == 1)
        #expect(try #require(opinion(familiar: own, unfamiliar: own)).novelty == 0)
        let close = try #require(opinion(familiar: own + 0.0005, unfamiliar: own + 0.0004))
        #expect(abs(close.novelty - 0.5) < 1e-3, "of a thousandth at least")
    }

    @Test func whatIsNoStrangerThanTheLimitIsAccepted() throws {
        let own = Judge.Score([1, 0, 0]).strangeness
        for (limit, isAccepted) in [(own, true), (own + 0.1, true), (own.nextDown, false)] {
            #expect(try #require(opinion(familiar: 0, unfamiliar: -1, limit: limit)).isAccepted == isAccepted)
        }
    }

    // MARK: - What it learns from

    /// A quarter is kept aside, one image at least and 10,000 at most.
    @Test(arguments: [
        (1, 1, 1), (3, 1, 2), (8, 2, 6), (40, 10, 30), (40_000, 10_000, 30_000), (40_008, 10_000, 30_008),
    ])
    func someImagesAreKeptAside(count: Int, aside: Int, learnt: Int) {
        let images = ImageSet(
            width: 1, height: 1, pixels: Array(repeating: 0, count: count), labels: Array(repeating: 0, count: count))
        let parts = DataParts(of: Dataset(name: "d", train: images), seed: 3)
        #expect(parts.aside.count == aside && parts.learnt.count == learnt)
        #expect(Set(parts.aside).union(parts.learnt) == Set(0..<Int32(count)))
    }

    /// The strengths that networks are calibrated with.
    @Test func distortionsAreOfThreeStrengths() {
        func parts(_ distortion: Distortion) -> [Float] {
            [
                distortion.rotation, distortion.scale, distortion.shear, distortion.shift, distortion.elasticity,
                distortion.thickness, distortion.smoothness,
            ]
        }
        #expect(parts(.gentle) == [5, 0.06, 0.06, 0.02, 0.35, 0.15, 4])
        #expect(parts(.strong) == [20, 0.25, 0.35, 0.05, 1, 0.5, 4])
        #expect(parts(.extreme) == [25, 0.3, 0.45, 0.05, 1.4, 0.5, 4])
        #expect(parts(.extreme.times(0)) == [0, 0, 0, 0.05, 0, 0, 4], "a drawing is never shifted")
        #expect(parts(.strong.times(0.5)) == [10, 0.125, 0.175, 0.05, 0.5, 0.25, 4])
        #expect(parts(.extreme.times(100)) == [180, 0.5, 1, 0.05, 4, 1, 4], "within the limits")
    }

    /// The grey of every other image becomes steeper, counted through all parts of a round.
    @Test(arguments: [0, 1]) func everyOtherImageHasMoreContrast(first: Int) {
        let image = (0..<16).map { UInt8(16 * $0) }
        let images = Array(repeating: image, count: 4).flatMap(\.self)
        let pool = WorkerPool(threads: 1)
        func changed(contrast: Bool) -> [ArraySlice<UInt8>] {
            let all = images.distorted(
                Distortion(), height: 4, width: 4, seed: 1, from: first, contrast: contrast, pool)
            return (0..<4).map { all[$0 * 16..<($0 + 1) * 16] }
        }
        #expect(changed(contrast: false).allSatisfy { $0.elementsEqual(image) }, "a distortion of no strength is none")
        for (number, one) in changed(contrast: true).enumerated() {
            let isSteep = (first + number) % 2 == 0
            #expect(one.elementsEqual(image) != isSteep)
            // Steps of 16 become larger, but for what is beyond black and white.
            let steps = zip(one.dropFirst(), one).map { Int($0) - Int($1) }
            #expect(steps.allSatisfy { $0 >= 0 } && (!isSteep || steps.contains { $0 > 16 }))
        }
        #expect(images.distorted(nil, height: 4, width: 4, seed: 1, contrast: true, pool) == images)
    }

    // MARK: - Temperatures

    /// Three of four answers are right: honest is a probability of 3/4, that is a difference of ln 3.
    @Test func theTemperatureFitsTheAnswers() {
        func temperature(_ rows: [[Float]], _ labels: [UInt8]) -> Float {
            Calibration.temperature(Matrix(rows: rows.count, columns: 2, rows.flatMap(\.self)), labels)
        }
        let sure = temperature(Array(repeating: [2, 0], count: 4), [0, 0, 0, 1])
        #expect(abs(sure / (2 / log(3)) - 1) < 0.015)
        let unsure = temperature(Array(repeating: [0, 0.5], count: 4), [1, 0, 1, 1])
        #expect(abs(unsure / (0.5 / log(3)) - 1) < 0.015)
        let right = temperature([[0.2, 0]], [0])
        #expect(right >= 0.1 && right < 0.104, "as sure as may be")
        let wrong = temperature([[0.2, 0]], [1])
        #expect(wrong > 19 && wrong < 20.1, "as unsure as may be")
    }
}
