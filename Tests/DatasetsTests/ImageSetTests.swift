import Datasets
import Foundation
import TestSupport
import Testing

/// What a pair of files says, or what is wrong with it.
@Suite struct ImageSetTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Reads two files named `images` and `labels`.
    func read(images: [UInt8] = Sample.images(count: 3), labels: [UInt8] = Sample.labels(count: 3)) throws -> ImageSet {
        try ImageSet(
            imagesFile: folder.write(images, to: "images"), labelsFile: folder.write(labels, to: "labels"))
    }

    /// The message of the error that reading throws, with the folder's path taken away.
    func message(images: [UInt8] = Sample.images(count: 3), labels: [UInt8] = Sample.labels(count: 3)) throws -> String
    {
        let error = try #require(throws: DatasetError.self) { try read(images: images, labels: labels) }
        return error.description.replacingOccurrences(of: folder.path + "/", with: "")
    }

    @Test func readsWhatWasWritten() throws {
        let set = try read()
        #expect((set.width, set.height, set.count, set.pixelsPerImage) == (3, 2, 3, 6))
        #expect(set.pixels == Sample.pixels(count: 3))
        #expect(set.labels == [0, 1, 2])
        #expect(Array(set.image(1)) == [6, 7, 8, 9, 10, 11])
        #expect(set == ImageSet(width: 3, height: 2, pixels: set.pixels, labels: [0, 1, 2]))
    }

    /// A file descriptor is the lowest number that is free, so it tells how many are in use.
    @Test func closesWhatItReads() throws {
        func lowestFree() -> Int32 {
            let descriptor = open("/dev/null", O_RDONLY)
            close(descriptor)
            return descriptor
        }
        let before = lowestFree()
        for _ in 0..<200 { _ = try read() }
        #expect(lowestFree() < before + 200, "other tests have files open, too")
    }

    @Test func magicMustBeZero() throws {
        #expect(
            try message(images: Array("P5 3 2 255".utf8))
                == "images: expected an IDX file, which begins with bytes 00 00, found bytes 50 35")
    }

    @Test func typeMustBeKnown() throws {
        #expect(
            try message(labels: Sample.idx([3], type: 0x0f, [0, 1, 2]))
                == "labels: expected type code 08, 09, 0b, 0c, 0d or 0e, found type code 0f")
    }

    @Test func dimensionsMustBeThreeAndOne() throws {
        #expect(try message(images: Sample.labels(count: 3)) == "images: expected 3 dimensions, found 1")
        #expect(try message(labels: Sample.images(count: 3)) == "labels: expected 1 dimension, found 3")
    }

    @Test(arguments: [[0, 2, 3], [3, 0, 3], [3, 2, 0]] as [[UInt32]]) func noSizeMayBeZero(shape: [UInt32]) throws {
        let product = shape.map(String.init).joined(separator: " × ")
        #expect(
            try message(images: Sample.idx(shape, []))
                == "images: expected a size of at least 1 in every dimension, found \(product)")
    }

    @Test func noLabelsAreRefusedToo() throws {
        #expect(
            try message(labels: Sample.labels(count: 0))
                == "labels: expected a size of at least 1 in every dimension, found 0")
    }

    @Test func missingBytesAreCounted() throws {
        #expect(try message(images: Sample.images(count: 3).dropLast()) == "images: expected 34 bytes, found only 33")
        #expect(try message(labels: []) == "labels: expected 4 bytes, found only 0")
    }

    @Test func bytesTooManyAreCounted() throws {
        #expect(try message(labels: Sample.labels(count: 3) + [0]) == "labels: expected 11 bytes, found 12")
    }

    @Test(arguments: [[.max, .max, .max], [1 << 16, 1 << 16, 1 << 16], [1 << 30, 2, 1]] as [[UInt32]])
    func hugeSizesTakeNoMemory(shape: [UInt32]) throws {
        let product = shape.map(String.init).joined(separator: " × ")
        let expected = "images: expected at most 1073741824 bytes of data, found a header that says \(product)"
        #expect(try message(images: Sample.idx(shape, [1])) == expected)
        #expect(try message(images: folder.gzip(Sample.idx(shape, [1]))) == expected)
    }

    @Test func theLargestSizeIsJustMissing() throws {
        let most: UInt32 = 1 << 30
        #expect(
            try message(images: Sample.idx([most, 1, 1], [1]))
                == "images: expected \(most + 16) bytes, found only 17")
        #expect(
            try message(images: Sample.idx([most + 1, 1, 1], [1])).contains("a header that says \(most + 1) × 1 × 1"))
    }

    @Test func labelsGoUpTo255() throws {
        #expect(
            try message(labels: Sample.idx([3], type: 0x0b, [0, 0, 0, 9, 1, 0]))
                == "labels: expected labels from 0 to 255, found 256 at index 2")
        #expect(try read(labels: Sample.idx([3], [0, 9, 255])).labels == [0, 9, 255])
    }

    @Test func everyImageHasALabel() throws {
        #expect(
            try message(labels: Sample.labels(count: 2)) == "labels: expected 3 labels, one for each image, found 2")
    }

    @Test func missingFile() throws {
        let error = #expect(throws: DatasetError.self) {
            try ImageSet(imagesFile: folder.path + "/none", labelsFile: folder.path + "/none")
        }
        #expect(error?.description == "\(folder.path)/none: expected a file, found none")
        #expect(error?.problem == .missing)
    }

    @Test func folderInPlaceOfAFile() throws {
        let error = #expect(throws: DatasetError.self) {
            try ImageSet(imagesFile: folder.path, labelsFile: folder.path)
        }
        #expect(error?.description == "\(folder.path): expected a file, found a folder")
    }

    @Test func neitherFileNorFolder() throws {
        let error = #expect(throws: DatasetError.self) {
            try ImageSet(imagesFile: "/dev/zero", labelsFile: "/dev/zero")
        }
        #expect(error?.description == "/dev/zero: expected a regular file, found a device, pipe or socket")
    }

    @Test func aNamedPipeIsNotWaitedFor() throws {
        let pipe = folder.path + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let error = #expect(throws: DatasetError.self) { try ImageSet(imagesFile: pipe, labelsFile: pipe) }
        #expect(error?.problem == .notRegular)
    }

    @Test func unreadableFileSaysWhy() throws {
        let path = try folder.write([], to: "file") + "/inside"
        let error = #expect(throws: DatasetError.self) { try ImageSet(imagesFile: path, labelsFile: path) }
        #expect(error?.description == "\(path): expected a readable file, found \"Not a directory\"")
    }

    @Test func messagesStayOnOneLine() throws {
        let path = folder.path + "/a\nb\u{1b}[2J\u{9b}2Jé"
        let error = #expect(throws: DatasetError.self) { try ImageSet(imagesFile: path, labelsFile: path) }
        #expect(error?.description == "\(folder.path)/a\\nb\\u{1B}[2J\\u{009B}2Jé: expected a file, found none")
    }

    @Test func everyCutIsAnError() throws {
        let whole = Sample.images(count: 3)
        for length in whole.indices {
            #expect(try message(images: Array(whole[..<length])).hasPrefix("images: expected "))
        }
    }
}
