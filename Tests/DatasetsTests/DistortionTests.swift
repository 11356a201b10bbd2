import CKernels
import Datasets
import DatasetsTestSupport
import Foundation
import NeuralNetwork
import Testing

/// The fast distortions against the plain ones, on every set of kernels that this processor runs. Each in a process of
/// its own: the choice of the kernels is one for the whole process.
@Suite struct DistortionKernelTests {
    @Test(.enabled(if: inkling_kernels_supported("avx512"))) func avx512() async {
        await #expect(processExitsWith: .success) { DistortionChecks.run("avx512") }
    }

    @Test(.enabled(if: inkling_kernels_supported("avx2"))) func avx2() async {
        await #expect(processExitsWith: .success) { DistortionChecks.run("avx2") }
    }

    @Test(.enabled(if: inkling_kernels_supported("neon"))) func neon() async {
        await #expect(processExitsWith: .success) { DistortionChecks.run("neon") }
    }

    @Test(.enabled(if: inkling_kernels_supported("portable"))) func portable() async {
        await #expect(processExitsWith: .success) { DistortionChecks.run("portable") }
    }
}

enum DistortionChecks {
    /// height, width
    static let sizes = [
        (1, 1), (1, 28), (28, 1), (5, 9), (3, 8), (7, 16), (28, 28), (28, 31), (33, 17), (64, 64), (3, 100), (90, 40),
    ]

    static func run(_ name: String) {
        precondition(inkling_kernels_select(name), "This processor runs \(name).")
        for (height, width) in sizes {
            for distortion in strengths + [.handwriting, .clothing] {
                check(distortion, height: height, width: width)
            }
        }
    }

    /// Each strength alone, then all, each large.
    static var strengths: [Distortion] {
        let changes: [(inout Distortion) -> Void] = [
            { $0.rotation = 180 }, { $0.scale = 0.5 }, { $0.shear = 1 }, { $0.shift = 0.5 }, { $0.thickness = 1 },
            { $0.isMirrored = true }, { ($0.elasticity, $0.smoothness) = (1, 1) },
            { ($0.elasticity, $0.smoothness) = (3, 5) }, { ($0.elasticity, $0.smoothness) = (10, 1000) },
        ]
        let single = changes.map { change in
            var distortion = Distortion()
            change(&distortion)
            return distortion
        }
        var all = Distortion()
        for change in changes { change(&all) }
        return single + [all]
    }

    /// Noise in which neighbours differ as much as can be, on a background of zeros.
    static func noise(height: Int, width: Int) -> [UInt8] {
        var generator = RandomGenerator(seed: 7, stream: .points)
        return (0..<height * width).map { _ in
            generator.uniform() < 0.5 ? 0 : UInt8(truncatingIfNeeded: generator.next())
        }
    }

    /// The same but for rounding, and nothing written beside the image or the scratch memory.
    static func check(_ distortion: Distortion, height: Int, width: Int) {
        let distorter = Distorter(distortion, height: height, width: width, seed: 3)
        let (count, guards, canary) = (height * width, 256, UInt8(0xA5))
        let image = noise(height: height, width: width)
        let scratchSize = distorter.scratchSize
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: scratchSize + 2 * guards, alignment: 64)
        defer { scratch.deallocate() }
        var output = [UInt8](repeating: canary, count: count + 2 * guards)
        for sample in 0..<4 {
            // What was left in memory makes no difference.
            for index in scratch.indices { scratch[index] = canary }
            output.withUnsafeMutableBufferPointer {
                distorter.distort(
                    image, into: $0.baseAddress! + guards, epoch: 2, sample: sample,
                    scratch: scratch.baseAddress! + guards)
            }
            let beside = output[..<guards] + output[(guards + count)...]
            precondition(beside.allSatisfy { $0 == canary }, "Written beside \(height) × \(width).")
            let around = [scratch[..<guards], scratch[(guards + scratchSize)...]].joined()
            precondition(around.allSatisfy { $0 == canary }, "Written beside the scratch of \(height) × \(width).")
            let plain = PlainDistortion(distortion, height: height, width: width, seed: 3, epoch: 2, sample: sample)
            for (fast, exact) in zip(output[guards..<guards + count], plain.distorted(image)) {
                precondition(
                    abs(Int(fast) - Int(exact)) <= 2, "\(fast) for \(exact) in \(height) × \(width), \(distortion)")
            }
        }
    }
}

