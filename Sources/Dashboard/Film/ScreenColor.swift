/// The colours of a terminal as red, green and blue, for what is to look like one.
enum ScreenColor {
    /// Of a terminal's own background and foreground, `#rrggbb`.
    static func standard(_ background: Appearance.Background) -> (paper: String, ink: String) {
        background == .dark ? ("#16161c", "#d4d4d4") : ("#ffffff", "#262626")
    }

    /// The two colours of a cell, with what its attributes make of them.
    static func colors(of style: Style, _ appearance: Appearance) -> (ink: String, paper: String) {
        let standard = standard(appearance.background)
        func hex(_ ink: Ink, or usual: String) -> String {
            let number = Palette.color(of: ink, for: appearance)
            return number == Palette.standard ? usual : Self.hex(number)
        }
        var (ink, paper) = (hex(style.ink, or: standard.ink), hex(style.paper, or: standard.paper))
        if style.reverse { (ink, paper) = (paper, ink) }
        return (style.dim ? mix(ink, paper, share: 0.5) : ink, paper)
    }

    /// One of xterm's 256 colours: 16 basic ones, a cube of 6 × 6 × 6, 24 greys.
    static func hex(_ number: Int) -> String {
        switch number {
        case ..<16: return basic[max(number, 0)]
        case ..<232:
            let levels = [0, 95, 135, 175, 215, 255]
            let place = number - 16
            return hex(levels[place / 36], levels[place / 6 % 6], levels[place % 6])
        default:
            let level = 8 + 10 * (min(number, 255) - 232)
            return hex(level, level, level)
        }
    }

    /// A colour between two, nearer to the first the larger the share (0…1).
    static func mix(_ a: String, _ b: String, share: Double) -> String {
        let mixed = zip(parts(a), parts(b)).map { Int((share * Double($0) + (1 - share) * Double($1)).rounded()) }
        return hex(mixed[0], mixed[1], mixed[2])
    }

    /// Red, green and blue of `#rrggbb`, 0…255.
    static func parts(_ color: String) -> [Int] {
        let value = Int(color.dropFirst(), radix: 16) ?? 0
        return [value >> 16, value >> 8 & 255, value & 255]
    }

    /// Those of xterm.
    static let basic = [
        "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5", "#7f7f7f", "#ff0000",
        "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
    ]

    private static func hex(_ red: Int, _ green: Int, _ blue: Int) -> String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
