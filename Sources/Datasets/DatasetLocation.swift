import Foundation

/// Where the files of a data set are: found, not yet read.
///
/// Finding is quick, so that a missing data set is reported before the screen is taken over; `load` is what takes time.
public struct DatasetLocation: Sendable, Equatable {
    /// "mnist", "fashion-mnist", or the name of the folder.
    public let name: String

    /// The name as people write it: "MNIST", "Fashion-MNIST", or the folder's name.
    public var title: String { Dataset.titles[name] ?? name }

    /// The folder that holds the files, or the one file.
    public let folder: String

    let files: DatasetFiles
    let reading: DatasetReading

    /// Finds a data set by name or by folder.
    ///
    /// A name with a "/" in it is a folder or a file of the user's own, see `DatasetFiles`. Without test images the train
    /// images are tested on, too.
    ///
    /// Any other name is looked for as a folder in these places, in this order: `dataDirectory`, which may also hold
    /// the files itself; `$INKLING_ASSETS`; `Assets` of the package that the executable was built in;
    /// `<prefix>/share/inkling`; `/usr/share/datasets`; the current directory, as a folder of the user's own.
    ///
    /// - Parameters:
    ///   - name: "mnist", "fashion-mnist", the name of another folder in those places, or a path.
    ///   - dataDirectory: what the user gave for `--data`.
    ///   - environment: `INKLING_ASSETS` is read.
    ///   - executablePath: the program; symbolic links are followed.
    ///   - reading: what the user says of the files.
    /// - Throws: `DatasetError` that lists every place looked at when there is no such data set, or names the missing
    ///   file when there is only a part of it.
    public static func find(
        _ name: String, dataDirectory: String? = nil, reading: DatasetReading = DatasetReading(),
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executablePath: String? = Bundle.main.executablePath
    ) throws(DatasetError) -> DatasetLocation {
        var places: [String] = []
        if !name.contains("/") {
            let given = dataDirectory.map { folders(in: $0, for: name) } ?? []
            let known = assetFolders(named: name, environment: environment, executablePath: executablePath)
            places = given + known
            // A file there, README.md say, is no data set: a user's own of that name is meant.
            for folder in given + known.filter({ DatasetFiles.isFolder($0) == true }) {
                let isOwn = URL(fileURLWithPath: folder).lastPathComponent == name
                if let (files, _) = try DatasetFiles.find(in: folder, reading, isOwn: isOwn, needsTest: true) {
                    return DatasetLocation(name: name, folder: folder, files: files, reading: reading)
                }
            }
        }
        if let (files, split) = try DatasetFiles.find(in: name, reading, isOwn: true, needsTest: false) {
            let ownName = URL(fileURLWithPath: name).standardizedFileURL.lastPathComponent
            return DatasetLocation(
                name: split.isEmpty ? ownName : split, folder: name, files: files, reading: reading)
        }
        throw DatasetError(name, .notFound(places: places + [name.contains("/") ? name : "./" + name]))
    }

    /// Whether the program knows a data set of that name, wherever it is.
    public static func isKnown(_ name: String) -> Bool { Dataset.titles[name] != nil }

    /// The data sets that the program knows by name.
    public static var knownNames: [String] { Dataset.titles.keys.sorted() }

    /// Where a data set may be in what was given for `--data`, the first to be preferred.
    private static func folders(in dataDirectory: String, for name: String) -> [String] {
        let inner = DatasetFiles.join(dataDirectory, name)
        // `--data …/fashion-mnist` does not make Fashion-MNIST what is asked for as "mnist".
        let ownName = URL(fileURLWithPath: dataDirectory).standardizedFileURL.lastPathComponent
        return ownName == name || Dataset.titles[ownName] == nil ? [inner, dataDirectory] : [inner]
    }

    /// The folders in which something that comes with the program may be, the first to be preferred: "models", say.
    public static func assetFolders(
        named name: String, environment: [String: String] = ProcessInfo.processInfo.environment,
        executablePath: String? = Bundle.main.executablePath
    ) -> [String] {
        var folders: [String] = []
        if let assets = environment["INKLING_ASSETS"], !assets.isEmpty {
            folders.append(DatasetFiles.join(assets, name))
        }
        if let executablePath {
            let binaries = URL(fileURLWithPath: executablePath).resolvingSymlinksInPath().deletingLastPathComponent()
            if let package = enclosingPackage(of: binaries) {
                folders.append(DatasetFiles.join(package.path, "Assets/" + name))
            }
            folders.append(DatasetFiles.join(binaries.deletingLastPathComponent().path, "share/inkling/" + name))
        }
        folders.append("/usr/share/datasets/" + name)
        return folders
    }

    /// The nearest folder from `start` upwards that holds `Package.swift` and `Assets`.
    private static func enclosingPackage(of start: URL) -> URL? {
        var folder = start
        while true {
            let holds = { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) }
            if holds("Package.swift") && holds("Assets") { return folder }
            let parent = folder.deletingLastPathComponent().standardizedFileURL
            if parent.path.count >= folder.path.count { return nil }
            folder = parent
        }
    }
}
