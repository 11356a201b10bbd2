/// The cyclic redundancy check of Castagnoli (RFC 3720, appendix B.4), as TensorFlow's records use it.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }

    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    /// Masked, so that a checksum over data that hold checksums stays a good one.
    package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let checksum = checksum(bytes)
        return (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
    }
}
