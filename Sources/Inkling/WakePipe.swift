import Foundation

/// A pipe that ends the waiting of `poll`: signal handlers write the signal's number, other threads a zero.
struct WakePipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
        (reading, writing) = (ends[0], ends[1])
        for end in ends {
            // A full pipe wakes the loop as well; writing must not wait.
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    func ring() {
        var byte: UInt8 = 0
        _ = write(writing, &byte, 1)
    }

    /// The numbers of the signals since the last time.
    func drain() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(reading, &bytes, bytes.count)
        return bytes.prefix(max(count, 0)).filter { $0 != 0 }.map(Int32.init)
    }
}
