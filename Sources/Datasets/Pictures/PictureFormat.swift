import CPictures

/// The kinds of picture files, told by their first bytes.
enum PictureFormat {
    case png, jpeg, gif, webP, tiff, bmp, pgm

    /// All of them, in words.
    static let names = "a PNG, JPEG, GIF, WebP, TIFF, BMP, PGM or IDX file of pictures"

    init?(of bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if bytes.has("GIF87a") || bytes.has("GIF89a") {
            self = .gif
        } else if bytes.has("RIFF"), bytes.has("WEBP", at: 8) {
            self = .webP
        } else if bytes.has("II*\0") || bytes.has("MM\0*") || bytes.has("II+\0") || bytes.has("MM\0+") {
            self = .tiff
        } else if bytes.has("BM") {
            self = .bmp
        } else if PGM.isMagic(bytes) {
            self = .pgm
        } else {
            return nil
        }
    }

    /// The picture, upright: a camera notes in the file how it was held.
    ///
    /// - Throws: `DatasetError` where the bytes are no such file, or a damaged one.
    func image(_ bytes: [UInt8], file: String) throws(DatasetError) -> GreyImage {
        let image =
            switch self {
            case .png: try PictureGrid(bytes, as: "PNG file", file: file, read: CPicture_readPNG).image()
            case .jpeg: try PictureGrid(bytes, as: "JPEG file", file: file, read: CPicture_readJPEG).image()
            case .gif: try PictureGrid(bytes, as: "GIF file", file: file, read: CPicture_readGIF).image()
            case .webP: try PictureGrid(bytes, as: "WebP file", file: file, read: CPicture_readWebP).image()
            case .tiff: try PictureGrid(bytes, as: "TIFF file", file: file, read: CPicture_readTIFF).image()
            case .bmp: try BMP.image(bytes, file: file)
            case .pgm: try PGM.image(bytes, file: file)
            }
        return image.turned(EXIF.orientation(in: bytes, self))
    }

    /// What a file is that is read by others, in words; nil where that is not known.
    static func foreign(_ bytes: [UInt8]) -> String? {
        if bytes.has("ftypavif", at: 4) { return "an AVIF file; save it as JPEG or PNG" }
        if bytes.has("ftyp", at: 4) { return "a HEIC file or a film; save it as JPEG or PNG" }
        if bytes.has("%PDF") { return "a PDF file; save its page as JPEG or PNG" }
        if bytes.has("<svg") || bytes.has("<?xml") { return "an SVG file; save it as PNG" }
        if bytes.has("version https://git-lfs") {
            return "a pointer of Git LFS; fetch the file itself with git lfs pull"
        }
        return nil
    }
}

extension [UInt8] {
    /// Whether a text stands at a place.
    fileprivate func has(_ text: String, at place: Int = 0) -> Bool { dropFirst(place).starts(with: text.utf8) }
}
