import Foundation
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

    // MARK: What is kept

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
        let second = try load("set", cache: cache)
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
}

private final class Shares: @unchecked Sendable {
    private(set) var all: [Double] = []
    func add(_ share: Double) { all.append(share) }
}
