import Foundation

/// Which files a data set consists of: found by their names, not yet read.
enum DatasetFiles: Sendable, Equatable {
    /// `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, and the same with `t10k` or `test`. A dot may stand before
    /// `idx`, a prefix before all (`emnist-letters-train-…`), another type at the end (`idx2-int`), and `.gz`; the plain
    /// file is preferred.
    case idx(train: IDXPair, test: IDXPair?)
    /// An archive of NumPy as Keras has it, `mnist.npz`.
    case archive(String)
    /// A table with a row for each image: `train.csv` and `test.csv`, also with a prefix and `.gz`, or one alone.
    case csv(train: String, test: String?)
    /// Folders with a folder of pictures for each class: `train` and `test`, or one alone.
    case pictures(train: String, test: String?)

    struct IDXPair: Sendable, Equatable {
        let images: String, labels: String
    }

    /// The data set in a folder, or of one file, and its prefix; nil when none of its files is there.
    ///
    /// - Parameters:
    ///   - isOwn: whether the folder is for this data set alone; others are searched for IDX files only.
    ///   - needsTest: whether IDX files without test images are a part of a data set only.
    static func find(
        in folder: String, _ reading: DatasetReading, isOwn: Bool, needsTest: Bool
    ) throws(DatasetError) -> (files: DatasetFiles, split: String)? {
        guard let isFolder = isFolder(folder) else { return nil }
        guard isFolder else { return try ofFile(folder, reading) }
        let names = fileNames(in: folder)
        if let found = try idx(names, in: folder, reading, needsTest: needsTest) { return found }
        guard isOwn else { return nil }
        let archives = names.filter { $0.lowercased().hasSuffix(".npz") }
        if let archive = archives.first {
            guard archives.count == 1 else {
                throw DatasetError(
                    folder, .contents(expected: "one .npz file, or its path", found: list(archives)))
            }
            return (.archive(join(folder, archive)), "")
        }
        if let found = try csv(names, in: folder, reading) { return found }
        if let found = pictures(in: folder) { return (found, "") }
        // torchvision and the archive of EMNIST have folders of such names around the files.
        for inner in ["raw", "gzip"] where Self.isFolder(join(folder, inner)) == true {
            if let found = try find(in: join(folder, inner), reading, isOwn: false, needsTest: needsTest) {
                return found
            }
        }
        return nil
    }

    private static func ofFile(
        _ path: String, _ reading: DatasetReading
    ) throws(DatasetError) -> (files: DatasetFiles, split: String)? {
        if path.lowercased().hasSuffix(".npz") { return (.archive(path), "") }
        guard isTable(path) else {
            throw DatasetError(
                path,
                .contents(expected: "a folder, or a file that ends in .npz, .csv or .csv.gz", found: "another file"))
        }
        // Of a pair of tables the one to learn from stands for both, unless it is to be parted itself.
        let url = URL(fileURLWithPath: path)
        let names = fileNames(in: url.deletingLastPathComponent().path)
        let tables = tables(names)
        let test = reading.testShare == nil ? tables.values.first { $0.train == url.lastPathComponent }?.test : nil
        return (.csv(train: path, test: test.map { join(url.deletingLastPathComponent().path, $0) }), "")
    }

    /// A file with the names of the classes beside the data.
    var namesFile: String? {
        let train: URL
        switch self {
        case .idx(let pair, _): train = URL(fileURLWithPath: pair.images)
        case .archive(let path), .csv(let path, _): train = URL(fileURLWithPath: path)
        case .pictures(let path, let test): train = URL(fileURLWithPath: test == nil ? path + "/train" : path)
        }
        let folder = train.deletingLastPathComponent().path
        // Of several mappings the one with the prefix of the data, or the only one where these have none.
        let mappings = Self.fileNames(in: folder).filter { $0.hasSuffix("mapping.txt") }
        let name = train.lastPathComponent
        let own =
            mappings.first { name.hasPrefix($0.dropLast("mapping.txt".count) + "train") }
            ?? (name.hasPrefix("train") && mappings.count == 1 ? mappings.first : nil)
        return (["classes.txt"] + [own].compactMap { $0 }).map { Self.join(folder, $0) }
            .first { Self.isFolder($0) == false }
    }

    /// A path is shown to the user, so "drawings/" does not become "drawings//train-images-idx3-ubyte".
    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// nil where there is nothing.
    static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }

    /// In alphabetical order; of folders only where asked for.
    static func fileNames(in folder: String, folders: Bool = false) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { !$0.hasPrefix(".") && isFolder(join(folder, $0)) == folders }.sorted()
    }

    static func list(_ names: some Sequence<String>) -> String {
        names.map { $0.isEmpty ? "files without a prefix" : $0 }.joined(separator: ", ")
    }

    /// The one of some prefixes that is asked for: whole, or what it ends in.
    private static func choose(
        _ prefixes: [String], in folder: String, _ reading: DatasetReading
    ) throws(DatasetError) -> String {
        let prefixes = prefixes.sorted()
        if let split = reading.split?.lowercased() {
            let found = prefixes.filter { $0.lowercased() == split || $0.lowercased().hasSuffix("-" + split) }
            guard found.count == 1 else {
                throw DatasetError(
                    folder,
                    .contents(
                        expected: "files of the data set that --split \(split) names", found: list(prefixes)))
            }
            return found[0]
        }
        if prefixes.count == 1 || prefixes[0].isEmpty { return prefixes[0] }
        let last = prefixes.map { $0.split(separator: "-").last.map(String.init) ?? $0 }
        throw DatasetError(
            folder, .contents(expected: "--split with one of several data sets", found: last.joined(separator: ", ")))
    }
}

