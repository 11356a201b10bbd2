import NeuralNetwork
import Testing

@testable import Datasets

/// The steps on the way from a picture to its digits, each against the plain way to do it.
@Suite struct PictureReadingTests {
    /// Sets and numbers of many sizes, the same each time.
    private static let sizes = [(1, 1), (1, 5), (5, 1), (2, 3), (7, 4), (9, 12)]

    private static func sets() -> [(set: [Bool], width: Int, height: Int)] {
        var generator = RandomGenerator(seed: 1, stream: .points)
        return sizes.flatMap { width, height in
            [0, 0.1, 0.4, 0.8, 1].map { share in
                ((0..<width * height).map { _ in generator.uniform() < share }, width, height)
            }
        }
    }

    private func plane(_ width: Int, _ height: Int, _ value: (Int, Int) -> Float) -> Plane {
        Plane(width: width, height: height, values: (0..<width * height).map { value($0 % width, $0 / width) })
    }

    /// Two printed lines go where they run at 10° or less, which is 0.175 down for 1 across.
    @Test(arguments: [1.0, -1]) func linesMayBeAskew(direction: Double) {
        let (width, height) = (600, 240)
        func ruled(_ slope: Double) -> [Bool] {
            var ink = [Bool](repeating: false, count: width * height)
            for x in 0..<width {
                for start in [80.0, 160] {
                    ink[Int(start + direction * slope * Double(x - width / 2)) * width + x] = true
                }
            }
            return ink
        }
        for slope in [0, 0.09, 0.175] {
            let rest = Ruling.removed(from: ruled(slope), width: width, height: height)
            #expect(rest.count { $0 } <= 12, "\(slope)")
        }
        let steep = ruled(0.192)
        #expect(Ruling.removed(from: steep, width: width, height: height) == steep)
    }

    @Test func distancesAreThoseToTheNearest() {
        for (set, width, height) in Self.sets() {
            let found = DistanceField.distances(to: set, width: width, height: height)
            for place in set.indices {
                let squares = set.indices.filter { set[$0] }.map { other in
                    let (x, y) = (other % width - place % width, other / width - place / width)
                    return x * x + y * y
                }
                #expect(found[place] == squares.min().map { Float($0).squareRoot() } ?? .infinity)
            }
        }
    }