@Suite struct DistortionTests {
    /// A ring with a stroke of two pixels and soft edges, and a dot off its centre, in a margin.
    let ring: [UInt8] = (0..<28 * 28).map { index in
        let (x, y) = (Double(index % 28) - 13.5, Double(index / 28) - 13.5)
        let fromStroke = min(abs(hypot(x, y) - 7), hypot(x - 2, y + 1))
        return UInt8(max(0, min(1, 1.75 - fromStroke)) * 255)
    }

    func distortion(_ change: (inout Distortion) -> Void) -> Distortion {
        var distortion = Distortion()
        change(&distortion)
        return distortion
    }

    /// A square of 3 × 3 about a place in a black image of 29 × 29.
    func dot(x: Int, y: Int) -> [UInt8] {
        (0..<29 * 29).map { abs($0 % 29 - x) <= 1 && abs($0 / 29 - y) <= 1 ? 255 : 0 }
    }

    /// Where the middle of a dot's ink goes, relative to the image's middle.
    func places(of dot: [UInt8], _ distortion: Distortion, count: Int = 2000) -> [(x: Double, y: Double)] {
        let distorter = Distorter(distortion, height: 29, width: 29, seed: 11)
        return (0..<count).map { sample in
            var (mass, x, y) = (0.0, 0.0, 0.0)
            for (index, ink) in distorter.distorted(dot, epoch: 0, sample: sample).enumerated() {
                mass += Double(ink)
                x += Double(ink) * Double(index % 29 - 14)
                y += Double(ink) * Double(index / 29 - 14)
            }
            return (x / mass, y / mass)
        }
    }

    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func deviation(_ values: [Double]) -> Double { mean(values.map { $0 * $0 }).squareRoot() }

    // MARK: - Chance

    @Test func withoutStrengthsAnImageStaysWhatItIs() {
        for (height, width) in DistortionChecks.sizes {
            let image = DistortionChecks.noise(height: height, width: width)
            let distorter = Distorter(Distortion(), height: height, width: width, seed: 1)
            for sample in 0..<5 { #expect(distorter.distorted(image, epoch: sample, sample: sample) == image) }
        }
    }

    @Test func chanceIsThatOfSeedEpochAndSample() {
        func distorted(seed: UInt64, epoch: Int, sample: Int) -> [UInt8] {
            Distorter(.handwriting, height: 28, width: 28, seed: seed).distorted(ring, epoch: epoch, sample: sample)
        }
        let keys = [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1), (1, 5, 59_999), (1, 59_999, 5)]
        let images = keys.map { distorted(seed: UInt64($0.0), epoch: $0.1, sample: $0.2) }
        #expect(Set(images + [ring]).count == keys.count + 1)
        #expect(keys.map { distorted(seed: UInt64($0.0), epoch: $0.1, sample: $0.2) } == images)
        // In another order, by one that has done others before.
        let distorter = Distorter(.handwriting, height: 28, width: 28, seed: 1)
        #expect(distorter.distorted(ring, epoch: 0, sample: 1) == images[3])
        #expect(distorter.distorted(ring, epoch: 0, sample: 0) == images[0])
    }

