import TestSupport
import Testing

@testable import Dashboard

/// The colours of pictures of screens.
struct ScreenColorTests {
    /// By xterm's table of 256 colours.
    @Test func coloursAreThoseOfXterm() {
        for (number, color) in [
            (0, "#000000"), (1, "#cd0000"), (4, "#0000ee"), (7, "#e5e5e5"), (15, "#ffffff"), (16, "#000000"),
            (17, "#00005f"), (21, "#0000ff"), (22, "#005f00"), (52, "#5f0000"), (67, "#5f87af"), (196, "#ff0000"),
            (226, "#ffff00"), (231, "#ffffff"), (232, "#080808"), (244, "#808080"), (255, "#eeeeee"),
        ] { #expect(ScreenColor.hex(number) == color, "\(number)") }
        #expect(ScreenColor.parts("#0a14ff") == [10, 20, 255])
        #expect(ScreenColor.mix("#000000", "#ff8010", share: 0.25) == "#bf600c")
        #expect(ScreenColor.mix("#ffffff", "#000000", share: 1) == "#ffffff")
    }

    @Test func attributesChangeThem() {
        let plain = Appearance(colors: .none)
        func colors(_ change: (inout Style) -> Void, _ appearance: Appearance) -> [String] {
            var style = Style.plain
            change(&style)
            let (ink, paper) = ScreenColor.colors(of: style, appearance)
            return [ink, paper]
        }
        #expect(colors({ _ in }, plain) == ["#d4d4d4", "#16161c"])
        #expect(colors({ _ in }, Appearance(colors: .none, background: .light)) == ["#262626", "#ffffff"])
        #expect(colors({ $0.reverse = true }, plain) == ["#16161c", "#d4d4d4"])
        #expect(colors({ $0.dim = true }, plain) == ["#757578", "#16161c"])
        #expect(colors({ ($0.dim, $0.reverse) = (true, true) }, plain) == ["#757578", "#d4d4d4"])
    }

    /// Each screen as a picture, the whole text. Whoever means another one takes the digests anew.
    @Test(arguments: [
        (Appearance(), "c87c294eec2c36a2"), (Appearance(background: .light), "c9ff1384daee6d39"),
        (Appearance(glyphs: .blocks, colors: .sixteen), "7aeb4102505154b1"),
        (Appearance(glyphs: .ascii, colors: .none), "88089f97df476510"),
        (Appearance(glyphs: .blocks, colors: .eight, background: .light), "d858d3bd1b5d7957"),
    ]) func picturesAreAsTheyWere(appearance: Appearance, expected: String) {
        guard kernelsAreFused else { return }
        var digest = Digest()
        for screen in State.Screen.allCases {
            var state = Samples.state(screen, snapshot: Samples.observed, width: 100, height: 30)
            state.appearance = appearance
            digest.take(SVGPicture.text(of: render(state, width: 100, height: 30), appearance))
        }
        #expect(digest.words == expected)
    }
}
