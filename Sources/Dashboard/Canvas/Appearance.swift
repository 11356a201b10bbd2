/// What the terminal can show. Views draw with everything there is; `adapt` translates a finished cell.
public struct Appearance: Sendable, Equatable {
    public enum Glyphs: String, Sendable, CaseIterable {
        case braille, blocks, ascii

        var next: Glyphs {
            switch self {
            case .braille: .blocks
            case .blocks: .ascii
            case .ascii: .braille
            }
        }
    }
    public enum Colors: Sendable { case none, eight, sixteen, many }
    public enum Background: String, Sendable, CaseIterable { case dark, light }

    public var glyphs: Glyphs
    public var colors: Colors
    public var background: Background

    public init(glyphs: Glyphs = .braille, colors: Colors = .many, background: Background = .dark) {
        self.glyphs = glyphs
        self.colors = colors
        self.background = background
    }

    /// Whether the terminal shows everything as it is drawn.
    private var needsNothing: Bool { glyphs == .braille && colors == .many }

    func adapt(_ grid: inout CellGrid) {
        if needsNothing { return }
        // Neighbours are mostly alike.
        var last = (cell: Cell(), adapted: adapt(Cell()))
        grid.mapCells { cell in
            if cell != last.cell { last = (cell, adapt(cell)) }
            return last.adapted
        }
    }

    func adapt(_ cell: Cell) -> Cell {
        var cell = cell
        let wasBraille = BrailleCanvas.dots(of: cell.character) != nil
        if cell.style.ink.brightness != nil, colors != .many || glyphs == .ascii { cell = shaded(cell) }
        if colors == .none || colors == .eight || glyphs == .ascii { cell = ClassInk.flattened(cell, colors) }
        if cell.character == "▀", colors != .many || glyphs == .ascii { cell = signed(cell) }
        switch glyphs {
        case .braille: break
        case .blocks: cell.character = Self.quadrants(for: cell.character)
        case .ascii:
            // Faint curves, which elsewhere have a colour of their own, have a sign of their own here.
            let recedes = cell.style.ink == .faint && BrailleCanvas.dots(of: cell.character) != nil
            cell.character = recedes ? ":" : Self.ascii(for: cell.character)
        }
        if colors == .none || colors == .eight, cell.style.ink == .faint {
            cell.style.dim = true
            if glyphs == .braille { cell.character = BrailleCanvas.thinned(cell.character) }
            if glyphs == .blocks, wasBraille { cell.character = "░" }
        }
        if colors == .none {
            switch cell.style.paper {
            case .selectedTab, .right, .wrong, .test, .train, .key, .label: cell.style.reverse = true
            default: break
            }
            if cell.style.ink == .train || cell.style.ink == .test { cell.style.bold = true }
        }
        return cell
    }

    /// Two grey pixels, one above the other, as one character of about their brightness.
    private func shaded(_ cell: Cell) -> Cell {
        guard let upper = cell.style.ink.brightness else { return cell }
        let lower = cell.style.paper.brightness ?? upper
        var ramp: [Unicode.Scalar] =
            glyphs == .ascii ? [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"] : [" ", "░", "▒", "▓", "█"]
        let isMarked = cell.style.ink.isMarked || cell.style.paper.isMarked
        // A ground of its own, which shows through: a full block would hide it.
        if isMarked { ramp.removeLast(ramp.count / 2) }
        let level = (Int(upper) + Int(lower)) * (ramp.count - 1) / 46
        // Dark grey is not nothing: a silent neuron has that level.
        return Cell(
            ramp[min(max(level, upper + lower >= 6 ? 1 : 0), ramp.count - 1)],
            isMarked ? Style(.onAccent, on: .key) : Style(.value))
    }

    /// Two signed pixels, one above the other, as one character of about their mean; without colours, or in ASCII, the
    /// character tells the sign.
    private func signed(_ cell: Cell) -> Cell {
        guard let upper = cell.style.ink.signedLevel, let lower = cell.style.paper.signedLevel else {
            // One that is marked, whole or in half.
            let inks = [cell.style.ink, cell.style.paper]
            return inks.contains(.key) ? Cell(" ", Style(.onAccent, on: .key)) : cell
        }
        let sum = upper + lower
        let ramp: [Unicode.Scalar] =
            colors != .none && glyphs != .ascii
            ? [" ", "░", "▒", "▓", "█"] : sum < 0 ? [" ", "-", "-", "=", "="] : [" ", "+", "+", "#", "#"]
        let ink: Ink = sum < 0 ? .negative(6) : .positive(6)
        return Cell(ramp[(abs(sum) + 1) * (ramp.count - 1) / 13], Style(ink))
    }

    /// Blocks of up to four quarters of a cell: the bits of the place stand for upper left, upper right, lower left and
    /// lower right.
    static let quadrantBlocks: [Unicode.Scalar] = [
        " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
    ]

    /// Braille has 2 × 4 dots in a cell, quadrant blocks 2 × 2: each stands for two dots one above the other.
    private static func quadrants(for character: Unicode.Scalar) -> Unicode.Scalar {
        guard let dots = BrailleCanvas.dots(of: character) else { return character }
        let quadrants: [UInt8] = [0b0000_0011, 0b0001_1000, 0b0100_0100, 0b1010_0000]
        return quadrantBlocks[quadrants.enumerated().reduce(0) { $0 + (dots & $1.element != 0 ? 1 << $1.offset : 0) }]
    }

    private static func ascii(for character: Unicode.Scalar) -> Unicode.Scalar {
        if let dots = BrailleCanvas.dots(of: character) {
            let rows: [UInt8] = [0b0000_1001, 0b0001_0010, 0b0010_0100, 0b1100_0000]
            let lit = rows.map { dots & $0 != 0 }
            switch (lit[0], lit[1] || lit[2], lit[3]) {
            case (false, false, false): return " "
            case (true, false, false): return "'"
            case (false, true, false): return "-"
            case (false, false, true): return "."
            case (true, _, true): return "|"
            default: return "|"
            }
        }
        return character.isASCII ? character : asciiEquivalents[character] ?? "?"
    }

    private static let asciiEquivalents: [Unicode.Scalar: Unicode.Scalar] = [
        "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┤": "+", "└": "+", "┴": "+", "├": "+", "─": "-", "│": "|",
        "┈": ".", "·": ".", "…": "~", "–": "-", "—": "-", "−": "-", "×": "x", "→": ">", "←": "<", "↑": "^", "↓": "v",
        "▶": ">", "▲": "^", "◂": "<", "▸": ">", "■": "#", "●": "o", "•": "o", "○": "+", "⏎": "/", "✓": "*", "✗": "x",
        "━": "=",
        "╸": "-",
        "┊": ".", "∂": "d", "°": "o",
        "█": "#", "▉": "#", "▊": "#", "▋": "#", "▌": "=", "▍": "=", "▎": "-", "▏": "-", "▀": "#", "▄": "_",
        "░": ":", "▒": "%", "▓": "#", "‖": "#", "▐": "|",
    ]
}

extension Ink {
    /// Of a pixel of an image, 0 (black) to 23 (white); nil for other inks.
    fileprivate var brightness: UInt8? {
        switch self {
        case .grey(let level), .marked(let level): level
        default: nil
        }
    }

    fileprivate var isMarked: Bool { if case .marked = self { true } else { false } }
}
