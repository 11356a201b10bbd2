import CPseudoTerminal
import Foundation

/// An open descriptor that is closed with its owner.
final class FileDescriptor {
    private(set) var number: Int32

    /// `blocks`: leave it as it is, because a child shares it; all others never block.
    init(_ number: Int32, blocks: Bool = false) {
        self.number = number
        guard !blocks else { return }
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }

    deinit {
        close()
    }

    var isOpen: Bool { number >= 0 }

    func close() {
        guard isOpen else { return }
        Foundation.close(number)
        number = -1
    }

    /// What has arrived: empty if nothing has; nil once the other side is gone, and then the descriptor is closed.
    func readAvailable() -> [UInt8]? {
        guard isOpen else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            count = read(number, buffer.baseAddress, buffer.count)
            if count < 0 {
                count = 0
                if errno == EAGAIN || errno == EINTR { return }
                close()
            } else if count == 0 {
                close()
            }
        }
        return isOpen ? bytes : nil
    }

    /// Writes as much as fits now and returns what is left, or nil once nobody reads any more.
    func writeAvailable(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard isOpen else { return nil }
        let count = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
        if count >= 0 { return bytes.dropFirst(count) }
        return errno == EAGAIN || errno == EINTR ? bytes : nil
    }

    /// Waits until one of the descriptors can be read, or one of `writing` written, or the time is over.
    static func wait(reading: [FileDescriptor], writing: [FileDescriptor] = [], milliseconds: Int32) {
        let readers = reading.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        let writers = writing.map { pollfd(fd: $0.number, events: Int16(POLLOUT), revents: 0) }
        var requests = readers + writers
        _ = poll(&requests, nfds_t(requests.count), milliseconds)
    }

    /// A pipe, as bare descriptors: one end is for the child.
    static func pipe() throws -> (readEnd: Int32, writeEnd: Int32) {
        var ends: (readEnd: Int32, writeEnd: Int32) = (-1, -1)
        let code = pipe_open(&ends.readEnd, &ends.writeEnd)
        guard code == 0 else { throw HarnessError("open a pipe", code: code) }
        return ends
    }
}
