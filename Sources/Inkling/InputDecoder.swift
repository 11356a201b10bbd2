/// Takes the characters for which curses has no key, and leaves out what is no key: whole escape sequences (ECMA-48,
/// section 5.4 and 8.3: CSI, SS3 and the strings OSC, DCS, APC, PM, SOS) and keys with Alt. Pasted text, which terminals
/// put between `ESC [ 200 ~` and `ESC [ 201 ~` (xterm, "bracketed paste"), it hands out whole.
struct InputDecoder {
    private enum Place {
        case outside
        /// After an escape character: a key of that name if nothing follows.
        case escape
        /// After `ESC [`.
        case sequence(parameters: String)
        /// After `ESC O` or another introducer of a single character.
        case single
        /// In a string, which ends with BEL or `ESC \`: a long one keeps its beginning.
        case string(introducer: Unicode.Scalar, text: String)
        case stringEscape(introducer: Unicode.Scalar, text: String)
    }

    private var place = Place.outside
    /// The last operating system command (`ESC ]`), which is how a terminal answers; until it is taken.
    private var answer: String?
    private var lastOfPaste: ContinuousClock.Instant?
    /// What has come of the text that is being pasted.
    private var pasted = String.UnicodeScalarView()
    /// Pasted text that is whole; until it is taken.
    private var paste: String?
    /// More than a path or a name is no use.
    private static let longestPaste = 4096

    /// Whether the input is pasted. Pasting ends at the mark or, if that gets lost, after a second without input.
    var isPasting: Bool { lastOfPaste.map { .now - $0 < .seconds(1) } ?? false }

    /// The character if it is a key, else nil.
    mutating func take(_ code: UInt32) -> UInt32? {
        guard let character = Unicode.Scalar(code) else { return nil }
        if lastOfPaste != nil { lastOfPaste = isPasting ? .now : nil }
        switch (place, character) {
        case (.outside, "\u{1B}"): place = .escape
        case (.outside, _):
            guard lastOfPaste != nil else { return code }
            if pasted.count < Self.longestPaste { pasted.append(character) }
        case (.escape, "["): place = .sequence(parameters: "")
        case (.escape, "O"), (.escape, "N"): place = .single
        case (.escape, "]"), (.escape, "P"), (.escape, "X"), (.escape, "^"), (.escape, "_"):
            place = .string(introducer: character, text: "")
        case (.escape, "\u{1B}"): return lastOfPaste == nil ? code : nil
        case (.escape, _), (.single, _): place = .outside
        case (.sequence, "\u{1B}"), (.stringEscape, "\u{1B}"): place = .escape
        case (.sequence(let parameters), " "..."?"):
            // Longer than any sequence, it is noise: what follows counts again.
            place = parameters.count < 64 ? .sequence(parameters: parameters + String(character)) : .outside
        case (.sequence(let parameters), _):
            if character == "~", parameters == "200" { (lastOfPaste, pasted) = (.now, .init()) }
            if character == "~", parameters == "201", lastOfPaste != nil {
                (lastOfPaste, paste) = (nil, String(pasted))
            }
            place = .outside
        case (.string(let introducer, let text), "\u{7}"), (.stringEscape(let introducer, let text), "\\"):
            if introducer == "]", lastOfPaste == nil { answer = text }
            place = .outside
        case (.string(let introducer, let text), "\u{1B}"):
            place = .stringEscape(introducer: introducer, text: text)
        case (.string(let introducer, let text), _):
            if text.count < 64 { place = .string(introducer: introducer, text: text + String(character)) }
        case (.stringEscape, _): place = .outside
        }
        return nil
    }

    /// What a terminal answered, once.
    mutating func takeAnswer() -> String? {
        defer { answer = nil }
        return answer
    }

    /// Pasted text, once. Where the mark of its end got lost, it is nothing.
    mutating func takePaste() -> String? {
        defer { paste = nil }
        return paste
    }

    /// Curses has read a key itself, which ends what came before.
    mutating func passOver() { place = .outside }

    /// Once no more input waits: whether a last escape character was the Escape key.
    mutating func takeEscape() -> Bool {
        guard case .escape = place else { return false }
        place = .outside
        return !isPasting
    }
}
