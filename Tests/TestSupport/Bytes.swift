/// A whole number as files hold it, in `size` bytes: the low byte first.
public func littleEndian(_ number: Int, _ size: Int = 4) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

/// The high byte first.
public func bigEndian(_ number: Int, _ size: Int = 4) -> [UInt8] { littleEndian(number, size).reversed() }
