/// For every place of a grid, how far the nearest place of a set is.
enum DistanceField {
    /// - Parameters:
    ///   - set: `[height × width]`, whether a place belongs to it.
    /// - Returns: in units of the grid, 0 within the set; infinite where it is empty. Exact (Felzenszwalb and
    ///   Huttenlocher, Distance Transforms of Sampled Functions, 2012).
    static func distances(to set: [Bool], width: Int, height: Int) -> [Float] {
        var squares = set.map { $0 ? Float(0) : Float.infinity }
        for x in 0..<width { transform(&squares, start: x, step: width, count: height) }
        for y in 0..<height { transform(&squares, start: y * width, step: 1, count: width) }
        return squares.map { $0.squareRoot() }
    }

    /// Along a line: from each place, the least of (distance)² + the value there. It is the lower envelope of parabolas,
    /// one above each place.
    private static func transform(_ values: inout [Float], start: Int, step: Int, count: Int) {
        let line = (0..<count).map { values[start + $0 * step] }
        var (places, borders) = ([Int](), [Float]())
        for place in 0..<count where line[place].isFinite {
            var border = -Float.infinity
            while let last = places.last {
                let (near, far) = (Float(last), Float(place))
                border = ((line[place] + far * far) - (line[last] + near * near)) / (2 * (far - near))
                guard border <= borders[borders.count - 1] else { break }
                places.removeLast()
                borders.removeLast()
            }
            places.append(place)
            borders.append(border)
        }
        guard !places.isEmpty else { return }
        var index = 0
        for place in 0..<count {
            while index + 1 < places.count, borders[index + 1] < Float(place) { index += 1 }
            let distance = Float(place - places[index])
            values[start + place * step] = distance * distance + line[places[index]]
        }
    }
}
