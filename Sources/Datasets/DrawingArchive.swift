import Foundation

/// The user's own labelled drawings, kept as an IDX pair that `DatasetLocation` finds when given the folder.
public struct DrawingArchive: Sendable {
    public let folder: String

    private var imagesFile: String { folder + "/train-images-idx3-ubyte" }
    private var labelsFile: String { folder + "/train-labels-idx1-ubyte" }

    public init(folder: String) { self.folder = folder }

    /// `$XDG_DATA_HOME/inkling/drawings`, or `~/.local/share/inkling/drawings` (XDG Base Directory Specification 0.8).
    public init(environment: [String: String]) {
        let home = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let base = home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share"
        self.init(folder: base + "/inkling/drawings")
    }

    /// Adds a drawing of 28 × 28 pixels, and returns how many there are. What was there before stays whole whatever
    /// happens.
    ///
    /// - Throws: `DatasetError` when the files there are no such pair; Foundation's error when they cannot be written.
    public func append(image: [UInt8], label: UInt8) throws -> Int {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
        if FileManager.default.fileExists(atPath: imagesFile) {
            let old = try ImageSet(imagesFile: imagesFile, labelsFile: labelsFile)
            guard old.pixelsPerImage == image.count else {
                throw DatasetError(imagesFile, .imageSize(expected: [28, 28], found: [old.height, old.width]))
            }
            (pixels, labels) = (old.pixels, old.labels)
        }
        let all = ImageSet(width: 28, height: 28, pixels: pixels + image, labels: labels + [label])
        // Both are written beside the old ones first; then only names change.
        let contents = [(imagesFile, IDX.encode(images: all)), (labelsFile, IDX.encode(labels: all.labels))]
        for (file, bytes) in contents { try Data(bytes).write(to: URL(fileURLWithPath: file + ".new")) }
        for (file, _) in contents where rename(file + ".new", file) != 0 {
            throw DatasetError(file, .unreadable(reason: String(cString: strerror(errno))))
        }
        return all.count
    }
}
