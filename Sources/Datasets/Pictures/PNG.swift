import CPictures

/// Portable Network Graphics, by libpng.
public enum PNG {
    /// The file for a picture; nil when libpng finds no memory.
    public static func encoded(_ picture: GreyImage) -> [UInt8]? {
        // More than the pixels as they are: deflate adds little where it cannot shrink.
        var size = picture.pixels.count * 2 + picture.height + 4096
        var bytes = [UInt8](repeating: 0, count: size)
        guard CPicture_writePNG(picture.pixels, UInt32(picture.width), UInt32(picture.height), &bytes, &size) else {
            return nil
        }
        return Array(bytes[..<size])
    }
}
