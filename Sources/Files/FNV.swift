/// A number that tells sequences of bytes apart, the same in every process: FNV-1a, 64 bits (Fowler, Noll and Vo).
package struct FNV: Sendable {
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    package init(_ bytes: some Sequence<UInt8> = []) { add(bytes) }

    @_specialize(where Bytes == [UInt8])
    package mutating func add<Bytes: Sequence<UInt8>>(_ bytes: Bytes) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// The value in sixteen hexadecimal digits.
    package var text: String { value.hexadecimal }
}
