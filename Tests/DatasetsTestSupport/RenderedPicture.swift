import Datasets
import Foundation
import NeuralNetwork

/// Pictures as people have them, made of digits of MNIST; a generator's state decides everything.
public enum RenderedPicture {
    /// A digit written with dark ink on paper, photographed askew by up to 8°: uneven light, often the shadow of
    /// something round, often ruled or squared paper, a lens that is not quite sharp, noise.
    public static func photograph(of digit: [UInt8], _ generator: inout RandomGenerator) -> GreyImage {
        let side = 300 + generator.uniform(below: 320)
        let size = Double(side)
        let scale = size * generator.between(0.4, 0.75) / 20
        let turn = Turn(degrees: generator.between(-8, 8))
        let middle = (x: size * generator.between(0.4, 0.6), y: size * generator.between(0.4, 0.6))
        let (ink, paper) = (generator.between(20, 80), generator.between(180, 245))
        let ruling = Ruling(side: size, &generator)
        let light = Light(side: size, &generator)
        let digit = DigitInk(pixels: digit)
        var plane = [Double](repeating: 0, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let (column, row) = turn.applied(Double(x) - middle.x, Double(y) - middle.y)
                let coverage = digit.coverage(x: column / scale + 13.5, y: row / scale + 13.5)
                let sheet = paper * ruling.brightness(x: Double(x), y: Double(y))
                plane[y * side + x] = (sheet * (1 - coverage) + ink * coverage) * light.at(x: Double(x), y: Double(y))
            }
        }
        for _ in 0..<1 + generator.uniform(below: 4) { plane = smoothed(plane, side: side) }
        let noise = generator.between(1, 8)
        return GreyImage(
            width: side, height: side,
            pixels: plane.map { UInt8(min(max(($0 + noise * generator.normal()).rounded(), 0), 255)) })
    }

    /// Digits of slightly different sizes and heights beside each other, dark on light with some noise, or bright on
    /// black.
    public static func number(of digits: [[UInt8]], _ generator: inout RandomGenerator) -> GreyImage {
        let scale = generator.between(2, 5)
        let height = Int(28 * scale * 1.5)
        let gap = (generator.between(0, 10) + 2) * scale
        var x = generator.between(8, 22) * scale
        let placed = digits.map { pixels in
            let digit = DigitInk(pixels: pixels)
            let own = scale * generator.between(0.85, 1.15)
            let y = Double(height) / 2 + generator.between(-2.8, 2.8) * scale
            let place = (digit: digit, x: x - Double(digit.left) * own, y: y - 14 * own, scale: own)
            x += Double(digit.right - digit.left) * own + gap
            return place
        }
        let width = Int(x + generator.between(8, 22) * scale)
        let isBright = generator.uniform(below: 2) == 0
        let pixels = (0..<width * height).map { place -> UInt8 in
            let (column, row) = (Double(place % width), Double(place / width))
            let ink = placed.reduce(0) { most, part in
                let (x, y) = ((column - part.x) / part.scale, (row - part.y) / part.scale)
                return max(most, part.digit.coverage(x: x, y: y))
            }
            let grey = isBright ? ink * 255 : 235 - ink * 190 + 3 * generator.normal()
            return UInt8(min(max(grey.rounded(), 0), 255))
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }

    private static func smoothed(_ plane: [Double], side: Int) -> [Double] {
        func along(_ plane: [Double], step: Int, _ position: (Int) -> Int) -> [Double] {
            plane.indices.map { place in
                let before = position(place) > 0 ? plane[place - step] : plane[place]
                let after = position(place) < side - 1 ? plane[place + step] : plane[place]
                return (before + 2 * plane[place] + after) / 4
            }
        }
        return along(along(plane, step: 1) { $0 % side }, step: side) { $0 / side }
    }
}

/// A digit's ink between its pixels, `[28 × 28]`.
private struct DigitInk {
    let pixels: [UInt8]
    /// Where its ink begins, and beyond where it ends.
    let left: Int, right: Int

    init(pixels: [UInt8]) {
        self.pixels = pixels
        let columns = (0..<28).filter { x in (0..<28).contains { pixels[$0 * 28 + x] > 76 } }
        (left, right) = (columns.first ?? 0, (columns.last ?? 27) + 1)
    }

    /// The share of the paper that is covered, 0…1.
    func coverage(x: Double, y: Double) -> Double {
        guard x > -1, y > -1, x < 28, y < 28 else { return 0 }
        let (column, row) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        func pixel(_ x: Int, _ y: Int) -> Double {
            (0..<28).contains(x) && (0..<28).contains(y) ? Double(pixels[y * 28 + x]) / 255 : 0
        }
        let (across, down) = (x - Double(column), y - Double(row))
        let upper = pixel(column, row) * (1 - across) + pixel(column + 1, row) * across
        let lower = pixel(column, row + 1) * (1 - across) + pixel(column + 1, row + 1) * across
        return upper * (1 - down) + lower * down
    }
}

private struct Turn {
    let cosine: Double, sine: Double

    init(degrees: Double) {
        cosine = cos(degrees * .pi / 180)
        sine = sin(degrees * .pi / 180)
    }

    func applied(_ x: Double, _ y: Double) -> (Double, Double) { (x * cosine + y * sine, y * cosine - x * sine) }
}

/// Lines on paper: none, lines across, or squares.
private struct Ruling {
    let turn: Turn
    let distance: Double, width: Double, shade: Double
    let directions: Int

    init(side: Double, _ generator: inout RandomGenerator) {
        turn = Turn(degrees: generator.between(-8, 8))
        distance = side * generator.between(0.05, 0.12)
        width = max(1, side / 300)
        shade = generator.between(0.7, 0.9)
        directions = [0, 0, 1, 2][generator.uniform(below: 4)]
    }

    func brightness(x: Double, y: Double) -> Double {
        let (across, down) = turn.applied(x + 10_000, y + 10_000)
        func isLine(_ place: Double) -> Bool { place.truncatingRemainder(dividingBy: distance) < width }
        return directions > 0 && isLine(down) || directions > 1 && isLine(across) ? shade : 1
    }
}

/// A lamp from one side, and often something round before it.
private struct Light {
    let turn: Turn
    let side: Double, least: Double
    let shadow: (x: Double, y: Double, radius: Double, softness: Double, depth: Double)

    init(side: Double, _ generator: inout RandomGenerator) {
        self.side = side
        turn = Turn(degrees: generator.between(0, 360))
        least = generator.between(0.4, 0.9)
        let isShadowed = generator.between(0, 1) < 0.6
        shadow = (
            side * generator.between(0, 1), side * generator.between(0, 1), side * generator.between(0.2, 0.5),
            generator.between(1, 40), isShadowed ? generator.between(0.2, 0.5) : 0
        )
    }

    func at(x: Double, y: Double) -> Double {
        let along = turn.applied(x - side / 2, y - side / 2).0 / side
        let lamp = least + (1 - least) * min(max(along + 0.5, 0), 1)
        let (across, down) = (x - shadow.x, y - shadow.y)
        let inside = (shadow.radius - (across * across + down * down).squareRoot()) / shadow.softness + 0.5
        return lamp * (1 - shadow.depth * min(max(inside, 0), 1))
    }
}

extension RandomGenerator {
    fileprivate mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }
}
