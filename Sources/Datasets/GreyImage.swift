/// A grey picture of any size.
public struct GreyImage: Sendable, Equatable {
    /// In pixels, both at least 1.
    public let width: Int, height: Int
    /// `[height × width]`, row-major, 0 (black) to 255 (white).
    public let pixels: [UInt8]

    /// The most pixels of a picture, those of a photograph of 4,000 × 3,000 and a little more.
    static let largestCount = 12_500_000

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width >= 1 && height >= 1 && pixels.count == width * height, "A picture has its pixels.")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The picture of grey values under a mask on the background that they are meant for: a black one if they are
    /// bright, a white one if they are dark.
    ///
    /// - Parameters:
    ///   - pixels: `[height × width]`
    ///   - alpha: of the same size, 0 (transparent) to 255.
    init(width: Int, height: Int, pixels: [UInt8], alpha: [UInt8]) {
        let weight = alpha.reduce(0) { $0 + Int($1) }
        let light = zip(pixels, alpha).reduce(0) { $0 + Int($1.0) * Int($1.1) }
        let background = light > 127 * weight ? 0 : 255
        let composed = zip(pixels, alpha).map { pixel, alpha -> UInt8 in
            let ink = Int(pixel) * Int(alpha)
            let rest = background * (255 - Int(alpha))
            return UInt8((ink + rest + 127) / 255)
        }
        self.init(width: width, height: height, pixels: composed)
    }
}

extension GreyImage {
    /// Whether a file begins as one that `images` reads, gzip aside.
    public static func isPicture(_ path: String) -> Bool {
        guard let file = try? InputFile(path), let bytes = try? file.take(min(file.size, 8)) else { return false }
        return PNG.isMagic(bytes) || PGM.isMagic(bytes) || bytes.starts(with: idxMagic)
    }

    /// Bytes in three dimensions.
    private static let idxMagic: [UInt8] = [0, 0, 8, 3]

    /// Reads the pictures of a file: one of a PNG or PGM, all of an IDX file. Its first bytes tell, not its name.
    ///
    /// - Throws: `DatasetError` when it is none of these or damaged.
    public static func images(inFile path: String) throws(DatasetError) -> [GreyImage] {
        let file = try InputFile(path)
        if !file.startsAsGzip, file.size <= 1 << 27 {
            let bytes = try file.take(file.size)
            if PNG.isMagic(bytes) { return [try PNG.image(bytes, file: path)] }
            if PGM.isMagic(bytes) { return [try PGM.image(bytes, file: path)] }
            guard bytes.starts(with: idxMagic) else {
                throw DatasetError(
                    path, .picture(expected: "a PNG, PGM or IDX file of pictures", found: "something else"))
            }
        }
        let idx = try IDX(file: path, dimensions: 3)
        let (height, width) = (idx.shape[1], idx.shape[2])
        return (0..<idx.shape[0]).map { index in
            GreyImage(
                width: width, height: height,
                pixels: Array(idx.bytes[index * width * height..<(index + 1) * width * height]))
        }
    }
}
