import Foundation

/// Why the harness could not go on, in words for whoever reads the test's output.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A system call that failed.
    init(_ action: String, code: Int32) {
        description = "could not \(action): \(String(cString: strerror(code)))"
    }
}
