/// A grey picture of any size.
public struct GreyImage: Sendable, Equatable {
    /// In pixels, both at least 1.
    public let width: Int, height: Int
    /// `[height × width]`, row-major, 0 (black) to 255 (white).
    public let pixels: [UInt8]

    /// How many pixels of the file, across and down, became one of these: 1 unless there were more than `keptCount`.
    public let shrink: Int

    /// The most pixels of a picture in a file: those of the largest telephones.
    static let largestCount = 200_000_000

    /// The most pixels that are kept of it; larger ones are shrunk while they are read.
    static let keptCount = 1 << 22

    public init(width: Int, height: Int, pixels: [UInt8], shrink: Int = 1) {
        precondition(width >= 1 && height >= 1 && pixels.count == width * height, "A picture has its pixels.")
        self.width = width
        self.height = height
        self.pixels = pixels
        self.shrink = shrink
    }
}

extension GreyImage {
    /// The picture made as small as to fit into so many pixels, by whole numbers of pixels that become one.
    public func fitting(width mostAcross: Int, height mostDown: Int) -> GreyImage {
        let factor = max((width + mostAcross - 1) / mostAcross, (height + mostDown - 1) / mostDown, 1)
        let small = Plane(self, shrunkBy: factor)
        return GreyImage(
            width: small.width, height: small.height, pixels: small.values.map { UInt8($0.rounded()) },
            shrink: shrink * factor)
    }

    /// Whether a file begins as one that `images` reads, gzip aside.
    public static func isPicture(_ path: String) -> Bool {
        guard let file = try? InputFile(path), let bytes = try? file.take(min(file.size, 64)) else { return false }
        return PictureFormat(of: bytes) != nil || bytes.starts(with: idxMagic)
    }

    /// Bytes in three dimensions.
    private static let idxMagic: [UInt8] = [0, 0, 8, 3]

    /// Reads the pictures of a file: all of an IDX file, one of any other, which stands upright. Its first bytes tell
    /// its kind, not its name.
    ///
    /// - Throws: `DatasetError` when it is none of these or damaged.
    public static func images(inFile path: String) throws(DatasetError) -> [GreyImage] {
        let file = try InputFile(path)
        if !file.startsAsGzip, file.size <= 1 << 28 {
            let bytes = try file.take(file.size)
            if let format = PictureFormat(of: bytes) { return [try format.image(bytes, file: path)] }
            guard bytes.starts(with: idxMagic) else {
                throw DatasetError(
                    path,
                    .picture(
                        expected: PictureFormat.names, found: PictureFormat.foreign(bytes) ?? "something else"))
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
