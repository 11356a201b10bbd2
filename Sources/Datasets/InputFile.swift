import Foundation

/// A regular file, opened for reading.
final class InputFile: ByteSource {
    let path: String

    /// In bytes, when the file was opened.
    let size: Int

    private let descriptor: Int32
    private var position = 0

    var share: Double { size == 0 ? 1 : Double(position) / Double(size) }

    init(_ path: String) throws(DatasetError) {
        // O_NONBLOCK: a named pipe is refused below, not waited for here. It changes nothing for a regular file.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw DatasetError(
                path, code == ENOENT ? .missing : .unreadable(reason: String(cString: strerror(code))))
        }
        var status = stat()
        let code = fstat(descriptor, &status) == 0 ? 0 : errno
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)

        guard code == 0 else { throw DatasetError(path, .unreadable(reason: String(cString: strerror(code)))) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw DatasetError(path, .folder)
        default: throw DatasetError(path, .notRegular)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Whether the file begins with the two bytes that mark gzip (RFC 1952). Does not move the place of reading.
    var startsAsGzip: Bool {
        var magic: [UInt8] = [0, 0]
        return pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1f, 0x8b]
    }

    func check(size expected: Int) throws(DatasetError) {
        if size < expected { throw DatasetError(path, .truncated(expected: expected, found: size)) }
        if size > expected { throw DatasetError(path, .overlong(expected: expected, found: size)) }
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        var filled = 0
        while filled < buffer.count, let start = buffer.baseAddress {
            let count = read(descriptor, start + filled, buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
                position += count
            } else if errno != EINTR {
                throw DatasetError(path, .unreadable(reason: String(cString: strerror(errno))))
            }
        }
        return filled
    }
}
