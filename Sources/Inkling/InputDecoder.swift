/// Takes the characters that a terminal sends and curses knows no key for, and passes over what is no key: escape
/// sequences whole (ECMA-48, section 5.4 and 8.3: CSI, SS3 and the strings OSC, DCS, APC, PM, SOS), keys with Alt, and
/// what is pasted, which terminals put between `ESC [ 200 ~` and `ESC [ 201 ~` (xterm, "bracketed paste").
struct InputDecoder {
    private enum Place {
        case outside
        /// After an escape character: a key of that name if nothing follows.
        case escape
        /// After `ESC [`.
        case sequence(parameters: String)
        /// After `ESC O` or another introducer of a single character.
        case single
        /// In a string, which ends with BEL or `ESC \`.
        case string
        case stringEscape
    }

    private var place = Place.outside
    private var lastOfPaste: ContinuousClock.Instant?

    /// Whether what comes is pasted. It ends at the mark or, should that get lost, when nothing came for a second.
    var isPasting: Bool { lastOfPaste.map { .now - $0 < .seconds(1) } ?? false }

    /// The next character: itself if it is a key, else nil.
    mutating func take(_ code: UInt32) -> UInt32? {
        guard let character = Unicode.Scalar(code) else { return nil }
        if lastOfPaste != nil { lastOfPaste = isPasting ? .now : nil }
        switch (place, character) {
        case (.outside, "\u{1B}"): place = .escape
        case (.outside, _): return lastOfPaste == nil ? code : nil
        case (.escape, "["): place = .sequence(parameters: "")
        case (.escape, "O"), (.escape, "N"): place = .single
        case (.escape, "]"), (.escape, "P"), (.escape, "X"), (.escape, "^"), (.escape, "_"): place = .string
        case (.escape, "\u{1B}"): return lastOfPaste == nil ? code : nil
        case (.escape, _), (.single, _): place = .outside
        case (.sequence, "\u{1B}"), (.stringEscape, "\u{1B}"): place = .escape
        case (.sequence(let parameters), " "..."?"):
            // Longer than any, it is noise: what follows counts again.
            place = parameters.count < 64 ? .sequence(parameters: parameters + String(character)) : .outside
        case (.sequence(let parameters), _):
            if character == "~", parameters == "200" { lastOfPaste = .now }
            if character == "~", parameters == "201" { lastOfPaste = nil }
            place = .outside
        case (.string, "\u{7}"), (.stringEscape, "\\"): place = .outside
        case (.string, "\u{1B}"): place = .stringEscape
        case (.string, _): break
        case (.stringEscape, _): place = .outside
        }
        return nil
    }

    /// Curses has read a key of its own, so that what came before is over.
    mutating func passOver() { place = .outside }

    /// Nothing more waits: whether an escape character that came last was the key.
    mutating func takeEscape() -> Bool {
        guard case .escape = place else { return false }
        place = .outside
        return !isPasting
    }
}
