import CPictures

/// A picture whose pixels come one by one, in any order, and which is shrunk while they come where it is large.
struct PictureGrid: ~Copyable {
    private var picture = CPicture()

    init() {
        picture.most_read = Int64(GreyImage.largestCount)
        picture.most_held = 25_000_000
        picture.most_kept = Int64(GreyImage.keptCount)
    }

    /// - Throws: `DatasetError` where there are no pixels or too many.
    init(width: Int, height: Int, file: String) throws(DatasetError) {
        self.init()
        guard CPicture_begin(&picture, Int64(width), Int64(height), 1) else { throw problem(in: "picture", file) }
    }

    /// One that a library fills from the bytes of a file.
    init(
        _ bytes: [UInt8], as format: String, file: String,
        read: (UnsafeMutablePointer<CPicture>?, UnsafePointer<UInt8>?, Int) -> Bool
    ) throws(DatasetError) {
        self.init()
        guard read(&picture, bytes, bytes.count) else { throw problem(in: format, file) }
    }

    deinit {
        var picture = picture
        CPicture_free(&picture)
    }

    /// Grey and opacity are 0…255; the place is within the picture.
    mutating func add(x: Int, y: Int, grey: UInt8, opacity: UInt8 = 255) {
        CPicture_add(&picture, Int32(x), Int32(y), UInt32(grey) * UInt32(opacity), UInt32(opacity))
    }

    /// What is transparent shows the ground that suits the ink: a black one if it is bright, a white one if it is dark.
    /// Where most of the picture is opaque, that is the paper, which goes on.
    consuming func image() -> GreyImage {
        let (width, height, cell) = (Int(picture.width), Int(picture.height), Int(picture.cell))
        let light = UnsafeBufferPointer(start: picture.light, count: width * height)
        let opacity = UnsafeBufferPointer(start: picture.opacity, count: width * height)
        let (allLight, allOpacity) = (light.reduce(0) { $0 + Int($1) }, opacity.reduce(0) { $0 + Int($1) })
        let all = Int(picture.read_width) * Int(picture.read_height) * 255
        let isPaper = allOpacity * 10 > all * 7
        let ground = (allLight > 127 * allOpacity) == isPaper ? 255 : 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { pixels, count in
            for y in 0..<height {
                let rows = min(cell, Int(picture.read_height) - y * cell)
                for x in 0..<width {
                    let most = rows * min(cell, Int(picture.read_width) - x * cell) * 255
                    let place = y * width + x
                    let sum = Int(light[place]) + ground * (most - Int(opacity[place]))
                    pixels[place] = UInt8(clamping: (sum + most / 2) / most)
                }
            }
            count = width * height
        }
        return GreyImage(width: width, height: height, pixels: pixels, shrink: Int(picture.shrink))
    }

    private func problem(in format: String, _ file: String) -> DatasetError {
        let reason = withUnsafeBytes(of: picture.problem) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return DatasetError(file, .picture(expected: "an undamaged \(format)", found: "\"\(reason)\""))
    }
}
