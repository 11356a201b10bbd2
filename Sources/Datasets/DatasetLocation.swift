import Dispatch
import Foundation
import Synchronization

/// Where the files of a data set are: found, not yet read.
///
/// Finding is quick, so that a missing data set is reported before the screen is taken over; `load` is what takes time.
public struct DatasetLocation: Sendable, Equatable {
    /// "mnist", "fashion-mnist", or the name of the folder.
    public let name: String

    /// The name as people write it: "MNIST", "Fashion-MNIST", or the folder's name.
    public var title: String { Dataset.titles[name] ?? name }

    /// The folder that holds the files.
    public let folder: String

    let train: Pair

    /// nil when the folder holds one pair only.
    let test: Pair?

    struct Pair: Sendable, Equatable {
        let images: String, labels: String
    }

    /// Reads and checks the files.
    ///
    /// - Throws: `DatasetError` when a file is not as it should be, or the images of both sets differ in size.
    public func load() throws(DatasetError) -> Dataset {
        // Both at once, as inflating takes time; but what is wrong with the training set is told first.
        let pairs = [train, test].compactMap { $0 }
        let results = Mutex([Result<ImageSet, DatasetError>?](repeating: nil, count: pairs.count))
        DispatchQueue.concurrentPerform(iterations: pairs.count) { index in
            let result = Result { () throws(DatasetError) in
                try ImageSet(imagesFile: pairs[index].images, labelsFile: pairs[index].labels)
            }
            results.withLock { $0[index] = result }
        }
        let sets = results.withLock { $0 }.compactMap { $0 }
        let trainSet = try sets[0].get()
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        guard test != nil else { return Dataset(name: name, train: trainSet, folder: folder) }
        let testSet = try sets[1].get()
        let (expected, found) = ([trainSet.height, trainSet.width], [testSet.height, testSet.width])
        guard found == expected else {
            throw DatasetError(pairs[1].images, .imageSize(expected: expected, found: found))
        }
        return Dataset(name: name, train: trainSet, test: testSet, folder: folder)
    }

    /// Finds a data set by name or by folder.
    ///
    /// A name with a "/" in it is a folder of the user's own. It holds `train-images-idx3-ubyte`,
    /// `train-labels-idx1-ubyte` and the same with `t10k` or `test` (or `train-images.idx3-ubyte` and so on), each plain or with
    /// `.gz`; the plain file is preferred. Without the two test files the train pair is tested on, too.
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
    /// - Throws: `DatasetError` that lists every place looked at when there is no such data set, or names the missing
    ///   file when there is only a part of it.
    public static func find(
        _ name: String, dataDirectory: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executablePath: String? = Bundle.main.executablePath
    ) throws(DatasetError) -> DatasetLocation {
        var places: [String] = []
        if !name.contains("/") {
            places = folders(
                for: name, dataDirectory: dataDirectory, environment: environment, executablePath: executablePath)
            for folder in places {
                if let location = try location(name: name, folder: folder, needsTest: true) { return location }
            }
        }
        let ownName = URL(fileURLWithPath: name).standardizedFileURL.lastPathComponent
        if let location = try location(name: ownName, folder: name, needsTest: false) { return location }
        throw DatasetError(name, .notFound(places: places + [name.contains("/") ? name : "./" + name]))
    }

    /// Whether the program knows a data set of that name, wherever it is.
    public static func isKnown(_ name: String) -> Bool { Dataset.titles[name] != nil }

    /// The data sets that the program knows by name.
    public static var knownNames: [String] { Dataset.titles.keys.sorted() }

    /// The folders in which something that comes with the program may be, the first to be preferred: "models", say.
    public static func assetFolders(
        named name: String, environment: [String: String] = ProcessInfo.processInfo.environment,
        executablePath: String? = Bundle.main.executablePath
    ) -> [String] {
        folders(for: name, dataDirectory: nil, environment: environment, executablePath: executablePath)
    }

    /// The folders that a data set with this name may be in, the first to be preferred.
    private static func folders(
        for name: String, dataDirectory: String?, environment: [String: String], executablePath: String?
    ) -> [String] {
        var folders: [String] = []
        if let dataDirectory {
            folders.append(join(dataDirectory, name))
            // `--data …/fashion-mnist` does not make Fashion-MNIST what is asked for as "mnist".
            let ownName = URL(fileURLWithPath: dataDirectory).standardizedFileURL.lastPathComponent
            if ownName == name || Dataset.titles[ownName] == nil { folders.append(dataDirectory) }
        }
        if let assets = environment["INKLING_ASSETS"], !assets.isEmpty {
            folders.append(join(assets, name))
        }
        if let executablePath {
            let binaries = URL(fileURLWithPath: executablePath).resolvingSymlinksInPath().deletingLastPathComponent()
            if let package = enclosingPackage(of: binaries) { folders.append(join(package.path, "Assets/" + name)) }
            folders.append(join(binaries.deletingLastPathComponent().path, "share/inkling/" + name))
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

// MARK: - The files of one folder

extension DatasetLocation {
    /// The data set in a folder, or nil when none of its files is there.
    private static func location(
        name: String, folder: String, needsTest: Bool
    ) throws(DatasetError) -> DatasetLocation? {
        let train = try pair("train", in: folder)
        // MNIST's own name goes before the plain one.
        var test = try pair("t10k", in: folder)
        if test == nil { test = try pair("test", in: folder) }
        guard let train else {
            if test == nil { return nil }
            throw DatasetError(join(folder, "train-images-idx3-ubyte"), .incomplete)
        }
        if test == nil && needsTest { throw DatasetError(join(folder, "t10k-images-idx3-ubyte"), .incomplete) }
        return DatasetLocation(name: name, folder: folder, train: train, test: test)
    }

    /// The images and labels whose names begin with `prefix`, or nil when neither is there.
    private static func pair(_ prefix: String, in folder: String) throws(DatasetError) -> Pair? {
        let images = file(prefix + "-images", "idx3-ubyte", in: folder)
        let labels = file(prefix + "-labels", "idx1-ubyte", in: folder)
        if images == nil && labels == nil { return nil }
        guard let images else { throw DatasetError(join(folder, prefix + "-images-idx3-ubyte"), .incomplete) }
        guard let labels else { throw DatasetError(join(folder, prefix + "-labels-idx1-ubyte"), .incomplete) }
        return Pair(images: images, labels: labels)
    }

    private static func file(_ stem: String, _ type: String, in folder: String) -> String? {
        let names = ["\(stem)-\(type)", "\(stem).\(type)"]
        // Some archives hold a folder with the name of the file, and the file with the other name beside it.
        return (names + names.map { $0 + ".gz" }).map { join(folder, $0) }.first { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    /// A path is shown to the user, so "drawings/" does not become "drawings//train-images-idx3-ubyte".
    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
