/// What a colour means: one meaning for each, on every screen. `Palette` says how it looks on which terminal.
public enum Ink: Sendable, Hashable {
    /// The terminal's own foreground or background.
    case standard
    /// What a panel is about: titles and numbers.
    case value
    case words
    /// Frames, axes, grid lines.
    case faint
    /// The training series.
    case train
    /// The test series; also the accent.
    case test
    case right
    case wrong
    /// Keys that can be pressed.
    case key
    /// The bars at the top and the bottom.
    case bar
    case selectedTab
    /// Text on a ground in the colour of a series, of right or of wrong.
    case onAccent
    /// A level of grey of an image, 0 (black) to 23 (white).
    case grey(UInt8)
    /// The same where the image is marked.
    case marked(UInt8)
    /// A share of errors, 0 (few) to 6 (many).
    case error(UInt8)
    /// Text on an `error` ground of the same level.
    case onError(UInt8)
    /// A share read correctly, 0 (few) to 2 (nearly all).
    case success(UInt8)
    /// Text on a `success` ground.
    case onSuccess
    /// Where the network sees a class of the playground, from unsure (0) to sure (`ClassInk.levels` - 1).
    case region(UInt8, certainty: UInt8)
    /// A point of a class of the playground.
    case point(UInt8)
    /// Text on a region or a point.
    case onRegion
    /// An image of a class, 0 to 9, among others.
    case label(UInt8)
    /// A layer among others, 0 to 9; its number stands beside it.
    case layer(UInt8)
    /// A run beside the one in focus, 1 to 8; its number stands beside it.
    case run(UInt8)
    /// What pushes up, and what speaks for: 0 (nothing, the ground of signed pictures) to 6 (much).
    case positive(UInt8)
    /// What pushes down, and what speaks against, 0 to 6.
    case negative(UInt8)
}

public struct Style: Sendable, Hashable {
    public var ink: Ink
    public var paper: Ink
    public var bold: Bool
    /// Set where there are no colours to show a background.
    public var reverse: Bool
    /// Set where there are no colours, or few, to show what recedes.
    public var dim = false

    public init(_ ink: Ink = .words, on paper: Ink = .standard, bold: Bool = false, reverse: Bool = false) {
        self.ink = ink
        self.paper = paper
        self.bold = bold
        self.reverse = reverse
    }

    public static let plain = Style()
    public static let faint = Style(.faint)
    public static let value = Style(.value)
    public static let title = Style(.value, bold: true)
    public static let key = Style(.key)
}
