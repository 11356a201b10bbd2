/// Reads the fields of a message of Protocol Buffers one after the other
/// (<https://protobuf.dev/programming-guides/encoding>). Messages within are read by whoever knows them, so that nothing
/// recurses deeper than the format goes.
struct ProtobufReader {
    enum Value: Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// Text, a message, or packed numbers.
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>
    private let file: String

    init(_ bytes: ArraySlice<UInt8>, file: String) {
        (rest, self.file) = (bytes, file)
    }

    /// The next field with its number; nil after the last.
    mutating func next() throws(ModelFileError) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        let number = tag >> 3
        guard (1...UInt64(1 << 29)).contains(number) else {
            throw problem("a field's number of Protocol Buffers", "\(number)")
        }
        let value: Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try Self.number(take(8)))
        case 2: value = .bytes(try take(try varint()))
        case 5: value = .fixed32(UInt32(truncatingIfNeeded: try Self.number(take(4))))
        default: throw problem("a field of Protocol Buffers", "wire type \(tag & 7)")
        }
        return (Int(number), value)
    }

    /// Calls `body` with each field.
    mutating func readFields(
        _ body: (_ number: Int, _ value: Value) throws(ModelFileError) -> Void
    ) throws(ModelFileError) {
        while let (number, value) = try next() { try body(number, value) }
    }

    private mutating func varint() throws(ModelFileError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw problem("a number of Protocol Buffers", "the end") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw problem("a number of Protocol Buffers of at most 10 bytes", "a longer one")
    }

    private mutating func take(_ count: UInt64) throws(ModelFileError) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else {
            throw problem("a field of \(count) bytes", "\(rest.count) bytes left")
        }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func problem(_ expected: String, _ found: String) -> ModelFileError {
        ModelFileError(file, expected: expected, found: found)
    }

    // MARK: - Repeated numbers, packed or not

    /// Whole numbers: one where the field is not packed.
    static func integers(_ value: Value, file: String) throws(ModelFileError) -> [Int] {
        switch value {
        case .varint(let number): return [Int(truncatingIfNeeded: number)]
        case .bytes(let bytes):
            var reader = ProtobufReader(bytes, file: file)
            var numbers: [Int] = []
            while !reader.rest.isEmpty { numbers.append(Int(truncatingIfNeeded: try reader.varint())) }
            return numbers
        default: throw ModelFileError(file, expected: "whole numbers of Protocol Buffers", found: "others")
        }
    }

    /// The bytes of numbers of fixed size, little-endian.
    static func fixedBytes(_ value: Value, file: String) throws(ModelFileError) -> [UInt8] {
        switch value {
        case .fixed32(let number): withUnsafeBytes(of: number.littleEndian) { Array($0) }
        case .fixed64(let number): withUnsafeBytes(of: number.littleEndian) { Array($0) }
        case .bytes(let bytes): Array(bytes)
        case .varint: throw ModelFileError(file, expected: "numbers of fixed size", found: "others")
        }
    }

    /// The text of a field; empty where it is none.
    static func text(_ value: Value) -> String {
        if case .bytes(let bytes) = value { String(decoding: bytes, as: UTF8.self) } else { "" }
    }
}

extension FixedWidthInteger {
    /// The number whose bytes these are, the lowest first; nil where there are more or fewer than it has.
    package init?(littleEndian bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
    }
}