// MARK: - IDX files

extension DatasetFiles {
    private static func idx(
        _ names: [String], in folder: String, _ reading: DatasetReading, needsTest: Bool
    ) throws(DatasetError) -> (files: DatasetFiles, split: String)? {
        let parts = names.compactMap(IDXName.init)
        guard !parts.isEmpty else { return nil }
        let split = try choose(Array(Set(parts.map(\.prefix))), in: folder, reading)
        let own = parts.filter { $0.prefix == split }
        let prefix = split.isEmpty ? "" : split + "-"
        func pair(_ set: String) throws(DatasetError) -> IDXPair? {
            func file(_ kind: String) -> String? {
                own.filter { $0.set == set && $0.kind == kind }.min { $0.rank < $1.rank }.map { join(folder, $0.name) }
            }
            let (images, labels) = (file("images"), file("labels"))
            if images == nil && labels == nil { return nil }
            guard let images else { throw DatasetError(join(folder, "\(prefix)\(set)-images-idx3-ubyte"), .incomplete) }
            guard let labels else { throw DatasetError(join(folder, "\(prefix)\(set)-labels-idx1-ubyte"), .incomplete) }
            return IDXPair(images: images, labels: labels)
        }
        let train = try pair("train")
        // MNIST's own name goes before the plain one.
        var test = try pair("t10k")
        if test == nil { test = try pair("test") }
        guard let train else {
            if test == nil { return nil }
            throw DatasetError(join(folder, "\(prefix)train-images-idx3-ubyte"), .incomplete)
        }
        if test == nil && needsTest { throw DatasetError(join(folder, "t10k-images-idx3-ubyte"), .incomplete) }
        return (.idx(train: train, test: test), split)
    }

    /// "emnist-letters-train-images-idx3-ubyte.gz" in its parts.
    private struct IDXName {
        let name: String
        /// "emnist-letters"
        let prefix: String
        /// "train", "t10k", "test"
        let set: String
        /// "images", "labels"
        let kind: String
        /// The lower, the more it is preferred.
        let rank: Int

        /// Read once, as a folder may have many thousand names. Nothing changes it, so threads may share it.
        private nonisolated(unsafe) static let pattern =
            /(?:(.+)[-_.])?(train|t10k|test)-(images|labels)([-.])idx([123])-(?:ubyte|byte|short|int|float|double)(\.gz)?/

        init?(_ name: String) {
            guard let match = name.wholeMatch(of: Self.pattern), (match.5 == "3") == (match.3 == "images") else {
                return nil
            }
            self.name = name
            prefix = match.1.map(String.init) ?? ""
            (set, kind) = (String(match.2), String(match.3))
            rank = (match.6 == nil ? 0 : 4) + (match.4 == "-" ? 0 : 2) + (match.5 == "2" ? 1 : 0)
        }
    }
}

// MARK: - Tables and pictures

extension DatasetFiles {
    private static func isTable(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".csv") || name.hasSuffix(".csv.gz")
    }

    /// The tables to learn from and to test on by what stands before "train" and "test" in their names; one without
    /// either is to learn from.
    private static func tables(_ names: [String]) -> [String: (train: String?, test: String?)] {
        var tables: [String: (train: String?, test: String?)] = [:]
        for name in names where isTable(name) {
            let match = name.lowercased().firstMatch(of: /^(.*?)[-_. ]?(train|test)/)
            // Half a name may stand for no other.
            let key = match.map { String($0.1) } ?? name
            if match?.2 == "test" {
                tables[key, default: (nil, nil)].test = tables[key]?.test ?? name
            } else {
                tables[key, default: (nil, nil)].train = tables[key]?.train ?? name
            }
        }
        return tables
    }

    private static func csv(
        _ names: [String], in folder: String, _ reading: DatasetReading
    ) throws(DatasetError) -> (files: DatasetFiles, split: String)? {
        var tables = tables(names).filter { $0.value.train != nil }
        guard !tables.isEmpty else { return nil }
        // A table that is not named so, such as one of a submission, does not stand beside those that are.
        let paired = tables.filter { $0.value.train?.lowercased().contains("train") ?? false }
        if !paired.isEmpty { tables = paired }
        let key = try choose(Array(tables.keys), in: folder, reading)
        guard let table = tables[key], let train = table.train else { return nil }
        return (.csv(train: join(folder, train), test: table.test.map { join(folder, $0) }), isTable(key) ? "" : key)
    }

    private static func pictures(in folder: String) -> DatasetFiles? {
        let folders = fileNames(in: folder, folders: true)
        func named(_ names: [String]) -> String? {
            folders.first { names.contains($0.lowercased()) }.map { join(folder, $0) }
        }
        if let train = named(["train", "training"]), PictureFolder.hasClasses(train) {
            let test = named(["test", "testing"]) ?? named(["val", "valid", "validation"])
            return .pictures(train: train, test: test)
        }
        return PictureFolder.hasClasses(folder) ? .pictures(train: folder, test: nil) : nil
    }
}
