import Files
import Foundation
import TestSupport
import Testing

@testable import ModelFiles

/// Files in places, and the words for what is wrong with them.
@Suite struct FileReadingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What is said, without the file, which is expected to come first.
    private func message(_ file: String = "file", _ action: () throws -> Void) -> String {
        do {
            try action()
            return "read"
        } catch {
            let line = "\(error)"
            #expect(line.hasPrefix(file + ": expected "))
            return String(line.dropFirst(file.count + ": expected ".count))
        }
    }

    // MARK: - Words

    @Test func namesAndShapesFitIntoALine() {
        let name = String(repeating: "é", count: 60)
        #expect(quoted(name) == "\"\(name)\"" && quoted(name + "x") == "\"\(name)…\"")
        #expect(description(ofShape: []) == "[]" && description(ofShape: [128, 784]) == "[128, 784]")
        #expect(description(ofShape: Array(1...8)) == "[1, 2, 3, 4, 5, 6, 7, 8]")
        #expect(description(ofShape: Array(1...9)) == "[1, 2, 3, 4, 5, 6, 7, 8, …]")
        #expect(
            FileError("a\nb", expected: "\u{1b}[2J", found: "é\u{9b}").description
                == "a\\nb: expected \\u{1B}[2J, found é\\u{009B}")
    }

    @Test func productsThatDoNotFitAreNone() {
        #expect(product([]) == 1 && product([2, 3, 7]) == 42 && product([Int.max, 0]) == 0)
        #expect(product([1 << 31, 1 << 31]) == 1 << 62 && product([1 << 32, 1 << 31]) == nil)
        #expect(product([.max, 1]) == .max && product([.max, 2]) == nil)
    }

    // MARK: - Places

    @Test func readsWhatIsAskedForAndNoMore() throws {
        let path = try folder.write([1, 2, 3, 4])
        let file = try RandomAccessFile(path)
        #expect(file.size == 4 && file.path == path)
        for (count, offset, bytes) in [(4, 0, [1, 2, 3, 4]), (2, 1, [2, 3]), (1, 3, [4]), (0, 4, []), (0, 0, [])] {
            #expect(try file.read(count, at: offset, for: "them") == bytes.map { UInt8($0) })
        }
        for (count, offset) in [(5, 0), (1, 4), (0, 5), (-1, 0), (0, -1), (2, 3), (Int.max, 1)] {
            #expect(
                message(path) { _ = try file.read(count, at: offset, for: "them") }
                    == "them, \(count) bytes from byte \(offset) on, found a file of 4 bytes")
        }
        #expect(
            try beginning(ofFile: path, count: 3) == [1, 2, 3] && beginning(ofFile: path, count: 9) == [1, 2, 3, 4])
        // Cut by somebody else while it is open.
        try #require(truncate(path, 2) == 0)
        #expect(
            message(path) { _ = try file.read(3, at: 0, for: "them") }
                == "them, 3 bytes from byte 0 on, found the end of the file")
    }

    @Test func whatCannotBeOpenedIsNamed() throws {
        let file = try folder.write([])
        for (path, words) in [
            (folder.file("none"), "a readable file, found none"),
            (file + "/inside", "a readable file, found \"Not a directory\""),
            (folder.path, "a regular file, found a folder"),
            ("/dev/null", "a regular file, found a device, pipe or socket"),
        ] { #expect(message(path) { _ = try RandomAccessFile(path) } == words) }
    }

    @Test func pointersOfGitLFSAreNamed() throws {
        let words = "version https://git-lfs"
        let path = folder.file("file")
        for (text, isPointer) in [
            (words, true), (words + ".github.com/spec/v1", true), (String(words.dropLast()), false),
            ("x" + words, false), ("", false),
        ] {
            try folder.write(Array(text.utf8))
            #expect(
                message(path) { try RandomAccessFile(path).checkIsNoPointer() }
                    == (isPointer
                        ? "the file itself, found a pointer of Git LFS; \"git lfs pull\" fetches the file" : "read"))
        }
    }

    // MARK: - Numbers

    /// Behind a byte that is none of theirs.
    @Test func numbersLieEitherWay() {
        func number(_ kind: NumberType.Kind, _ bytes: [UInt8]) -> Double {
            let (little, big) = ([0xee] + bytes.reversed(), [0xee] + bytes)
            let values = [(little, false), (big, true)].map { bytes, isBig in
                bytes.withUnsafeBytes {
                    NumberType(kind, size: bytes.count - 1, isBigEndian: isBig).number($0, at: 1)
                }
            }
            #expect(values[0] == values[1])
            return values[0]
        }
        #expect(number(.unsigned, [200]) == 200 && number(.signed, [200]) == -56 && number(.signed, [0x7f]) == 127)
        #expect(number(.unsigned, [0xff, 0x02]) == 0xff02 && number(.signed, [0xff, 0x02]) == -254)
        #expect(number(.unsigned, [0x80, 0, 0, 1]) == 0x8000_0001 && number(.signed, [0x80, 0, 0, 1]) == -0x7fff_ffff)
        #expect(number(.unsigned, [0x80, 0, 0, 0, 0, 0, 0, 0]) == 0x1p63)
        #expect(number(.signed, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd]) == -3)
        #expect(number(.float, [0xc1, 0]) == -2.5 && number(.float, [0xc0, 0x20, 0, 0]) == -2.5)
        #expect(number(.float, [0xc0, 4, 0, 0, 0, 0, 0, 0]) == -2.5)
    }

    @Test(arguments: [
        (NumberType.bytes, "bytes"), (NumberType(.unsigned, size: 2), "unsigned numbers of 16 bits"),
        (NumberType(.unsigned, size: 8), "unsigned numbers of 64 bits"),
        (NumberType(.signed, size: 1), "whole numbers of 8 bits"),
        (NumberType(.signed, size: 4), "whole numbers of 32 bits"),
        (NumberType(.float, size: 2), "floats of 16 bits"), (NumberType(.float, size: 8), "floats of 64 bits"),
    ]) func numbersHaveWords(type: NumberType, words: String) { #expect("\(type)" == words) }

    // MARK: - Headers of NumPy

    /// A file of NumPy with this dictionary, its length in two bytes or four as the version says.
    private func array(_ dictionary: String, _ elements: [UInt8] = [], version: UInt8 = 1, length: Int? = nil)
        -> [UInt8]
    {
        let length = length ?? dictionary.utf8.count
        let size = littleEndian(length, version == 1 ? 2 : 4)
        return NPYHeader.magic + [version, 0] + size + Array(dictionary.utf8) + elements
    }

    private func dictionary(_ descr: String = "<f4", _ order: String = "False", _ shape: String = "(0,)") -> String {
        "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }"
    }

    private func header(_ bytes: [UInt8]) throws -> NPYHeader { try NPYHeader(bytes, name: "a", file: "file") }

    @Test func everyTypeOfNumPyIsTold() throws {
        for (descr, type) in [
            ("<f2", NumberType(.float, size: 2)), ("=f4", NumberType(.float, size: 4)),
            (">f8", NumberType(.float, size: 8, isBigEndian: true)), ("|i1", NumberType(.signed, size: 1)),
            ("<i2", NumberType(.signed, size: 2)), (">i4", NumberType(.signed, size: 4, isBigEndian: true)),
            ("<i8", NumberType(.signed, size: 8)), ("|u1", .bytes),
            (">u2", NumberType(.unsigned, size: 2, isBigEndian: true)),
            ("<u4", NumberType(.unsigned, size: 4)), ("<u8", NumberType(.unsigned, size: 8)), ("|b1", .bytes),
        ] { #expect(try header(array(dictionary(descr))).type == type, "\(descr)") }
        #expect(try !header(array(dictionary())).fortranOrder && header(array(dictionary("<f4", "True"))).fortranOrder)
    }

    @Test func shapesAreTuples() throws {
        for (text, shape) in [("()", []), ("(2,)", [2]), ("( 2 ,3, )", [2, 3]), ("(1, 2, 1)", [1, 2, 1])] {
            let elements = [UInt8](repeating: 0, count: shape.reduce(1, *))
            #expect(try header(array(dictionary("|u1", "False", text), elements)).shape == shape, "\(text)")
        }
    }

    /// A dictionary reaches to the end of the file at most, and has no more bytes than NumPy takes.
    @Test(arguments: [UInt8(1), 2, 3]) func dictionariesHaveALength(version: UInt8) throws {
        let text = dictionary()
        let start = (version == 1 ? 10 : 12) + text.utf8.count
        #expect(try header(array(text, version: version)).start == start)
        #expect(
            message { _ = try header(array(text, version: version, length: text.utf8.count + 1)) }
                == "a dictionary within \"a\", found one of \(text.utf8.count + 1) bytes")
        let long = text + String(repeating: " ", count: 10_000 - text.utf8.count)
        #expect(try header(array(long, version: version)).shape == [0])
        #expect(
            message { _ = try header(array(long + " ", version: version)) }
                == "a dictionary within \"a\", found one of 10001 bytes")
        // Cut within the length itself, of which no more is there than that it is none.
        let whole = array(text, version: version)
        for count in 0..<start {
            #expect(
                message { _ = try header(Array(whole[..<count])) }
                    .hasPrefix(
                        count < 10 ? "\"a\" to be an array of NumPy" : "a dictionary within \"a\", found one of "))
        }
    }

    @Test func otherHeadersAreNamed() {
        let other = "\"a\" to be an array of NumPy, version 1 to 3, found other bytes"
        for version in [UInt8(0), 4] {
            #expect(message { _ = try header(array(dictionary(), version: version)) } == other)
        }
        #expect(message { _ = try header([0x92] + array(dictionary()).dropFirst()) } == other)
        let known = "descr of numbers, fortran_order and shape of \"a\", found "
        let long = String(repeating: "x", count: 70)
        #expect(message { _ = try header(array(long)) } == known + "\"\(long.prefix(60))\"")
        for (descr, remark) in [
            ("|O", ", a pickle of Python; numpy.savez(FILE, W1=W1, b1=b1, W2=W2, b2=b2) saves plain arrays"),
            ("|V2", ", perhaps bfloat16; astype(\"float32\") saves what is read"), ("|V4", ""), ("<c8", ""),
        ] {
            let text = dictionary(descr)
            #expect(message { _ = try header(array(text)) } == known + "\"\(text.prefix(60))\"" + remark)
        }
        #expect(
            message { _ = try header(array(dictionary("<f4", "False", "(2, 3)"), [0, 0])) }
                == "\"a\" of shape [2, 3] in floats of 32 bits, found 2 bytes for it")
    }
}
