/// Reads JSON (RFC 8259) value by value where the caller knows what must come: objects, strings and whole numbers. It
/// keeps no tree and does not recurse, so that a hostile file costs no more than its length.
struct JSONScanner {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// Reads an object; `member` reads the value of each key.
    mutating func object(
        _ member: (inout JSONScanner, String) throws(ModelFileError) -> Void
    ) throws(ModelFileError) {
        try list(from: "{", to: "}") { scanner throws(ModelFileError) in
            let key = try scanner.string()
            try scanner.expect(":")
            try member(&scanner, key)
        }
    }

    /// Reads an array of whole numbers of at least 0.
    mutating func integers() throws(ModelFileError) -> [Int] {
        var integers: [Int] = []
        try list(from: "[", to: "]") { scanner throws(ModelFileError) in integers.append(try scanner.integer()) }
        return integers
    }

    mutating func string() throws(ModelFileError) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while true {
            switch take() {
            case UInt8(ascii: "\""):
                guard let string = String(validating: content, as: UTF8.self) else {
                    throw problem("a string in UTF-8", "other bytes")
                }
                return string
            case UInt8(ascii: "\\"): content += try escape().utf8
            case let byte? where byte >= 0x20: content.append(byte)
            default: throw problem("the end of a string", position > bytes.count ? "the end" : "a control character")
            }
        }
    }

    /// Throws unless nothing but white space is left.
    mutating func end() throws(ModelFileError) {
        skipSpace()
        if position < bytes.count { throw problem("the end of the header", found()) }
    }

    private mutating func integer() throws(ModelFileError) -> Int {
        skipSpace()
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        let digits = bytes[start..<position]
        guard let value = Int(String(decoding: digits, as: UTF8.self)), digits.count == 1 || digits.first != 0x30 else {
            position = start
            throw problem("a whole number below 2^63", found())
        }
        return value
    }

    private mutating func list(
        from opening: Unicode.Scalar, to closing: Unicode.Scalar,
        _ item: (inout JSONScanner) throws(ModelFileError) -> Void
    ) throws(ModelFileError) {
        try expect(opening)
        skipSpace()
        if peek() == UInt8(ascii: closing) {
            position += 1
            return
        }
        while true {
            try item(&self)
            skipSpace()
            guard peek() == UInt8(ascii: ",") else { break }
            position += 1
        }
        try expect(closing)
    }

    /// What stands behind a backslash; two escapes make a character beyond U+FFFF.
    private mutating func escape() throws(ModelFileError) -> String {
        let plain: [UInt8: String] = [
            0x22: "\"", 0x5c: "\\", 0x2f: "/", 0x62: "\u{8}", 0x66: "\u{c}", 0x6e: "\n", 0x72: "\r", 0x74: "\t",
        ]
        guard let byte = take() else { throw problem("an escape", "the end") }
        if let character = plain[byte] { return character }
        guard byte == UInt8(ascii: "u") else { throw problem("an escape of JSON", "another") }
        var units = [try hexadecimal()]
        if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: [0x5c, 0x75]) {
            position += 2
            units.append(try hexadecimal())
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw problem("a character behind \\u", "half of a surrogate pair")
        }
        return text
    }

    private mutating func hexadecimal() throws(ModelFileError) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw problem("four hexadecimal digits", "something else") }
        position += 4
        return unit
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(ModelFileError) {
        skipSpace()
        guard peek() == UInt8(ascii: scalar) else { throw problem("\"\(scalar)\"", found()) }
        position += 1
    }

    private mutating func skipSpace() {
        while let byte = peek(), [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take() -> UInt8? {
        defer { position += 1 }
        return peek()
    }

    private func found() -> String {
        guard let byte = peek() else { return "the end" }
        return byte < 0x7f ? "\"\(Unicode.Scalar(byte))\"" : "byte \(byte)"
    }

    private func problem(_ expected: String, _ found: String) -> ModelFileError {
        ModelFileError(
            file, expected: "\(expected) at byte \(min(position, bytes.count)) of the JSON header", found: found)
    }
}
