import CKernels
import Foundation
import NeuralNetwork

/// Distorts images of one size as a `Distortion` says.
///
/// What becomes of an image depends on the image, the strengths, the seed, the epoch and the sample's number alone: one
/// distorter may serve many threads, or many distorters one run, in any order.
public final class Distorter: Sendable {
    public let distortion: Distortion
    /// The size of every image, in pixels, both at least 1.
    public let height: Int, width: Int
    public let seed: UInt64

    /// What an image may have on a side, in pixels.
    public static let sides = 1...1 << 14

    /// Bytes of memory that `distort` needs to work in.
    public let scratchSize: Int

    /// The grid that the displacement is smoothed from.
    let grid: DisplacementGrid

    /// - Parameters:
    ///   - distortion: whose `problem` is nil.
    ///   - height: of the images, in pixels, within `sides`.
    ///   - width: of the images, in pixels, within `sides`.
    ///   - seed: of the training run.
    public init(_ distortion: Distortion, height: Int, width: Int, seed: UInt64) {
        precondition(distortion.problem == nil, "A strength is out of its limits.")
        precondition(
            Self.sides.contains(height) && Self.sides.contains(width),
            "Images to distort have 1 to 16384 pixels a side.")
        self.distortion = distortion
        self.height = height
        self.width = width
        self.seed = seed
        grid = DisplacementGrid(distortion, height: height, width: width)
        let numbers = (grid.count * MemoryLayout<Float>.size + 63) / 64 * 64
        scratchSize = numbers + inkling_distortion_scratch(height, width, grid.rows)
    }

    /// Writes the distorted image, without allocating anything.
    ///
    /// - Parameters:
    ///   - image: `[height × width]`, row-major, 0 being background.
    ///   - destination: `[height × width]`; not the image itself.
    ///   - epoch: from 0, counts how often all samples were seen.
    ///   - sample: the image's place in its set, 0..<2³².
    ///   - scratch: `scratchSize` bytes on a 64-byte boundary, which no other thread uses meanwhile.
    public func distort(
        _ image: UnsafePointer<UInt8>, into destination: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
        scratch: UnsafeMutableRawPointer
    ) {
        var generator = RandomGenerator(seed: seed, stream: .distortions, index: epoch << 32 | sample)
        let movement = Movement(distortion, height: height, width: width, generator: &generator)
        let numbers = scratch.assumingMemoryBound(to: Float.self)
        grid.draw(&generator, into: numbers)
        var arguments = inkling_distortion()
        arguments.height = height
        arguments.width = width
        arguments.matrix = movement.matrix
        arguments.thickness = movement.thickness
        arguments.grid_rows = grid.rows
        arguments.grid_columns = grid.columns
        arguments.grid = UnsafePointer(numbers)
        arguments.column_weights = grid.columnWeights
        arguments.row_weights = grid.rowWeights
        arguments.first_rows = grid.firstRows
        inkling_distort(&arguments, image, scratch + (grid.count * 4 + 63) / 64 * 64, destination)
    }

    /// The distorted image, `[height × width]`; for one at a time.
    public func distorted(_ image: some Collection<UInt8>, epoch: Int, sample: Int) -> [UInt8] {
        precondition(image.count == height * width, "The image has another size.")
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: scratchSize, alignment: 64)
        defer { scratch.deallocate() }
        return [UInt8](unsafeUninitializedCapacity: image.count) { buffer, initializedCount in
            initializedCount = buffer.count
            Array(image).withUnsafeBufferPointer {
                distort($0.baseAddress!, into: buffer.baseAddress!, epoch: epoch, sample: sample, scratch: scratch)
            }
        }
    }
}

/// What chance makes of the strengths for one image, but for the displacement.
struct Movement {
    /// Of where a pixel comes from, as in `inkling_distortion`: `[2 × 3]`, row-major.
    let matrix: (Float, Float, Float, Float, Float, Float)
    /// Above 0: strokes become thicker.
    let thickness: Float

