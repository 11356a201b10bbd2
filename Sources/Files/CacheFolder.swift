import Foundation

/// Where is kept what takes long to find out, and can be found out again.
package enum CacheFolder {
    /// `$XDG_CACHE_HOME/inkling`, or `~/.cache/inkling` (XDG Base Directory Specification 0.8).
    package static func path(in environment: [String: String]) -> String {
        let home = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache") + "/inkling"
    }
}
