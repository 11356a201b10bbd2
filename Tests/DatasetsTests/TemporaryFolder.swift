import CZlib
import Foundation
import Testing

/// A folder that goes away with its owner, and ways to put IDX files into it.
final class TemporaryFolder {
    /// Without symbolic links, as found paths are.
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("inkling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult
    func folder(_ name: String) throws -> String {
        let folder = path + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Writes a file, its folders included, and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// The bytes as one gzip member, made by zlib.
    func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = path + "/scratch.gz"
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
