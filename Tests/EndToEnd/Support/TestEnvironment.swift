import Foundation
import TestSupport

/// The environment in which the tests run programs: the same on every machine, as far as that is possible.
enum TestEnvironment {
    /// Variables that a program may need and that the tests leave as they are.
    private static let inherited = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"]

    /// For all tests; goes when they are over. In `cache` programs keep what takes long to find out, so that nothing that
    /// was kept before counts, and what one program found serves the next.
    private static let folder: TemporaryFolder? = {
        atexit { TestEnvironment.folder.map { try? FileManager.default.removeItem(atPath: $0.path) } }
        guard let folder = try? TemporaryFolder() else { return nil }
        try? UnpackedAssets.write(to: folder)
        return folder
    }()

    /// The base with `changes` on top; nil removes a variable.
    static func variables(changes: [String: String?]) -> [String: String] {
        let ours = ProcessInfo.processInfo.environment
        var variables = ["LANG": "C.UTF-8"]
        variables["XDG_CACHE_HOME"] = folder?.file("cache")
        variables["INKLING_ASSETS"] = ours["INKLING_ASSETS"] ?? folder?.path
        for name in inherited {
            variables[name] = ours[name]
        }
        for (name, value) in changes {
            variables[name] = value
        }
        return variables
    }
}
