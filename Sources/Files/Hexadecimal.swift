extension FixedWidthInteger where Self: UnsignedInteger {
    /// All hexadecimal digits of the value, two for each byte: what is so written is as long for each value.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: Self.bitWidth / 4 - digits.count) + digits
    }
}
