import Foundation
import Testing

@testable import Dashboard

/// Lines of a recording, as players read them.
@Suite struct CastTests {
    private func json(_ line: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: try JSONEncoder().encode(line))
    }

    @Test(arguments: [(Appearance.Background.dark, "#16161c"), (.light, "#ffffff")])
    func theHeaderHasTheColoursOfTheGround(background: Appearance.Background, ground: String) throws {
        let header = Cast.Header(width: 100, height: 30, timestamp: 7, Appearance(background: background))
        let line = try #require(try json(header) as? [String: Any])
        #expect(line["version"] as? Int == 2 && line["width"] as? Int == 100 && line["height"] as? Int == 30)
        let theme = try #require(line["theme"] as? [String: String])
        #expect(theme["bg"] == ground && theme["fg"] != ground)
        #expect(theme["palette"]?.split(separator: ":").count == 16)
    }

    @Test func eventsAreTimeKindAndData() throws {
        let output = try #require(try json(Cast.Event.output("a\u{1B}[m", at: 1.23456)) as? [Any])
        #expect(output[0] as? Double == 1.235 && output[1] as? String == "o" && output[2] as? String == "a\u{1B}[m")
        let resize = try #require(try json(Cast.Event.resize(width: 120, height: 40, at: 2)) as? [Any])
        #expect(resize[1] as? String == "r" && resize[2] as? String == "120x40")
    }

    /// Each attribute has a number of its own; the colours of a palette of 256 follow 38 and 48.
    @Test func stylesAreSentAsCodes() {
        func sent(_ change: (inout Style) -> Void) -> String {
            var grid = CellGrid(width: 1, height: 1)
            var style = Style(.standard)
            change(&style)
            grid[0, 0] = Cell("a", style)
            return ScreenText.update(from: CellGrid(width: 1, height: 1), to: grid, Appearance())
        }
        #expect(sent { _ in } == "\u{1B}[1;1H\u{1B}[0ma\u{1B}[m")
        #expect(sent { $0.bold = true } == "\u{1B}[1;1H\u{1B}[0;1ma\u{1B}[m")
        #expect(sent { $0.dim = true } == "\u{1B}[1;1H\u{1B}[0;2ma\u{1B}[m")
        #expect(sent { $0.reverse = true } == "\u{1B}[1;1H\u{1B}[0;7ma\u{1B}[m")
        #expect(sent { ($0.bold, $0.dim, $0.reverse) = (true, true, true) } == "\u{1B}[1;1H\u{1B}[0;1;2;7ma\u{1B}[m")
        let (ink, paper) = (Palette.color(of: .train, for: Appearance()), Palette.color(of: .bar, for: Appearance()))
        #expect(
            sent { ($0.ink, $0.paper) = (.train, .bar) } == "\u{1B}[1;1H\u{1B}[0;38;5;\(ink);48;5;\(paper)ma\u{1B}[m")
    }

    /// Only what has changed, each piece at its place; all where nothing is known of what is there.
    @Test func onlyChangesAreSent() {
        let empty = CellGrid(width: 4, height: 2)
        var grid = empty
        (grid[1, 0], grid[2, 0], grid[3, 1]) = (Cell("a"), Cell("b"), Cell("c"))
        let changes = ScreenText.update(from: empty, to: grid, Appearance())
        #expect(changes.hasPrefix("\u{1B}[1;2H") && changes.contains("\u{1B}[2;4H"))
        #expect(changes.contains("ab") && !changes.contains(" "))
        #expect(ScreenText.update(from: grid, to: grid, Appearance()).isEmpty)
        #expect(ScreenText.update(from: nil, to: grid, Appearance()).hasPrefix("\u{1B}[?25l\u{1B}[2J"))
        let wide = ScreenText.update(from: CellGrid(width: 5, height: 2), to: grid, Appearance())
        #expect(wide.hasPrefix("\u{1B}[?25l\u{1B}[2J"))
        #expect(ScreenText.end == "\u{1B}[?25h")
    }
}
