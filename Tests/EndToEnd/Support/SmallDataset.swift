import Foundation

/// A folder with a data set of 40 images of 4 × 4 pixels, which loads at once; gone with its owner.
final class SmallDataset {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("inkling-small-\(UUID().uuidString)").path

    /// - Parameter factor: odd; other factors make other images.
    init(factor: Int = 37) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        func write(_ name: String, _ header: [UInt8], _ elements: [UInt8]) throws {
            try Data([0, 0, 8] + header + elements).write(to: URL(fileURLWithPath: path + "/" + name))
        }
        for prefix in ["train", "t10k"] {
            let pixels = (0..<40 * 16).map { UInt8(truncatingIfNeeded: $0 &* factor) }
            try write(prefix + "-images-idx3-ubyte", [3, 0, 0, 0, 40, 0, 0, 0, 4, 0, 0, 0, 4], pixels)
            try write(prefix + "-labels-idx1-ubyte", [1, 0, 0, 0, 40], (0..<40).map { UInt8($0 % 10) })
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
