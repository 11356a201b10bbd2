/// Numbers, all in one: FNV-1a, 64 bits (Fowler, Noll and Vo). The same in every process.
public struct Digest: Sendable {
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    public mutating func take(_ number: some BinaryInteger) {
        value = (value ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01b3
    }

    public mutating func take(_ text: String) {
        for byte in text.utf8 { take(byte) }
    }

    public mutating func take(_ numbers: [UInt8]) {
        for number in numbers { take(number) }
    }

    /// The bits of each number, byte by byte.
    public mutating func take(_ numbers: [Float]) {
        for number in numbers {
            for byte in 0..<4 { take(number.bitPattern >> (8 * UInt32(byte)) & 0xff) }
        }
    }

    public var words: String { String(value, radix: 16) }
}
