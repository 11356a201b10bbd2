import Files
import Foundation
import Testing

@testable import ModelFiles

@Suite struct WholeFileTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func replacesAFileAndKeepsItsPermissions() throws {
        try scratch.write([1], to: "file")
        chmod(scratch.file("file"), 0o600)
        try WholeFile.write([2, 3], to: scratch.file("file"))
        #expect(try scratch.bytes(of: "file") == [2, 3])
        let mode = try FileManager.default.attributesOfItem(atPath: scratch.file("file"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try scratch.names == ["file"], "nothing is left behind")
    }

    @Test func aLinkStaysALink() throws {
        try scratch.write([1], to: "file")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("link"), withDestinationPath: scratch.file("file"))
        try WholeFile.write([2], to: scratch.file("link"))
        #expect(try scratch.bytes(of: "file") == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file("link")) == scratch.file("file"))
    }

    @Test func takesOverWhatAKilledProgramLeft() throws {
        try scratch.write(Array(repeating: 9, count: 100), to: ".file.tmp")
        try WholeFile.write([1], to: scratch.file("file"))
        #expect(try scratch.bytes(of: "file") == [1])
        #expect(try scratch.names == ["file"])
    }

    @Test func writersDoNotMix() async throws {
        let path = scratch.file("file")
        await withTaskGroup(of: Void.self) { group in
            for byte in UInt8(0)..<8 {
                group.addTask {
                    for _ in 0..<20 { try? WholeFile.write(Array(repeating: byte, count: 100_000), to: path) }
                }
            }
        }
        let bytes = try scratch.bytes(of: "file")
        #expect(bytes.count == 100_000)
        #expect(Set(bytes).count == 1)
    }

    @Test func newFilesTakeNamesThatAreFree() throws {
        try scratch.write([9], to: "1")
        try FileManager.default.createDirectory(atPath: scratch.file("2"), withIntermediateDirectories: true)
        let path = { (number: Int) in scratch.file("\(number)") }
        #expect(try WholeFile.write([1], toFirstNewOf: path) == scratch.file("3"))
        #expect(try WholeFile.write([2], toFirstNewOf: path) == scratch.file("4"))
        #expect(try [scratch.bytes(of: "1"), scratch.bytes(of: "3"), scratch.bytes(of: "4")] == [[9], [1], [2]])
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
