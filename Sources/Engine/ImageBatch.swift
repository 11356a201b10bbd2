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
    /// `[count]`, then those of the batch to come; nil for the first `count` images.
    let indices: UnsafePointer<Int32>?
    /// Images of the batch to come, as far as it is known.
    let upcomingCount: Int
    /// The batch to come, if it is to be made meanwhile.
    var next: ChangedBatch?

    /// - Parameters:
    ///   - pixels: `[images × pixelsPerImage]`, row-major.
    ///   - lit: the images' `LitPixels.bits`, if the first layer is to skip zero pixels.
    ///   - labels: `[images]`
    ///   - indices: the images of the batch, then those of the next one if they are known: where zeros are skipped, they
    ///     are fetched meanwhile, which makes that one quicker. nil for a batch of all images.
    ///   - count: the images of the batch; nil if `indices` has no others.
    public init(
        pixels: UnsafeBufferPointer<UInt8>, pixelsPerImage: Int, lit: UnsafeBufferPointer<UInt64>? = nil,
        labels: UnsafeBufferPointer<UInt8>, indices: UnsafeBufferPointer<Int32>? = nil, count: Int? = nil
    ) {
        precondition(pixels.count == labels.count * pixelsPerImage, "One label an image.")
        precondition(
            lit.map { $0.count == labels.count * LitPixels.words(pixelsPerImage) } ?? true, "Bits of every image.")
        precondition(
            indices?.allSatisfy { $0 >= 0 && $0 < labels.count } ?? true, "An index is that of one of the images.")
        let known = indices?.count ?? labels.count
        precondition((0...known).contains(count ?? known), "The batch is the first of the indices.")
        self.init(
            count: count ?? known, pixelsPerImage: pixelsPerImage, pixels: pixels.baseAddress, lit: lit?.baseAddress,
            labels: labels, indices: indices?.baseAddress, upcomingCount: known - (count ?? known))
    }

    private init(
        count: Int, pixelsPerImage: Int, pixels: UnsafePointer<UInt8>?, lit: UnsafePointer<UInt64>?,
        labels: UnsafeBufferPointer<UInt8>, indices: UnsafePointer<Int32>?, upcomingCount: Int
    ) {
        self.count = count
        self.pixelsPerImage = pixelsPerImage
        self.pixels = pixels
        self.lit = lit
        self.labels = labels
        self.indices = indices
        self.upcomingCount = upcomingCount
    }

    /// Writes the labels of the batch, `[count]`.
    func copyLabels(to destination: UnsafeMutablePointer<UInt8>) {
        if let indices {
            for row in 0..<count { destination[row] = labels[Int(indices[row])] }
        } else {
            for row in 0..<count { destination[row] = labels[row] }
        }
    }

    /// A part of the batch.
    subscript(rows: Range<Int>) -> ImageBatch {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "A part lies within the batch.")
        let skipped = indices == nil ? rows.lowerBound : 0
        return ImageBatch(
            count: rows.count, pixelsPerImage: pixelsPerImage, pixels: pixels.map { $0 + skipped * pixelsPerImage },
            lit: lit.map { $0 + skipped * LitPixels.words(pixelsPerImage) },
            labels: UnsafeBufferPointer(rebasing: labels[skipped...]), indices: indices.map { $0 + rows.lowerBound },
            upcomingCount: 0)
    }
}
