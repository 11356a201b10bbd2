import Foundation
import NeuralNetwork

/// A person's drawings with what they are: as images, and as strokes where these are known.
public struct LabelledDrawings: Sendable, Equatable {
    /// As those of the data set are, with the labels.
    public var images: ImageSet
    /// `[count]`; empty drawings where only the image is known.
    public var strokes: [Drawing]

    public var count: Int { images.count }

    public static let none = none(size: .mnist)

    public static func none(size: Shape) -> LabelledDrawings {
        LabelledDrawings(images: ImageSet(width: size.width, height: size.height, pixels: [], labels: []))
    }

    /// - Parameter strokes: `[images.count]`; nil where none are known.
    public init(images: ImageSet, strokes: [Drawing]? = nil) {
        self.images = images
        self.strokes = strokes ?? Array(repeating: Drawing(), count: images.count)
        precondition(self.strokes.count == images.count, "Strokes of every image.")
    }

    /// Reads a folder as `DrawingArchive` keeps it, or lines of JSON, `{"strokes": [[[x, y], …], …], "label": 7}`.
    ///
    /// - Parameters:
    ///   - size: of the images.
    ///   - classes: labels are below.
    /// - Throws: `DatasetError` or `StrokesFile.Failure`: what is wrong with the first file or line that is not as it
    ///   should be.
    public init(at path: String, size: Shape = .mnist, classes: Int = 10) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            let archive = DrawingArchive(folder: path, size: size)
            guard let drawings = try archive.read() else { throw DatasetError(archive.imagesFile, .missing) }
            self = drawings
            return
        }
        self = .none(size: size)
        for line in try StrokesFile(path: path).labelledDrawings(size: size, classes: classes) {
            apply(.add(image: line.image, label: line.label, strokes: line.drawing))
        }
    }

    /// Those whose place fits.
    public func chosen(_ fits: (Int) -> Bool) -> LabelledDrawings {
        LabelledDrawings(images: images.chosen(fits), strokes: strokes.indices.filter(fits).map { strokes[$0] })
    }

    /// Does nothing to a drawing that is not among them.
    public mutating func apply(_ edit: DrawingArchive.Edit) {
        var (pixels, labels) = (images.pixels, images.labels)
        let size = images.pixelsPerImage
        func place(of image: [UInt8], _ label: UInt8) -> Int? {
            labels.indices.last { labels[$0] == label && images.image($0).elementsEqual(image) }
        }
        switch edit {
        case .add(let image, let label, let drawing):
            pixels += image
            labels.append(label)
            strokes.append(drawing)
        case .relabel(let image, let old, let new):
            if let index = place(of: image, old) { labels[index] = new }
        case .remove(let image, let label, _):
            if let index = place(of: image, label) {
                pixels.removeSubrange(index * size..<(index + 1) * size)
                labels.remove(at: index)
                strokes.remove(at: index)
            }
        }
        images = ImageSet(width: images.width, height: images.height, pixels: pixels, labels: labels)
    }
}
