import Foundation

/// Tells on standard error what went wrong without ending the program; over the progress bar, where there is one.
func warn(_ problem: String) { tell("Warning", problem) }

/// Tells on standard error something worth knowing.
func note(_ text: String) { tell("Note", text) }

/// Tells on standard error what failed where the rest goes on.
func complain(_ problem: String) { tell("Error", problem) }

private func tell(_ kind: String, _ problem: String) {
    let clear = isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : ""
    var rest = Array("\(clear)\(kind): \(problem)\n".utf8)[...]
    // There is nowhere left to report a failure.
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
