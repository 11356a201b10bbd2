/// Which pieces of ink make a digit, and which digits make a line.
enum TextLines {
    /// Lines from the top to the bottom, in each the digits from the left to the right.
    static func lines(of pieces: [Component]) -> [[Component]] {
        let digits = joined(pieces)
        let tallest = digits.map(\.box.height).max() ?? 0
        var lines: [[Component]] = []
        // What is less than half as high is a dash, a point or dirt.
        for digit in digits.filter({ $0.box.height * 5 > tallest * 2 }).sorted(by: { middle($0) < middle($1) }) {
            let line = lines.firstIndex { line in
                let top = line.reduce(0) { $0 + $1.box.top } / line.count
                let bottom = line.reduce(0) { $0 + $1.box.bottom } / line.count
                let share = min(bottom, digit.box.bottom) - max(top, digit.box.top)
                return share * 5 > min(bottom - top, digit.box.height) * 2
            }
            if let line { lines[line].append(digit) } else { lines.append([digit]) }
        }
        return lines.map { $0.sorted { $0.box.left < $1.box.left } }
    }

    private static func middle(_ component: Component) -> Int { component.box.top + component.box.bottom }

    /// Pieces put together as long as there are two that belong together.
    private static func joined(_ pieces: [Component]) -> [Component] {
        // More are no digits but a texture; every two of them are compared.
        var digits = Array(pieces.sorted { $0.places.count > $1.places.count }.prefix(200))
        var isChanged = true
        while isChanged {
            isChanged = false
            let height = usualHeight(digits)
            search: for large in digits.indices {
                for small in digits.indices.dropFirst(large + 1) {
                    guard belongTogether(digits[large].box, digits[small].box, height: height) else { continue }
                    digits[large] = digits[large].joined(digits[small])
                    digits.remove(at: small)
                    digits.sort { $0.places.count > $1.places.count }
                    isChanged = true
                    break search
                }
            }
        }
        return digits
    }

    /// Of digits: the median of what is not much lower than the highest; the highest of two.
    private static func usualHeight(_ digits: [Component]) -> Int {
        let heights = digits.map(\.box.height).sorted()
        guard let tallest = heights.last, heights.count > 2 else { return heights.last ?? 0 }
        let tall = heights.filter { $0 * 5 > tallest * 2 }
        return tall[tall.count / 2]
    }

    /// Whether two pieces are parts of one digit.
    ///
    /// - Parameters:
    ///   - small: the one with less ink.
    ///   - height: that digits here usually have.
    private static func belongTogether(_ large: Box, _ small: Box, height: Int) -> Bool {
        let both = large.joined(small)
        let (across, down) = (large.shareAcross(small), large.shareDown(small))
        // A line below a number is no part of its digits.
        guard small.width * 2 < max(height, both.height) * 3 else { return false }
        // One above the other, or crossing.
        if across * 20 > min(large.width, small.width) * 7 {
            if small.height * 5 < height * 3, both.height * 20 < height * 27 { return true }
            if -down * 25 < max(large.height, small.height) * 3 { return true }
        }
        guard both.height * 10 < height * 13 else { return false }
        // A piece that is close, such as the end of a stroke that broke off.
        if across * 25 > -height * 3, down * 25 > -height * 3, small.height * 20 < height * 9,
            both.width * 20 < max(height, both.height) * 23
        {
            return true
        }
        // A bar, such as that of a five, which is no digit by itself.
        return small.height * 50 < height * 21 && small.width * 5 > small.height * 8 && down * 20 > -height * 3
            && across * 20 > -height * 7
    }
}

extension [Component] {
    /// All as one; nil of none.
    var joined: Component? {
        guard let first else { return nil }
        let box = dropFirst().reduce(first.box) { $0.joined($1.box) }
        return Component(box: box, places: flatMap(\.places))
    }

    /// Without what is tiny beside the largest.
    var withoutSpecks: [Component] {
        let largest = map(\.places.count).max() ?? 0
        return filter { $0.places.count * 200 >= largest * 3 }
    }

    /// Without frames around the rest, and bars along an edge of the picture.
    func withoutFrames(width: Int, height: Int) -> [Component] {
        func isFrame(_ component: Component) -> Bool {
            let box = component.box
            if box.width * 10 > width * 7, box.height * 10 > height * 7 {
                // Next to all of its ink is close to its box.
                let depth = Swift.max(Swift.min(box.width, box.height) * 3 / 25, 1)
                let inside = component.places.count { place in
                    let (x, y) = (place % width, place / width)
                    return x >= box.left + depth && x < box.right - depth && y >= box.top + depth
                        && y < box.bottom - depth
                }
                return inside * 100 < component.places.count * 3
            }
            let isAtEdge = box.left == 0 || box.top == 0 || box.right == width || box.bottom == height
            let isAcross = box.width * 10 > width * 9 && box.height * 10 < height
            let isDown = box.height * 10 > height * 9 && box.width * 10 < width
            return isAtEdge && (isAcross || isDown)
        }
        let rest = filter { !isFrame($0) }
        // A tall thin digit that fills its picture is all that there is.
        return rest.isEmpty && count == 1 ? self : rest
    }
}
