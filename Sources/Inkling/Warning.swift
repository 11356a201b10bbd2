import Foundation

/// Tells on standard error what went wrong without ending the program; over the progress bar, where there is one.
func warn(_ problem: String) {
    let clear = isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : ""
    FileHandle.standardError.write(Data("\(clear)Warning: \(problem)\n".utf8))
}
