import Datasets
import TestSupport
import Testing

/// Compressed files: the same contents, and their own ways to be broken.
@Suite struct GzipTests {
    let folder: TemporaryFolder
    let labels = Sample.labels(count: 9)

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Reads images whose pixels repeat, so that the gzip stream holds matches as well as literals.
    func read(_ images: [UInt8]) throws -> ImageSet {
        try ImageSet(
            imagesFile: folder.write(images, to: "images"), labelsFile: folder.write(labels, to: "labels"))
    }

    func message(_ images: [UInt8]) throws -> String {
        let error = try #require(throws: DatasetError.self) { try read(images) }
        return error.description.replacing(folder.path + "/", with: "")
    }

    var plain: [UInt8] {
        Sample.idx([9, 4, 4], (0..<144).map { UInt8($0 % 20) })
    }

    @Test func readsTheSameAsPlainWhateverTheName() throws {
        #expect(try read(folder.gzip(plain)) == read(plain))
    }

    @Test func labelsMayBeCompressedToo() throws {
        let set = try ImageSet(
            imagesFile: folder.write(plain, to: "images.gz"),
            labelsFile: folder.write(folder.gzip(labels), to: "labels"))
        #expect(try set == read(plain))
    }

    @Test func membersFollowEachOther() throws {
        let members = try folder.gzip(Array(plain[..<50])) + folder.gzip([]) + folder.gzip(Array(plain[50...]))
        #expect(try read(members) == read(plain))
    }

    @Test func nothingElseMayFollowAMember() throws {
        let expected = "images: expected the end of the file after the gzip stream, found other bytes"
        #expect(try message(folder.gzip(plain) + [0]) == expected)
        #expect(try message(folder.gzip(plain) + Array("junk".utf8)) == expected)
        #expect(try message(folder.gzip(Array(plain[..<50])) + Array(plain[50...])) == expected)
    }

    @Test func contentsMustBeAsLongAsTheHeaderSays() throws {
        #expect(try message(folder.gzip(plain.dropLast(60))) == "images: expected 160 bytes, found only 100")
        #expect(try message(folder.gzip(Array(plain[..<10]))) == "images: expected 16 bytes, found only 10")
        #expect(try message(folder.gzip(plain + [0])) == "images: expected 160 bytes, found more")
        #expect(try message(folder.gzip(plain) + folder.gzip([0])) == "images: expected 160 bytes, found more")
    }

    @Test func checksumMustMatch() throws {
        var bytes = try folder.gzip(plain)
        bytes[bytes.count - 8] ^= 1
        #expect(
            try message(bytes) == "images: expected an undamaged gzip stream, found \"incorrect data check\"")
    }

    @Test func lengthMustMatch() throws {
        var bytes = try folder.gzip(plain)
        bytes[bytes.count - 4] ^= 1
        #expect(
            try message(bytes) == "images: expected an undamaged gzip stream, found \"incorrect length check\"")
    }

    @Test func moreThanDeflateCanPackIsRefusedUnread() throws {
        let bytes = try folder.gzip(Sample.idx([1000, 1000, 1000], [1, 2, 3]))
        let most = bytes.count * 1032
        #expect(
            try message(bytes)
                == "images: expected at most \(most) bytes, all that gzip packs into a file of this size,"
                + " found a header that says 1000000016")
    }

    @Test func theLimitHoldsForTheBestCompression() throws {
        let black = Sample.idx([9, 1000, 1000], [UInt8](repeating: 0, count: 9_000_000))
        let bytes = try folder.gzip(black)
        #expect(black.count > bytes.count * 1000)
        #expect(try read(bytes).count == 9)
    }

    @Test func everyCutIsAnError() throws {
        let whole = try folder.gzip(plain)
        for length in whole.indices {
            #expect(try message(Array(whole[..<length])).hasPrefix("images: expected "))
        }
        #expect(
            try message(whole.dropLast(8))
                == "images: expected the end of the gzip stream, found the end of the file before it")
    }

    @Test func everyFlippedBitIsAnErrorOrHarmless() throws {
        let (whole, expected) = try (folder.gzip(plain), read(plain))
        for bit in 0..<whole.count * 8 {
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            do {
                // The time stamp and some unused bits may change without harm; the contents may not.
                #expect(try read(bytes) == expected, "bit \(bit)")
            } catch let error as DatasetError {
                #expect(error.file.hasSuffix("/images"))
            }
        }
    }
}
