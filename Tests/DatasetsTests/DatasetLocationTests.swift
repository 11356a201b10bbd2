import Datasets
import Foundation
import TestSupport
import Testing

/// Where a data set is looked for, in which order, and which of its files are taken.
@Suite struct DatasetLocationTests {
    let root: TemporaryFolder

    init() throws {
        root = try TemporaryFolder()
    }

    /// Looks from a program in `<root>/package/.build/debug`, with `INKLING_ASSETS` = `<root>/assets`.
    func find(_ name: String, data: String? = nil) throws -> DatasetLocation {
        try DatasetLocation.find(
            name, dataDirectory: data, environment: ["INKLING_ASSETS": root.path + "/assets"],
            executablePath: root.path + "/package/.build/debug/inkling")
    }

    func message(_ name: String, data: String? = nil) throws -> String {
        let error = try #require(throws: DatasetError.self) { try find(name, data: data) }
        return error.description.replacingOccurrences(of: root.path + "/", with: "")
    }

    /// Others than MNIST's authors call their test files so.
    @Test func testFilesUnderThePlainName() throws {
        try root.write(Sample.images(count: 3), to: "own/train-images-idx3-ubyte")
        try root.write(Sample.labels(count: 3), to: "own/train-labels-idx1-ubyte")
        let folder = root.path + "/own"
        let alone = try DatasetLocation.find(folder).load()
        #expect(alone.isTestedOnTraining)
        #expect(alone.folder == folder)
        try root.write(Sample.images(count: 2), to: "own/test-images-idx3-ubyte")
        try root.write(Sample.labels(count: 2), to: "own/test-labels-idx1-ubyte")
        let both = try DatasetLocation.find(folder).load()
        #expect(!both.isTestedOnTraining)
        #expect(both.test.count == 2)
        // MNIST's own name goes before.
        try root.write(Sample.images(count: 1), to: "own/t10k-images-idx3-ubyte")
        try root.write(Sample.labels(count: 1), to: "own/t10k-labels-idx1-ubyte")
        #expect(try DatasetLocation.find(folder).load().test.count == 1)
    }