    /// Takes the same amount of chance whatever the strengths, so that one strength changes nothing about the others.
    ///
    /// With x to the right and y down from the image's centre, a point p of the image comes to
    /// shift + rotation · shear · scale · p, where scale may mirror and shear is x + shear y; the matrix is the way back.
    init(_ distortion: Distortion, height: Int, width: Int, generator: inout RandomGenerator) {
        func symmetric(_ strength: Float) -> Double { (2 * generator.uniform() - 1) * Double(strength) }
        let isMirrored = generator.uniform() < 0.5 && distortion.isMirrored
        let angle = symmetric(distortion.rotation) * .pi / 180
        let across = (1 + symmetric(distortion.scale)) * (isMirrored ? -1 : 1)
        let down = 1 + symmetric(distortion.scale)
        let shear = symmetric(distortion.shear)
        var (right, below) = (symmetric(distortion.shift), symmetric(distortion.shift))
        thickness = Float(symmetric(distortion.thickness))
        if distortion.movesByWholePixels {
            right = Self.whole(right, of: distortion.shift, size: width)
            below = Self.whole(below, of: distortion.shift, size: height)
        } else {
            right *= Double(width)
            below *= Double(height)
        }

        // (scale)⁻¹ (shear)⁻¹ (rotation)⁻¹
        let (sine, cosine) = (sin(angle), cos(angle))
        let (xx, xy) = ((cosine + shear * sine) / across, (sine - shear * cosine) / across)
        let (yx, yy) = (-sine / down, cosine / down)
        let (centreX, centreY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        matrix = (
            Float(xx), Float(xy), Float(centreX - xx * (centreX + right) - xy * (centreY + below)),
            Float(yx), Float(yy), Float(centreY - yx * (centreX + right) - yy * (centreY + below))
        )
    }

    /// One of the whole numbers up to the limit either way, each as probable as any other.
    ///
    /// - Parameters:
    ///   - share: uniform in −limit..<limit.
    ///   - limit: a share of the size.
    private static func whole(_ share: Double, of limit: Float, size: Int) -> Double {
        guard limit > 0 else { return 0 }
        let most = (Double(limit) * Double(size)).rounded()
        return ((share / Double(limit) + 1) / 2 * (2 * most + 1)).rounded(.down) - most
    }
}

extension Distortion {
    /// Whether pixels come from whole pixels when the shift does too.
    var movesByWholePixels: Bool { rotation == 0 && scale == 0 && shear == 0 && elasticity == 0 }
}

/// A coarse grid of random numbers, and the weights that make a smooth displacement of them.
///
/// Noise smoothed by a Gaussian of standard deviation σ is much the same as a cubic B-spline with random coefficients
/// √3 σ apart, as that is how far apart the knots of a spline of standard deviation σ are (its variance is that of the
/// sum of four uniform numbers, 4/12 of the squared distance). It takes some hundred numbers instead of one a pixel.
final class DisplacementGrid: Sendable {
    /// Its size; 0 × 0 without elasticity.
    let rows: Int, columns: Int
    /// `[columns × width, up to a multiple of 16]`
    nonisolated(unsafe) let columnWeights: UnsafePointer<Float>
    /// `[height × 4]`: the weights of four rows, the first of which is `firstRows[y]`.
    nonisolated(unsafe) let rowWeights: UnsafePointer<Float>
    /// `[height]`
    nonisolated(unsafe) let firstRows: UnsafePointer<Int32>
    /// Pixels for each unit of a sum of four bytes.
    private let unit: Float

    /// The numbers of a displacement, `[2 × rows × columns]`: to the right, then down.
    var count: Int { 2 * rows * columns }

    init(_ distortion: Distortion, height: Int, width: Int) {
        let spacing = Double(distortion.smoothness) * 3.0.squareRoot()
        let isNeeded = distortion.elasticity > 0
        let across = Self.splines(length: isNeeded ? width : 0, spacing: spacing)
        let down = Self.splines(length: isNeeded ? height : 0, spacing: spacing)
        rows = isNeeded ? down.last!.first + 4 : 0
        columns = isNeeded ? across.last!.first + 4 : 0
        let stride = (width + 15) / 16 * 16
        var dense = [Float](repeating: 0, count: columns * stride)
        for (x, spline) in across.enumerated() {
            for (offset, weight) in spline.weights.enumerated() { dense[(spline.first + offset) * stride + x] = weight }
        }
        // Plain memory, as counting references from several threads costs more than reading it.
        columnWeights = Self.memory(dense)
        rowWeights = Self.memory(down.flatMap(\.weights))
        firstRows = Self.memory(down.map { Int32($0.first) })
        // The sum of four bytes has a variance of 4 (256² − 1) / 12.
        unit = distortion.elasticity / (4 * Float(256 * 256 - 1) / 12).squareRoot()
    }

    deinit {
        columnWeights.deallocate()
        rowWeights.deallocate()
        firstRows.deallocate()
    }

    /// Fills the grid, `[count]`, with numbers of mean 0 whose standard deviation is the elasticity.
    ///
    /// Sums of four random bytes: nearly normal, quickly made, and never beyond 3.5 standard deviations, so that no
    /// image is torn.
    func draw(_ generator: inout RandomGenerator, into numbers: UnsafeMutablePointer<Float>) {
        for index in stride(from: 0, to: count, by: 2) {
            let bits = generator.next()
            // Pairs of bytes are added in lanes of 16 bits, then both pairs of either half.
            let pairs = (bits & 0x00FF_00FF_00FF_00FF) &+ (bits >> 8 & 0x00FF_00FF_00FF_00FF)
            let sums = (pairs & 0x0000_FFFF_0000_FFFF) &+ (pairs >> 16 & 0x0000_FFFF_0000_FFFF)
            numbers[index] = Float(Int32(truncatingIfNeeded: sums) - 510) * unit
            numbers[index + 1] = Float(Int32(truncatingIfNeeded: sums >> 32) - 510) * unit
        }
    }

    /// For each pixel of a line, the first of the four numbers that it is a sum of, and their weights: those of cubic
    /// B-splines, divided such that their squares add up to 1, as numbers of variance 1 shall have a sum of variance 1.
    private static func splines(length: Int, spacing: Double) -> [(first: Int, weights: [Float])] {
        (0..<length).map { pixel in
            let place = Double(pixel) / spacing
            let first = place.rounded(.down)
            let t = place - first
            let weights = [
                pow(1 - t, 3) / 6, (3 * t * t * t - 6 * t * t + 4) / 6,
                (-3 * t * t * t + 3 * t * t + 3 * t + 1) / 6, t * t * t / 6,
            ]
            let norm = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return (Int(first), weights.map { Float($0 / norm) })
        }
    }

    private static func memory<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        memory.initialize(from: elements, count: elements.count)
        return UnsafePointer(memory)
    }
}
