/// Cuts a terminal's input into characters, control codes and escape sequences. Bytes may come in pieces of any size.
struct EscapeParser {
    enum Item: Equatable {
        case character(Unicode.Scalar)
        case control(UInt8)
        /// ESC, what stands between, and the final byte.
        case escape(between: String, final: Character)
        case sequence(ControlSequence)
        /// An operating system command (ESC ]), device control (ESC P) or other string, without its terminator.
        case string(introducer: Character, text: String)
        case invalid(UInt8)
    }

    private enum State {
        case ground
        case character(needed: Int)
        case escape
        case sequence
        case string
        case stringEscape
    }

    private var state = State.ground
    private var collected: [UInt8] = []

    mutating func parse(_ bytes: [UInt8]) -> [Item] {
        var items: [Item] = []
        for byte in bytes {
            parse(byte, into: &items)
        }
        return items
    }

    private mutating func parse(_ byte: UInt8, into items: inout [Item]) {
        switch state {
        case .ground: startItem(byte, into: &items)
        case .character(let needed): continueCharacter(byte, needed: needed, into: &items)
        case .escape: continueEscape(byte, into: &items)
        case .sequence: continueSequence(byte, into: &items)
        case .string, .stringEscape: continueString(byte, into: &items)
        }
    }

    private mutating func startItem(_ byte: UInt8, into items: inout [Item]) {
        collected = [byte]
        switch byte {
        case 0x1B:
            collected = []
            state = .escape
        case 0x00..<0x20, 0x7F: items.append(.control(byte))
        case 0x20..<0x7F: items.append(.character(Unicode.Scalar(byte)))
        case 0xC2..<0xE0: state = .character(needed: 2)
        case 0xE0..<0xF0: state = .character(needed: 3)
        case 0xF0..<0xF5: state = .character(needed: 4)
        default: items.append(.invalid(byte))
        }
    }

    private mutating func continueCharacter(_ byte: UInt8, needed: Int, into items: inout [Item]) {
        guard 0x80..<0xC0 ~= byte else {
            items += collected.map(Item.invalid)
            return startItem(byte, into: &items)
        }
        collected.append(byte)
        guard collected.count == needed else { return }
        state = .ground
        if let scalar = String(validating: collected, as: UTF8.self)?.unicodeScalars.first {
            items.append(.character(scalar))
        } else {
            items += collected.map(Item.invalid)
        }
    }

    private mutating func continueEscape(_ byte: UInt8, into items: inout [Item]) {
        switch byte {
        case 0x1B: collected = []
        case 0x00..<0x20: items.append(.control(byte))
        case 0x20..<0x30: collected.append(byte)
        case UInt8(ascii: "[") where collected.isEmpty: state = .sequence
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            collected = [byte]
            state = .string
        default:
            state = .ground
            items.append(.escape(between: text(collected), final: Character(Unicode.Scalar(byte))))
        }
    }

    private mutating func continueSequence(_ byte: UInt8, into items: inout [Item]) {
        switch byte {
        case 0x1B:
            collected = []
            state = .escape
        case 0x00..<0x20: items.append(.control(byte))
        case 0x20..<0x40: collected.append(byte)
        default:
            state = .ground
            items.append(.sequence(ControlSequence(collected, final: byte)))
        }
    }

    /// A string ends with BEL or with ESC \.
    private mutating func continueString(_ byte: UInt8, into items: inout [Item]) {
        if case .stringEscape = state, byte != UInt8(ascii: "\\") {
            collected = []
            state = .escape
            return continueEscape(byte, into: &items)
        }
        switch (state, byte) {
        case (.stringEscape, _), (_, 0x07):
            state = .ground
            let introducer = Character(Unicode.Scalar(collected.removeFirst()))
            items.append(.string(introducer: introducer, text: text(collected)))
        case (_, 0x1B): state = .stringEscape
        default: collected.append(byte)
        }
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

/// ESC [ and what follows: "?25l" has the prefix "?", the parameter 25 and the final character "l". Read byte by byte: a
/// screen is made of thousands of these, and text takes ten times as long.
struct ControlSequence: Equatable, CustomStringConvertible {
    private let body: [UInt8]
    private let final: UInt8
    /// The private marker in front, the intermediate characters behind the parameters and the final character.
    let function: String
    /// Each parameter with its subparameters, which colons separate; one that is left out is 0.
    let parameters: [[Int]]

    init(_ body: [UInt8], final: UInt8) {
        (self.body, self.final) = (body, final)
        let marker = body.prefix { 0x3C...0x3F ~= $0 }
        var parameters: [[Int]] = []
        var (parameter, number) = ([Int](), 0)
        var end = marker.count
        numbers: while end < body.count {
            switch body[end] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                number = min(number, 1 << 32) * 10 + Int(body[end] - UInt8(ascii: "0"))
            case UInt8(ascii: ":"):
                parameter.append(number)
                number = 0
            case UInt8(ascii: ";"):
                parameters.append(parameter + [number])
                (parameter, number) = ([], 0)
            default: break numbers
            }
            end += 1
        }
        self.parameters = parameters + [parameter + [number]]
        function = String(decoding: marker + body[end...] + [final], as: UTF8.self)
    }

    var description: String { "ESC [ " + String(decoding: body + [final], as: UTF8.self) }

    /// The parameter at `index` as a number, `standard` if it is left out or 0.
    func number(_ index: Int = 0, standard: Int = 1) -> Int {
        let value = index < parameters.count ? parameters[index].first ?? 0 : 0
        return value == 0 ? standard : value
    }

    /// All parameters without their subparameters.
    var numbers: [Int] { parameters.map { $0.first ?? 0 } }
}
