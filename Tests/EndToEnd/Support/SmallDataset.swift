import TestSupport

extension TemporaryFolder {
    /// Writes a data set of images of 4 × 4 pixels, which loads at once, and returns where it is.
    ///
    /// - Parameter factor: odd; other factors make other images.
    @discardableResult
    func writeSmallDataset(count: Int, factor: Int = 37) throws -> String {
        let size = [UInt8(0), 0, 0, UInt8(count)]
        for prefix in ["train", "t10k"] {
            let pixels = (0..<count * 16).map { UInt8(truncatingIfNeeded: $0 &* factor &+ $0 / 7) }
            try write([0, 0, 8, 3] + size + [0, 0, 0, 4, 0, 0, 0, 4] + pixels, to: prefix + "-images-idx3-ubyte")
            try write([0, 0, 8, 1] + size + (0..<count).map { UInt8($0 % 10) }, to: prefix + "-labels-idx1-ubyte")
        }
        return path
    }
}
