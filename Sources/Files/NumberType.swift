/// How numbers lie in a file.
package struct NumberType: Sendable, Equatable {
    package enum Kind: Sendable { case unsigned, signed, float }

    package let kind: Kind
    /// Of a number, in bytes: 1, 2, 4 or 8; of a float 2, 4 or 8.
    package let size: Int
    package let isBigEndian: Bool

    package static let bytes = NumberType(.unsigned, size: 1)

    package init(_ kind: Kind, size: Int, isBigEndian: Bool = false) {
        (self.kind, self.size, self.isBigEndian) = (kind, size, isBigEndian)
    }

    /// The number at a place of some bytes, which has room for it; whole ones beyond 2⁵³ are rounded.
    package func number(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Double {
        var bits: UInt64 = 0
        for index in 0..<size {
            bits = bits << 8 | UInt64(bytes[place + (isBigEndian ? index : size - 1 - index)])
        }
        switch kind {
        case .unsigned: return Double(bits)
        case .signed:
            // The sign goes to the uppermost bit and back.
            let shift = UInt64(64 - 8 * size)
            return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
        case .float:
            switch size {
            case 2: return Double(Float(half: UInt16(truncatingIfNeeded: bits)))
            case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            default: return Double(bitPattern: bits)
            }
        }
    }
}
