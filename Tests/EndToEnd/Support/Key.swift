/// A key as a person presses it. A string literal of one character is that character's key.
enum Key: ExpressibleByExtendedGraphemeClusterLiteral {
    case character(Character)
    case control(Character)
    case alt(Character)
    case up, down, left, right, home, end
    case shiftUp, shiftDown, shiftLeft, shiftRight
    case pageUp, pageDown, insert, delete
    case enter, tab, backTab, escape, backspace
    case function(Int)

    init(extendedGraphemeClusterLiteral character: Character) {
        self = .character(character)
    }

    /// What xterm sends; the cursor keys depend on the mode DECCKM, which programs set.
    func bytes(applicationCursorKeys: Bool) -> String {
        let cursor = applicationCursorKeys ? "\u{1B}O" : "\u{1B}["
        return switch self {
        case .character(let character): String(character)
        case .control(let character): Self.control(character)
        case .alt(let character): "\u{1B}\(character)"
        case .up: cursor + "A"
        case .down: cursor + "B"
        case .right: cursor + "C"
        case .left: cursor + "D"
        case .shiftUp: "\u{1B}[1;2A"
        case .shiftDown: "\u{1B}[1;2B"
        case .shiftRight: "\u{1B}[1;2C"
        case .shiftLeft: "\u{1B}[1;2D"
        case .home: cursor + "H"
        case .end: cursor + "F"
        case .insert: "\u{1B}[2~"
        case .delete: "\u{1B}[3~"
        case .pageUp: "\u{1B}[5~"
        case .pageDown: "\u{1B}[6~"
        case .enter: "\r"
        case .tab: "\t"
        case .backTab: "\u{1B}[Z"
        case .escape: "\u{1B}"
        case .backspace: "\u{7F}"
        case .function(let number): Self.function(number)
        }
    }

    private static func control(_ character: Character) -> String {
        String(Unicode.Scalar((character.asciiValue ?? 0) & 0x1F))
    }

    private static func function(_ number: Int) -> String {
        let codes = ["OP", "OQ", "OR", "OS", "[15~", "[17~", "[18~", "[19~", "[20~", "[21~", "[23~", "[24~"]
        precondition(1...codes.count ~= number, "there are the function keys 1 to 12, not \(number)")
        return "\u{1B}" + codes[number - 1]
    }
}
