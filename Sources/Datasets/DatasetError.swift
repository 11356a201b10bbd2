import Files

/// Why a data set cannot be used. Its description is one line that names the file, what was expected and what was found.
public struct DatasetError: Error, Equatable {
    /// The path of the file or folder, or the name of the data set that was found nowhere.
    public let file: String

    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        // The file itself
        case missing
        case unreadable(reason: String)
        case folder
        case notRegular

        // IDX; sizes are those of the uncompressed file in bytes, `found` is nil when only "more" is known
        case magic([UInt8])
        case elementType(UInt8)
        case dimensions(expected: Int, found: Int)
        case emptyShape([Int])
        case hugeShape([Int], limit: Int)
        case truncated(expected: Int, found: Int)
        case overlong(expected: Int, found: Int?)

        // gzip
        case gzipDamaged(reason: String)
        case gzipCutShort
        case gzipTrailer
        case gzipTooSmall(declared: Int, most: Int)

        // Pictures
        case picture(expected: String, found: String)

        // What the files say together
        case label(String, index: Int, expected: Range<Int>)
        case pixel(String, image: Int)
        case labelCount(expected: Int, found: Int)
        case imageSize(expected: [Int], found: [Int])

        // Looking for a data set
        case incomplete
        case notFound(places: [String])

        // Anything else
        case contents(expected: String, found: String)
    }

    public init(_ file: String, _ problem: Problem) {
        self.file = file
        self.problem = problem
    }
}

extension DatasetError: CustomStringConvertible {
    public var description: String {
        FileError(file, expected: problem.words.expected, found: problem.words.found).description
    }
}

extension DatasetError.Problem {
    fileprivate var words: (expected: String, found: String) {
        switch self {
        case .missing: ("a file", "none")
        case .unreadable(let reason): ("a readable file", "\"\(reason)\"")
        case .folder: ("a file", "a folder")
        case .notRegular: ("a regular file", "a device, pipe or socket")

        case .magic(let bytes): ("an IDX file, which begins with bytes 00 00", "bytes \(hex(bytes))")
        case .elementType(let code): ("type code 08, 09, 0b, 0c, 0d or 0e", "type code \(hex([code]))")
        case .dimensions(let expected, let found): ("\(expected) dimension\(expected == 1 ? "" : "s")", "\(found)")
        case .emptyShape(let shape): ("a size of at least 1 in every dimension", product(shape))
        case .hugeShape(let shape, let limit):
            ("at most \(limit) bytes of data", "a header that says \(product(shape))")
        case .truncated(let expected, let found): ("\(expected) bytes", "only \(found)")
        case .overlong(let expected, let found): ("\(expected) bytes", found.map(String.init) ?? "more")

        case .gzipDamaged(let reason): ("an undamaged gzip stream", "\"\(reason)\"")
        case .gzipCutShort: ("the end of the gzip stream", "the end of the file before it")
        case .gzipTrailer: ("the end of the file after the gzip stream", "other bytes")
        case .gzipTooSmall(let declared, let most):
            ("at most \(most) bytes, all that gzip packs into a file of this size", "a header that says \(declared)")

        case .picture(let expected, let found): (expected, found)

        case .label(let label, let index, let known):
            ("labels from \(known.lowerBound) to \(known.upperBound - 1)", "\(label) at index \(index)")
        case .pixel(let number, let image): ("pixels from 0 to 255", "\(number) in image \(image)")
        case .labelCount(let expected, let found): ("\(expected) labels, one for each image", "\(found)")
        case .imageSize(let expected, let found):
            ("images of \(product(expected)), as in the training set", "images of \(product(found))")

        case .incomplete: ("this file, plain or with .gz, beside the others of its data set", "neither")
        case .notFound(let places):
            (
                "a folder with IDX files (train-images-idx3-ubyte[.gz] and so on), an .npz or CSV file, or a folder of "
                    + "pictures for each class", "none in \(list(places))"
            )

        case .contents(let expected, let found): (expected, found)
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map(\.hexadecimal).joined(separator: " ")
    }

    private func product(_ sizes: [Int]) -> String {
        sizes.map(String.init).joined(separator: " × ")
    }

    private func list(_ items: [String]) -> String {
        items.joined(separator: ", ")
    }
}
