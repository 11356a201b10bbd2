import CZlib

/// A zip archive of a few entries, stored or deflated, each below 4 GiB.
package struct ZipWriter {
    private var archive: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    package init() {}

    /// Adds an entry, deflated where `compressed` and that makes it smaller.
    package mutating func add(_ name: String, _ contents: [UInt8], compressed: Bool) {
        precondition(archive.count + contents.count < 0xffff_ffff, "An archive of 4 GiB would need zip64.")
        let packed = compressed ? Self.deflate(contents) : nil
        let data = packed ?? contents
        let name = Array(name.utf8)
        let checksum = Int(crc32_z(0, contents, contents.count))
        // Version 2.0, UTF-8 names, the first moment that zip knows: the same contents give the same file.
        let common =
            u16(20) + u16(1 << 11) + u16(packed == nil ? 0 : 8) + u16(0) + u16(1 << 5 | 1) + u32(checksum)
            + u32(data.count) + u32(contents.count) + u16(name.count) + u16(0)
        directory +=
            u32(0x0201_4b50) + u16(20) + common + u16(0) + u16(0) + u16(0) + u32(0) + u32(archive.count) + name
        archive += u32(0x0403_4b50) + common + name + data
        count += 1
    }

    /// The whole archive, with a comment. One of more than 65,535 bytes, for which the format has no room, stands between
    /// the entries and their directory, where nobody looks, and the comment says where.
    package func finished(comment: [UInt8] = []) -> [UInt8] {
        guard comment.count <= 0xffff else {
            var archive = self
            archive.archive += comment
            return archive.finished(comment: LongComment(start: self.archive.count, count: comment.count).text)
        }
        return archive + directory + u32(0x0605_4b50) + u16(0) + u16(0) + u16(count) + u16(count) + u32(directory.count)
            + u32(archive.count) + u16(comment.count) + comment
    }

    /// nil when it would not be smaller.
    private static func deflate(_ contents: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard CZlib_deflateInitRaw(&stream) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var isWhole = false
        let packed = [UInt8](unsafeUninitializedCapacity: contents.count) { output, filled in
            contents.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = uInt(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(clamping: output.count)
                isWhole = CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END
                filled = isWhole ? output.count - Int(stream.avail_out) : 0
            }
        }
        return isWhole ? packed : nil
    }

    private func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
    private func u32(_ value: Int) -> [UInt8] { u16(value & 0xffff) + u16(value >> 16) }
}

/// Where a comment stands that is too long for the end of the archive.
struct LongComment {
    /// In bytes.
    let start, count: Int

    init(start: Int, count: Int) { (self.start, self.count) = (start, count) }

    /// nil where a comment is nothing but a comment.
    init?(_ comment: [UInt8]) {
        guard comment.count < 80,
            let match = String(decoding: comment, as: UTF8.self).wholeMatch(
                of: /comment of ([0-9]+) bytes at ([0-9]+)/),
            let count = Int(match.1), let start = Int(match.2)
        else { return nil }
        self.init(start: start, count: count)
    }

    var text: [UInt8] { Array("comment of \(count) bytes at \(start)".utf8) }
}
