/// Numbers on a grid, such as how much ink is where: `[height × width]`, row-major.
struct Plane {
    let width: Int, height: Int
    var values: [Float]

    subscript(x: Int, y: Int) -> Float { values[y * width + x] }

    /// Each value the greatest of those at most `radius` away, across and down.
    func dilated(by radius: Int) -> Plane { extreme(radius, sign: 1) }

    /// Each value the least of those at most `radius` away, across and down.
    func eroded(by radius: Int) -> Plane { extreme(radius, sign: -1) }

    /// Each value the mean of its neighbours, weighted 1 : 2 : 1 across and down; at the border of those that there are.
    func smoothed() -> Plane {
        func smooth(_ line: UnsafeBufferPointer<Float>, _ result: UnsafeMutableBufferPointer<Float>) {
            for place in line.indices {
                let before = line[max(place - 1, 0)]
                let after = line[min(place + 1, line.count - 1)]
                result[place] = (before + 2 * line[place] + after) / 4
            }
        }
        return alongLines(smooth)
    }

    /// The value that so many of the others are below, 0…1, taken from at most some ten thousand of them.
    func quantile(_ share: Double) -> Float {
        let step = max(values.count / 16384 | 1, 1)
        let sorted = stride(from: 0, to: values.count, by: step).map { values[$0] }.sorted()
        return sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
    }

    private func extreme(_ radius: Int, sign: Float) -> Plane {
        guard radius > 0 else { return self }
        let window = 2 * radius + 1
        let room = max(width, height) + 2 * radius
        // The greatest of 1, 2, 4 … numbers from each place on; written from one half into the other.
        var greatest = [Float](repeating: 0, count: 2 * room)
        return alongLines { line, result in
            greatest.withUnsafeMutableBufferPointer { greatest in
                guard var from = greatest.baseAddress else { return }
                var to = from + room
                let count = line.count + 2 * radius
                for place in 0..<radius { (from[place], from[count - 1 - place]) = (-.infinity, -.infinity) }
                for place in line.indices { from[radius + place] = sign * line[place] }
                var span = 1
                while 2 * span <= window {
                    let further = from + span
                    for place in 0..<count - 2 * span + 1 { to[place] = max(from[place], further[place]) }
                    swap(&from, &to)
                    span *= 2
                }
                // Two such spans cover the window.
                let further = from + (window - span)
                for place in line.indices { result[place] = sign * max(from[place], further[place]) }
            }
        }
    }

    /// Changes first every row, then every column of what came of it.
    private func alongLines(
        _ change: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Plane {
        alongRows(change).transposed().alongRows(change).transposed()
    }

    private func alongRows(
        _ change: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Plane {
        var changed = self
        values.withUnsafeBufferPointer { values in
            changed.values.withUnsafeMutableBufferPointer { changed in
                for y in 0..<height {
                    let row = y * width..<(y + 1) * width
                    change(
                        UnsafeBufferPointer(rebasing: values[row]),
                        UnsafeMutableBufferPointer(rebasing: changed[row]))
                }
            }
        }
        return changed
    }

    /// In blocks that fit into the cache, as each number of a column lies in a line of its own.
    private func transposed() -> Plane {
        var turned = Plane(width: height, height: width, values: values)
        turned.values.withUnsafeMutableBufferPointer { turned in
            for first in stride(from: 0, to: height, by: 16) {
                let rows = first..<min(first + 16, height)
                for x in 0..<width {
                    for y in rows { turned[x * height + y] = values[y * width + x] }
                }
            }
        }
        return turned
    }
}
