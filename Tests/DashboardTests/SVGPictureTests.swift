import Datasets
import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// Pictures of screens, drawn by librsvg: that they look like the screens, cell by cell.
@Suite(.enabled(if: Librsvg.path != nil, "there is no rsvg-convert (Debian's librsvg2-bin)"))
struct SVGPictureTests {
    private static let appearances = [
        Appearance(), Appearance(background: .light), Appearance(glyphs: .blocks, colors: .sixteen),
        Appearance(glyphs: .ascii, colors: .none),
    ]

    /// Samples the picture where a cell's parts must have a colour of their own.
    @Test(arguments: State.Screen.allCases, appearances)
    func looksLikeTheScreen(screen: State.Screen, appearance: Appearance) throws {
        var state = Samples.state(screen, snapshot: Samples.observed, width: 100, height: 30)
        state.appearance = appearance
        let grid = render(state, width: 100, height: 30)
        let picture = try Librsvg.draw(SVGPicture.text(of: grid, appearance))
        #expect(picture.width == 1000 && picture.height == 600)
        var wrong: [String] = []
        for y in 0..<30 {
            for x in 0..<100 {
                let cell = grid[x, y]
                let (ink, paper) = ScreenColor.colors(of: cell.style, appearance)
                func expect(_ color: String, _ dx: Int, _ dy: Int) {
                    let found = Int(picture.pixels[(20 * y + dy) * 1000 + 10 * x + dx])
                    if abs(found - grey(color)) > 8 {
                        wrong.append("\(cell.character) at \(x), \(y): \(found) for \(grey(color)) at \(dx), \(dy)")
                    }
                }
                switch cell.character {
                case " ": for (dx, dy) in [(0, 0), (9, 0), (0, 19), (9, 19), (5, 10)] { expect(paper, dx, dy) }
                case "▀":
                    for (dx, dy) in [(0, 0), (9, 0), (0, 9), (9, 9)] { expect(ink, dx, dy) }
                    for (dx, dy) in [(0, 10), (9, 10), (0, 19), (9, 19)] { expect(paper, dx, dy) }
                case "█": for (dx, dy) in [(0, 0), (9, 19)] { expect(ink, dx, dy) }
                case "▌":
                    expect(ink, 4, 10)
                    expect(paper, 5, 10)
                default:
                    guard let dots = BrailleCanvas.dots(of: cell.character) else { continue }
                    for (bit, (dx, dy)) in [(2, 2), (2, 7), (2, 12), (7, 2), (7, 7), (7, 12), (2, 17), (7, 17)]
                        .enumerated()
                    { expect(dots >> bit & 1 == 1 ? ink : paper, dx, dy) }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) wrong, \(wrong.prefix(3))")
    }

    /// Every letter stands in its cell and nowhere else.
    @Test func lettersStandInTheirCells() throws {
        var grid = CellGrid(width: 12, height: 3)
        grid.write("A <word> &", x: 1, y: 1, .value)
        grid.write("X", x: 11, y: 1, Style(.test, bold: true))
        let picture = try Librsvg.draw(SVGPicture.text(of: grid, Appearance()))
        let ground = grey(ScreenColor.standard(.dark).paper)
        func hasInk(_ x: Int, _ y: Int) -> Bool {
            (20 * y..<20 * y + 20).contains { row in
                (10 * x + 1..<10 * x + 9).contains { abs(Int(picture.pixels[row * 120 + $0]) - ground) > 20 }
            }
        }
        for y in 0..<3 { for x in 0..<12 { #expect(hasInk(x, y) == (grid[x, y].character != " "), "\(x), \(y)") } }
    }

    @Test func whatIsBoldOnTheScreenIsBold() {
        var grid = CellGrid(width: 12, height: 1)
        grid.write("plain", x: 0, y: 0, .value)
        grid.write("bold", x: 6, y: 0, Style(.value, bold: true))
        let words = SVGPicture.text(of: grid, Appearance()).split(separator: "\n").filter { $0.hasPrefix("<text") }
        #expect(words.map { $0.contains("font-weight=\"bold\"") } == [false, true])
        #expect(words.last?.contains(">bold<") == true)
    }

    /// Lines of frames and axes meet from cell to cell.
    @Test func linesMeet() throws {
        var grid = CellGrid(width: 6, height: 4)
        Panel.draw("", in: grid.bounds, on: &grid)
        let picture = try Librsvg.draw(SVGPicture.text(of: grid, Appearance()))
        let ground = grey(ScreenColor.standard(.dark).paper)
        func isDrawn(_ x: Int, _ y: Int) -> Bool { abs(Int(picture.pixels[y * 60 + x]) - ground) > 8 }
        for x in 5 + 5..<60 - 10 { #expect(isDrawn(x, 70) || isDrawn(x, 69), "\(x)") }
        for y in 10 + 5..<80 - 15 { for x in [5, 55] { #expect(isDrawn(x, y) || isDrawn(x - 1, y), "\(x), \(y)") } }
    }

    /// As pictures are read: as bright as the colour (Rec. 601).
    private func grey(_ color: String) -> Int {
        let parts = ScreenColor.parts(color).map { Double($0) }
        return Int((0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]).rounded())
    }
}

/// What draws SVG outside of browsers.
enum Librsvg {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")
        .split(separator: ":").map { "\($0)/rsvg-convert" }.first(where: FileManager.default.isExecutableFile)

    static func draw(_ text: String) throws -> GreyImage {
        let folder = try TemporaryFolder()
        let (source, result) = (try folder.write(text.utf8, to: "a.svg"), folder.file("a.png"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments = [source, "-o", result]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try #require(try GreyImage.images(inFile: result).first)
    }
}
