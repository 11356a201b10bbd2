/// How much ink is where in a picture of paper, whatever the light.
struct Ink {
    /// 0 where there is paper, 1 where no light comes from.
    var plane: Plane
    /// Whether the paper is as bright everywhere, as drawn by a program; else light and shadow had to be taken out.
    let isEven: Bool
    /// What the strongest ink has.
    let peak: Float
    /// What more than stray grains of noise has.
    let threshold: Float

    /// nil where everything is as bright, but for noise.
    init?(of picture: Plane) {
        let border = picture.ring(at: 0).sorted()
        let (darkest, brightest) = (picture.values.min() ?? 0, picture.values.max() ?? 0)
        func contrast(_ ground: Float) -> Float { max(ground - darkest, brightest - ground) }
        var ground = border[border.count / 2]
        let isClear = border.count { abs($0 - ground) < contrast(ground) / 2 } * 5 >= border.count * 3
        // Where half of the border is ink, such as a printed line, most of the picture tells what the paper is.
        if !isClear { ground = picture.quantile(0.5) }
        let contrast = contrast(ground)
        // Ink may reach the border.
        let paper = border.filter { abs($0 - ground) < contrast / 2 }
        isEven = paper.count { abs($0 - ground) < contrast / 10 } * 20 >= paper.count * 17
        let noise = picture.noise
        let isNoisy = noise > 1 && min(picture.width, picture.height) >= 64
        let smooth = isNoisy ? (0..<(noise > 6 ? 4 : 2)).reduce(picture) { plane, _ in plane.smoothed() } : picture
        if isEven {
            let isDark = ground - darkest >= brightest - ground
            let paper = max(isDark ? ground : 255 - ground, 1)
            plane = smooth.map { min(max((isDark ? ground - $0 : $0 - ground) / paper, 0), 1) }
        } else {
            plane = smooth.inkOfUnevenPaper()
        }
        // So many pixels of dirt or noise may be darker than the ink.
        let few = isNoisy ? plane.values.count / 1000 : plane.values.count / 5000
        peak = plane.values.count > 2000 ? plane.exceeded(by: max(few, 8)) : plane.values.max() ?? 0
        let median = plane.quantile(0.5)
        let deviation = plane.map { abs($0 - median) }.quantile(0.5) * 1.4826
        threshold = max(0.42 * peak, median + 4 * deviation)
        guard contrast > 0, peak > (isNoisy ? 0.05 : 0.004), threshold < peak else { return nil }
    }
}

extension Plane {
    func map(_ change: (Float) -> Float) -> Plane {
        Plane(width: width, height: height, values: values.map(change))
    }

    /// What lies `depth` pixels from the border.
    func ring(at depth: Int) -> [Float] {
        guard 2 * depth < min(width, height) else { return [] }
        let across = depth..<width - depth
        let rows = [depth, height - 1 - depth].flatMap { y in across.map { self[$0, y] } }
        let columns = [depth, width - 1 - depth].flatMap { x in (depth..<height - depth).map { self[x, $0] } }
        return rows + columns
    }

    /// The deviation of noise, in the picture's units: what is left of a pixel without its neighbours (Immerkær, Fast
    /// Noise Variance Estimation, 1996), the median of some thousand places, which edges hardly change.
    fileprivate var noise: Float {
        guard width > 2, height > 2 else { return 0 }
        let step = max(Int(Double((width - 2) * (height - 2) / 8192).squareRoot()), 1)
        var found: [Float] = []
        for y in stride(from: 1, to: height - 1, by: step) {
            for x in stride(from: 1, to: width - 1, by: step) {
                let corners = self[x - 1, y - 1] + self[x + 1, y - 1] + self[x - 1, y + 1] + self[x + 1, y + 1]
                let sides = self[x, y - 1] + self[x, y + 1] + self[x - 1, y] + self[x + 1, y]
                found.append(abs(corners - 2 * sides + 4 * self[x, y]))
            }
        }
        return found.sorted()[found.count / 2] / 0.6745 / 6
    }

    /// The value of which `count` pixels have more; values are 0…1.
    fileprivate func exceeded(by count: Int) -> Float {
        var bins = [Int](repeating: 0, count: 4096)
        for value in values { bins[Int(value * 4095)] += 1 }
        var left = count
        for bin in bins.indices.reversed() {
            left -= bins[bin]
            if left < 0 { return Float(bin) / 4095 }
        }
        return 0
    }

    /// Ink on paper in uneven light. The paper is what is left when strokes are closed from both sides: each pixel
    /// becomes the brightest within reach of a stroke's width, and that the darkest (a morphological closing). Edges of
    /// shadows stay where they are; ink is what is darker than the paper around it, by the share of its light.
    fileprivate func inkOfUnevenPaper() -> Plane {
        let isDark = inkIsDark
        let turned = isDark ? self : map { 255 - $0 }
        func ink(_ reach: Int) -> Plane {
            let paper = turned.dilated(by: reach).eroded(by: reach)
            return Plane(
                width: width, height: height,
                values: zip(turned.values, paper.values).map { pixel, paper in
                    // Bright ink on a dark board does not gain by the board's being darker.
                    max(isDark ? 1 - pixel / max(paper, 1) : (paper - pixel) / 255, 0)
                })
        }
        let side = min(width, height)
        let wide = max(side / 10, 2)
        let first = ink(wide)
        // As wide as the strokes is enough; more would take narrow shadows for ink.
        let cut = 0.45 * first.exceeded(by: max(values.count / 1000, 8))
        let stroke = StrokeWidth.mean(of: first.values.map { $0 > cut }, width: width, height: height)
        let narrow = max(Int(stroke) + 2, 2)
        return narrow * 5 < wide * 4 ? ink(narrow) : first
    }

    /// Ink is what there is less of: pixels much darker than what is around them are few and far off, those brighter
    /// many and near (the sign of the third moment), or the other way round.
    private var inkIsDark: Bool {
        let reach = min(width, height) / 6
        let sums = SummedArea(self)
        var moment = 0.0
        for y in 0..<height {
            for x in 0..<width {
                let mean = sums.mean(x: x, y: y, reach: reach)
                let difference = Double(self[x, y] / max(mean, 1) - 1)
                moment += difference * difference * difference
            }
        }
        return moment <= 0
    }
}

/// Sums of all that lies above and to the left, from which the mean of any rectangle follows at once (Crow, 1984).
private struct SummedArea {
    private let width: Int, height: Int
    /// `[(height + 1) × (width + 1)]`
    private let sums: [Double]

    init(_ plane: Plane) {
        (width, height) = (plane.width, plane.height)
        var sums = [Double](repeating: 0, count: (width + 1) * (height + 1))
        for y in 0..<height {
            var row = 0.0
            for x in 0..<width {
                row += Double(plane[x, y])
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row
            }
        }
        self.sums = sums
    }

    /// Of the pixels at most `reach` away that there are.
    func mean(x: Int, y: Int, reach: Int) -> Float {
        let (left, right) = (max(x - reach, 0), min(x + reach + 1, width))
        let (top, bottom) = (max(y - reach, 0), min(y + reach + 1, height))
        let row = width + 1
        let sum =
            sums[bottom * row + right] - sums[top * row + right] - sums[bottom * row + left] + sums[top * row + left]
        return Float(sum / Double((right - left) * (bottom - top)))
    }
}
