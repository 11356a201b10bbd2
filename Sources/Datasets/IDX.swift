/// An array of unsigned bytes from an IDX file, the format that MNIST comes in.
///
/// The file begins with the bytes 0, 0, the type of the elements (8: unsigned byte) and the number of dimensions; then
/// comes the size of each dimension as a big-endian UInt32; then the elements, the last dimension running fastest.
struct IDX {
    /// The size of each dimension, none of them 0.
    let shape: [Int]

    /// The elements, row-major; as many as the product of `shape`.
    let bytes: [UInt8]

    /// 1 GiB, twenty times MNIST: what a header may ask for before it counts as broken.
    static let largestCount = 1 << 30

    /// Reads a file, plain or compressed with gzip.
    ///
    /// The sizes in the header are compared with the size of the file before memory is taken for the elements.
    init(file path: String, dimensions: Int) throws(DatasetError) {
        let source = try openByteSource(path)

        let header = try source.take(4)
        guard header.count == 4 else { throw DatasetError(path, .truncated(expected: 4, found: header.count)) }
        guard header[0] == 0, header[1] == 0 else { throw DatasetError(path, .magic(Array(header[0..<2]))) }
        guard header[2] == 8 else { throw DatasetError(path, .elementType(header[2])) }
        guard header[3] == dimensions else {
            throw DatasetError(path, .dimensions(expected: dimensions, found: Int(header[3])))
        }

        let sizes = try source.take(4 * dimensions)
        let headerSize = 4 + 4 * dimensions
        guard sizes.count == 4 * dimensions else {
            throw DatasetError(path, .truncated(expected: headerSize, found: 4 + sizes.count))
        }
        shape = stride(from: 0, to: sizes.count, by: 4).map { start in
            sizes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        guard !shape.contains(0) else { throw DatasetError(path, .emptyShape(shape)) }
        guard let count = Self.product(shape), count <= Self.largestCount else {
            throw DatasetError(path, .hugeShape(shape, limit: Self.largestCount))
        }
        try source.check(size: headerSize + count)

        bytes = try source.take(count)
        guard bytes.count == count else {
            throw DatasetError(path, .truncated(expected: headerSize + count, found: headerSize + bytes.count))
        }
        // Reading past the end also makes zlib compare the checksum.
        guard try source.take(1).isEmpty else {
            throw DatasetError(path, .overlong(expected: headerSize + count, found: nil))
        }
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

    /// The product, or nil when it does not fit.
    private static func product(_ factors: [Int]) -> Int? {
        var product = 1
        for factor in factors {
            let (value, overflow) = product.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            product = value
        }
        return product
    }
}
