import TestSupport
import Testing

@testable import Datasets

/// Data sets under the names of EMNIST, whose images lie on their side.
@Suite struct EMNISTTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    @Test func emnistIsSetUpright() throws {
        try writeEMNIST("digits", labels: [0, 1, 2], mapping: "0 48\n1 49\n2 50\n")
        let dataset = try load("emnist")
        #expect((dataset.name, dataset.train.width, dataset.train.height) == ("emnist-digits", 2, 3))
        #expect(Array(dataset.train.image(0)) == [0, 3, 1, 4, 2, 5])
        #expect(Array(dataset.test.image(1)) == [6, 9, 7, 10, 8, 11])
        #expect(dataset.classNames == ["0", "1", "2"])
        let asItIs = try load("emnist", DatasetReading(isTransposed: false))
        #expect(asItIs.train.pixels == Sample.pixels(count: 3))
    }

    @Test func oneOfSeveralSplits() throws {
        try writeEMNIST("letters", labels: [1, 2, 3], mapping: "1 65 97\n2 66 98\n3 67 99\n")
        #expect(try load("emnist").classNames == ["A", "B", "C"])
        try writeEMNIST("balanced", labels: [0, 1, 2])
        #expect(
            try message("emnist")
                == "emnist: expected --split with one of several data sets, found balanced, letters")
        let letters = try load("emnist", DatasetReading(split: "letters"))
        #expect(letters.classNames == ["A", "B", "C"] && letters.train.labels == [0, 1, 2])
        #expect(letters.name == "emnist-letters")
        #expect(try load("emnist", DatasetReading(split: "emnist-balanced")).classNames == ["0", "1", "2"])
        #expect(
            try message("emnist", DatasetReading(split: "digits"))
                == "emnist: expected files of the data set that --split digits names, found emnist-balanced, "
                + "emnist-letters")
    }

    @Test func whatIsMissingOfASplitIsNamed() throws {
        let rest = "expected this file, plain or with .gz, beside the others of its data set, found neither"
        try root.write(root.gzip(Sample.images(count: 3)), to: "emnist/emnist-digits-train-images-idx3-ubyte.gz")
        #expect(try message("emnist") == "emnist/emnist-digits-train-labels-idx1-ubyte: \(rest)")
        try root.write(root.gzip(Sample.labels(count: 3)), to: "emnist/emnist-digits-test-labels-idx1-ubyte.gz")
        try root.write(root.gzip(Sample.labels(count: 3)), to: "emnist/emnist-digits-train-labels-idx1-ubyte.gz")
        #expect(try message("emnist") == "emnist/emnist-digits-test-images-idx3-ubyte: \(rest)")
    }

    /// The names of the files may be those of MNIST: then the folder's tells.
    @Test func theFolderTellsToo() throws {
        for (folder, isUpright) in [("A3-EMNIST-letters", false), ("femnist", true), ("fashion-mnist-2", true)] {
            try root.writeDataset(in: folder)
            #expect(try (load(folder).train.height == 2) == isUpright, "\(folder)")
        }
        #expect(try load("femnist", DatasetReading(isTransposed: true)).train.height == 3)
    }

    /// Tables whose names say that they are of EMNIST lie on their side as its images do.
    @Test func tablesOfEMNISTAreSetUpright() throws {
        let text = "0,1,2,3,4\n1,5,6,7,8\n"
        try write(text, to: "emnist-letters-train.csv")
        try write(text, to: "letters.csv")
        #expect(try load("emnist-letters-train.csv").train.pixels == [1, 3, 2, 4, 5, 7, 6, 8])
        #expect(try load("letters.csv").train.pixels == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try load("letters.csv", DatasetReading(isTransposed: true)).train.pixels == [1, 3, 2, 4, 5, 7, 6, 8])
    }
}
