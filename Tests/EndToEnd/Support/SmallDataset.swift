import TestSupport

extension TemporaryFolder {
    /// Writes a data set of images of 4 × 4 pixels, which loads at once, and returns where it is.
    ///
    /// - Parameter factor: odd; other factors make other images.
    @discardableResult
    func writeSmallDataset(count: Int, factor: Int = 37, side: Int = 4) throws -> String {
        let size = [UInt8(0), 0, 0, UInt8(count)]
        for prefix in ["train", "t10k"] {
            let pixels = (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0 &* factor &+ $0 / 7) }
            let sides = [0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side)]
            try write([0, 0, 8, 3] + size + sides + pixels, to: prefix + "-images-idx3-ubyte")
            try write([0, 0, 8, 1] + size + (0..<count).map { UInt8($0 % 10) }, to: prefix + "-labels-idx1-ubyte")
        }
        return path
    }
}
