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
        // Places of values that fall, from the greatest within reach to the newest (Lemire, 2006).
        var queue = [Int](repeating: 0, count: max(width, height))
        return alongLines { line, result in
            var (first, last) = (0, 0)
            for place in 0..<line.count + radius {
                if place < line.count {
                    while last > first, sign * line[queue[last - 1]] <= sign * line[place] { last -= 1 }
                    queue[last] = place
                    last += 1
                }
                if place >= radius {
                    if queue[first] < place - 2 * radius { first += 1 }
                    result[place - radius] = line[queue[first]]
                }
            }
        }
    }

    /// Changes first every row, then every column of what came of it.
    private func alongLines(
        _ change: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Plane {
        var changed = self
        var line = [Float](repeating: 0, count: max(width, height))
        var result = line
        func apply(start: Int, step: Int, count: Int) {
            for index in 0..<count { line[index] = changed.values[start + index * step] }
            line.withUnsafeBufferPointer { line in
                result.withUnsafeMutableBufferPointer { result in
                    change(
                        UnsafeBufferPointer(rebasing: line[..<count]),
                        UnsafeMutableBufferPointer(rebasing: result[..<count]))
                }
            }
            for index in 0..<count { changed.values[start + index * step] = result[index] }
        }
        for y in 0..<height { apply(start: y * width, step: 1, count: width) }
        for x in 0..<width { apply(start: x, step: width, count: height) }
        return changed
    }
}
