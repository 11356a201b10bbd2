/// A screen as a picture in SVG 1.1, for browsers and pages.
///
/// Letters and numbers are text in whatever font of fixed width the reader has, each word from its own cell on. All that
/// must meet its neighbours (grounds, blocks, braille, lines, arrows) is drawn, so that it fits with any font.
public enum SVGPicture {
    /// In units of the picture.
    static let cell = (width: 10, height: 20)

    public static func text(of grid: CellGrid, _ appearance: Appearance) -> String {
        let (width, height) = (grid.width * cell.width, grid.height * cell.height)
        let standard = ScreenColor.standard(appearance.background)
        var drawing = Drawing(paper: standard.paper)
        for y in 0..<grid.height { drawing.add(row: y, of: grid, appearance) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" font-size="16.6" font-family="\(fonts)">
            <rect width="\(width)" height="\(height)" fill="\(standard.paper)"/>
            \(drawing.text)
            </svg>

            """
    }

    /// Those of the usual systems, then whatever is there.
    private static let fonts =
        "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', 'Courier New', monospace"

    /// What is drawn, by colour.
    private struct Drawing {
        let paper: String
        private var grounds = Layer()
        private var blocks = Layer()
        private var lines = Layer()
        private var dots = Layer()
        private var signs = Layer()
        private var words = Layer()

        init(paper: String) { self.paper = paper }

        var text: String {
            let layers = [
                grounds.elements { "<path fill=\"\($0)\" shape-rendering=\"crispEdges\" d=\"\($1)\"/>" },
                blocks.elements { "<path fill=\"\($0)\" shape-rendering=\"crispEdges\" d=\"\($1)\"/>" },
                lines.elements { "<path fill=\"none\" stroke=\"\($0)\" stroke-width=\"1.4\" d=\"\($1)\"/>" },
                dots.elements {
                    "<path fill=\"none\" stroke=\"\($0)\" stroke-width=\"3.4\" stroke-linecap=\"round\" d=\"\($1)\"/>"
                },
                signs.elements { "<path fill=\"\($0)\" d=\"\($1)\"/>" },
                words.elements { "<g fill=\"\($0)\">\n\($1)</g>" },
            ]
            return layers.flatMap { $0 }.joined(separator: "\n")
        }

        mutating func add(row y: Int, of grid: CellGrid, _ appearance: Appearance) {
            let top = y * cell.height
            let colors = (0..<grid.width).map { ScreenColor.colors(of: grid[$0, y].style, appearance) }
            // Grounds of one colour are one rectangle.
            var start = 0
            for x in 0..<grid.width where x + 1 == grid.width || colors[x + 1].paper != colors[x].paper {
                if colors[x].paper != paper {
                    let left = start * cell.width
                    grounds.add(
                        "M\(left) \(top)h\((x + 1) * cell.width - left)v\(cell.height)H\(left)z", in: colors[x].paper)
                }
                start = x + 1
            }
            var word = ""
            for x in 0..<grid.width {
                let (ink, ground) = colors[x]
                let (character, style) = (grid[x, y].character, grid[x, y].style)
                let corner = "M\(x * cell.width) \(top)"
                if let dots = BrailleCanvas.dots(of: character) {
                    for (bit, place) in SignShape.brailleDots.enumerated() where dots >> bit & 1 == 1 {
                        self.dots.add("\(corner)\(place)", in: ink)
                    }
                } else if let parts = SignShape.blocks[character] {
                    for part in parts { blocks.add(corner + part, in: ink) }
                } else if let share = SignShape.shades[character] {
                    blocks.add("\(corner)h10v20h-10z", in: ScreenColor.mix(ink, ground, share: share))
                } else if let line = SignShape.lines[character] {
                    lines.add(corner + line, in: ink)
                } else if let sign = SignShape.filled[character] {
                    signs.add(corner + sign, in: ink)
                } else if character != " " {
                    word.unicodeScalars.append(character)
                    // Beyond the edge is a blank.
                    if continues(grid[x + 1, y], style) { continue }
                    add(word: word, endingAt: x, top: top, ink: ink, isBold: style.bold)
                    word = ""
                }
            }
        }

        /// Whether a cell goes on with a word in a style.
        private func continues(_ next: Cell, _ style: Style) -> Bool {
            next.style == style && next.character != " " && !SignShape.isDrawn(next.character)
        }

        private mutating func add(word: String, endingAt x: Int, top: Int, ink: String, isBold: Bool) {
            let count = word.unicodeScalars.count
            let escaped = word.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            // Browsers keep to the length, whatever the font; elsewhere a font of fixed width has nearly this one.
            let length = count > 1 ? " textLength=\"\(count * cell.width)\" lengthAdjust=\"spacingAndGlyphs\"" : ""
            let weight = isBold ? " font-weight=\"bold\"" : ""
            words.add(
                "<text x=\"\((x + 1 - count) * cell.width)\" y=\"\(top + 15)\"\(length)\(weight)>\(escaped)</text>\n",
                in: ink)
        }
    }

    /// Pieces of one kind by colour, in the order in which the colours come first.
    private struct Layer {
        private var colors: [String] = []
        private var pieces: [String: String] = [:]

        mutating func add(_ piece: String, in color: String) {
            if pieces[color] == nil { colors.append(color) }
            pieces[color, default: ""] += piece
        }

        func elements(_ element: (_ color: String, _ pieces: String) -> String) -> [String] {
            colors.map { element($0, pieces[$0] ?? "") }
        }
    }
}
