import Dashboard
import Files
import Foundation
import ModelFiles

/// Where what the user decided is kept from session to session.
struct PreferencesFile {
    let path: String

    /// `$XDG_CONFIG_HOME/inkling/settings`, or `~/.config/inkling/settings` (XDG Base Directory Specification 0.8).
    init(environment: [String: String]) {
        let home = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        path = (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config") + "/inkling/settings"
    }

    /// Those of someone new where there is no file that can be read.
    func read() -> Preferences {
        Preferences(FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) })
    }

    func write(_ preferences: Preferences) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try WholeFile.write(Array(preferences.text.utf8), to: path)
    }
}
