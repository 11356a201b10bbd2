import CZlib
import Foundation
import TestSupport
import Testing

extension TemporaryFolder {
    @discardableResult
    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }

    /// The bytes as one gzip member, made by zlib.
    func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = file("scratch.gz")
        let handle = try #require(gzopen(file, "wb9"))
        try #require(gzwrite(handle, bytes, UInt32(bytes.count)) == Int32(bytes.count))
        try #require(gzclose(handle) == Z_OK)
        return try Array(Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// Writes a data set of 2 × 3 pixels: `trainCount` images in the train pair, 2 in the test pair.
    func writeDataset(in folder: String, trainCount: Int = 3, suffix: String = "") throws {
        for (prefix, count) in [("train", trainCount), ("t10k", 2)] {
            try write(Sample.images(count: count), to: "\(folder)/\(prefix)-images-idx3-ubyte\(suffix)")
            try write(Sample.labels(count: count), to: "\(folder)/\(prefix)-labels-idx1-ubyte\(suffix)")
        }
    }
}

/// Tiny IDX files.
enum Sample {
    static func idx(_ shape: [UInt32], type: UInt8 = 8, _ elements: [UInt8]) -> [UInt8] {
        [0, 0, type, UInt8(shape.count)] + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 255) } }
            + elements
    }

    /// `count` images, 2 pixels high and 3 wide, with pixels 0, 1, 2 and so on.
    static func images(count: Int) -> [UInt8] {
        idx([UInt32(count), 2, 3], pixels(count: count))
    }

    static func pixels(count: Int) -> [UInt8] {
        (0..<count * 6).map { UInt8($0) }
    }

    /// Labels 0, 1, 2 and so on, at most ten.
    static func labels(count: Int) -> [UInt8] {
        idx([UInt32(count)], (0..<count).map { UInt8($0) })
    }
}
