import NeuralNetwork

/// Grey images of one size, with one label each.
public struct ImageSet: Sendable, Equatable {
    /// The size of every image, in pixels, both at least 1.
    public let width: Int, height: Int

    /// The images one after the other, `[count × height × width]`, row-major, 0 (black) to 255 (white).
    public let pixels: [UInt8]

    /// The class of each image, `[count]`, counted from 0.
    public let labels: [UInt8]

    public var count: Int { labels.count }
    public var pixelsPerImage: Int { width * height }
    /// Of every image.
    public var shape: Shape { Shape(height: height, width: width) }

    /// - Parameters:
    ///   - width: at least 1.
    ///   - height: at least 1.
    ///   - pixels: `[labels.count × height × width]`, row-major.
    ///   - labels: one for each image.
    public init(width: Int, height: Int, pixels: [UInt8], labels: [UInt8]) {
        precondition(width >= 1 && height >= 1, "an image of \(width) × \(height) has no pixels")
        precondition(
            pixels.count == labels.count * width * height,
            "\(labels.count) images of \(width) × \(height) do not have \(pixels.count) pixels")
        self.width = width
        self.height = height
        self.pixels = pixels
        self.labels = labels
    }

    /// The pixels of one image, `[height × width]`, row-major; the slice keeps the indices that it has in `pixels`.
    public func image(_ index: Int) -> ArraySlice<UInt8> {
        pixels[index * pixelsPerImage..<(index + 1) * pixelsPerImage]
    }

    /// Those whose place fits, in their order.
    public func chosen(_ fits: (Int) -> Bool) -> ImageSet {
        let indices = labels.indices.filter(fits)
        var chosen: [UInt8] = []
        chosen.reserveCapacity(indices.count * pixelsPerImage)
        for index in indices { chosen += image(index) }
        return ImageSet(width: width, height: height, pixels: chosen, labels: indices.map { labels[$0] })
    }

    /// The first images, at most so many.
    public func prefix(_ most: Int) -> ImageSet {
        guard most < count else { return self }
        return ImageSet(
            width: width, height: height, pixels: Array(pixels.prefix(most * pixelsPerImage)),
            labels: Array(labels.prefix(most)))
    }
}

extension Shape {
    /// Of MNIST's images.
    public static let mnist = Shape(height: 28, width: 28)
}

extension ImageSet {
    /// Reads a pair of IDX files, each plain or compressed with gzip, whatever its name.
    ///
    /// - Parameters:
    ///   - imagesFile: in three dimensions, `[count × height × width]`, none of them 0.
    ///   - labelsFile: in one dimension, `[count]`, each 0...255.
    /// - Throws: `DatasetError` when a file cannot be read, is not such a file, or does not match the other.
    public init(imagesFile: String, labelsFile: String) throws(DatasetError) {
        self = try LabelledPixels(imagesFile: imagesFile, labelsFile: labelsFile)
            .imageSet(firstLabel: 0, classes: LabelledPixels.mostClasses)
    }
}
