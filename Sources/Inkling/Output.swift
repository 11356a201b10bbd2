import ArgumentParser
import Foundation

/// Standard output, every write checked: results that went nowhere are no success.
enum Output {
    private struct Failure: Error, CustomStringConvertible {
        let code: Int32

        var description: String {
            "standard output: expected to take what is written, found \"\(String(cString: strerror(code)))\""
        }
    }

    /// Writes a line at once, into a pipe too. Where nobody reads any more, as behind `| head`, the program ends quietly.
    static func line(_ text: String, terminator: String = "\n") throws {
        var rest = Array((text + terminator).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EPIPE { throw ExitCode.failure }
            guard count > 0 else { throw Failure(code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// To be called first of all. A standard stream that is closed gets a file that takes nothing, so that no file opened
    /// later stands in its place; a limit to the size of files is told as any other full disk, and kills nobody.
    static func prepare() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is the one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        signal(SIGXFSZ, SIG_IGN)
    }
}
