import Foundation
import TestSupport

/// The environment in which the tests run programs: the same on every machine, as far as that is possible.
enum TestEnvironment {
    /// Variables that a program may need and that the tests leave as they are.
    private static let inherited = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"]

    /// Where programs keep what takes long to find out: one folder for all tests, which goes when they are over, so that
    /// nothing that was kept before counts, and what one program found serves the next.
    private static let cache: TemporaryFolder? = {
        atexit { TestEnvironment.cache.map { try? FileManager.default.removeItem(atPath: $0.path) } }
        return try? TemporaryFolder()
    }()

    /// The base with `changes` on top; nil removes a variable.
    static func variables(changes: [String: String?]) -> [String: String] {
        let ours = ProcessInfo.processInfo.environment
        var variables = ["LANG": "C.UTF-8"]
        variables["XDG_CACHE_HOME"] = cache?.path
        variables["INKLING_ASSETS"] = ours["INKLING_ASSETS"] ?? UnpackedAssets.folder?.path
        for name in inherited {
            variables[name] = ours[name]
        }
        for (name, value) in changes {
            variables[name] = value
        }
        return variables
    }
}
