import CZlib

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
        let digits = String(checksum, radix: 16)
        return "\(length)-" + String(repeating: "0", count: max(8 - digits.count, 0)) + digits
    }
}

extension DatasetLocation {
    /// That of its files, as they lie on the disk.
    public func fingerprint() throws(DatasetError) -> String {
        var parts: [String] = []
        for pair in [train, test].compactMap({ $0 }) {
            parts += [try Fingerprint.file(pair.images), try Fingerprint.file(pair.labels)]
        }
        return parts.joined(separator: " ")
    }
}
