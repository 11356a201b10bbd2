import Foundation

/// A regular file that is read in places: what a header promises is checked before memory is taken for it.
package final class RandomAccessFile {
    package let path: String
    /// In bytes, when the file was opened.
    package let size: Int

    private let descriptor: Int32

    package init(_ path: String) throws(FileError) {
        // O_NONBLOCK: a named pipe is refused below, not waited for here. It changes nothing for a regular file.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            let found = code == ENOENT ? "none" : "\"\(String(cString: strerror(code)))\""
            throw FileError(path, expected: "a readable file", found: found)
        }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
            let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, pipe or socket"
            throw FileError(path, expected: "a regular file", found: found)
        }
    }

    /// Throws where Git LFS has left a pointer in the place of the file.
    package func checkIsNoPointer() throws(FileError) {
        let words = Array("version https://git-lfs".utf8)
        guard size >= words.count, try read(words.count, at: 0, for: "the beginning") == words else { return }
        throw FileError(
            path, expected: "the file itself", found: "a pointer of Git LFS; \"git lfs pull\" fetches the file")
    }

    deinit { close(descriptor) }

    /// The `count` bytes from `offset` on.
    ///
    /// - Parameter what: what they are, for the error when the file ends before.
    package func read(_ count: Int, at offset: Int, for what: String) throws(FileError) -> [UInt8] {
        guard count >= 0, offset >= 0, offset <= size, count <= size - offset else {
            throw FileError(
                path, expected: "\(what), \(count) bytes from byte \(offset) on", found: "a file of \(size) bytes")
        }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let start = buffer.baseAddress {
                let got = pread(descriptor, start + filled, count - filled, off_t(offset + filled))
                if got == 0 { break }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    code = errno
                    break
                }
            }
        }
        guard bytes.count == count else {
            let found = code == 0 ? "the end of the file" : "\"\(String(cString: strerror(code)))\""
            throw FileError(path, expected: "\(what), \(count) bytes from byte \(offset) on", found: found)
        }
        return bytes
    }
}

/// The first bytes of a file, by which its kind can be told.
package func beginning(ofFile path: String, count: Int) throws(FileError) -> [UInt8] {
    let file = try RandomAccessFile(path)
    try file.checkIsNoPointer()
    return try file.read(min(count, file.size), at: 0, for: "the beginning")
}
