import Foundation

/// The environment in which the tests run programs: the same on every machine, as far as that is possible.
enum TestEnvironment {
    /// Variables that a program may need and that the tests leave as they are.
    private static let inherited = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "INKLING_ASSETS"]

    /// The base with `changes` on top; nil removes a variable.
    static func variables(changes: [String: String?]) -> [String: String] {
        let ours = ProcessInfo.processInfo.environment
        var variables = ["LANG": "C.UTF-8"]
        for name in inherited {
            variables[name] = ours[name]
        }
        for (name, value) in changes {
            variables[name] = value
        }
        return variables
    }
}
