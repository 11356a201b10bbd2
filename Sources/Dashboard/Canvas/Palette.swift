/// Which of the terminal's colours an ink is. Hues after Okabe and Ito ("Color Universal Design", 2008), so that
/// colour-blind people can tell them apart: sky blue, orange, bluish green, vermilion, yellow.
public enum Palette {
    /// The terminal's own default colour.
    public static let standard = -1

    /// The number of the colour, below what the terminal has, or `standard`.
    public static func color(of ink: Ink, for appearance: Appearance) -> Int {
        switch appearance.colors {
        case .none: standard
        case .eight: dimmed(basic(ink, appearance.background, isBright: false))
        case .sixteen: basic(ink, appearance.background, isBright: true)
        case .many: many(ink, appearance.background)
        }
    }

    /// xterm's 256 colours: 16 basic ones, a cube of 6 × 6 × 6, 24 greys from 232.
    private static func many(_ ink: Ink, _ background: Appearance.Background) -> Int {
        let onDark = background == .dark
        switch ink {
        case .standard: return standard
        case .value: return onDark ? 255 : 232
        case .words: return onDark ? 248 : 239
        case .faint: return onDark ? 240 : 249
        case .train: return onDark ? 74 : 25
        case .test: return onDark ? 214 : 166
        case .right: return onDark ? 36 : 29
        case .wrong: return onDark ? 166 : 160
        case .key: return onDark ? 227 : 94
        case .bar: return onDark ? 236 : 253
        case .selectedTab: return onDark ? 25 : 153
        case .onAccent: return onDark ? 16 : 231
        // On a white screen the white of a picture is a light grey, so that the picture has an edge; so is the zero of
        // signed ones.
        case .grey(let level):
            let level = min(Int(level), 23)
            return level == 0 ? 16 : !onDark ? 232 + level * 20 / 23 : level == 23 ? 231 : 232 + level
        case .marked(let level): return [58, 100, 142, 184, 226, 229][min(Int(level) / 4, 5)]
        case .error(let level):
            return (onDark ? [52, 88, 124, 160, 166, 202, 208] : [224, 217, 210, 209, 203, 196, 160])[
                min(Int(level), 6)]
        case .onError(let level): return (level < 5) == onDark ? 231 : 16
        case .success(let level): return (onDark ? [23, 29, 30] : [194, 157, 115])[min(Int(level), 2)]
        case .onSuccess: return onDark ? 231 : 16
        case .region(let label, let certainty): return ClassInk.region(label, certainty, background)
        case .point(let label): return ClassInk.point(label, background)
        case .onRegion: return 16
        case .label(let label), .layer(let label): return ClassInk.label(label, background)
        case .run(let number):
            return (onDark ? [176, 42, 227, 69, 209, 87, 250, 141] : [127, 29, 136, 19, 124, 30, 240, 92])[
                Int(number + 7) % 8]
        case .positive(let level):
            return (onDark ? [16, 17, 24, 25, 32, 39, 81] : [255, 189, 153, 111, 75, 32, 25])[min(Int(level), 6)]
        case .negative(let level):
            return (onDark ? [16, 52, 94, 130, 166, 208, 215] : [255, 224, 223, 216, 209, 202, 166])[
                min(Int(level), 6)]
        }
    }

    /// 0 black, 1 red, 2 green, 3 yellow, 4 blue, 5 magenta, 6 cyan, 7 white; 8 more for the bright ones.
    private static func basic(_ ink: Ink, _ background: Appearance.Background, isBright: Bool) -> Int {
        let onDark = background == .dark
        switch ink {
        case .standard, .words, .value: return standard
        case .faint: return onDark ? 8 : 7
        case .train, .positive: return onDark ? 14 : 4
        case .test, .key: return onDark ? 11 : 5
        case .negative: return onDark ? 11 : 1
        case .right: return onDark ? 10 : 2
        case .wrong: return onDark ? 9 : 1
        case .error(let level): return basicError(level, background, isBright)
        case .bar: return standard
        case .selectedTab: return onDark ? 4 : 14
        case .onAccent: return onDark ? 0 : 15
        case .grey(let level): return level < 12 ? 0 : 15
        case .marked: return 3
        case .success: return 2
        case .onError(let level): return [3, 11].contains(basicError(level, background, isBright)) ? 0 : 15
        case .onSuccess: return 15
        case .region(let label, let certainty): return ClassInk.basicRegion(label, certainty, background)
        case .point(let label): return ClassInk.basicPoint(label, background)
        case .onRegion: return 0
        case .label(let label), .layer(let label): return ClassInk.basicLabel(label, background)
        // Those that the curves in focus do not have, and their numbers beside them.
        case .run(let number):
            return (onDark ? [13, 10, 12, 9, 15, 6, 2, 5] : [2, 1, 6, 3, 12, 9, 13, 0])[Int(number + 7) % 8]
        }
    }

    /// Few, some, many errors: on dark ground the more the brighter, on light ground the more the darker.
    private static func basicError(_ level: UInt8, _ background: Appearance.Background, _ isBright: Bool) -> Int {
        let colors =
            switch (background, isBright) {
            case (.dark, true): [1, 9, 11]
            case (.dark, false): [1, 5, 3]
            case (.light, true): [11, 3, 1]
            case (.light, false): [3, 5, 1]
            }
        return colors[level < 2 ? 0 : level < 5 ? 1 : 2]
    }

    /// The nearest of the first eight; for dark grey, which would be black, the terminal's own.
    private static func dimmed(_ color: Int) -> Int { color == 8 ? standard : color > 8 ? color - 8 : color }
}
