/// The plain shape of a letter or a digit.
struct StrokePattern: Sendable {
    struct Stroke: Sendable {
        let points: [Drawing.Point]
        /// Whether it bends rather than has corners.
        let isSmooth: Bool
    }

    let strokes: [Stroke]

    /// - Parameter text: strokes with | between them, of points on a grid of 5 × 7, column and row; ~ for one that bends.
    private init(_ text: Substring) {
        strokes = text.split(separator: "|").map { stroke in
            let points = stroke.split(separator: " ").map { pair -> Drawing.Point in
                let numbers = pair.compactMap(\.wholeNumberValue)
                return Drawing.Point(x: Double(numbers.first ?? 0) / 4, y: Double(numbers.last ?? 0) / 6)
            }
            return Stroke(points: points, isSmooth: stroke.hasPrefix("~"))
        }
    }

    private static func patterns(_ text: String) -> [StrokePattern] {
        text.split(separator: "\n").map(StrokePattern.init)
    }

    /// For each digit, some ways to write it.
    static let digits = [
        "~20 02 04 26 44 42 20",
        "20 26\n12 20 26\n12 20 26|06 46",
        "~01 10 30 41 32 06|06 46\n~01 20 41 23 06|06 46",
        "~01 20 41 23|~23 44 26 05\n00 40 23|~23 44 26 05",
        "30 04 44|30 36\n00 03 43|30 36\n10 03 43|40 36",
        "40 00 02|~02 22 43 44 26 05",
        "~30 02 04 26 44 33 13 04",
        "00 40 16\n00 40 16|13 33\n01 00 40 26",
        "~20 01 23 45 26 05 23 41 20\n~41 20 01 45 26 05 41",
        "~42 20 02 14 42|~41 44 36 16\n~41 20 02 23 41|41 36",
    ].map(patterns)

    /// Left out are letters that are digits to many: B, I, O, S, Z, b, g, l, o, q.
    static let letters = patterns(
        """
        06 20 46|14 34
        ~41 20 02 04 26 45
        00 06|~00 31 43 35 06
        40 00 06 46|03 33
        40 00 06|03 33
        ~41 20 02 04 26 45|45 43 23
        00 06|40 46|03 43
        30 34|~34 26 05
        00 06|40 03 46
        00 06 46
        06 00 23 40 46
        06 00 46 40
        06 00|~00 41 42 03
        ~20 02 04 26 44 42 20|24 46
        06 00|~00 41 42 03|03 46
        00 40|20 26
        00 04|~04 26 44|44 40
        00 26 40
        00 16 22 36 40
        00 46|40 06
        00 23 40|23 26
        ~42 21 03 05 26 44|42 45 46
        ~43 22 03 05 26 45|40 46
        ~03 43 41 21 03 05 26 45
        ~41 20 12 16|03 33
        00 06|~03 22 43 46
        00 06|42 04 46
        01 06|~02 11 22 26|~22 31 42 46
        01 06|~02 21 42 46
        01 06|~03 12 31
        20 25|~25 36 46|02 42
        01 04|~04 26 44|41 46
        01 16 23 36 41
        00 24|40 06

        """)
}
