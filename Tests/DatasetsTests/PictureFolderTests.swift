import CZlib
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Datasets

/// Folders of pictures, and what is kept of what took long to read.
@Suite struct PictureFolderTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    /// A bar on a ground, different for each number.
    private func picture(_ number: Int, width: Int = 10, height: Int = 8, isLight: Bool = false) -> GreyImage {
        GreyImage(
            width: width, height: height,
            pixels: (0..<width * height).map { pixel in
                let isInk = pixel % width == width / 2 && (2..<height - 2).contains(pixel / width)
                let value = UInt8(isInk ? 200 + number : 0)
                return isLight ? 255 - value : value
            })
    }

    private func write(_ picture: GreyImage, to name: String) throws {
        try root.write(try #require(PNG.encoded(picture)), to: name)
    }

    @Test func aFolderForEachClass() throws {
        for (number, name) in ["train/zero/b", "train/zero/a", "train/one/x", "test/one/y"].enumerated() {
            try write(picture(number), to: "set/\(name).png")
        }
        try root.write(Array("no picture".utf8), to: "set/train/zero/Thumbs.db")
        let dataset = try load("set")
        #expect(dataset.classNames == ["one", "zero"] && dataset.hasNames)
        #expect((dataset.train.width, dataset.train.height, dataset.train.labels) == (10, 8, [0, 1, 1]))
        #expect(Array(dataset.train.image(1)) == picture(1).pixels, "in alphabetical order")
        #expect(dataset.test.labels == [0] && dataset.test.count == 1)
        try root.write(Array("eins\nnull\n".utf8), to: "set/classes.txt")
        #expect(try load("set").classNames == ["eins", "null"])
    }

    @Test func numbersAreInTheirOrder() throws {
        for label in [10, 9, 2] { try write(picture(label), to: "set/\(label)/a.png") }
        let dataset = try load("set")
        #expect(dataset.classNames == ["2", "9", "10"] && dataset.train.labels == [0, 1, 2])
        #expect(dataset.isTestedOnTraining)
    }

    /// Ink is light on black, whichever way round all pictures are.
    @Test func darkInkIsTurnedAround() throws {
        for label in 0...1 { try write(picture(label, isLight: true), to: "set/\(label)/a.png") }
        #expect(try Array(load("set").train.image(1)) == picture(1).pixels)
    }

    /// The same way round for all, so that one with much ink on its border is not another: two of five are not most.
    @Test func mostPicturesDecide() throws {
        for label in 0..<5 { try write(picture(label, isLight: label < 2), to: "set/\(label)/a.png") }
        #expect(try Array(load("set").train.image(4)) == picture(4).pixels)
        try write(picture(2, isLight: true), to: "set/2/a.png")
        #expect(try Array(load("set").train.image(2)) == picture(2).pixels)
    }

    /// Of several sizes, or large: as MNIST's images were made.
    @Test func otherPicturesAreCentred() throws {
        try write(picture(0), to: "set/0/a.png")
        try write(picture(1, width: 100, height: 90, isLight: true), to: "set/1/a.png")
        let set = try load("set").train
        #expect((set.width, set.height) == (28, 28))
        for index in 0...1 {
            let rows = (0..<28).filter { y in set.image(index).dropFirst(28 * y).prefix(28).contains { $0 > 20 } }
            #expect(rows == Array(4..<24), "the bar is 20 pixels high")
        }
    }

    @Test func theWrongFileIsNamed() throws {
        for label in 0...1 { try write(picture(label), to: "set/\(label)/a.png") }
        try root.write(Array(try #require(PNG.encoded(picture(3))).dropLast(30)), to: "set/1/b.png")
        #expect(try message("set").hasPrefix("set/1/b.png: expected an undamaged PNG file, found "))
        try FileManager.default.removeItem(atPath: root.path + "/set/1/b.png")
        for name in ["train/0", "train/1", "test/2"] { try write(picture(0), to: "pair/\(name)/a.png") }
        #expect(
            try message("pair")
                == "pair/test/2: expected a class that pair/train has a folder of, too, found none")
    }

    @Test func whatIsNoSetOfPicturesIsNamed() throws {
        for label in 0...1 { try write(picture(label), to: "set/\(label)/a.png") }
        try root.write(Array("zero\none\ntwo\n".utf8), to: "set/classes.txt")
        #expect(
            try message("set")
                == "set/classes.txt: expected the names of 2 classes, as many as folders, found 3")
        // Two pictures in one file.
        try root.write(Sample.idx([2, 2, 2], Array(0..<8)), to: "pairs/0/a.png")
        try root.write(Sample.idx([2, 2, 2], Array(0..<8)), to: "pairs/1/a.png")
        #expect(try message("pairs") == "pairs/0/a.png: expected one picture, found 2")
        // Large ones are centred, and of nothing there is no middle.
        for label in 0...1 {
            let blank = GreyImage(width: 90, height: 90, pixels: Array(repeating: 7, count: 8100))
            try write(label == 0 ? blank : picture(1, width: 90, height: 90), to: "blank/\(label)/a.png")
        }
        #expect(
            try message("blank")
                == "blank/0/a.png: expected a picture with something on it, found pixels all alike")
        for label in 0...256 { try write(picture(0), to: "many/\(label)/a.png") }
        #expect(try message("many") == "many: expected folders for at most 256 classes, found 257")
    }

    /// Of few files each tells, of many one number for all.
    @Test func filesAreToldFromOthers() throws {
        func print(_ name: String) throws -> String {
            try DatasetLocation.find(root.path + "/" + name, environment: [:], executablePath: nil).fingerprint()
        }
        try root.write([1, 2, 3], to: "few/0/a.png")
        try root.write([], to: "few/1/b.png")
        #expect(try print("few") == "3-55bc801d 0-00000000", "by gzip's own numbers")
        for name in ["0/c", "1/d"] { try root.write([1], to: "few/\(name).png") }
        let four = try print("few")
        #expect(four.split(separator: " ").count == 4)
        try root.write([2], to: "few/1/e.png")
        let five = try print("few")
        #expect(five.hasPrefix("5 files, ") && five.count > 12)
        try root.write([3], to: "few/1/e.png")
        #expect(try print("few") != five && print("few").hasPrefix("5 files, "))
    }

    /// A picture as a file of a few bytes.
    private func map(_ picture: GreyImage) -> [UInt8] {
        Array("P5 \(picture.width) \(picture.height) 255\n".utf8) + picture.pixels
    }

    @Test func picturesAreToldByTheEndsOfTheirNames() throws {
        let endings = ["png", "pgm", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff"]
        let names = endings.map { "a." + $0 } + ["b.PNG", "b.Jpg"]
        for name in names + [".b.png", "c.txt", "d", "png", "e.svg"] {
            try root.write([], to: "set/\(name)")
        }
        #expect(PictureFolder.pictures(root.path + "/set") == names.sorted().map { root.path + "/set/" + $0 })
        #expect(PictureFolder.pictures(root.path + "/none").isEmpty)
        for name in ["10/a.png", "9/a.png", "__MACOSX/a.png", ".hidden/a.png"] {
            try root.write([], to: "numbers/\(name)")
        }
        #expect(PictureFolder.classes(root.path + "/numbers") == ["9", "10"])
        try root.write([], to: "numbers/x/a.txt")
        #expect(PictureFolder.classes(root.path + "/numbers") == ["10", "9", "x"], "not all are numbers")
        #expect(PictureFolder.hasClasses(root.path + "/numbers"))
        try root.write([], to: "single/0/a.png")
        try root.write([], to: "single/1/a.txt")
        #expect(!PictureFolder.hasClasses(root.path + "/single"), "one of the folders has no pictures")
    }

    /// From 8 to 64 pixels a side pictures are taken as they are.
    @Test func smallPicturesStayAsTheyAre() throws {
        for (width, height, isSmall) in [
            (8, 8, true), (64, 64, true), (8, 64, true), (7, 8, false), (8, 7, false), (65, 64, false), (64, 65, false),
        ] {
            let folder = "\(width)x\(height)"
            for label in 0...1 {
                try root.write(map(picture(label, width: width, height: height)), to: "\(folder)/\(label)/a.pgm")
            }
            let set = try load(folder).train
            #expect((set.width, set.height) == (isSmall ? (width, height) : (28, 28)), "\(folder)")
        }
        // Small ones of two sizes.
        for (label, width) in [8, 9].enumerated() {
            try root.write(map(picture(label, width: width)), to: "two/\(label)/a.pgm")
        }
        #expect(try load("two").train.width == 28)
    }

    /// A border is light where its middle pixel is above 127; half of the pictures are not most.
    @Test func lightIsMoreThanHalf() throws {
        func load(_ greys: [UInt8]) throws -> [UInt8] {
            let folder = greys.map { "\($0)" }.joined(separator: "-")
            for (label, grey) in greys.enumerated() {
                let flat = GreyImage(width: 8, height: 8, pixels: Array(repeating: grey, count: 64))
                try root.write(map(flat), to: "\(folder)/\(label)/a.pgm")
            }
            let set = try self.load(folder).train
            return (0..<set.count).map { set.image($0).first ?? 0 }
        }
        #expect(try load([127, 127]) == [127, 127] && load([128, 128]) == [127, 127])
        #expect(try load([200, 10]) == [200, 10] && load([200, 201, 10]) == [55, 54, 245])
    }

    /// Two light ones are more than half of it, with the corners of the others.
    @Test(arguments: [(0, 0), (7, 0), (0, 7), (7, 7)]) func eachSideOfTheBorderCounts(column: Int, row: Int) throws {
        let pixels: [UInt8] = (0..<64).map { $0 % 8 == column || $0 / 8 == row ? 200 : 10 }
        for label in 0...1 { try write(GreyImage(width: 8, height: 8, pixels: pixels), to: "set/\(label)/a.png") }
        #expect(try Array(load("set").train.image(0)) == pixels.map { 255 - $0 })
    }

    /// They are read 64 at once, and stay in their order.
    @Test func manyPicturesStayInTheirOrder() throws {
        let count = 130
        for number in 0..<count {
            let flat = GreyImage(width: 8, height: 8, pixels: Array(repeating: UInt8(number), count: 64))
            try root.write(map(flat), to: "set/\(number % 2)/\(1000 + number).pgm")
        }
        let shares = Shares()
        let set = try DatasetLocation.find(root.path + "/set", environment: [:], executablePath: nil)
            .load(cache: nil) { shares.add($0) }.train
        let order = (0..<count).filter { $0 % 2 == 0 } + (0..<count).filter { $0 % 2 == 1 }
        #expect(set.labels == order.map { UInt8($0 % 2) } && set.pixels.count == 64 * count)
        #expect((0..<count).map { Int(set.image($0).first ?? 0) } == order)
        let thirds: [Double] = [1.0 / 3, 2.0 / 3, 1]
        #expect(shares.all.sorted() == thirds)
    }

    /// The folders of both sets have several names; images to test on go before those to validate by.
    @Test func setsHaveOtherNames() throws {
        func write(_ folder: String, count: Int) throws {
            for label in 0...1 {
                for number in 0..<count { try root.write(map(picture(number)), to: "\(folder)/\(label)/\(number).pgm") }
            }
        }
        for (number, name) in ["train", "training", "Train"].enumerated() {
            try write("set\(number)/\(name)", count: 1)
            #expect(try load("set\(number)").isTestedOnTraining, "\(name)")
            for (index, test) in ["val", "valid", "Validation", "test", "testing"].enumerated() {
                try write("set\(number)/\(test)", count: index + 2)
                // The first by name of those of a kind, capitals before the others.
                #expect(try load("set\(number)").test.count == 2 * [2, 2, 4, 5, 5][index], "\(test)")
            }
        }
        for name in ["validation", "valid", "testing"] {
            try write("one-\(name)/train", count: 1)
            try write("one-\(name)/\(name)", count: 2)
            #expect(try load("one-\(name)").test.count == 4, "\(name)")
        }
    }

    // MARK: What is kept

    /// A file of the cache, whose header says this.
    private func kept(
        format: String = "inkling data set, version 1", width: Int = 2, height: Int = 1, trainCount: Int = 2,
        testCount: Int? = 1, files: [String] = ["a", "b"], names: String = "", body: [UInt8], checksum: UInt? = nil
    ) -> [UInt8] {
        let sum = checksum ?? crc32(0, body, uInt(body.count))
        let list = files.map { "\"\($0)\"" }.joined(separator: ",")
        let test = testCount.map { "\"testCount\":\($0)," } ?? ""
        let json =
            "{\"format\":\"\(format)\",\"fingerprint\":\"f\",\"width\":\(width),\"height\":\(height),"
            + "\"trainCount\":\(trainCount),\(test)\(names)\"files\":[\(list)],\"checksum\":\(sum)}\n"
        return Array(json.utf8) + body
    }

    @Test func whatIsKeptIsCheckedAsAWhole() throws {
        let body: [UInt8] = [10, 20, 30, 40, 5, 0, 0, 1, 50, 60, 7, 0]
        func contents(_ bytes: [UInt8], fingerprint: String = "f") throws -> DatasetCache.Contents? {
            DatasetCache.contents(inFile: try root.write(bytes, to: "kept"), fingerprint: fingerprint)
        }
        let train = LabelledPixels(width: 2, height: 1, pixels: [10, 20, 30, 40], labels: [5, 256], file: "a")
        let test = LabelledPixels(width: 2, height: 1, pixels: [50, 60], labels: [7], file: "b")
        #expect(try contents(kept(body: body)) == DatasetCache.Contents(train: train, test: test))
        #expect(
            try contents(kept(testCount: nil, files: ["a"], names: "\"names\":[\"x\"],", body: Array(body.prefix(8))))
                == DatasetCache.Contents(train: train, test: nil, names: ["x"]))
        let both = DatasetCache.Contents(train: train, test: test, names: ["x", "y"])
        #expect(Set((0..<50).map { _ in DatasetCache.bytes(both, fingerprint: "f") }).count == 1, "always the same")
        #expect(try contents(DatasetCache.bytes(both, fingerprint: "f")) == both)
        let wrong: [[UInt8]] = [
            kept(format: "inkling data set, version 2", body: body), kept(body: body + [0]),
            kept(body: body.dropLast()),
            kept(body: body, checksum: 1), kept(files: ["a"], body: body), kept(files: ["a", "b", "c"], body: body),
            kept(testCount: nil, body: Array(body.prefix(8))), kept(trainCount: 3, testCount: 0, body: body),
            kept(trainCount: 0, testCount: 3, body: body), kept(width: 0, body: [5, 0, 0, 1, 7, 0]),
            kept(height: 0, body: [5, 0, 0, 1, 7, 0]), kept(width: -2, height: -1, body: body),
            kept(trainCount: 4, testCount: -1, body: body), kept(width: 1 << 40, height: 1 << 40, body: body),
            [], Array("{}\n".utf8), Array(kept(body: body).prefix(40)),
        ]
        for bytes in wrong { #expect(try contents(bytes) == nil, "\(String(decoding: bytes, as: UTF8.self))") }
        #expect(try contents(kept(body: body), fingerprint: "g") == nil)
    }

    /// The name is that of the source, by FNV-1a.
    @Test func whatIsKeptHasItsPlace() {
        let cache = DatasetCache(folder: "/cache")
        for (sources, name) in [(["/a/b"], "/a/b"), (["/a/./b/../c", "/d"], "/a/c\n/d")] {
            var digest = Digest()
            digest.take(name)
            #expect(cache.path(of: sources) == "/cache/\(digest.words).dataset")
        }
        #expect(CacheFolder.path(in: ["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/inkling")
        #expect(CacheFolder.path(in: ["XDG_CACHE_HOME": "x", "HOME": "/h"]) == "/h/.cache/inkling")
        #expect(CacheFolder.path(in: ["HOME": "/h"]) == "/h/.cache/inkling")
        #expect(CacheFolder.path(in: [:]) == NSHomeDirectory() + "/.cache/inkling")
    }

    /// Folders of the cache are made; what changes while it is read is not kept.
    @Test func whatChangesMeanwhileIsNotKept() throws {
        let source = try root.write([1], to: "source")
        let cache = DatasetCache(folder: root.path + "/deep/within/cache", shortest: 0)
        let contents = DatasetCache.Contents(
            train: LabelledPixels(width: 1, height: 1, pixels: [1], labels: [0], file: "a"))
        let read = try cache.contents(of: [source]) { () throws(DatasetError) in
            _ = try? root.write([1, 2], to: "source")
            return contents
        }
        #expect(read == contents && files(in: "deep/within/cache").isEmpty)
        for isKept in [false, true] {
            var isRead = false
            let again = try cache.contents(of: [source]) { () throws(DatasetError) in
                isRead = true
                return contents
            }
            #expect(again == contents && isRead == !isKept)
        }
        #expect(files(in: "deep/within/cache").count == 1)
        _ = try cache.contents(of: [root.path + "/none"]) { () throws(DatasetError) in contents }
        #expect(files(in: "deep/within/cache").count == 1, "of nothing there is nothing to tell")
    }

    private func files(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.path + "/" + folder)) ?? []).sorted()
    }

    @Test func whatTookLongIsKept() throws {
        for label in 0...1 { try write(picture(label), to: "set/train/\(label)/a.png") }
        try write(picture(5), to: "set/test/1/a.png")
        let cache = DatasetCache(folder: root.path + "/cache", shortest: 0)
        let first = try load("set", cache: cache)
        #expect(files(in: "cache").count == 1)
        let kept = root.path + "/cache/" + files(in: "cache")[0]
        try setAge(ofFile: kept, 3600)
        let second = try load("set", cache: cache)
        #expect(try age(ofFile: kept) < 60, "it was of use")
        #expect((second.train, second.test) == (first.train, first.test) && second.classNames == first.classNames)
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: kept)))
        let print = try #require(
            DatasetCache.fingerprint(of: ["train", "test"].map { root.path + "/set/" + $0 }))
        #expect(DatasetCache.contents(inFile: kept, fingerprint: print)?.train.pixels == first.train.pixels)
        #expect(DatasetCache.contents(inFile: kept, fingerprint: print + "0") == nil)
        // Damaged, it counts for nothing.
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: kept))
        #expect(try load("set", cache: cache).test == first.test)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            try Data(bytes.prefix(length)).write(to: URL(fileURLWithPath: kept))
            #expect(DatasetCache.contents(inFile: kept, fingerprint: print) == nil)
        }
        // What changed is read anew.
        try write(picture(9), to: "set/train/1/a.png")
        #expect(try Array(load("set", cache: cache).train.image(1)) == picture(9).pixels)
        try write(picture(7), to: "set/train/1/b.png")
        #expect(try load("set", cache: cache).train.count == 3)
        #expect(files(in: "cache").count == 1)
    }

    @Test func whatIsQuickIsNotKept() throws {
        try root.write(Array("0,1,2,3,4\n1,5,6,7,8\n".utf8), to: "own.csv")
        _ = try load("own.csv", cache: DatasetCache(folder: root.path + "/cache", shortest: 60))
        #expect(files(in: "cache").isEmpty)
        // A place that cannot be written to is no reason to fail.
        _ = try load("own.csv", cache: DatasetCache(folder: "/dev/null/cache", shortest: 0))
    }

    @Test func progressIsTold() throws {
        try root.write(Array(String(repeating: "0,1,2,3,4\n", count: 1000).utf8), to: "own.csv")
        let shares = Shares()
        _ = try DatasetLocation.find(root.path + "/own.csv", environment: [:], executablePath: nil)
            .load(cache: nil) { shares.add($0) }
        #expect(shares.all.last == 1 && shares.all.allSatisfy { (0...1).contains($0) })
    }

    /// Of two tables the one to learn from takes four fifths; so do the images to learn from of an archive.
    @Test func progressOfTwoSetsIsOne() throws {
        for name in ["train", "test"] { try root.write(Array("0,1,2,3,4\n1,2,3,4,5\n".utf8), to: "pair/\(name).csv") }
        var archive = ZipWriter()
        for (name, bytes) in [("x", "(1, 1, 2)"), ("y", "(1,)")] {
            let header = "{'descr': '|u1', 'fortran_order': False, 'shape': \(bytes), }"
            let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
            archive.add(
                "\(name)_train.npy", start + Array(header.utf8) + (name == "x" ? [0, 1] : [0]), compressed: false)
        }
        try root.write(archive.finished(), to: "own.npz")
        for (name, expected) in [("pair", [0.8, 1]), ("own.npz", [0.8])] {
            let shares = Shares()
            _ = try DatasetLocation.find(root.path + "/" + name, environment: [:], executablePath: nil)
                .load(cache: nil) { shares.add($0) }
            #expect(shares.all == expected, "\(name)")
        }
    }
}

private final class Shares: Sendable {
    private let found = Mutex<[Double]>([])
    var all: [Double] { found.withLock { $0 } }
    func add(_ share: Double) { found.withLock { $0.append(share) } }
}
