import Foundation
import NeuralNetwork

/// The user's own labelled drawings, kept as an IDX pair that `DatasetLocation` finds when given the folder; beside them
/// their strokes, a line of JSON each, as `StrokesFile` reads them.
public struct DrawingArchive: Sendable, Equatable {
    /// A change of what is kept. A drawing is named by what it is, not by its place, which another program may have
    /// changed meanwhile.
    public enum Edit: Sendable, Equatable {
        /// `image` of the archive's size, 0…255; `strokes` empty where only the image is known.
        case add(image: [UInt8], label: UInt8, strokes: Drawing)
        case relabel(image: [UInt8], from: UInt8, to: UInt8)
        /// The strokes are for whoever takes it back.
        case remove(image: [UInt8], label: UInt8, strokes: Drawing)
    }

    public let folder: String
    /// Of the images.
    public let size: Shape
    /// Written beside the images, so that the folder is a data set of these classes; nil where they are not known.
    private let classNames: [String]?

    public var imagesFile: String { folder + "/train-images-idx3-ubyte" }
    private var labelsFile: String { folder + "/train-labels-idx1-ubyte" }
    private var strokesFile: String { folder + "/strokes.jsonl" }
    private var namesFile: String { folder + "/classes.txt" }

    public init(folder: String, size: Shape = .mnist, classNames: [String]? = nil) {
        (self.folder, self.size, self.classNames) = (folder, size, classNames)
    }

    /// `$XDG_DATA_HOME/inkling/drawings`, or `~/.local/share/inkling/drawings` (XDG Base Directory Specification 0.8);
    /// of clothing and whatever else has classes or a size of its own, `drawings-` and the data set's name.
    public init(environment: [String: String], dataset: Dataset) {
        let home = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let base = home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share"
        let hasDigits = dataset.classNames == Dataset.classNames(of: "mnist") && dataset.train.shape == .mnist
        self.init(
            folder: base + "/inkling/drawings" + (hasDigits ? "" : "-\(dataset.name)"), size: dataset.train.shape,
            classNames: dataset.classNames)
    }

    /// What is kept, in the order in which it was drawn; nil where there is nothing.
    ///
    /// - Throws: `DatasetError` when the files there are no such pair.
    public func read() throws(DatasetError) -> LabelledDrawings? {
        guard FileManager.default.fileExists(atPath: imagesFile) else { return nil }
        let images = try ImageSet(imagesFile: imagesFile, labelsFile: labelsFile)
        guard images.shape == size else {
            throw DatasetError(
                imagesFile,
                .imageSize(expected: [size.height, size.width], found: [images.height, images.width]))
        }
        // Strokes that do not belong to the images are of no use; these do without.
        let strokes = StrokesFile(path: strokesFile).strokes()
        return LabelledDrawings(images: images, strokes: strokes?.count == images.count ? strokes : nil)
    }

    /// Changes what is kept, and returns what it is then. What was there before stays whole whatever happens.
    ///
    /// - Throws: `DatasetError` when the files there are no such pair; Foundation's error when they cannot be written.
    public func apply(_ edit: Edit) throws -> LabelledDrawings {
        var drawings = try read() ?? .none(size: size)
        drawings.apply(edit)
        guard drawings.count > 0 else {
            for file in [imagesFile, labelsFile, strokesFile, namesFile]
            where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
            return drawings
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // All are written beside the old ones first; then only names change.
        var contents = [
            (imagesFile, IDX.encode(images: drawings.images)),
            (labelsFile, IDX.encode(labels: drawings.images.labels)),
            (strokesFile, StrokesFile.encode(drawings)),
        ]
        if let classNames { contents.append((namesFile, Array((classNames.joined(separator: "\n") + "\n").utf8))) }
        for (file, bytes) in contents { try Data(bytes).write(to: URL(fileURLWithPath: file + ".new")) }
        for (file, _) in contents where rename(file + ".new", file) != 0 {
            throw DatasetError(file, .unreadable(reason: String(cString: strerror(errno))))
        }
        return drawings
    }
}
