import Foundation
import TestSupport
import Testing

@testable import ModelFiles

/// Files that grow record by record.
@Suite struct AppendingFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write([1, 2, 3])
    }

    @Test func goesOnOrBeginsAnew() throws {
        try AppendingFile(path, continues: true).append([4, 5])
        #expect(try folder.bytes(of: "file") == [1, 2, 3, 4, 5])
        let file = try AppendingFile(path, continues: false)
        try file.append([6])
        try file.append([])
        try file.append(Array(repeating: 7, count: 100_000))
        #expect(try folder.bytes(of: "file") == [6] + Array(repeating: 7, count: 100_000))
    }

    /// What is beyond a size is forgotten; nothing grows by it.
    @Test(arguments: [0, 2, 3, 9]) func isCut(size: Int) throws {
        let file = try AppendingFile(path, continues: true)
        try file.cut(to: size)
        let kept = [UInt8](1...3).prefix(size)
        #expect(try folder.bytes(of: "file") == Array(kept))
        try file.append([4])
        #expect(try folder.bytes(of: "file") == kept + [4])
    }

    @Test func whatFailsIsNamed() throws {
        expectProblem("/nowhere/log", saying: "a file to append to, found \"No such file or directory\"") {
            _ = try AppendingFile("/nowhere/log", continues: true)
        }
        let full = try AppendingFile("/dev/full", continues: true)
        try full.cut(to: 0)
        expectProblem("/dev/full", saying: "a file to append to, found \"No space left on device\"") {
            try full.append([1])
        }
    }

    @Test func oneHasTheLock() throws {
        let other = try AppendingFile(path, continues: true)
        try withExtendedLifetime(AppendingFile(path, continues: true)) { first in
            #expect(first.lock() && !other.lock())
        }
        #expect(other.lock(), "whoever had it is gone")
    }
}
