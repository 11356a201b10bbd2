import CZlib

/// The entries of a zip archive, as its central directory lists them (PKWARE's APPNOTE 6.3.10), zip64 included.
///
/// NumPy writes sizes of 0xFFFFFFFF into the local headers, so only the central directory is believed. Stored and
/// deflated entries are read; their checksums are compared.
package struct ZipReader {
    package struct Entry: Equatable {
        package let name: String
        let method: Int
        let checksum: UInt32
        /// In bytes.
        let compressedSize: Int
        /// In bytes, unpacked.
        package let size: Int
        /// Where the local header is.
        let offset: Int
    }

    /// Whether the bytes begin as an archive does, with an entry or, when it has none, with the end. All four bytes
    /// count: two of them may also be the length of a safetensors header.
    package static func isMagic(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
    }

    package let entries: [Entry]
    /// What stands behind the end record or, where that says so, before the directory.
    package let comment: [UInt8]
    private let file: RandomAccessFile

    package init(_ file: RandomAccessFile) throws(FileError) {
        self.file = file
        let directory = try Self.findDirectory(file)
        entries = try Self.entries((directory.bytes, directory.count), file.path)
        if let long = LongComment(directory.comment) {
            comment = try file.read(long.count, at: long.start, for: "the comment of the archive")
        } else {
            comment = directory.comment
        }
        // Bombs: a small file may ask for 16 MiB, a large one for twenty times its size. Weights hardly shrink.
        let total = entries.reduce(0) { $0.addingReportingOverflow($1.size).partialValue }
        let limit = max(1 << 24, file.size.multipliedReportingOverflow(by: 20).partialValue)
        guard total >= 0, total <= limit, entries.allSatisfy({ (0...limit).contains($0.size) }) else {
            throw FileError(file.path, expected: "at most \(limit) bytes when unpacked", found: "more")
        }
    }

    /// The unpacked contents of an entry.
    package func contents(_ entry: Entry) throws(FileError) -> [UInt8] {
        let local = Fields(try file.read(30, at: entry.offset, for: "the local header of \(quoted(entry.name))"))
        guard local.u32(0) == 0x0403_4b50 else { throw problem(entry, "a local header") }
        let start = entry.offset + 30 + local.u16(26) + local.u16(28)
        let packed = try file.read(entry.compressedSize, at: start, for: quoted(entry.name))
        let bytes: [UInt8]?
        switch entry.method {
        case 0: bytes = packed.count == entry.size ? packed : nil
        case 8: bytes = inflate(packed, size: entry.size)
        default:
            throw FileError(
                file.path, expected: "\(quoted(entry.name)) stored or deflated", found: "method \(entry.method)")
        }
        guard let bytes else { throw problem(entry, "\(entry.size) bytes when unpacked") }
        guard UInt32(truncatingIfNeeded: crc32_z(0, bytes, bytes.count)) == entry.checksum else {
            throw problem(entry, "the checksum of the directory")
        }
        return bytes
    }

    private func problem(_ entry: Entry, _ expected: String) -> FileError {
        FileError(file.path, expected: "\(expected) for \(quoted(entry.name))", found: "other data")
    }

    /// Exactly `size` bytes, or nil.
    private func inflate(_ packed: [UInt8], size: Int) -> [UInt8]? {
        var stream = z_stream()
        guard CZlib_inflateInitRaw(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var isWhole = false
        // One byte more than there should be, so that too much shows.
        let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { output, filled in
            packed.withUnsafeBufferPointer { input in
                // zlib does not write to its input.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = uInt(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(clamping: output.count)
                isWhole = CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0
                filled = output.count - Int(stream.avail_out)
            }
        }
        return isWhole && bytes.count == size ? bytes : nil
    }
}

// MARK: - The central directory

extension ZipReader {
    /// The bytes of the central directory and how many entries it says it has.
    private static func findDirectory(
        _ file: RandomAccessFile
    ) throws(FileError) -> (bytes: [UInt8], count: Int, comment: [UInt8]) {
        // The end record has 22 bytes and a comment of up to 65,535.
        let tailSize = min(file.size, 22 + 65_535)
        let tailStart = file.size - tailSize
        let tailBytes = try file.read(tailSize, at: tailStart, for: "the end of the archive")
        let tail = Fields(tailBytes)
        guard let end = stride(from: tailSize - 22, through: 0, by: -1).first(where: { tail.u32($0) == 0x0605_4b50 })
        else { throw FileError(file.path, expected: "the end record of a zip archive", found: "none") }
        var (count, size, offset) = (tail.u16(end + 10), tail.u32(end + 12), tail.u32(end + 16))
        if count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff {
            let locator = Fields(try file.read(20, at: tailStart + end - 20, for: "the locator of zip64"))
            let record = Fields(try file.read(56, at: locator.u64(8), for: "the end record of zip64"))
            guard locator.u32(0) == 0x0706_4b50, record.u32(0) == 0x0606_4b50 else {
                throw FileError(file.path, expected: "the end record of zip64", found: "other bytes")
            }
            (count, size, offset) = (record.u64(32), record.u64(40), record.u64(48))
        }
        let comment = Array(tailBytes[(end + 22)...].prefix(tail.u16(end + 20)))
        return (try file.read(size, at: offset, for: "the directory of the archive"), count, comment)
    }

    private static func entries(
        _ directory: (bytes: [UInt8], count: Int), _ path: String
    ) throws(FileError) -> [Entry] {
        let fields = Fields(directory.bytes)
        var entries: [Entry] = []
        var names: Set<String> = []
        var position = 0
        while position < fields.count {
            guard position + 46 <= fields.count, fields.u32(position) == 0x0201_4b50 else {
                throw FileError(path, expected: "an entry of the archive's directory", found: "other bytes")
            }
            let lengths = (fields.u16(position + 28), fields.u16(position + 30), fields.u16(position + 32))
            let next = position + 46 + lengths.0 + lengths.1 + lengths.2
            guard next <= fields.count else {
                throw FileError(path, expected: "an entry within the archive's directory", found: "its end before")
            }
            let nameEnd = position + 46 + lengths.0
            let name = String(decoding: directory.bytes[position + 46..<nameEnd], as: UTF8.self)
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard !name.isEmpty, !name.contains("\\"), !name.contains("\0"),
                parts.allSatisfy({ !["", ".", ".."].contains($0) })
            else { throw FileError(path, expected: "names that lead nowhere else", found: quoted(name)) }
            guard names.insert(name).inserted else {
                throw FileError(path, expected: "each name once", found: "\(quoted(name)) twice")
            }
            guard fields.u16(position + 8) & 1 == 0 else {
                throw FileError(path, expected: "\(quoted(name)) without a password", found: "an encrypted entry")
            }
            entries.append(
                entry(name, fields, position, extra: Fields(Array(directory.bytes[nameEnd..<nameEnd + lengths.1]))))
            position = next
        }
        guard entries.count == directory.count else {
            throw FileError(path, expected: "\(directory.count) entries", found: "\(entries.count)")
        }
        return entries
    }

    /// Sizes and offset of 0xFFFFFFFF stand, in this order, as eight bytes each in the extra field 1.
    private static func entry(_ name: String, _ fields: Fields, _ position: Int, extra: Fields) -> Entry {
        var large: [Int] = []
        var place = 0
        while place + 4 <= extra.count {
            let end = place + 4 + extra.u16(place + 2)
            if extra.u16(place) == 1 {
                large = stride(from: place + 4, to: min(end, extra.count) - 7, by: 8).map { extra.u64($0) }
            }
            place = end
        }
        var rest = large[...]
        func value(_ offset: Int) -> Int {
            let value = fields.u32(position + offset)
            return value == 0xffff_ffff ? rest.popFirst() ?? value : value
        }
        let (size, compressedSize, offset) = (value(24), value(20), value(42))
        return Entry(
            name: name, method: fields.u16(position + 10),
            checksum: UInt32(truncatingIfNeeded: fields.u32(position + 16)), compressedSize: compressedSize, size: size,
            offset: offset)
    }
}

/// Little-endian numbers in bytes that are long enough for them.
private struct Fields {
    private let bytes: [UInt8]
    var count: Int { bytes.count }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func u16(_ offset: Int) -> Int { number(offset, 2) }
    func u32(_ offset: Int) -> Int { number(offset, 4) }
    /// What is beyond 2⁶³ comes out negative, which no reader of a file takes.
    func u64(_ offset: Int) -> Int { number(offset, 8) }

    private func number(_ offset: Int, _ count: Int) -> Int {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
