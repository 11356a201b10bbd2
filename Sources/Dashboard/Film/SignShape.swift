/// Signs as shapes, for pictures that must not depend on a font: paths of SVG that begin in the upper left corner of a
/// cell of 10 × 20.
enum SignShape {
    /// The dots of a braille pattern from the lowest bit on.
    static let brailleDots = [
        "m2.5 2.5h0", "m2.5 7.5h0", "m2.5 12.5h0", "m7.5 2.5h0", "m7.5 7.5h0", "m7.5 12.5h0", "m2.5 17.5h0",
        "m7.5 17.5h0",
    ]

    /// Parts of the cell in the colour of the ink.
    static let blocks: [Unicode.Scalar: [String]] = {
        var blocks: [Unicode.Scalar: [String]] = [
            "━": ["m0 9h10v2h-10z"], "╸": ["m0 9h5v2h-5z"],
            "▉": ["h8.75v20h-8.75z"], "▊": ["h7.5v20h-7.5z"], "▋": ["h6.25v20h-6.25z"], "▍": ["h3.75v20h-3.75z"],
            "▎": ["h2.5v20h-2.5z"], "▏": ["h1.25v20h-1.25z"],
        ]
        let quarters = ["h5v10h-5z", "m5 0h5v10h-5z", "m0 10h5v10h-5z", "m5 10h5v10h-5z"]
        for (bits, sign) in Appearance.quadrantBlocks.enumerated() where bits > 0 {
            blocks[sign] = quarters.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
        }
        // Whole ones in one piece.
        blocks["▀"] = ["h10v10h-10z"]
        blocks["▄"] = ["m0 10h10v10h-10z"]
        blocks["▌"] = ["h5v20h-5z"]
        blocks["▐"] = ["m5 0h5v20h-5z"]
        blocks["█"] = ["h10v20h-10z"]
        return blocks
    }()

    /// How much ink there is on the ground.
    static let shades: [Unicode.Scalar: Double] = ["░": 0.25, "▒": 0.5, "▓": 0.75]

    /// Frames, axes, arrows and marks.
    static let lines: [Unicode.Scalar: String] = [
        "─": "m0 10h10", "│": "m5 0v20", "╭": "m5 20v-5q0-5 5-5", "╮": "m0 10q5 0 5 5v5", "╰": "m5 0v5q0 5 5 5",
        "╯": "m5 0v5q0 5-5 5", "┤": "m5 0v20m-5-10h5", "├": "m5 0v20m0-10h5", "└": "m5 0v10h5",
        "┴": "m0 10h10m-5-10v10",
        "┈": "m.6 10h1.3m1.2 0h1.3m1.2 0h1.3m1.2 0h1.3",
        "┊": "m5 1v3m0 2v3m0 2v3m0 2v3",
        "→": "m1 10h8m-3-3l3 3l-3 3", "←": "m9 10h-8m3-3l-3 3l3 3", "↑": "m5 15.5v-11m-3 3l3-3l3 3",
        "↓": "m5 4.5v11m-3-3l3 3l3-3", "⏎": "m8.5 5.5v5.5h-7m2.5-2.5l-2.5 2.5l2.5 2.5", "‖": "m3.5 5v10m3.5-10v10",
        "✓": "m1.5 10.5l2.5 3.5l4.5-8", "✗": "m2 6l6 8m0-8l-6 8", "○": "m1.5 10a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",
    ]

    static let filled: [Unicode.Scalar: String] = [
        "●": "m1 10a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "•": "m2.5 10a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z",
        "·": "m3.9 10a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0-2.2 0z", "■": "m1 6h8v8h-8z", "▲": "m5 5l4.5 9.5h-9z",
        "▶": "m1 5l8.5 5l-8.5 5z", "▸": "m2 6l6 4l-6 4z", "◂": "m8 6l-6 4l6 4z",
    ]

    /// Whether the sign is drawn as a shape; others are text.
    static func isDrawn(_ character: Unicode.Scalar) -> Bool {
        BrailleCanvas.dots(of: character) != nil || blocks[character] != nil || shades[character] != nil
            || lines[character] != nil || filled[character] != nil
    }
}
