extension Float {
    /// The number that these bits are in IEEE 754's binary16. Swift's own `Float16` is not there on every machine.
    package init(half bits: UInt16) {
        let sign = UInt32(bits >> 15) << 31
        let (exponent, fraction) = (UInt32(bits >> 10 & 0x1f), UInt32(bits & 0x3ff))
        switch exponent {
        case 0: self = Float(fraction) * 0x1p-24 * (sign == 0 ? 1 : -1)
        case 0x1f: self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
