import Datasets
import NeuralNetwork
import Training

/// The part of the plane that a panel shows: about -1.1…1.1 in the shorter direction, more in the longer, so that a unit
/// is as long across as it is high. Two pixels to a cell, one above the other.
struct PlaneView: Equatable {
    let cells: Rect

    var columns: Int { cells.width }
    var rows: Int { 2 * cells.height }
    /// Pixels to a unit.
    private var scale: Double { Double(max(min(columns, rows), 1)) / 2.2 }

    /// The middle of a pixel.
    func place(column: Double, row: Double) -> (x: Float, y: Float) {
        (
            Float((column + 0.5 - Double(columns) / 2) / scale), Float((Double(rows) / 2 - row - 0.5) / scale)
        )
    }

    /// The pixel of a place; nil for one out of view.
    func pixel(x: Float, y: Float) -> (column: Int, row: Int)? {
        let column = (Double(x) * scale + Double(columns) / 2).rounded(.down)
        let row = (Double(rows) / 2 - Double(y) * scale).rounded(.down)
        guard (0..<Double(columns)).contains(column), (0..<Double(rows)).contains(row) else { return nil }
        return (Int(column), Int(row))
    }

    /// The places of all pixels, row by row, `[rows · columns × 2]`.
    var inputs: Matrix {
        var inputs = Matrix(rows: rows * columns, columns: 2)
        inputs.withUnsafeMutableElements { elements in
            for row in 0..<rows {
                for column in 0..<columns {
                    let (x, y) = place(column: Double(column), row: Double(row))
                    elements[2 * (row * columns + column)] = x
                    elements[2 * (row * columns + column) + 1] = y
                }
            }
        }
        return inputs
    }

    /// Draws where the network sees which class and how sure it is, and points on top of that.
    func draw(_ regions: [Ink], points: some Sequence<ToySet.Point>, on grid: inout CellGrid) {
        var pixels = regions
        for point in points {
            guard let (column, row) = pixel(x: point.x, y: point.y) else { continue }
            pixels[row * columns + column] = .point(point.label)
        }
        for row in stride(from: 0, to: rows, by: 2) {
            for column in 0..<columns {
                let style = Style(pixels[row * columns + column], on: pixels[(row + 1) * columns + column])
                grid[cells.x + column, cells.y + row / 2] = Cell("▀", style)
            }
        }
    }

    /// The colour of each pixel, row by row. A pixel that hardly changed since `former` keeps its colour.
    func regions(_ network: Network, former: [Ink]? = nil) -> [Ink] {
        let probabilities = SoftmaxCrossEntropy.softmax(network.logits(inputs))
        let classes = probabilities.columns
        let former = former?.count == probabilities.rows ? former : nil
        return probabilities.withUnsafeElements { elements in
            (0..<probabilities.rows).map { row in
                let first = row * classes
                var best = first
                for index in first..<first + classes where elements[index] > elements[best] { best = index }
                // 0 where all classes are equally likely, 1 where there is no doubt.
                let chance = 1 / Float(classes)
                let certainty = max((elements[best] - chance) / (1 - chance), 0)
                return ClassInk.region(UInt8(best - first), certainty, former: former?[row])
            }
        }
    }
}
