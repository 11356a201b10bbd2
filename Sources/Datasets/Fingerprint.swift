import CZlib
import Foundation

/// What tells a file from others without reading them side by side.
public enum Fingerprint {
    /// Length and CRC-32 (as in gzip) of a file: "47040016-5fb1e3c2".
    public static func file(_ path: String) throws(DatasetError) -> String {
        let file = try InputFile(path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var (length, checksum) = (0, UInt(0))
        while true {
            let count = try file.fill(buffer)
            guard count > 0 else { break }
            length += count
            checksum = UInt(crc32(uLong(checksum), buffer.baseAddress, uInt(count)))
        }
        return "\(length)-\(UInt32(truncatingIfNeeded: checksum).hexadecimal)"
    }
}

extension DatasetLocation {
    /// That of its files, as they lie on the disk.
    public func fingerprint() throws(DatasetError) -> String {
        var parts: [String] = []
        for path in files.paths { parts.append(try Fingerprint.file(path)) }
        let text = parts.joined(separator: " ")
        // Of thousands of pictures one for all does.
        guard parts.count > 4 else { return text }
        let bytes = Array(text.utf8)
        return "\(parts.count) files, \(String(crc32(0, bytes, uInt(bytes.count)), radix: 16))"
    }
}

extension DatasetFiles {
    /// All of them, always in the same order.
    fileprivate var paths: [String] {
        switch self {
        case .idx(let train, let test): [train, test].compactMap { $0 }.flatMap { [$0.images, $0.labels] }
        case .archive(let file): [file]
        case .csv(let train, let test): [train, test].compactMap { $0 }
        case .pictures(let train, let test):
            [train, test].compactMap { $0 }.flatMap { folder in
                (FileManager.default.subpaths(atPath: folder) ?? []).sorted().map { folder + "/" + $0 }
                    .filter { DatasetFiles.isFolder($0) == false }
            }
        }
    }
}
