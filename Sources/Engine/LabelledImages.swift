/// Images in memory with a label each.
public struct LabelledImages: Sendable {
    /// `[count × pixelsPerImage]`, row-major, 0…255
    public let pixels: [UInt8]
    public let pixelsPerImage: Int
    /// `[count]`
    public let labels: [UInt8]
    /// nil where too few pixels are zero for the first layer to gain from skipping them.
    public let lit: LitPixels?

    public var count: Int { labels.count }

    public init(pixels: [UInt8], pixelsPerImage: Int, labels: [UInt8]) {
        self.pixels = pixels
        self.pixelsPerImage = pixelsPerImage
        self.labels = labels
        lit = Self.worthwhileLitPixels(pixels, pixelsPerImage: pixelsPerImage)
    }

    /// The chosen images, or all, as a batch that is good for the length of the call.
    ///
    /// - Parameters:
    ///   - indices: the images of the batch, then those of the next one if they are known; nil for all images.
    ///   - count: the images of the batch; nil if `indices` has no others.
    public func withBatch<Result>(
        _ indices: UnsafeBufferPointer<Int32>? = nil, count: Int? = nil, _ body: (ImageBatch) throws -> Result
    ) rethrows -> Result {
        func withBits(_ body: (UnsafeBufferPointer<UInt64>?) throws -> Result) rethrows -> Result {
            try lit?.bits.withUnsafeBufferPointer(body) ?? body(nil)
        }
        return try pixels.withUnsafeBufferPointer { pixels in
            try labels.withUnsafeBufferPointer { labels in
                try withBits { lit in
                    try body(
                        ImageBatch(
                            pixels: pixels, pixelsPerImage: pixelsPerImage, lit: lit, labels: labels,
                            indices: indices, count: count))
                }
            }
        }
    }

    /// The pixels that are not zero, if so many are that skipping the others pays: it takes two thirds of the time of
    /// the dense product for each of them, measured, so it does below 55 %. Judged by some images from all over the set.
    private static func worthwhileLitPixels(_ pixels: [UInt8], pixelsPerImage: Int) -> LitPixels? {
        let count = pixels.count / max(pixelsPerImage, 1)
        let chosen = stride(from: 0, to: count, by: max(1, count / 100))
        var (zeros, all) = (0, 0)
        for image in chosen {
            zeros += pixels[image * pixelsPerImage..<(image + 1) * pixelsPerImage].count { $0 == 0 }
            all += pixelsPerImage
        }
        guard Double(zeros) >= 0.45 * Double(all), all > 0 else { return nil }
        return pixels.withUnsafeBufferPointer { LitPixels(of: $0, pixelsPerImage: pixelsPerImage) }
    }
}