    @Test func threadsShareADistorter() async {
        let distorter = Distorter(.handwriting, height: 28, width: 28, seed: 1)
        let alone = (0..<64).map { distorter.distorted(ring, epoch: 0, sample: $0) }
        let together = await withTaskGroup(of: (Int, [UInt8]).self) { [ring] group in
            for sample in 0..<64 { group.addTask { (sample, distorter.distorted(ring, epoch: 0, sample: sample)) } }
            return await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
        }
        for sample in 0..<64 { #expect(together[sample] == alone[sample]) }
    }

    /// One strength does not change what chance makes of another.
    @Test func strengthsAreIndependent() {
        let mirrors = Distorter(distortion { $0.isMirrored = true }, height: 1, width: 3, seed: 1)
        let others = distortion {
            $0.isMirrored = true
            $0.thickness = 0.3
        }
        let thick = Distorter(others, height: 1, width: 3, seed: 1)
        for sample in 0..<100 {
            let mirrored = mirrors.distorted([200, 0, 0], epoch: 0, sample: sample)
            let both = thick.distorted([200, 0, 0], epoch: 0, sample: sample)
            #expect((mirrored[0] < mirrored[2]) == (both[0] < both[2]))
        }
    }

    // MARK: - Each strength

    @Test func eachStrengthHasAnEffect() {
        for strength in DistortionChecks.strengths {
            let distorter = Distorter(strength, height: 28, width: 28, seed: 1)
            let changed = (0..<20).filter { distorter.distorted(ring, epoch: 0, sample: $0) != ring }
            #expect(changed.count >= (strength.isMirrored ? 5 : 18), "\(strength)")
        }
    }

    @Test func mirroringExchangesLeftAndRight() {
        let distorter = Distorter(distortion { $0.isMirrored = true }, height: 2, width: 3, seed: 1)
        let images = (0..<1000).map { distorter.distorted([1, 2, 3, 4, 5, 6], epoch: 0, sample: $0) }
        #expect(Set(images) == [[1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4]])
        // 500 ± 4 standard deviations of 16
        #expect((436...564).contains(images.filter { $0[0] == 3 }.count))
    }

    @Test func shiftsAreWholeAndOfAllSizes() {
        let distorter = Distorter(distortion { $0.shift = 0.25 }, height: 4, width: 8, seed: 1)
        let image = DistortionChecks.noise(height: 4, width: 8).map { $0 | 1 }
        var counts: [[Int]: Int] = [:]
        for sample in 0..<3000 {
            let moved = distorter.distorted(image, epoch: 0, sample: sample)
            let shift = (-1...1).flatMap { down in (-2...2).map { [down, $0] } }.first { shift in
                moved.indices.allSatisfy { index in
                    let (x, y) = (index % 8 - shift[1], index / 8 - shift[0])
                    let inside = (0..<8).contains(x) && (0..<4).contains(y)
                    return moved[index] == (inside ? image[y * 8 + x] : 0)
                }
            }
            counts[shift ?? [], default: 0] += 1
        }
        // Each of the 15 is found 200 ± 4 standard deviations of 14 times, nothing else ever.
        #expect(counts.count == 15 && counts[[]] == nil)
        #expect(counts.values.allSatisfy { (144...256).contains($0) })
    }

    @Test func rotationKeepsTheDistanceAndTheLimit() {
        let places = places(of: dot(x: 24, y: 14), distortion { $0.rotation = 40 })
        let angles = places.map { atan2($0.y, $0.x) * 180 / .pi }
        #expect(places.allSatisfy { abs(hypot($0.x, $0.y) - 10) < 0.1 })
        #expect(angles.allSatisfy { abs($0) < 40.5 })
        // A uniform number in ±40 has a standard deviation of 40 / √3 = 23.1.
        #expect(abs(mean(angles)) < 2 && abs(deviation(angles) - 23.1) < 1)
    }

    /// A quarter turn, to the right as y goes down: the first row becomes the last column.
    @Test func quarterTurn() {
        var turn = inkling_distortion()
        (turn.height, turn.width) = (3, 3)
        turn.matrix = (0, 1, 0, -1, 0, 2)
        var out = [UInt8](repeating: 0, count: 9)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: inkling_distortion_scratch(3, 3, 0), alignment: 64)
        defer { scratch.deallocate() }
        inkling_distort(&turn, [1, 2, 3, 4, 5, 6, 7, 8, 9], scratch, &out)
        #expect(out == [7, 4, 1, 8, 5, 2, 9, 6, 3])
    }

