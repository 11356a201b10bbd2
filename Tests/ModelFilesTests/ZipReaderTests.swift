import Files
import TestSupport
import Testing

@testable import ModelFiles

/// Archives byte by byte, as PKWARE's APPNOTE has them.
@Suite struct ZipReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// An entry, and what its part of the directory says of it.
    private struct Entry {
        var name: [UInt8]
        var contents: [UInt8] = [1, 2, 3]
        /// Of the contents.
        var checksum = 0x55bc_801d
        var method = 0
        var flags = 0
        /// In place of the number of bytes, packed and unpacked.
        var packed: Int?
        var size: Int?
        var offset: Int?
        var localExtra: [UInt8] = []
        var extra: [UInt8] = []
        var comment: [UInt8] = []
        var localSignature = 0x0403_4b50
        var signature = 0x0201_4b50

        init(_ name: String) { self.name = Array(name.utf8) }

        private var common: [UInt8] {
            littleEndian(20, 2) + littleEndian(flags, 2) + littleEndian(method, 2) + littleEndian(0, 4)
                + littleEndian(checksum, 4)
                + littleEndian(packed ?? contents.count, 4) + littleEndian(size ?? contents.count, 4)
                + littleEndian(name.count, 2)
        }

        var local: [UInt8] {
            littleEndian(localSignature, 4) + common + littleEndian(localExtra.count, 2) + name + localExtra + contents
        }

        func listed(at place: Int) -> [UInt8] {
            let lengths = littleEndian(extra.count, 2) + littleEndian(comment.count, 2)
            return littleEndian(signature, 4) + littleEndian(20, 2) + common + lengths + littleEndian(0, 8)
                + littleEndian(offset ?? place, 4)
                + name + extra + comment
        }
    }

    private static func archive(
        _ entries: [Entry], comment: [UInt8] = [], count: Int? = nil, size: Int? = nil, start: Int? = nil,
        between: (_ start: Int, _ size: Int) -> [UInt8] = { _, _ in [] }
    ) -> [UInt8] {
        var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            directory += entry.listed(at: bytes.count)
            bytes += entry.local
        }
        let end = littleEndian(0x0605_4b50, 4) + littleEndian(0, 4) + littleEndian(count ?? entries.count, 2)
        return bytes + directory + between(bytes.count, directory.count) + end + littleEndian(count ?? entries.count, 2)
            + littleEndian(size ?? directory.count, 4) + littleEndian(start ?? bytes.count, 4)
            + littleEndian(comment.count, 2) + comment
    }

    private func reader(_ bytes: [UInt8]) throws -> ZipReader { try ZipReader(RandomAccessFile(folder.write(bytes))) }

    /// What is said, behind "expected ".
    private func problem(_ bytes: [UInt8]) -> String {
        do {
            let reader = try reader(bytes)
            for entry in reader.entries { _ = try reader.contents(entry) }
            return "read"
        } catch { return "\(error)".replacing("\(folder.file("file")): expected ", with: "") }
    }

    private func entry(_ change: (inout Entry) -> Void) -> Entry {
        var entry = Entry("a")
        change(&entry)
        return entry
    }

    // MARK: - What is written

    /// Version 2.0, names in UTF-8, the first of January 1980.
    @Test func anArchiveIsWrittenAsTheFormatSays() {
        var writer = ZipWriter()
        writer.add("é", [1, 2, 3], compressed: false)
        writer.add("b", [1, 2, 3], compressed: true)
        let common: [UInt8] = [
            20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0, 0x1d, 0x80, 0xbc, 0x55, 3, 0, 0, 0, 3, 0, 0, 0,
        ]
        let names: [[UInt8]] = [[0xc3, 0xa9], [0x62]]
        var (entries, directory): ([UInt8], [UInt8]) = ([], [])
        for name in names {
            directory += [0x50, 0x4b, 1, 2, 20, 0]
            directory += common
            directory += [UInt8(name.count), 0] + [UInt8](repeating: 0, count: 12) + littleEndian(entries.count, 4)
            directory += name
            entries += [0x50, 0x4b, 3, 4]
            entries += common
            entries += [UInt8(name.count), 0, 0, 0]
            entries += name
            entries += [1, 2, 3]
        }
        var expected = entries + directory
        expected += [0x50, 0x4b, 5, 6, 0, 0, 0, 0, 2, 0, 2, 0]
        expected += littleEndian(directory.count, 4) + littleEndian(entries.count, 4)
        expected += [2, 0, 7, 8]
        #expect(writer.finished(comment: [7, 8]) == expected)
    }

    /// Deflated only where that is shorter.
    @Test func whatShrinksIsDeflated() throws {
        var writer = ZipWriter()
        let zeros = [UInt8](repeating: 0, count: 3000)
        writer.add("zeros", zeros, compressed: true)
        writer.add("few", [1, 2], compressed: true)
        let bytes = writer.finished()
        #expect(bytes[8] == 8 && bytes.count < 300)
        let reader = try reader(bytes)
        #expect(try reader.entries.map { try reader.contents($0) } == [zeros, [1, 2]])
        #expect(reader.entries.map(\.size) == [3000, 2] && reader.comment.isEmpty)
    }

    /// The format has room for 65,535 bytes of comment.
    @Test func theLongestCommentStandsAtTheEnd() throws {
        for (count, isLong) in [(65_535, false), (65_536, true)] {
            let comment = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
            var writer = ZipWriter()
            writer.add("a", [1, 2, 3], compressed: false)
            let bytes = writer.finished(comment: comment)
            #expect(bytes.suffix(count).elementsEqual(comment) == !isLong)
            #expect(try reader(bytes).comment == comment)
        }
    }

    /// What says where a long comment stands is itself a short one.
    @Test func aCommentIsTakenAtItsWord() throws {
        let plain = Self.archive([Entry("a")], comment: Array("comment of 3 bytes at 31, or so".utf8))
        #expect(try reader(plain).comment == Array("comment of 3 bytes at 31, or so".utf8))
        let zeros = String(repeating: "0", count: 79 - "comment of 3 bytes at 31".count)
        let short = "comment of 3 bytes at \(zeros)31"
        #expect(try reader(Self.archive([Entry("a")], comment: Array(short.utf8))).comment == [1, 2, 3])
        let long = Array("comment of 3 bytes at \(zeros)031".utf8)
        #expect(try reader(Self.archive([Entry("a")], comment: long)).comment == long)
    }

    // MARK: - What is read

    @Test func archivesAreToldByFourBytes() {
        for magic in [[0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6]] as [[UInt8]] {
            #expect(ZipReader.isMagic(magic + [0]) && !ZipReader.isMagic(Array(magic.dropLast())))
            for place in magic.indices {
                var other = magic
                other[place] += 7
                #expect(!ZipReader.isMagic(other))
            }
        }
    }

    @Test func extraFieldsAndCommentsArePassedOver() throws {
        let first = entry { ($0.localExtra, $0.extra, $0.comment) = ([9, 9, 9, 9, 9], [1, 2, 0, 0], [7, 7, 7]) }
        var second = Entry("folder/b")
        second.flags = 2
        let bytes = Self.archive([first, second], comment: [5]) + [6, 6]
        let reader = try reader(bytes)
        #expect(reader.entries.map(\.name) == ["a", "folder/b"] && reader.comment == [5])
        #expect(try reader.entries.map { try reader.contents($0) } == [[1, 2, 3], [1, 2, 3]])
        #expect(try self.reader(Self.archive([])).entries.isEmpty, "the end record is all there is")
    }

    @Test func aDeflatedEntryEndsWithItsData() throws {
        // A stored block, the last: its length, the complement, the bytes.
        let block: [UInt8] = [1, 3, 0, 0xfc, 0xff, 1, 2, 3]
        func deflated(_ bytes: [UInt8], size: Int = 3) -> [UInt8] {
            Self.archive([entry { ($0.contents, $0.method, $0.size) = (bytes, 8, size) }])
        }
        #expect(problem(deflated(block)) == "read")
        #expect(problem(deflated(block + [0])) == "3 bytes when unpacked for \"a\", found other data")
        #expect(problem(deflated(block, size: 2)) == "2 bytes when unpacked for \"a\", found other data")
        #expect(problem(deflated(block, size: 4)) == "4 bytes when unpacked for \"a\", found other data")
        #expect(problem(deflated(block.dropLast())) == "3 bytes when unpacked for \"a\", found other data")
    }

    @Test func whatDoesNotFitIsNamed() throws {
        for (change, words) in [
            ({ $0.localSignature += 1 }, "a local header for \"a\", found other data"),
            ({ $0.method = 9 }, "\"a\" stored or deflated, found method 9"),
            ({ $0.size = 4 }, "4 bytes when unpacked for \"a\", found other data"),
            ({ $0.checksum += 1 }, "the checksum of the directory for \"a\", found other data"),
            ({ $0.packed = 1000 }, "\"a\", 1000 bytes from byte 31 on, found a file of 103 bytes"),
            ({ $0.offset = 90 }, "the local header of \"a\", 30 bytes from byte 90 on, found a file of 103 bytes"),
            ({ $0.flags = 1 }, "\"a\" without a password, found an encrypted entry"),
            ({ $0.signature += 1 }, "an entry of the archive's directory, found other bytes"),
        ] as [((inout Entry) -> Void, String)] { #expect(problem(Self.archive([entry(change)])) == words) }
        let twice = [Entry("a"), Entry("a")]
        #expect(problem(Self.archive(twice)) == "each name once, found \"a\" twice")
        #expect(problem(Self.archive([Entry("a")], count: 2)) == "2 entries, found 1")
        // An entry of the directory has 46 bytes and its name, its extra field and its comment.
        #expect(
            problem(Self.archive([Entry("a")], size: 45)) == "an entry of the archive's directory, found other bytes")
        #expect(
            problem(Self.archive([Entry("a")], size: 46))
                == "an entry within the archive's directory, found its end before")
        let long = entry { ($0.extra, $0.comment) = ([1, 2, 0, 0], [7, 7, 7]) }
        #expect(problem(Self.archive([long], size: 54)) == "read")
        #expect(
            problem(Self.archive([long], size: 53)) == "an entry within the archive's directory, found its end before")
        for count in [0, 1, 21] {
            #expect(
                problem(Array(Self.archive([]).prefix(count))) == "the end record of a zip archive, found none")
        }
    }

    @Test(arguments: ["", "/a", "a/", "a//b", ".", "./a", "a/./b", "..", "a/..", "a\\b", "a\0b"])
    func namesThatLeadElsewhereAreRefused(name: String) {
        let said = problem(Self.archive([Entry(name)]))
        #expect(said.hasPrefix("names that lead nowhere else, found \""))
    }

    /// A small archive may ask for 16 MiB, a large one for twenty times its size.
    @Test func bombsAreRefused() throws {
        let limit = 1 << 24
        #expect(try reader(Self.archive([entry { $0.size = limit }])).entries.map(\.size) == [limit])
        let words = "at most \(limit) bytes when unpacked, found more"
        #expect(problem(Self.archive([entry { $0.size = limit + 1 }])) == words)
        var other = Entry("b")
        other.size = limit
        #expect(problem(Self.archive([entry { $0.size = 1 }, other])) == words)
        // Below 0 in eight bytes: not what makes the sum of others small.
        let negative = entry { ($0.size, $0.extra) = (0xffff_ffff, [1, 0, 8, 0] + littleEndian(-9, 8)) }
        other.size = 9
        #expect(problem(Self.archive([negative, other])) == words && problem(Self.archive([negative])) == words)
        var large = Entry("large")
        large.contents = [UInt8](repeating: 0, count: 900_000)
        other.size = 1 << 24
        let bytes = Self.archive([large, other])
        let rest = 20 * bytes.count - 900_000
        for (size, isRead) in [(rest, true), (rest + 1, false)] {
            other.size = size
            #expect(((try? reader(Self.archive([large, other]))) != nil) == isRead)
        }
    }

    // MARK: - Zip64

    /// Sizes and offset of 0xFFFFFFFF stand in the extra field 1, in this order; the others keep their places.
    @Test func whatIsLargeStandsInTheExtraField() throws {
        let large = 0xffff_ffff
        let other: [UInt8] = [0x55, 0x54, 3, 0, 1, 2, 3]
        for (size, packed, offset) in [
            (true, true, true), (true, false, false), (false, true, false), (false, false, true), (true, false, true),
        ] {
            let values =
                (size ? littleEndian(3, 8) : []) + (packed ? littleEndian(3, 8) : [])
                + (offset ? littleEndian(0, 8) : [])
            for more in [0, 4, 7] {
                let field = [1, 0, UInt8(values.count + more), 0] + values + [UInt8](repeating: 9, count: more)
                for extra in [field, other + field, field + other, other + field + [1, 0]] {
                    let changed = entry {
                        $0.extra = extra
                        if size { $0.size = large }
                        if packed { $0.packed = large }
                        if offset { $0.offset = large }
                    }
                    #expect(problem(Self.archive([changed])) == "read", "\(extra)")
                }
            }
        }
        // A field that is cut off says nothing more.
        let cut = entry {
            ($0.size, $0.offset, $0.extra) = (large, large, [1, 0, 16, 0] + littleEndian(3, 8) + [0, 0, 0])
        }
        #expect(problem(Self.archive([cut])).hasPrefix("the local header of \"a\", 30 bytes from byte 4294967295 on"))
        let none = entry { $0.size = large }
        #expect(problem(Self.archive([none])) == "at most 16777216 bytes when unpacked, found more")
    }

    /// Any number of the end record that has no room sends to that of zip64.
    @Test func anEndRecordMayBeThatOfZip64() {
        func archive(
            count: Int? = nil, size: Int? = nil, start: Int? = nil, locator: Int = 0x0706_4b50,
            record: Int = 0x0606_4b50
        ) -> [UInt8] {
            Self.archive([Entry("a")], count: count, size: size, start: start) { place, length in
                let end = place + length
                let numbers = littleEndian(1, 8) + littleEndian(1, 8) + littleEndian(length, 8) + littleEndian(place, 8)
                return littleEndian(record, 4) + littleEndian(44, 8) + [UInt8](repeating: 0, count: 12) + numbers
                    + littleEndian(locator, 4) + littleEndian(0, 4) + littleEndian(end, 8) + littleEndian(1, 4)
            }
        }
        #expect(problem(archive()) == "read" && problem(archive(count: 0xffff)) == "read")
        #expect(problem(archive(size: 0xffff_ffff)) == "read" && problem(archive(start: 0xffff_ffff)) == "read")
        let words = "the end record of zip64, found other bytes"
        #expect(problem(archive(count: 0xffff, locator: 1)) == words)
        #expect(problem(archive(count: 0xffff, record: 1)) == words)
        #expect(problem(archive(locator: 1, record: 1)) == "read", "nobody asks")
        #expect(
            problem(Self.archive([], count: 0xffff))
                == "the locator of zip64, 20 bytes from byte -20 on, found a file of 22 bytes")
    }
}
