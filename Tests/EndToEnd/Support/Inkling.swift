import Foundation

/// The program under test, as `swift build` made it.
enum Inkling {
    /// The folder of the data sets and models that belong to the program, without a slash at its end.
    static let assets = URL(filePath: #filePath).appending(path: "../../../../Assets").standardized.path

    /// The path of the built executable: `$INKLING_BINARY` (to test an optimised or an installed one), else the one
    /// that stands beside the test bundle.
    static var binary: String {
        get throws {
            if let path = ProcessInfo.processInfo.environment["INKLING_BINARY"] {
                guard FileManager.default.isExecutableFile(atPath: path) else {
                    throw HarnessError("INKLING_BINARY is \(path), which is no executable file")
                }
                return path
            }
            let candidates = folders.map { $0.appendingPathComponent("inkling").path }
            guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
                throw HarnessError("inkling is not built; looked for \(candidates.joined(separator: ", "))")
            }
            return path
        }
    }

    /// Runs it in a terminal, as someone who has run it before and decided nothing but that it is to train as fast as
    /// it can.
    static func terminal(
        _ arguments: [String] = [], environment: [String: String?] = [:], rows: Int = 24, columns: Int = 80,
        directory: String? = nil
    ) throws -> TerminalSession {
        try TerminalSession(
            binary, arguments, environment: environment, settings: SettingsFolder(holding: "pace = full"), rows: rows,
            columns: columns, directory: directory)
    }

    /// Runs it to its end without a terminal.
    static func run(
        _ arguments: [String] = [], environment: [String: String?] = [:], input: String = "", directory: String? = nil,
        timeout: Duration = .seconds(60), interruption: Command.Interruption? = nil
    ) throws -> Command.Result {
        try Command.run(
            binary, arguments, environment: environment, input: input, directory: directory, timeout: timeout,
            interruption: interruption)
    }

    /// Where the test bundle may stand: on Linux it is the running executable, on macOS an argument of its runner.
    private static var folders: [URL] {
        let bundles = CommandLine.arguments.compactMap { argument in
            argument.range(of: ".xctest").map { URL(fileURLWithPath: String(argument[..<$0.upperBound])) }
        }
        let executable = Bundle.main.executableURL.map { [$0.resolvingSymlinksInPath()] } ?? []
        return (executable + bundles).map { $0.deletingLastPathComponent() }
    }
}
