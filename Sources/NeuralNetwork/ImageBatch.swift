/// Labelled images in memory that it does not own, and which of them make up a batch, in their order.
public struct ImageBatch {
    /// The number of images in the batch.
    public let count: Int
    let pixelsPerImage: Int
    /// `[images × pixelsPerImage]`, 0…255
    let pixels: UnsafePointer<UInt8>?
    /// Of the same images, if the first layer is to skip zero pixels.
    let lit: UnsafePointer<UInt64>?
    /// `[images]`
    let labels: UnsafeBufferPointer<UInt8>
    /// `[count]`; nil for the first `count` images.
    let indices: UnsafePointer<Int32>?

    /// - Parameters:
    ///   - pixels: `[images × pixelsPerImage]`, row-major.
    ///   - lit: the images' `LitPixels.bits`, if the first layer is to skip zero pixels.
    ///   - labels: `[images]`
    ///   - indices: the images of the batch, `[count]`; nil for all images.
    public init(
        pixels: UnsafeBufferPointer<UInt8>, pixelsPerImage: Int, lit: UnsafeBufferPointer<UInt64>? = nil,
        labels: UnsafeBufferPointer<UInt8>, indices: UnsafeBufferPointer<Int32>? = nil
    ) {
        precondition(pixels.count == labels.count * pixelsPerImage, "One label an image.")
        precondition(
            lit.map { $0.count == labels.count * LitPixels.words(pixelsPerImage) } ?? true, "Bits of every image.")
        precondition(
            indices?.allSatisfy { $0 >= 0 && $0 < labels.count } ?? true, "An index is that of one of the images.")
        self.init(
            count: indices?.count ?? labels.count, pixelsPerImage: pixelsPerImage, pixels: pixels.baseAddress,
            lit: lit?.baseAddress, labels: labels, indices: indices?.baseAddress)
    }

    private init(
        count: Int, pixelsPerImage: Int, pixels: UnsafePointer<UInt8>?, lit: UnsafePointer<UInt64>?,
        labels: UnsafeBufferPointer<UInt8>, indices: UnsafePointer<Int32>?
    ) {
        self.count = count
        self.pixelsPerImage = pixelsPerImage
        self.pixels = pixels
        self.lit = lit
        self.labels = labels
        self.indices = indices
    }

    func label(_ row: Int) -> UInt8 { labels[indices.map { Int($0[row]) } ?? row] }

    /// A part of the batch.
    subscript(rows: Range<Int>) -> ImageBatch {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "A part lies within the batch.")
        let skipped = indices == nil ? rows.lowerBound : 0
        return ImageBatch(
            count: rows.count, pixelsPerImage: pixelsPerImage, pixels: pixels.map { $0 + skipped * pixelsPerImage },
            lit: lit.map { $0 + skipped * LitPixels.words(pixelsPerImage) },
            labels: UnsafeBufferPointer(rebasing: labels[skipped...]), indices: indices.map { $0 + rows.lowerBound })
    }
}