    /// Pixels touch with their corners, too; a component begins with its uppermost pixel, and grows no further.
    @Test func componentsTouchNoOther() {
        for (set, width, height) in Self.sets() {
            let components = Component.all(of: set, width: width, height: height)
            #expect(components.flatMap(\.places).sorted() == set.indices.filter { set[$0] })
            #expect(components.map { $0.places.min() } == components.map(\.places.first))
            #expect(components.map { $0.places[0] } == components.map { $0.places[0] }.sorted())
            func touch(_ a: Int, _ b: Int) -> Bool {
                abs(a % width - b % width) <= 1 && abs(a / width - b / width) <= 1
            }
            for (index, component) in components.enumerated() {
                let (columns, rows) = (component.places.map { $0 % width }, component.places.map { $0 / width })
                #expect(
                    component.box
                        == Box(
                            left: columns.min() ?? 0, top: rows.min() ?? 0, right: (columns.max() ?? 0) + 1,
                            bottom: (rows.max() ?? 0) + 1))
                for (number, place) in component.places.enumerated().dropFirst() {
                    #expect(component.places[..<number].contains { touch($0, place) })
                }
                for other in components[..<index] {
                    #expect(!other.places.contains { place in component.places.contains { touch($0, place) } })
                }
            }
        }
    }

    @Test func boxesAreJoined() {
        let (one, other) = (Box(left: 1, top: 2, right: 5, bottom: 9), Box(left: 3, top: 0, right: 4, bottom: 4))
        #expect(one.width == 4 && one.height == 7 && one.joined(other) == Box(left: 1, top: 0, right: 5, bottom: 9))
        #expect(one.shareAcross(other) == 1 && one.shareDown(other) == 2 && other.shareDown(one) == 2)
        let far = Box(left: 8, top: 11, right: 9, bottom: 12)
        #expect(one.shareAcross(far) == -3 && far.shareAcross(one) == -3 && one.shareDown(far) == -2)
        let joined = Component(box: one, places: [1, 2]).joined(Component(box: far, places: [3]))
        #expect(joined.box == Box(left: 1, top: 2, right: 9, bottom: 12) && joined.places == [1, 2, 3])
        let all = [
            Component(box: one, places: [1]), Component(box: other, places: [2]), Component(box: far, places: [3]),
        ]
        #expect(all.joined?.box == Box(left: 1, top: 0, right: 9, bottom: 12) && all.joined?.places == [1, 2, 3])
        #expect([Component]().joined == nil)
    }

    @Test func extremesAreThoseWithinReach() {
        var generator = RandomGenerator(seed: 2, stream: .points)
        for (width, height) in Self.sizes {
            let plane = plane(width, height) { _, _ in Float(generator.uniform(below: 9)) }
            for radius in [0, 1, 2, 5] {
                let (dilated, eroded) = (plane.dilated(by: radius), plane.eroded(by: radius))
                for y in 0..<height {
                    for x in 0..<width {
                        let near = (max(y - radius, 0)...min(y + radius, height - 1)).flatMap { row in
                            (max(x - radius, 0)...min(x + radius, width - 1)).map { plane[$0, row] }
                        }
                        #expect(dilated[x, y] == near.max() && eroded[x, y] == near.min())
                    }
                }
            }
        }
    }

    /// 1 : 2 : 1, the pixels at the border standing for those beyond.
    @Test func neighboursAreSmoothed() {
        #expect(plane(4, 1) { x, _ in [8, 0, 0, 4][x] }.smoothed().values == [6, 2, 1, 3])
        #expect(plane(1, 3) { _, y in [8, 0, 4][y] }.smoothed().values == [6, 3, 3])
        let spot = plane(3, 3) { x, y in x == 1 && y == 1 ? 16 : 0 }.smoothed()
        #expect(spot.values == [1, 2, 1, 2, 4, 2, 1, 2, 1])
    }

    @Test func quantilesAreValues() {
        let five = plane(5, 1) { x, _ in [30, 10, 50, 20, 40][x] }
        #expect([0, 0.19, 0.2, 0.5, 0.79, 0.8, 1].map { five.quantile($0) } == [10, 10, 20, 30, 40, 50, 50])
    }

    @Test func ringsAreAtADepth() {
        let plane = plane(4, 3) { x, y in Float(10 * y + x) }
        // Both rows, then both columns; corners count twice.
        #expect(plane.ring(at: 0) == [0, 1, 2, 3, 20, 21, 22, 23, 0, 10, 20, 3, 13, 23])
        #expect(plane.ring(at: 1) == [11, 12, 11, 12, 11, 12] && plane.ring(at: 2).isEmpty)
        #expect(
            self.plane(4, 4) { _, _ in 0 }.ring(at: 2).isEmpty && !self.plane(4, 4) { _, _ in 0 }.ring(at: 1).isEmpty)
    }

    /// Twice the area by the length of the edges, of which slanted lines have 4 / π too many.
    @Test func strokesHaveAWidth() {
        for (rows, area, edges) in [
            (["x"], 1, 4), (["xx", "xx"], 4, 8), (["....", ".xx.", "...."], 2, 6), (["x.", ".x"], 2, 8),
            (["xxx", "x.x", "xxx"], 8, 16), (["..", "xx"], 2, 6),
        ] as [([String], Float, Float)] {
            let found = StrokeWidth.mean(
                of: rows.joined().map { $0 == "x" }, width: rows[0].count, height: rows.count)
            #expect(abs(found - 2 * area / (edges * .pi / 4)) < 1e-6, "\(rows)")
        }
        #expect(StrokeWidth.mean(of: [false, false], width: 2, height: 1) == 0)
    }

    /// Nothing is ink where as much is as dark as what is darkest.
    @Test func aFilledPictureHasNoInk() {
        #expect(Ink(of: plane(10, 10) { x, y in (1..<9).contains(x) && (1..<9).contains(y) ? 0 : 255 }) == nil)
        #expect(Ink(of: plane(10, 10) { x, y in (1..<9).contains(x) && (1..<6).contains(y) ? 0 : 255 }) != nil)
        #expect(Ink(of: plane(10, 10) { _, _ in 77 }) == nil)
    }

    // MARK: - Pieces

    /// Of three pixels to 200: as much as 1.5 %.
    @Test func specksAreTinyBesideTheLargest() {
        func component(_ count: Int) -> Component {
            Component(box: Box(left: 0, top: 0, right: 1, bottom: 1), places: Array(0..<count))
        }
        #expect([200, 3, 2].map(component).withoutSpecks.map(\.places.count) == [200, 3])
        #expect([201, 4, 3].map(component).withoutSpecks.map(\.places.count) == [201, 4])
        #expect([Component]().withoutSpecks.isEmpty)
    }

    /// A box of ink, `places` of it where that is said.
    private func piece(_ left: Int, _ top: Int, _ width: Int, _ height: Int, places: Int? = nil) -> Component {
        Component(
            box: Box(left: left, top: top, right: left + width, bottom: top + height),
            places: Array(0..<(places ?? width * height)))
    }

    /// How many digits there are, line by line.
    private func lines(_ pieces: Component...) -> [Int] { TextLines.lines(of: pieces).map(\.count) }

    private static let digit = Box(left: 0, top: 0, right: 20, bottom: 100)

    /// Whether a piece with less ink belongs to the digit, which tells how high digits are.
    private func joins(_ left: Int, _ top: Int, _ width: Int, _ height: Int) -> Bool {
        let both = TextLines.lines(of: [piece(0, 0, 20, 100), piece(left, top, width, height, places: 9)])
        let joined = Self.digit.joined(piece(left, top, width, height).box)
        #expect(joined != Self.digit)
        return both.joined().contains { $0.box == joined }
    }

    @Test func piecesBelowEachOtherBelongTogether() {
        // With more than 7 of 20 columns in common, and below 1.35 times as high.
        #expect(joins(12, 113, 20, 21) && !joins(13, 113, 20, 21) && !joins(0, 113, 20, 22))
        // Or closer than 3 of 25 of the higher one.
        #expect(joins(0, 111, 20, 60) && !joins(0, 112, 20, 60))
        #expect(joins(0, 113, 20, 110) && !joins(0, 114, 20, 110))
        // A line below is as wide as one and a half digits are high, with what lies below.
        #expect(joins(0, 110, 179, 10) && !joins(0, 110, 180, 10))
    }

    /// Where digits are higher, a piece of three fifths of that is a digit of its own.
    @Test func highPiecesAreDigits() {
        for (height, isOne) in [(119, true), (120, false)] {
            let digits = TextLines.lines(of: [
                piece(1000, 0, 20, 200), piece(1200, 0, 20, 200), piece(0, 0, 20, 130),
                piece(0, 146, 20, height, places: 9),
            ]).joined()
            #expect(digits.contains { $0.box == Box(left: 0, top: 0, right: 20, bottom: 146 + height) } == isOne)
        }
    }

    @Test func piecesBesideEachOtherBelongTogether() {
        // Closer than 12 columns or rows, lower than 45 rows; together below 1.3 times as high and 1.15 times as wide.
        #expect(joins(31, 0, 20, 44) && !joins(32, 0, 20, 44) && !joins(31, 0, 20, 45))
        #expect(joins(31, 111, 20, 18) && !joins(31, 112, 20, 17))
        #expect(joins(25, 85, 20, 44) && !joins(25, 86, 20, 44))
        #expect(joins(31, 0, 83, 44) && !joins(31, 0, 84, 44) && joins(31, 85, 117, 44) && !joins(31, 85, 118, 44))
        // A bar, wider than 8 of 5 of its height, lower than 42 rows; closer than 35 columns and 15 rows.
        #expect(joins(54, 0, 66, 41) && !joins(55, 0, 66, 41) && !joins(54, 0, 65, 41) && !joins(54, 0, 68, 42))
        #expect(joins(54, 114, 66, 15) && !joins(54, 115, 66, 14))
        // Digits of their own.
        #expect(lines(piece(0, 0, 20, 100), piece(30, 0, 20, 100)) == [2])
        #expect(lines(piece(0, 0, 20, 100), piece(13, 0, 20, 100)) == [2])
        #expect(lines(piece(0, 0, 20, 100), piece(12, 0, 20, 100)) == [1], "8 of 20 columns in common")
    }

    /// What is not more than two fifths as high as the highest is a dash or dirt; lines have as much in common.
    @Test func linesHaveDigitsOfLikeHeight() {
        let digit = piece(0, 0, 20, 100)
        #expect(lines(digit, piece(200, 0, 20, 41)) == [2] && lines(digit, piece(200, 0, 20, 40)) == [1])
        #expect(lines(digit, piece(200, 59, 20, 100)) == [2] && lines(digit, piece(200, 60, 20, 100)) == [1, 1])
        // Of a low one, two fifths of its own height.
        #expect(lines(digit, piece(200, 79, 20, 50)) == [2] && lines(digit, piece(200, 80, 20, 50)) == [1, 1])
        let places = TextLines.lines(of: [piece(90, 5, 20, 100), piece(0, 200, 20, 100), piece(0, 0, 20, 100)])
        #expect(places.map { $0.map(\.box.left) } == [[0, 90], [0]])
        #expect(TextLines.lines(of: []).isEmpty)
    }

    /// Frames around the picture, and bars along an edge of it.
    @Test func framesAreNoDigits() {
        func isLeft(_ box: Box, _ places: [Int], alone: Bool = false) -> Bool {
            let other = Component(box: Box(left: 40, top: 40, right: 42, bottom: 42), places: [4040])
            let component = Component(box: box, places: places)
            let rest = ([component] + (alone ? [] : [other])).withoutFrames(width: 100, height: 100)
            return rest.contains { $0.box == box }
        }
        let corner = [Int](repeating: 0, count: 100)
        func box(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> Box {
            Box(left: left, top: top, right: right, bottom: bottom)
        }
        // Larger than 7 of 10 across and down, with its ink close to its box.
        #expect(
            !isLeft(box(0, 0, 71, 71), corner) && isLeft(box(1, 1, 71, 72), corner) && isLeft(box(1, 1, 72, 71), corner)
        )
        // Within are fewer than 3 of 100 places; 8 pixels are the depth of 71 × 3 / 25.
        let inside = 50 * 100 + 50
        #expect(!isLeft(box(0, 0, 71, 71), corner.dropLast(2) + [inside, inside]))
        #expect(isLeft(box(0, 0, 71, 71), corner.dropLast(3) + [inside, inside, inside]))
        for (x, y, isInside) in [
            (8, 8, true), (7, 8, false), (8, 7, false), (62, 62, true), (63, 62, false), (62, 63, false),
        ] { #expect(isLeft(box(0, 0, 71, 71), [Int](repeating: y * 100 + x, count: 9)) == isInside, "\(x), \(y)") }
        // Longer than nine tenths of an edge and lower than a tenth of the other.
        for (bar, isBar) in [
            (box(0, 0, 91, 9), true), (box(0, 0, 90, 9), false), (box(0, 0, 91, 10), false),
            (box(0, 91, 91, 100), true),
            (box(0, 0, 9, 91), true), (box(0, 0, 9, 90), false), (box(0, 0, 10, 91), false),
            (box(91, 0, 100, 91), true),
            (box(1, 1, 92, 9), false), (box(1, 1, 9, 92), false), (box(1, 0, 92, 9), true), (box(9, 1, 100, 9), true),
            (box(1, 92, 92, 100), true), (box(0, 1, 91, 9), true),
        ] { #expect(isLeft(bar, corner) != isBar, "\(bar)") }
        #expect(isLeft(box(0, 0, 9, 91), corner, alone: true), "all that there is")
    }
}
