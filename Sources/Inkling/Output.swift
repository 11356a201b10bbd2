import ArgumentParser
import Foundation

/// Standard output with every write checked: lost results are a failure.
enum Output {
    private struct Failure: Error, CustomStringConvertible {
        let code: Int32

        var description: String {
            "standard output: expected to take what is written, found \"\(String(cString: strerror(code)))\""
        }
    }

    /// Writes a line at once, into a pipe too. Where nobody reads any more, as behind `| head`, the program ends quietly.
    static func line(_ text: String) throws {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EPIPE { throw ExitCode.failure }
            guard count > 0 else { throw Failure(code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Call this first. A closed standard stream gets a file that refuses its use, so that no file opened later takes
    /// its place; a limit on file sizes is reported like a full disk and does not kill the program.
    static func prepare() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // It gets the lowest free number, which is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        signal(SIGXFSZ, SIG_IGN)
    }
}
