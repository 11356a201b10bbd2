import CKernels

/// Which pixels of some images are not zero, so that the first layer can skip the others.
public struct LitPixels: Sendable {
    /// `[images × words(pixelsPerImage)]`: bit p % 64 of word p / 64 is that of an image's pixel p.
    public let bits: [UInt64]

    /// - Parameter pixels: `[images × pixelsPerImage]`, row-major.
    public init(of pixels: UnsafeBufferPointer<UInt8>, pixelsPerImage: Int) {
        precondition(pixelsPerImage >= 1, "An image has pixels.")
        let count = pixels.count / pixelsPerImage
        bits = Array(unsafeUninitializedCapacity: count * Self.words(pixelsPerImage)) { bits, initializedCount in
            inkling_find_lit(count, pixelsPerImage, pixels.baseAddress, bits.baseAddress)
            initializedCount = count * Self.words(pixelsPerImage)
        }
    }

    /// The words of bits of an image.
    public static func words(_ pixelsPerImage: Int) -> Int { (pixelsPerImage + 63) / 64 }
}
