import CZlib
import Files
import Foundation

/// Images that took long to read, kept as they were read, so that the next time takes no longer than reading a file.
///
/// A file for each source, found by its path. It holds what the source was like, size and time of each file; where that
/// has changed, or the file is damaged, it counts for nothing and is written anew. Nothing that goes wrong with a cache is
/// worth a word: without it, reading takes as long as before.
public struct DatasetCache: Sendable {
    let folder: String
    /// What takes less time to read is not kept, in seconds.
    let shortest: Double

    public init(folder: String, shortest: Double = 1) { (self.folder, self.shortest) = (folder, shortest) }

    public static var usual: DatasetCache {
        DatasetCache(folder: CacheFolder.path(in: ProcessInfo.processInfo.environment))
    }

    /// What a reader reads: images to learn from and to test on, and what their classes are called if that is known.
    struct Contents: Sendable, Equatable {
        var train: LabelledPixels
        var test: LabelledPixels?
        var names: [String]?
    }

    /// What is kept of the sources, else what `read` reads, which is kept where that took long.
    func contents(
        of sources: [String], _ read: () throws(DatasetError) -> Contents
    ) throws(DatasetError) -> Contents {
        let print = Self.fingerprint(of: sources)
        let path = path(of: sources)
        if let kept = print.flatMap({ Self.contents(inFile: path, fingerprint: $0) }) {
            CacheFolder.touch(path)
            return kept
        }
        let start = ContinuousClock.now
        let contents = try read()
        guard ContinuousClock.now - start >= .seconds(shortest), let print else { return contents }
        // What changed while it was read may be half of either.
        guard print == Self.fingerprint(of: sources) else { return contents }
        CacheFolder.keep(Self.bytes(contents, fingerprint: print), as: path)
        return contents
    }

    func path(of sources: [String]) -> String {
        let name = sources.map { URL(fileURLWithPath: $0).standardizedFileURL.path }.joined(separator: "\n")
        return folder + "/" + FNV(name.utf8).text + ".dataset"
    }

    /// Of all files that the sources are or hold: where they are, how long, and when they were changed. nil where something
    /// cannot be told.
    static func fingerprint(of sources: [String]) -> String? {
        var hash = FNV()
        for source in sources {
            let files: [String]
            if DatasetFiles.isFolder(source) == true {
                files = PictureFolder.classes(source).flatMap { PictureFolder.pictures(DatasetFiles.join(source, $0)) }
            } else {
                files = [source]
            }
            for file in files {
                var status = stat()
                guard stat(file, &status) == 0 else { return nil }
                #if canImport(Darwin)
                    let time = status.st_mtimespec
                #else
                    let time = status.st_mtim
                #endif
                hash.add("\(file)\n\(status.st_size)\n\(time.tv_sec).\(time.tv_nsec)\n\(status.st_ino)\n".utf8)
            }
        }
        return hash.text
    }
}

// MARK: - The file

extension DatasetCache {
    /// In a line of JSON before the pixels and then the labels, two bytes each, of both sets.
    private struct Header: Codable {
        var format = "inkling data set, version 1"
        let fingerprint: String
        let width, height, trainCount: Int
        let testCount: Int?
        let names: [String]?
        let files: [String]
        /// Of all that follows.
        let checksum: UInt
    }

    static func bytes(_ contents: Contents, fingerprint: String) -> [UInt8] {
        let sets = [contents.train] + (contents.test.map { [$0] } ?? [])
        let body = sets.flatMap { set in set.pixels + set.labels.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
        let header = Header(
            fingerprint: fingerprint, width: contents.train.width, height: contents.train.height,
            trainCount: contents.train.count, testCount: contents.test?.count, names: contents.names,
            files: sets.map(\.file), checksum: UInt(crc32_z(0, body, body.count)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let json = try? encoder.encode(header) else { return [] }
        return Array(json) + [UInt8(ascii: "\n")] + body
    }

    /// nil where the file is none, is damaged, or is of other sources.
    static func contents(inFile path: String, fingerprint: String) -> Contents? {
        guard let file = try? InputFile(path), file.size <= 2 * IDX.largestCount, let bytes = try? file.take(file.size),
            let end = bytes.prefix(1 << 20).firstIndex(of: UInt8(ascii: "\n")),
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[..<end])),
            header.format == "inkling data set, version 1", header.fingerprint == fingerprint,
            header.width > 0, header.height > 0, header.trainCount > 0, header.testCount ?? 1 > 0,
            header.files.count == (header.testCount == nil ? 1 : 2)
        else { return nil }
        let counts = [header.trainCount] + (header.testCount.map { [$0] } ?? [])
        let body = bytes.count - end - 1
        guard let size = product([header.width, header.height]), size <= IDX.largestCount,
            counts.allSatisfy({ $0 <= body }),
            counts.map({ $0.multipliedReportingOverflow(by: size + 2).partialValue }).reduce(0, &+) == body
        else { return nil }
        let checksum = bytes.withUnsafeBufferPointer { buffer in
            crc32_z(0, buffer.baseAddress.map { $0 + end + 1 }, body)
        }
        guard UInt(checksum) == header.checksum else { return nil }
        var place = end + 1
        let sets = zip(counts, header.files).map { count, file in
            let (pixels, labels) = (place + count * size, place + count * (size + 2))
            defer { place = labels }
            return LabelledPixels(
                width: header.width, height: header.height, pixels: Array(bytes[place..<pixels]),
                labels: (0..<count).map { Int(bytes[pixels + 2 * $0]) | Int(bytes[pixels + 2 * $0 + 1]) << 8 },
                file: file)
        }
        return Contents(train: sets[0], test: sets.count > 1 ? sets[1] : nil, names: header.names)
    }
}