    @Test func placesInOrder() throws {
        try root.write([], to: "package/Package.swift")
        let places = [
            "data/letters", "data", "assets/letters", "package/Assets/letters", "package/.build/share/inkling/letters",
        ]
        for (index, place) in places.enumerated() {
            try root.writeDataset(in: place, trainCount: index + 1)
        }
        for (index, place) in places.enumerated() {
            let location = try find("letters", data: root.path + "/data")
            #expect(location.folder == root.path + "/" + place)
            #expect(location.name == "letters")
            #expect(try location.load().train.count == index + 1)
            for file in try FileManager.default.contentsOfDirectory(atPath: location.folder) where file != "letters" {
                try FileManager.default.removeItem(atPath: location.folder + "/" + file)
            }
        }
        #expect(
            try message("letters", data: root.path + "/data")
                == "letters: expected a folder with IDX files (train-images-idx3-ubyte[.gz] and so on), an .npz or CSV "
                + "file, or a folder of pictures for each class, found none in "
                + places.joined(separator: ", ") + ", /usr/share/datasets/letters, ./letters")
    }

    @Test func theProgramMayBeReachedThroughALink() throws {
        try root.writeDataset(in: "opt/share/inkling/letters")
        try root.write([], to: "opt/bin/inkling")
        try root.folder("bin")
        let link = root.path + "/bin/inkling"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: root.path + "/opt/bin/inkling")
        let location = try DatasetLocation.find("letters", environment: [:], executablePath: link)
        #expect(location.folder == root.path + "/opt/share/inkling/letters")
    }

    @Test func anEmptyVariableCountsAsUnset() throws {
        let error = #expect(throws: DatasetError.self) {
            try DatasetLocation.find("no-such-set", environment: ["INKLING_ASSETS": ""], executablePath: nil)
        }
        #expect(error?.problem == .notFound(places: ["/usr/share/datasets/no-such-set", "./no-such-set"]))
    }

    /// As `README.md` in Assets: what a user has of the name is meant, or nothing.
    @Test func aFileThatComesWithTheProgramIsNoDataSet() throws {
        try root.write(Array("1,2,3,4,5\n".utf8), to: "assets/table.csv")
        #expect(try message("table.csv").hasPrefix("table.csv: expected a folder with IDX files"))
        try root.write(Array("0,1,2,3,4\n1,5,6,7,8\n".utf8), to: "data/table.csv")
        #expect(try find("table.csv", data: root.path + "/data").folder == root.path + "/data/table.csv")
    }

    @Test func aFolderOfAnotherKnownNameIsNotMistaken() throws {
        try root.writeDataset(in: "fashion-mnist")
        try root.writeDataset(in: "assets/mnist")
        #expect(try find("mnist", data: root.path + "/fashion-mnist").folder == root.path + "/assets/mnist")
        #expect(try find("fashion-mnist", data: root.path + "/fashion-mnist").name == "fashion-mnist")
    }

    @Test func halfADataSetIsReportedNotSkipped() throws {
        try root.write(Sample.images(count: 3), to: "assets/letters/train-images-idx3-ubyte")
        let rest = "expected this file, plain or with .gz, beside the others of its data set, found neither"
        #expect(try message("letters") == "assets/letters/train-labels-idx1-ubyte: \(rest)")
        try root.write(Sample.labels(count: 3), to: "assets/letters/train-labels-idx1-ubyte")
        #expect(try message("letters") == "assets/letters/t10k-images-idx3-ubyte: \(rest)")
    }

    @Test func aPathIsAFolderOfOnesOwn() throws {
        try root.writeDataset(in: "drawings")
        try root.folder("assets")
        for path in ["/drawings", "/drawings/", "/assets/../drawings"] {
            let dataset = try find(root.path + path).load()
            #expect(dataset.name == "drawings")
            #expect(dataset.title == "drawings")
            #expect(dataset.classNames == ["0", "1", "2"])
            #expect((dataset.train.count, dataset.test.count) == (3, 2))
        }
        #expect(
            try message(root.path + "/none")
                == "none: expected a folder with IDX files (train-images-idx3-ubyte[.gz] and so on), an .npz or CSV file, "
                + "or a folder of pictures for each class, found none in none"
        )
    }

    @Test func onePairServesForBoth() throws {
        try root.write(Sample.images(count: 3), to: "drawings/train-images-idx3-ubyte")
        try root.write(Sample.labels(count: 3), to: "drawings/train-labels-idx1-ubyte")
        let dataset = try find(root.path + "/drawings").load()
        #expect(dataset.train == dataset.test)
        try root.write(Sample.images(count: 3), to: "drawings/t10k-images-idx3-ubyte")
        #expect(try message(root.path + "/drawings").hasPrefix("drawings/t10k-labels-idx1-ubyte: expected"))
    }

    @Test func plainIsPreferred() throws {
        try root.writeDataset(in: "set", trainCount: 3)
        try root.writeDataset(in: "set", trainCount: 5, suffix: ".gz")
        #expect(try find(root.path + "/set").load().train.count == 3)
    }

    @Test func theOtherSpellingIsRead() throws {
        for (prefix, count) in [("train", 3), ("t10k", 2)] {
            try root.write(Sample.images(count: count), to: "set/\(prefix)-images.idx3-ubyte")
            try root.write(Sample.labels(count: count), to: "set/\(prefix)-labels.idx1-ubyte")
        }
        try root.folder("set/train-images-idx3-ubyte")
        #expect(try find(root.path + "/set").load().train.count == 3)
    }

    @Test func trainAndTestAgreeOnTheSize() throws {
        try root.writeDataset(in: "set")
        try root.write(Sample.idx([2, 3, 2], Sample.pixels(count: 2)), to: "set/t10k-images-idx3-ubyte")
        let error = #expect(throws: DatasetError.self) { try find(root.path + "/set").load() }
        #expect(
            error?.description == "\(root.path)/set/t10k-images-idx3-ubyte: "
                + "expected images of 2 × 3, as in the training set, found images of 3 × 2")
    }
}
