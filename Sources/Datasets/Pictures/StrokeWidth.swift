/// How wide a pen's strokes are, and how they are made as wide as those of which a network has learnt.
enum StrokeWidth {
    /// The mean width of strokes: twice their area by the length of their edges, which is counted in steps across and
    /// down, for slanted lines 4 / π too many.
    static func mean(of set: [Bool], width: Int, height: Int) -> Float {
        var (area, edges) = (0, 0)
        for y in 0..<height {
            for x in 0..<width where set[y * width + x] {
                area += 1
                if x == 0 || !set[y * width + x - 1] { edges += 1 }
                if x == width - 1 || !set[y * width + x + 1] { edges += 1 }
                if y == 0 || !set[(y - 1) * width + x] { edges += 1 }
                if y == height - 1 || !set[(y + 1) * width + x] { edges += 1 }
            }
        }
        return edges == 0 ? 0 : Float(2 * area) / (Float(edges) * .pi / 4)
    }

    /// In pixels of the network's picture: 98 % of MNIST's digits are as wide as this.
    private static let learnt: ClosedRange<Float> = 1.3...4.4
    /// What thinner and thicker strokes become.
    private static let usual: ClosedRange<Float> = 2.2...3.4
    /// How many places a pixel of the network's picture has, across and down, while strokes are changed.
    private static let fineness = 6

    /// A digit of bright ink on black, its strokes brought to the width of those learnt; the same where they have it.
    static func normalized(_ digit: GreyImage) -> GreyImage {
        let set = digit.pixels.map { $0 > 127 }
        guard let first = set.firstIndex(of: true) else { return digit }
        var box = Box(left: first % digit.width, top: first / digit.width, right: 0, bottom: 0)
        for place in set.indices where set[place] {
            let (x, y) = (place % digit.width, place / digit.width)
            box = box.joined(Box(left: x, top: y, right: x + 1, bottom: y + 1))
        }
        let scale = 20 / Float(max(box.width, box.height))
        let width = mean(of: set, width: digit.width, height: digit.height) * scale
        guard !learnt.contains(width) else { return digit }

        let isThin = width < learnt.lowerBound
        let fine = Float(fineness) * scale
        let margin = fineness * 2
        let (columns, rows) = (
            Int(Float(box.width) * fine) + 1 + 2 * margin, Int(Float(box.height) * fine) + 1 + 2 * margin
        )
        var ink = [Bool](repeating: false, count: columns * rows)
        if fine < 1 {
            // Where several pixels become one, none of a thin stroke is lost.
            for place in set.indices where set[place] {
                let x = Int(Float(place % digit.width - box.left) * fine)
                let y = Int(Float(place / digit.width - box.top) * fine)
                ink[(y + margin) * columns + x + margin] = true
            }
        } else {
            for y in 0..<rows {
                for x in 0..<columns {
                    let column = (Float(x - margin) + 0.5) / fine + Float(box.left) - 0.5
                    let row = (Float(y - margin) + 0.5) / fine + Float(box.top) - 0.5
                    ink[y * columns + x] = digit.interpolated(x: column, y: row) > 127
                }
            }
        }
        let places = max(width * Float(fineness), 1)
        let distances: [Float]
        let change: Float
        if isThin {
            distances = DistanceField.distances(to: ink, width: columns, height: rows)
            change = (usual.lowerBound * Float(fineness) - places) / 2 + 1
        } else {
            let paper = DistanceField.distances(to: ink.map { !$0 }, width: columns, height: rows)
            distances = paper.map { -$0 }
            change = -(width - usual.upperBound) * Float(fineness) / 2
        }
        let pixels = distances.map { UInt8(min(max(change - $0, 0), 1) * 255) }
        return pixels.contains { $0 > 127 } ? GreyImage(width: columns, height: rows, pixels: pixels) : digit
    }
}

extension GreyImage {
    /// Between the four pixels around a place; black outside.
    fileprivate func interpolated(x: Float, y: Float) -> Float {
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (across, down) = (x - Float(left), y - Float(top))
        func pixel(_ x: Int, _ y: Int) -> Float {
            x >= 0 && x < width && y >= 0 && y < height ? Float(pixels[y * width + x]) : 0
        }
        let upper = pixel(left, top) * (1 - across) + pixel(left + 1, top) * across
        let lower = pixel(left, top + 1) * (1 - across) + pixel(left + 1, top + 1) * across
        return upper * (1 - down) + lower * down
    }
}
