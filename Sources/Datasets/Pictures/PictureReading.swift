/// The digits that are found in a picture, and what was made of it on the way.
public struct PictureReading: Sendable {
    public struct Digit: Sendable {
        /// Where it is, in the pixels of the file as it stands upright.
        public let box: Box
        /// As a network sees it, `[28 × 28]`, bright ink on black.
        public let image: [UInt8]
    }

    /// Lines from the top to the bottom, in each the digits from the left to the right; none is empty.
    public let lines: [[Digit]]
    /// What was taken for ink, white on black; smaller than the picture where that is large.
    public let ink: GreyImage

    public var digits: [Digit] { lines.flatMap { $0 } }

    /// The longest side, in pixels, of what is looked through: more would not help, and take longer.
    private static let longestSide = 1000

    /// - Parameter asOne: whether all ink belongs to one digit.
    public init(of picture: GreyImage, asOne: Bool = false) {
        let factor = (max(picture.width, picture.height) + Self.longestSide - 1) / Self.longestSide
        let whole = Plane(picture, shrunkBy: factor)
        let (plane, margin) = whole.withoutFrames
        guard let ink = Ink(of: plane) else {
            self.init(lines: [], ink: GreyImage(width: 1, height: 1, pixels: [0]))
            return
        }
        let isInk = Ruling.removed(
            from: ink.plane.values.map { $0 > ink.threshold }, width: plane.width, height: plane.height)
        let components = Component.all(of: isInk, width: plane.width, height: plane.height)
            .withoutSpecks.withoutFrames(width: plane.width, height: plane.height)
        let digits = asOne ? components.joined.map { [[$0]] } ?? [] : TextLines.lines(of: components)

        var shown = [UInt8](repeating: 0, count: isInk.count)
        for place in digits.joined().flatMap(\.places) { shown[place] = 255 }
        let scale = factor * picture.shrink
        self.init(
            lines: digits.map { line in
                line.compactMap { digit in
                    guard let image = StrokeWidth.normalized(ink.picture(of: digit)).networkImage() else { return nil }
                    let box = Box(
                        left: (digit.box.left + margin) * scale, top: (digit.box.top + margin) * scale,
                        right: min((digit.box.right + margin) * scale, picture.width * picture.shrink),
                        bottom: min((digit.box.bottom + margin) * scale, picture.height * picture.shrink))
                    return Digit(box: box, image: image)
                }
            }.filter { !$0.isEmpty },
            ink: GreyImage(width: plane.width, height: plane.height, pixels: shown))
    }

    private init(lines: [[Digit]], ink: GreyImage) {
        self.lines = lines
        self.ink = ink
    }
}

extension Plane {
    /// A picture, the mean of so many pixels, across and down, as one.
    init(_ picture: GreyImage, shrunkBy factor: Int) {
        width = (picture.width + factor - 1) / factor
        height = (picture.height + factor - 1) / factor
        values = [Float](repeating: 0, count: width * height)
        for y in 0..<height {
            let rows = y * factor..<min((y + 1) * factor, picture.height)
            for x in 0..<width {
                let columns = x * factor..<min((x + 1) * factor, picture.width)
                var sum = 0
                for row in rows { for column in columns { sum += Int(picture.pixels[row * picture.width + column]) } }
                values[y * width + x] = Float(sum) / Float(rows.count * columns.count)
            }
        }
    }

    /// How wide a frame is that runs around the picture at its edge, dark around bright or the other way round; 0
    /// without.
    private var frame: Int {
        let middle = ((values.min() ?? 0) + (values.max() ?? 0)) / 2
        func bright(_ depth: Int) -> Double {
            let ring = ring(at: depth)
            return ring.isEmpty ? 0.5 : Double(ring.count { $0 > middle }) / Double(ring.count)
        }
        let outermost = bright(0)
        guard outermost < 0.1 || outermost > 0.9 else { return 0 }
        for depth in 1..<max(min(width, height) / 8, 1) {
            let share = bright(depth)
            if outermost < 0.5 ? share > 0.93 : share < 0.07 { return depth + 1 }
        }
        return 0
    }

    /// What is within the frames at its edge, one in the other, and how many pixels away from the edge that is.
    fileprivate var withoutFrames: (plane: Plane, margin: Int) {
        var (plane, margin) = (self, 0)
        while case let frame = plane.frame, frame > 0 {
            plane = plane.inset(by: frame)
            margin += frame
        }
        return (plane, margin)
    }

    private func inset(by margin: Int) -> Plane {
        guard margin > 0 else { return self }
        let (columns, rows) = (margin..<width - margin, margin..<height - margin)
        return Plane(
            width: columns.count, height: rows.count,
            values: rows.flatMap { y in values[y * width + columns.lowerBound..<y * width + columns.upperBound] })
    }
}

extension Ink {
    /// A digit alone, its ink bright on black, with the soft edges that it has.
    fileprivate func picture(of digit: Component) -> GreyImage {
        // Soft edges reach a little beyond what is above the threshold.
        let margin = 2
        let (width, height) = (digit.box.width + 2 * margin, digit.box.height + 2 * margin)
        var near = Plane(width: width, height: height, values: [Float](repeating: 0, count: width * height))
        var strengths: [Float] = []
        for place in digit.places {
            let (x, y) = (place % plane.width - digit.box.left, place / plane.width - digit.box.top)
            near.values[(y + margin) * width + x + margin] = 1
            strengths.append(plane.values[place])
        }
        near = near.dilated(by: margin)
        // Full strength is what most of the ink has.
        strengths.sort()
        let full = strengths[strengths.count * 4 / 5]
        let least = peak * (isEven ? 0.1 : 0.25)
        let pixels = (0..<width * height).map { place -> UInt8 in
            let (x, y) = (place % width + digit.box.left - margin, place / width + digit.box.top - margin)
            guard near.values[place] > 0, x >= 0, y >= 0, x < plane.width, y < plane.height else { return 0 }
            return UInt8(min(max((plane[x, y] - least) / max(full - least, 0.001), 0), 1) * 255)
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }
}
