import Foundation

/// A folder for the files of a test, which goes with its owner, also where the test fails. A suite that holds one has
/// another for each of its tests.
public final class TemporaryFolder: Sendable {
    /// Without symbolic links, as found paths are.
    public let path: String

    /// - Parameter inMemory: whether to make it where no disk is written to, if there is such a place.
    public init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = inMemory && access(memory.path, W_OK) == 0
        let url = (isThere ? memory : FileManager.default.temporaryDirectory.resolvingSymlinksInPath())
            .appendingPathComponent("inkling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in it, be it there or not.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file, its folders included, and returns its path.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>, to name: String = "file") throws -> String {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    public func bytes(of name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// What is in it, in alphabetical order.
    public var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}
