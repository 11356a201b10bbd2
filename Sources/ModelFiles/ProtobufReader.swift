/// Reads a message of Protocol Buffers field by field, whoever wrote it
/// (<https://protobuf.dev/programming-guides/encoding>). It copies nothing and does not recurse, so that a hostile
/// message costs no more than its length.
package struct ProtobufReader {
    package enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        /// A text, a message, packed numbers.
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
    }

    /// The bytes are no message.
    package struct Damage: Error {}

    private var rest: ArraySlice<UInt8>

    package init(_ message: ArraySlice<UInt8>) { rest = message }

    /// The next field with its number; nil after the last.
    package mutating func next() throws(Damage) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard let field = Int(exactly: tag >> 3), field > 0 else { throw Damage() }
        switch tag & 7 {
        case 0: return (field, .varint(try varint()))
        case 1: return (field, .fixed64(try fixed()))
        case 2:
            guard let count = Int(exactly: try varint()), count <= rest.count else { throw Damage() }
            defer { rest = rest.dropFirst(count) }
            return (field, .bytes(rest.prefix(count)))
        case 5: return (field, .fixed32(try fixed()))
        // Groups, which nobody has written for many years, and what is no type of wire.
        default: throw Damage()
        }
    }

    private mutating func varint() throws(Damage) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw Damage() }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Damage()
    }

    private mutating func fixed<Number: FixedWidthInteger>() throws(Damage) -> Number {
        guard let number = Number(littleEndian: rest.prefix(Number.bitWidth / 8)) else { throw Damage() }
        rest = rest.dropFirst(Number.bitWidth / 8)
        return number
    }
}

extension FixedWidthInteger {
    /// The number whose bytes these are, the lowest first; nil where there are more or fewer than it has.
    package init?(littleEndian bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
    }
}
