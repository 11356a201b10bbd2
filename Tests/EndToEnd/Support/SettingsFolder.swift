import Foundation

/// A folder for `XDG_CONFIG_HOME`, so that no test meets the user's own settings or those of another test. The system
/// empties the folder for temporary files, where it lies.
struct SettingsFolder {
    let path: String

    private var file: String { path + "/inkling/settings" }

    /// - Parameter text: of the program's file; nil for none.
    init(holding text: String?) throws {
        path = NSTemporaryDirectory() + "inkling-settings-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path + "/inkling", withIntermediateDirectories: true)
        if let text { try text.write(toFile: file, atomically: true, encoding: .utf8) }
    }

    /// What stands in the file; nil where there is none.
    var text: String? { try? String(contentsOfFile: file, encoding: .utf8) }
}
