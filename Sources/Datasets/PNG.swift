import CPng

/// Portable Network Graphics, by libpng.
public enum PNG {
    static func isMagic(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    }

    /// Reads a picture of any kind; colours become the grey that is as bright.
    static func image(_ bytes: [UInt8], file: String) throws(DatasetError) -> GreyImage {
        var image = CPng_image()
        defer { png_image_free(&image) }
        guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else { throw problem(image, file) }
        image.format = CPng_greyAlpha()
        image.flags |= CPng_sixteenBitsAsEight()
        let (width, height) = (Int(image.width), Int(image.height))
        guard width * height <= GreyImage.largestCount else {
            throw DatasetError(
                file, .picture(expected: "at most \(GreyImage.largestCount) pixels", found: "\(width) × \(height)"))
        }
        var pairs = [UInt8](repeating: 0, count: width * height * 2)
        guard png_image_finish_read(&image, nil, &pairs, png_int_32(width * 2), nil) != 0 else {
            throw problem(image, file)
        }
        let grey = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
        let alpha = stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] }
        return GreyImage(width: width, height: height, pixels: grey, alpha: alpha)
    }

    /// The file for a picture; nil when libpng finds no memory.
    public static func encoded(_ picture: GreyImage) -> [UInt8]? {
        var image = CPng_image()
        defer { png_image_free(&image) }
        image.width = png_uint_32(picture.width)
        image.height = png_uint_32(picture.height)
        image.format = CPng_grey()
        // More than the pixels as they are: deflate adds little where it cannot shrink.
        var size = picture.pixels.count * 2 + picture.height + 4096
        var bytes = [UInt8](repeating: 0, count: size)
        guard png_image_write_to_memory(&image, &bytes, &size, 0, picture.pixels, 0, nil) != 0 else { return nil }
        return Array(bytes[..<size])
    }

    private static func problem(_ image: png_image, _ file: String) -> DatasetError {
        let reason = withUnsafePointer(to: image) { String(cString: CPng_message($0)) }
        return DatasetError(file, .picture(expected: "an undamaged PNG file", found: "\"\(reason)\""))
    }
}
