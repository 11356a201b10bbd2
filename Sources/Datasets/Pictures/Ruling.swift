/// Printed lines of ruled and squared paper and of forms, where they are as dark as ink.
enum Ruling {
    /// A set of ink, `[height × width]`, without its lines; strokes that cross one keep what is theirs.
    ///
    /// Two lines or more run across most of the picture, at the same slope of at most 10°; so no digit's bar is taken
    /// for one. Lines down are looked for only where there are such, as two ones beside each other look the same.
    static func removed(from ink: [Bool], width: Int, height: Int) -> [Bool] {
        let across = lines(in: ink, width: width, height: height, least: width * 3 / 5)
        guard !across.isEmpty else { return ink }
        var rest = ink
        for place in across { rest[place] = false }
        let turned = transposed(rest, width: width, height: height)
        for place in lines(in: turned, width: height, height: width, least: height * 4 / 5) {
            rest[place % height * width + place / height] = false
        }
        // A straight piece between two lines is the border of a printed box.
        var isRemoved = [Bool](repeating: false, count: ink.count)
        for place in ink.indices where ink[place] && !rest[place] { isRemoved[place] = true }
        let thickness = mostThick(height)
        for piece in Component.all(of: rest, width: width, height: height) where piece.box.width <= 2 * thickness {
            // Where they cross, the lines kept what the piece has.
            let columns = max(piece.box.left - 1, 0)..<min(piece.box.right + 1, width)
            func touches(_ rows: ClosedRange<Int>) -> Bool {
                rows.clamped(to: 0...height - 1).contains { y in columns.contains { isRemoved[y * width + $0] } }
            }
            let (top, bottom) = (piece.box.top, piece.box.bottom - 1)
            if touches(top - 1...top + thickness), touches(bottom - thickness...bottom + 1) {
                for place in piece.places { rest[place] = false }
            }
        }
        return rest
    }

    /// In pixels, of a picture of that height.
    private static func mostThick(_ height: Int) -> Int { max(height / 90, 1) + 1 }

    private static func transposed(_ set: [Bool], width: Int, height: Int) -> [Bool] {
        (0..<set.count).map { set[$0 % height * width + $0 / height] }
    }

    /// The places of lines that run from the left to the right; none unless there are two.
    private static func lines(in ink: [Bool], width: Int, height: Int, least: Int) -> [Int] {
        // Thin pieces of columns, each with its upper end and its length.
        var pieces: [(x: Int, y: Int, count: Int)] = []
        for x in 0..<width {
            var y = 0
            while y < height {
                var count = 0
                while y + count < height, ink[(y + count) * width + x] { count += 1 }
                if count > 0, count <= mostThick(height) { pieces.append((x, y, count)) }
                y += count + 1
            }
        }
        guard least > 8, pieces.count >= 2 * least else { return [] }

        // Hough: for each slope, how many pieces lie on each line.
        let margin = width / 5 + 1
        func row(_ piece: (x: Int, y: Int, count: Int), _ slope: Double) -> Int {
            Int(Double(piece.y) + Double(piece.count) / 2 - Double(piece.x) * slope) + margin
        }
        var best: (total: Int, slope: Double, counts: [Int]) = (0, 0, [])
        for step in -20...20 {
            let slope = Double(step) * 0.00875
            var counts = [Int](repeating: 0, count: height + 2 * margin + 1)
            for piece in pieces { counts[row(piece, slope)] += 1 }
            // A line may lie between two rows.
            let sums = counts.indices.map { place in
                counts[max(place - 1, 0)...min(place + 1, counts.count - 1)].reduce(0, +)
            }
            let rows = sums.indices.filter { sums[$0] >= least }
            let lines = rows.count { $0 == 0 || sums[$0 - 1] < least }
            let total = rows.reduce(0) { $0 + counts[$1] }
            if lines >= 2, total > best.total { best = (total, slope, sums) }
        }
        guard best.total > 0 else { return [] }
        // At that slope, lines of which something hides a half are lines, too.
        return pieces.filter { piece in
            let place = row(piece, best.slope)
            return best.counts[max(place - 1, 0)...min(place + 1, best.counts.count - 1)].contains { $0 * 2 >= least }
        }.flatMap { piece in (piece.y..<piece.y + piece.count).map { $0 * width + piece.x } }
    }
}