    @Test func scaleAndShearMoveWhatIsFarFromTheCentre() {
        let scaled = places(of: dot(x: 22, y: 7), distortion { $0.scale = 0.3 })
        #expect(abs(deviation(scaled.map { $0.x - 8 }) - 0.3 * 8 / 3.0.squareRoot()) < 0.1)
        #expect(abs(deviation(scaled.map { $0.y + 7 }) - 0.3 * 7 / 3.0.squareRoot()) < 0.1)
        #expect(scaled.allSatisfy { abs($0.x - 8) < 2.5 && abs($0.y + 7) < 2.2 })
        // Width and height differ.
        #expect(abs(mean(scaled.map { ($0.x - 8) * ($0.y + 7) })) < 0.15)

        let sheared = places(of: dot(x: 14, y: 4), distortion { $0.shear = 0.4 })
        #expect(abs(deviation(sheared.map(\.x)) - 4 / 3.0.squareRoot()) < 0.1)
        #expect(sheared.allSatisfy { abs($0.x) < 4.1 && abs($0.y + 10) < 0.1 })
    }

    @Test func elasticityIsTheDeviationOfTheDisplacement() {
        for (x, y) in [(14, 14), (9, 18), (5, 5)] {
            let places = places(of: dot(x: x, y: y), distortion { ($0.elasticity, $0.smoothness) = (1.2, 5) })
            let (right, down) = (places.map { $0.x - Double(x - 14) }, places.map { $0.y - Double(y - 14) })
            #expect(abs(mean(right)) < 0.15 && abs(mean(down)) < 0.15)
            #expect(abs(deviation(right) - 1.2) < 0.15 && abs(deviation(down) - 1.2) < 0.15)
            #expect(abs(mean(zip(right, down).map(*))) < 0.15)
        }
    }

    @Test func halfOfTheStrokesAreThickenedHalfThinned() {
        let distorter = Distorter(distortion { $0.thickness = 0.5 }, height: 28, width: 28, seed: 1)
        func ink(_ image: [UInt8]) -> Double { image.reduce(0) { $0 + Double($1) } }
        var (thicker, sum) = (0, 0.0)
        for sample in 0..<1000 {
            let image = distorter.distorted(ring, epoch: 0, sample: sample)
            let grew = ink(image) > ink(ring)
            thicker += grew ? 1 : 0
            sum += ink(image) / ink(ring)
            #expect(zip(image, ring).allSatisfy { grew ? $0 >= $1 : $0 <= $1 })
            // Thin strokes are as bright as thick ones.
            #expect(image.max()! >= 250)
        }
        #expect((436...564).contains(thicker))
        #expect((0.9...1.15).contains(sum / 1000))
    }

    // MARK: - All together

    @Test func handwritingKeepsItsInk() {
        let distorter = Distorter(.handwriting, height: 28, width: 28, seed: 1)
        func ink(_ image: [UInt8]) -> Double { image.reduce(0) { $0 + Double($1) } }
        let shares = (0..<1000).map { ink(distorter.distorted(ring, epoch: 0, sample: $0)) / ink(ring) }
        #expect((0.9...1.15).contains(mean(shares)))
        #expect(shares.min()! > 0.4 && shares.max()! < 2.2)
    }

    @Test func dataSetsHaveTheirPresets() {
        #expect(Distortion.preset(dataset: "mnist") == .handwriting)
        #expect(Distortion.preset(dataset: "letters") == .handwriting)
        #expect(Distortion.preset(dataset: "fashion-mnist") == .clothing)
    }

    @Test func problemsAreNamed() {
        let fine = DistortionChecks.strengths + [Distortion(), .handwriting, .clothing]
        #expect(fine.allSatisfy { $0.problem == nil })
        let wrong: [(String, (inout Distortion) -> Void)] = [
            ("rotation", { $0.rotation = 181 }), ("scale", { $0.scale = 0.6 }), ("shear", { $0.shear = -1 }),
            ("shift", { $0.shift = .nan }), ("smoothness", { $0.smoothness = 0 }),
            ("elasticity", { $0.elasticity = 4.5 }), ("thickness", { $0.thickness = .infinity }),
        ]
        for (name, change) in wrong { #expect(distortion(change).problem?.name == name) }
        let problem = distortion { $0.scale = 0.6 }.problem
        #expect(problem?.expected == "a share from 0 to 0.5" && problem?.found == "0.6")
    }

    @Test func strengthsAreKeptInFiles() throws {
        let data = try JSONEncoder().encode(Distortion.handwriting)
        #expect(try JSONDecoder().decode(Distortion.self, from: data) == .handwriting)
    }
}
