import Files
import Foundation
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct WholeFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func permissions(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
    }

    @Test(arguments: [0o600, 0o644, 0o777]) func replacesAFileAndKeepsItsPermissions(mode: Int) throws {
        try folder.write([1], to: "file")
        chmod(folder.file("file"), mode_t(mode))
        try WholeFile.write([2, 3], to: folder.file("file"))
        #expect(try folder.bytes(of: "file") == [2, 3])
        #expect(try permissions(of: "file") == mode)
        #expect(try folder.names == ["file"], "nothing is left behind")
    }

    /// Neither the file nor its folder stays open.
    @Test func nothingStaysOpen() throws {
        for number in 0..<3 { try WholeFile.write([1], to: folder.file("file \(number)")) }
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let open = descriptors.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!open.contains { $0.hasPrefix(folder.path) })
    }

    /// Whoever may read and write other new files may do so with these.
    @Test func newFilesAreThoseOfAnyProgram() throws {
        close(open(folder.file("plain"), O_WRONLY | O_CREAT, 0o666))
        try WholeFile.write([1], to: folder.file("whole"))
        _ = try WholeFile.write([1], toFirstNewOf: { _ in folder.file("first") })
        let log = try AppendingFile(folder.file("log"), continues: false)
        try log.append([1])
        for name in ["whole", "first", "log"] {
            #expect(try permissions(of: name) == permissions(of: "plain"), "\(name)")
            #expect(try folder.bytes(of: name) == [1])
        }
    }

    @Test func aLinkStaysALink() throws {
        try folder.write([1], to: "file")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("file"))
        try WholeFile.write([2], to: folder.file("link"))
        #expect(try folder.bytes(of: "file") == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == folder.file("file"))
    }

    @Test func takesOverWhatAKilledProgramLeft() throws {
        try folder.write(Array(repeating: 9, count: 100), to: ".file.tmp")
        try WholeFile.write([1], to: folder.file("file"))
        #expect(try folder.bytes(of: "file") == [1])
        #expect(try folder.names == ["file"])
        try WholeFile.write([], to: folder.file("file"))
        #expect(try folder.bytes(of: "file").isEmpty)
    }

    /// Of a failure nothing stays: not the name that was taken, nor the temporary file.
    @Test func whatFailsLeavesNothing() throws {
        // Too long with what stands before and behind it.
        let long = folder.file(String(repeating: "x", count: 253))
        expectProblem(long, saying: "a place to write the file to, found \"File name too long\"") {
            _ = try WholeFile.write([1], toFirstNewOf: { _ in long })
        }
        // A file cannot take the name of a folder.
        expectProblem(folder.file("new/"), saying: "a place to write the file to, found \"") {
            try WholeFile.write([1], to: folder.file("new/"))
        }
        #expect(try folder.names.isEmpty)
    }

    /// A file descriptor is the lowest number that is free, so it tells how many are in use.
    @Test func closesWhatItWrites() throws {
        let memory = try TemporaryFolder(inMemory: true)
        func lowestFree() -> Int32 {
            let descriptor = open("/dev/null", O_RDONLY)
            close(descriptor)
            return descriptor
        }
        let before = lowestFree()
        for number in 0..<200 {
            try WholeFile.write([1], to: memory.file("file"))
            _ = try WholeFile.write([1], toFirstNewOf: { _ in memory.file("\(number)") })
        }
        #expect(lowestFree() < before + 200, "other tests have files open, too")
    }

    @Test func aPlaceIsToldBeforeItIsWrittenTo() throws {
        try WholeFile.check(folder.file("new"))
        try WholeFile.check(try folder.write([1]))
        #expect(try folder.names == ["file"])
        expectProblem("/nowhere/file", saying: "a place to write the file to, found \"No such file or directory\"") {
            try WholeFile.check("/nowhere/file")
        }
        expectProblem(folder.path, saying: "the name of a file to write, found a folder") {
            try WholeFile.check(folder.path)
        }
        // A name alone is one in the folder at hand.
        #expect(((try? WholeFile.check("no-such-file")) != nil) == (access(".", W_OK) == 0))
    }

    @Test func writersDoNotMix() async throws {
        let path = folder.file("file")
        await withTaskGroup(of: Void.self) { group in
            for byte in UInt8(0)..<8 {
                group.addTask {
                    for _ in 0..<20 { try? WholeFile.write(Array(repeating: byte, count: 100_000), to: path) }
                }
            }
        }
        let bytes = try folder.bytes(of: "file")
        #expect(bytes.count == 100_000)
        #expect(Set(bytes).count == 1)
    }

    @Test func newFilesTakeNamesThatAreFree() throws {
        try folder.write([9], to: "1")
        try FileManager.default.createDirectory(atPath: folder.file("2"), withIntermediateDirectories: true)
        let path = { (number: Int) in folder.file("\(number)") }
        #expect(try WholeFile.write([1], toFirstNewOf: path) == folder.file("3"))
        #expect(try WholeFile.write([2], toFirstNewOf: path) == folder.file("4"))
        #expect(try [folder.bytes(of: "1"), folder.bytes(of: "3"), folder.bytes(of: "4")] == [[9], [1], [2]])
        expectProblem("/nowhere/1", saying: "No such file") {
            _ = try WholeFile.write([1], toFirstNewOf: { "/nowhere/\($0)" })
        }
    }

    @Test(arguments: [
        ("/dev/full", "the name of a file to write, found a device, pipe or socket"),
        ("/tmp", "the name of a file to write, found a folder"),
        ("/nowhere/file", "a place to write the file to, found \"No such file or directory\""),
        ("/proc/file", "a place to write the file to, found \"No such file or directory\""),
    ])
    func whereNoFileCanBeIsNamed(path: String, words: String) {
        expectProblem(path, saying: words) { try WholeFile.write([1], to: path) }
    }
}
