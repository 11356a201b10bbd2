import Foundation

/// A file that grows record by record. A record is written whole or, when the disk is full, not at all.
package final class AppendingFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Parameter continues: whether what is there stays; otherwise the file begins anew.
    package init(_ path: String, continues: Bool) throws(ModelFileError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (continues ? 0 : O_TRUNC), 0o666)
        guard descriptor >= 0 else { throw Self.problem(path) }
    }

    deinit { close(descriptor) }

    /// Keeps others from locking it, for as long as this is there.
    ///
    /// - Returns: false where somebody else holds it, also after a moment: a process that is just being started has what
    ///   its parent had open, closed since or not, until it runs its program.
    package func lock() -> Bool {
        for _ in 0..<20 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }

    /// Forgets what is beyond so many bytes; a device or pipe has nothing to forget.
    package func cut(to size: Int) throws(ModelFileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > size else { return }
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.problem(path) }
    }

    package func append(_ bytes: [UInt8]) throws(ModelFileError) {
        var before = stat()
        let isRegular = fstat(descriptor, &before) == 0 && before.st_mode & S_IFMT == S_IFREG
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let problem = Self.problem(path)
                if isRegular { ftruncate(descriptor, before.st_size) }
                throw problem
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func problem(_ path: String) -> ModelFileError {
        ModelFileError(path, expected: "a file to append to", found: "\"\(String(cString: strerror(errno)))\"")
    }
}
