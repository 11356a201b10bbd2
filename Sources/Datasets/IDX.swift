import Files

/// An array of numbers from an IDX file, the format that MNIST comes in, as pixels.
///
/// The file begins with the bytes 0, 0, the type of the elements and the number of dimensions; then comes the size of
/// each dimension as a big-endian UInt32; then the elements, big-endian, the last dimension running fastest.
struct IDX {
    /// The size of each dimension, none of them 0.
    let shape: [Int]

    /// The elements, row-major; as many as the product of `shape`.
    let bytes: [UInt8]

    /// 1 GiB, twenty times MNIST: what a header may ask for before it counts as broken.
    static let largestCount = 1 << 30

    /// Reads images, plain or compressed with gzip: of any type whose numbers are pixels, see `PixelValues`.
    ///
    /// The sizes in the header are compared with the size of the file before memory is taken for the elements.
    init(file path: String, dimensions: Int) throws(DatasetError) {
        let elements = try IDXElements(path, dimensions: dimensions...dimensions)
        shape = elements.shape
        if elements.type == .bytes {
            bytes = try elements.take(elements.count)
            try elements.end()
            return
        }
        var pixels = PixelValues(elements.type)
        pixels.reserveCapacity(elements.count)
        let size = shape.dropFirst().reduce(1, *)
        for start in stride(from: 0, to: elements.count, by: IDXElements.chunk) {
            let chunk = try elements.take(min(IDXElements.chunk, elements.count - start))
            do throws(PixelValues.Misfit) {
                try pixels.append(chunk[...])
            } catch {
                throw DatasetError(path, .pixel(error.words, image: error.place / size))
            }
        }
        try elements.end()
        bytes = pixels.bytes
    }

    /// Reads labels of any type whose numbers are whole and 0…256: one dimension, or two, of which the first column counts,
    /// as in QMNIST.
    static func labels(file path: String) throws(DatasetError) -> [Int] {
        let elements = try IDXElements(path, dimensions: 1...2)
        let columns = elements.shape.count == 2 ? elements.shape[1] : 1
        let row = columns * elements.type.size
        let rowsAtOnce = max(IDXElements.chunk / columns, 1)
        var labels: [Int] = []
        labels.reserveCapacity(elements.shape[0])
        while labels.count < elements.shape[0] {
            let rows = min(rowsAtOnce, elements.shape[0] - labels.count)
            let chunk = try elements.take(rows * columns)
            let numbers = chunk.withUnsafeBytes { chunk in
                (0..<rows).map { elements.type.number(chunk, at: $0 * row) }
            }
            for number in numbers {
                guard let label = Int(exactly: number), (0...LabelledPixels.mostClasses).contains(label) else {
                    throw DatasetError(
                        path,
                        .label(PixelValues.words(number), index: labels.count, expected: 0..<LabelledPixels.mostClasses)
                    )
                }
                labels.append(label)
            }
        }
        try elements.end()
        return labels
    }

    /// The images as an IDX file, uncompressed.
    static func encode(images: ImageSet) -> [UInt8] {
        encode(shape: [images.count, images.height, images.width], images.pixels)
    }

    /// The labels as an IDX file, uncompressed.
    static func encode(labels: [UInt8]) -> [UInt8] {
        encode(shape: [labels.count], labels)
    }

    private static func encode(shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
        let sizes = shape.flatMap { size in (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } }
        return [0, 0, 8, UInt8(shape.count)] + sizes + bytes
    }
}

/// The elements of an IDX file, read one after the other.
private struct IDXElements {
    let shape: [Int]
    let type: NumberType
    var count: Int { shape.reduce(1, *) }

    private let path: String
    private let source: any ByteSource
    private let headerSize: Int
    private var size: Int { headerSize + count * type.size }

    /// How many to take at once.
    static let chunk = 1 << 18

    /// The codes of the types, from yann.lecun.com/exdb/mnist.
    private static let types: [UInt8: NumberType] = [
        0x08: .bytes, 0x09: NumberType(.signed, size: 1), 0x0b: NumberType(.signed, size: 2, isBigEndian: true),
        0x0c: NumberType(.signed, size: 4, isBigEndian: true), 0x0d: NumberType(.float, size: 4, isBigEndian: true),
        0x0e: NumberType(.float, size: 8, isBigEndian: true),
    ]

    /// Reads the header.
    init(_ path: String, dimensions: ClosedRange<Int>) throws(DatasetError) {
        self.path = path
        source = try openByteSource(path)
        let header = try source.take(4)
        guard header.count == 4 else { throw DatasetError(path, .truncated(expected: 4, found: header.count)) }
        guard header[0] == 0, header[1] == 0 else { throw DatasetError(path, .magic(Array(header[0..<2]))) }
        guard let type = Self.types[header[2]] else { throw DatasetError(path, .elementType(header[2])) }
        self.type = type
        let found = Int(header[3])
        guard dimensions.contains(found) else {
            throw DatasetError(path, .dimensions(expected: dimensions.lowerBound, found: found))
        }
        let sizes = try source.take(4 * found)
        headerSize = 4 + 4 * found
        guard sizes.count == 4 * found else {
            throw DatasetError(path, .truncated(expected: headerSize, found: 4 + sizes.count))
        }
        shape = stride(from: 0, to: sizes.count, by: 4).map { start in
            sizes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        guard !shape.contains(0) else { throw DatasetError(path, .emptyShape(shape)) }
        guard let bytes = product(shape + [type.size]), bytes <= IDX.largestCount else {
            throw DatasetError(path, .hugeShape(shape, limit: IDX.largestCount))
        }
        try source.check(size: headerSize + bytes)
    }

    /// The bytes of the next elements.
    func take(_ count: Int) throws(DatasetError) -> [UInt8] {
        let bytes = try source.take(count * type.size)
        guard bytes.count == count * type.size else {
            throw DatasetError(path, .truncated(expected: size, found: headerSize + bytes.count))
        }
        return bytes
    }

    /// Throws when there is more. Reading past the end also makes zlib compare the checksum.
    func end() throws(DatasetError) {
        guard try source.take(1).isEmpty else { throw DatasetError(path, .overlong(expected: size, found: nil)) }
    }
}
