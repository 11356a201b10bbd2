/// A message of Protocol Buffers in the making: fields one after the other, each with its number and wire type
/// (<https://protobuf.dev/programming-guides/encoding>).
package struct Protobuf: Sendable, Equatable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func add(_ field: Int, _ value: Int) {
        tag(field, wireType: 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    package mutating func add(_ field: Int, _ value: Float) {
        tag(field, wireType: 5)
        fixed(value.bitPattern)
    }

    package mutating func add(_ field: Int, _ value: Double) {
        tag(field, wireType: 1)
        fixed(value.bitPattern)
    }

    package mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }
    package mutating func add(_ field: Int, _ message: Protobuf) { add(field, message.bytes) }

    package mutating func add(_ field: Int, _ contents: [UInt8]) {
        tag(field, wireType: 2)
        varint(UInt64(contents.count))
        bytes += contents
    }

    /// A repeated field, packed.
    package mutating func add(_ field: Int, _ values: [Double]) {
        var packed = Protobuf()
        for value in values { packed.fixed(value.bitPattern) }
        add(field, packed)
    }

    private mutating func tag(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func fixed(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}
