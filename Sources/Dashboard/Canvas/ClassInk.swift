/// The colours of the playground's classes: blue, orange and bluish green after Okabe and Ito, dark where the network is
/// unsure (light on a light background) and full where it is sure, points brighter (darker) than any region.
enum ClassInk {
    /// Levels of certainty.
    static let levels = 5

    /// The level of a certainty of 0 (all classes are equally likely) to 1 (no doubt). A trained network is seldom far
    /// from sure, so the upper levels are narrow.
    static func level(_ certainty: Float) -> UInt8 { UInt8(bounds.count { certainty >= $0 }) }

    /// Between one level and the next.
    private static let bounds: [Float] = [0.2, 0.6, 0.9, 0.99]

    /// The region of a class; the former one as long as the certainty is only just beyond its level.
    static func region(_ label: UInt8, _ certainty: Float, former: Ink?) -> Ink {
        let level = level(certainty)
        if case .region(let formerLabel, let formerLevel)? = former, formerLabel == label, formerLevel != level {
            let bound = bounds[Int(min(level, formerLevel))]
            if abs(Int(level) - Int(formerLevel)) == 1, abs(certainty - bound) < 0.25 * (1 - bound), let former {
                return former
            }
        }
        return .region(label, certainty: level)
    }

    /// xterm's 256 colours.
    static func region(_ label: UInt8, _ certainty: UInt8, _ background: Appearance.Background) -> Int {
        let ramps =
            background == .dark
            ? [[235, 17, 18, 24, 25], [235, 52, 58, 94, 130], [235, 22, 22, 23, 29]]
            : [[255, 195, 153, 117, 75], [255, 230, 223, 222, 215], [255, 194, 158, 121, 79]]
        return ramps[Int(label) % ramps.count][min(Int(certainty), levels - 1)]
    }

    static func point(_ label: UInt8, _ background: Appearance.Background) -> Int {
        (background == .dark ? [153, 223, 158] : [18, 88, 22])[Int(label) % 3]
    }

    /// Classes side by side; beyond these the colours come again. Signs stand for the classes as well, so that nobody has
    /// to tell the colours apart.
    static func label(_ label: UInt8, _ background: Appearance.Background) -> Int {
        let inks = background == .dark ? labelsOnDark : labelsOnLight
        return inks[Int(label) % inks.count]
    }

    private static let labelsOnDark = [
        75, 214, 42, 227, 69, 209, 176, 87, 250, 141, 118, 203, 159, 223, 213, 37, 185, 105, 216, 120, 45, 199, 151,
        178,
        189, 79,
    ]
    private static let labelsOnLight = [
        25, 166, 29, 136, 19, 124, 127, 30, 240, 92, 64, 161, 24, 94, 201, 22, 100, 57, 130, 34, 32, 198, 66, 172, 54,
        23,
    ]

    /// A sign for each class: its name where all have one letter or digit, else digits and then letters, by the number of
    /// the class or the one that it is called by.
    static func signs(_ names: [String]) -> [Unicode.Scalar] {
        let own = names.compactMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil }
        if own.count == names.count { return own }
        let signs = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".unicodeScalars)
        let numbers = names.compactMap { UInt16($0) }
        return names.indices.map { signs[(numbers.count == names.count ? Int(numbers[$0]) : $0) % signs.count] }
    }

    static func basicLabel(_ label: UInt8, _ background: Appearance.Background) -> Int {
        (background == .dark ? [12, 11, 10, 9, 14, 13, 15, 6, 3, 2] : [4, 3, 2, 1, 6, 5, 0, 12, 9, 13])[Int(label) % 10]
    }

    /// The sixteen basic colours: blue, yellow and green.
    static func basicRegion(_ label: UInt8, _ certainty: UInt8, _ background: Appearance.Background) -> Int {
        guard certainty > 0 else { return background == .dark ? 0 : 7 }
        return [4, 3, 2][Int(label) % 3]
    }

    static func basicPoint(_ label: UInt8, _ background: Appearance.Background) -> Int {
        background == .dark ? [14, 11, 10][Int(label) % 3] : 0
    }

    /// Two pixels one above the other as one character: a sign for a point, and for a region a ground where there are
    /// colours, else a pattern. Other cells stay as they are.
    static func flattened(_ cell: Cell, _ colors: Appearance.Colors) -> Cell {
        let pixels = [cell.style.ink, cell.style.paper]
        let region = pixels.first { if case .region = $0 { true } else { false } }
        for case .point(let label) in pixels {
            let signs: [Unicode.Scalar] = ["●", "▲", "■"]
            let style = Style(colors == .none ? .value : .onRegion, on: region ?? .point(label), bold: true)
            return Cell(signs[Int(label) % signs.count], style)
        }
        guard case .region(let label, let certainty) = region else { return cell }
        guard colors == .none else { return Cell(" ", Style(.onRegion, on: .region(label, certainty: certainty))) }
        let patterns: [Unicode.Scalar] = [".", "-", "+"]
        return Cell(certainty == 0 ? " " : patterns[Int(label) % patterns.count])
    }
}
