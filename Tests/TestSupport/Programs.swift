import Foundation

/// Other programs that tests start, where they are installed.
public enum Programs {
    /// The full path of a program on the search path, or nil if it is not installed.
    public static func path(of program: String) -> String? {
        if program.contains("/") { return program }
        return (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
            .split(separator: ":")
            .map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether several ranks can be started, with Open MPI.
    public static let canStartRanks = path(of: "mpirun") != nil
}
