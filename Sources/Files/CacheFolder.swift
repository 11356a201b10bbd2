import Foundation

/// Where is kept what takes long to find out, and can be found out again. So nothing that goes wrong with it is worth a
/// word.
package enum CacheFolder {
    /// `$XDG_CACHE_HOME/inkling`, or `~/.cache/inkling` (XDG Base Directory Specification 0.8).
    package static func path(in environment: [String: String]) -> String {
        let home = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache") + "/inkling"
    }

    /// Writes a file and makes its folder. Of what else is in there goes what was of use longest ago, until all of it has
    /// no more than `limit` bytes: by itself, two data sets of the largest size.
    package static func keep(_ bytes: [UInt8], as path: String, limit: Int = 4 << 30) {
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard (try? WholeFile.write(bytes, to: path)) != nil else { return }
        var total = 0
        for (index, file) in files(in: folder).enumerated() {
            total += file.size
            if total > limit, index > 0 { try? FileManager.default.removeItem(atPath: file.path) }
        }
    }

    /// Says that a file was of use now.
    package static func touch(_ path: String) { utimes(path, nil) }

    /// What was of use last comes first.
    private static func files(in folder: String) -> [(path: String, size: Int, date: Date)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            let path = folder + "/" + name
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? Int,
                let date = attributes[.modificationDate] as? Date
            else { return nil }
            return (path, size, date)
        }.sorted { $0.date > $1.date }
    }
}
