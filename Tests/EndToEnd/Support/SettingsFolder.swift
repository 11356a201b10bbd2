import TestSupport

/// A folder for `XDG_CONFIG_HOME`, so that no test meets the user's own settings or those of another test. It goes with
/// its owner.
struct SettingsFolder {
    private let folder: TemporaryFolder
    private static let file = "inkling/settings"

    /// - Parameter text: of the program's file; nil for none.
    init(holding text: String?) throws {
        folder = try TemporaryFolder()
        if let text { try folder.write(text.utf8, to: Self.file) }
    }

    var path: String { folder.path }

    /// What stands in the file; nil where there is none.
    var text: String? { try? String(decoding: folder.bytes(of: Self.file), as: UTF8.self) }
}
