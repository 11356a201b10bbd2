import Datasets
import Foundation
import NeuralNetwork

/// What `Distorter` does, pixel by pixel and in doubles, as the formulas say it.
public struct PlainDistortion {
    let distortion: Distortion
    let height: Int, width: Int
    private var generator: RandomGenerator

    private let isMirrored: Bool
    private let angle, across, down, shear, right, below, thickness: Double
    private let spacing: Double
    /// `[rows × columns]`, in pixels.
    private var rightGrid: [[Double]] = []
    private var downGrid: [[Double]] = []

    public init(_ distortion: Distortion, height: Int, width: Int, seed: UInt64, epoch: Int, sample: Int) {
        self.distortion = distortion
        (self.height, self.width) = (height, width)
        generator = RandomGenerator(seed: seed, stream: .distortions, index: epoch << 32 | sample)
        let chances = (0..<8).map { [generator] index in
            var generator = generator
            for _ in 0..<index { _ = generator.uniform() }
            return generator.uniform()
        }
        for _ in chances { _ = generator.uniform() }
        func symmetric(_ chance: Int, _ strength: Float) -> Double { (2 * chances[chance] - 1) * Double(strength) }
        isMirrored = chances[0] < 0.5 && distortion.isMirrored
        angle = symmetric(1, distortion.rotation) / 180 * .pi
        across = 1 + symmetric(2, distortion.scale)
        down = 1 + symmetric(3, distortion.scale)
        shear = symmetric(4, distortion.shear)
        thickness = symmetric(7, distortion.thickness)
        let staysSharp =
            distortion.rotation == 0 && distortion.scale == 0 && distortion.shear == 0 && distortion.elasticity == 0
        func moved(_ chance: Int, _ size: Int) -> Double {
            guard staysSharp else { return symmetric(chance, distortion.shift) * Double(size) }
            let most = (Double(distortion.shift) * Double(size)).rounded()
            return floor(chances[chance] * (2 * most + 1)) - most
        }
        right = moved(5, width)
        below = moved(6, height)

        spacing = Double(distortion.smoothness) * sqrt(3)
        guard distortion.elasticity > 0 else { return }
        let rows = Int(Double(height - 1) / spacing) + 4
        let columns = Int(Double(width - 1) / spacing) + 4
        // Each half of 64 bits is a number, the lower half first.
        var halves: [UInt64] = []
        for _ in 0..<rows * columns {
            let bits = generator.next()
            halves += [bits & 0xFFFF_FFFF, bits >> 32]
        }
        let numbers = halves.map { half in
            let sum = (0..<4).reduce(0.0) { $0 + Double(half >> (8 * $1) & 255) }
            return (sum - 510) / sqrt(4 * (256 * 256 - 1) / 12) * Double(distortion.elasticity)
        }
        func rowsOf(_ numbers: ArraySlice<Double>) -> [[Double]] {
            (0..<rows).map { Array(numbers.dropFirst($0 * columns).prefix(columns)) }
        }
        rightGrid = rowsOf(numbers[..<(rows * columns)])
        downGrid = rowsOf(numbers[(rows * columns)...])
    }

    /// - Parameter image: `[height × width]`
    public func distorted(_ image: [UInt8]) -> [UInt8] {
        let grey = thickened(image)
        return (0..<height * width).map { index in
            let (x, y) = (index % width, index / width)
            let (column, row) = origin(x: Double(x), y: Double(y))
            return UInt8(sample(grey, column: column, row: row).rounded())
        }
    }

    private func pixel(_ grey: [Double], _ column: Int, _ row: Int) -> Double {
        (0..<width).contains(column) && (0..<height).contains(row) ? grey[row * width + column] : 0
    }

    /// Grey dilation or erosion by a cross of five pixels, in part.
    private func thickened(_ image: [UInt8]) -> [Double] {
        let grey = image.map(Double.init)
        guard thickness != 0 else { return grey }
        return grey.indices.map { index in
            let (x, y) = (index % width, index / width)
            let cross = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)].map { pixel(grey, x + $0.0, y + $0.1) }
            let end = thickness > 0 ? cross.max()! : min(2 * cross.min()!, cross[0])
            return cross[0] + abs(thickness) * (end - cross[0])
        }
    }

    /// Where the pixel at (x, y) comes from: undo the shift, the rotation, the shear, the scale and the mirror in turn,
    /// then add the displacement.
    private func origin(x: Double, y: Double) -> (column: Double, row: Double) {
        let (centreX, centreY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        var (column, row) = (x - centreX - right, y - centreY - below)
        (column, row) = (cos(angle) * column + sin(angle) * row, -sin(angle) * column + cos(angle) * row)
        column -= shear * row
        column /= across
        row /= down
        if isMirrored { column = -column }
        return (
            column + centreX + displacement(rightGrid, x: x, y: y),
            row + centreY + displacement(downGrid, x: x, y: y)
        )
    }

    /// Σ weight · number over the grid, divided by √Σ weight², the weight being a product of two cubic B-splines.
    private func displacement(_ grid: [[Double]], x: Double, y: Double) -> Double {
        var (sum, squares) = (0.0, 0.0)
        for (row, numbers) in grid.enumerated() {
            for (column, number) in numbers.enumerated() {
                // The first number of the grid has its knot one spacing before the first pixel.
                let weight = spline(x / spacing + 1 - Double(column)) * spline(y / spacing + 1 - Double(row))
                sum += weight * number
                squares += weight * weight
            }
        }
        return squares > 0 ? sum / squares.squareRoot() : 0
    }

    /// The cubic B-spline about 0, which is 0 from 2 on.
    private func spline(_ x: Double) -> Double {
        let distance = abs(x)
        if distance < 1 { return 2 / 3 - distance * distance + distance * distance * distance / 2 }
        return distance < 2 ? pow(2 - distance, 3) / 6 : 0
    }

    /// Bilinear, 0 outside.
    private func sample(_ grey: [Double], column: Double, row: Double) -> Double {
        let (left, top) = (floor(column), floor(row))
        var sum = 0.0
        for (dx, dy) in [(0.0, 0.0), (1, 0), (0, 1), (1, 1)] {
            let weight = (1 - abs(column - left - dx)) * (1 - abs(row - top - dy))
            sum += weight * pixel(grey, Int(left + dx), Int(top + dy))
        }
        return sum
    }
}
