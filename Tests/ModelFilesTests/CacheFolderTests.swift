import Files
import TestSupport
import Testing

struct CacheFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, bytes: Int, hoursAgo hours: Double) throws {
        try folder.write(Array(repeating: 1, count: bytes), to: name)
        try setAge(ofFile: folder.file(name), 3600 * hours)
    }

    @Test func whatWasOfUseLongestAgoGoesFirst() throws {
        try write("a", bytes: 40, hoursAgo: 3)
        try write("b", bytes: 30, hoursAgo: 2)
        try write("c", bytes: 30, hoursAgo: 1)
        CacheFolder.keep([UInt8](repeating: 2, count: 40), as: folder.file("d"), limit: 140)
        #expect(try folder.names == ["a", "b", "c", "d"], "all that there is room for")
        CacheFolder.touch(folder.file("a"))
        CacheFolder.keep([UInt8](repeating: 2, count: 30), as: folder.file("e"), limit: 140)
        #expect(try folder.names == ["a", "c", "d", "e"], "the one in use stays")
        #expect(try folder.bytes(of: "e") == [UInt8](repeating: 2, count: 30))
    }

    /// Which was asked for, so that it is of use. Folders are not ours.
    @Test func theNewOneStaysHoweverLargeItIs() throws {
        try write("folder/within", bytes: 10, hoursAgo: 3)
        try write("a", bytes: 1, hoursAgo: 1)
        CacheFolder.keep([1, 2, 3], as: folder.file("b"), limit: 2)
        #expect(try folder.names == ["b", "folder"])
        #expect(try folder.bytes(of: "folder/within").count == 10)
    }

    /// Folders are made; where nothing can be written, nothing goes either.
    @Test func whatGoesWrongIsNotWorthAWord() throws {
        CacheFolder.keep([1], as: folder.file("deep/within/a"))
        #expect(try folder.bytes(of: "deep/within/a") == [1])
        try write("a", bytes: 10, hoursAgo: 1)
        CacheFolder.keep([1], as: folder.file("a/b"), limit: 0)
        CacheFolder.touch(folder.file("none"))
        #expect(try folder.names == ["a", "deep"])
    }
}
