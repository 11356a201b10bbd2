import Files
import Foundation
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct WholeFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func replacesAFileAndKeepsItsPermissions() throws {
        try folder.write([1], to: "file")
        chmod(folder.file("file"), 0o600)
        try WholeFile.write([2, 3], to: folder.file("file"))
        #expect(try folder.bytes(of: "file") == [2, 3])
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("file"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try folder.names == ["file"], "nothing is left behind")
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
        ("/dev/full", "a device"), ("/tmp", "a folder"), ("/nowhere/file", "No such file"),
        ("/proc/file", "No such file"),
    ])
    func whereNoFileCanBeIsNamed(path: String, words: String) {
        expectProblem(path, saying: words) { try WholeFile.write([1], to: path) }
    }
}
