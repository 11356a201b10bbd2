import TestSupport
import Testing

@testable import Datasets

/// Which of the files in a folder are the data set.
@Suite struct DataFilesTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    @Test func otherFilesAreNamed() throws {
        try root.write([1], to: "two/a.npz")
        try root.write([1], to: "two/b.npz")
        #expect(try message("two") == "two: expected one .npz file, or its path, found a.npz, b.npz")
        try root.write([1], to: "words.txt")
        #expect(
            try message("words.txt")
                == "words.txt: expected a folder, or a file that ends in .npz, .csv or .csv.gz, found another file")
        try root.write(Sample.images(count: 2), to: "half/t10k-images-idx3-ubyte")
        try root.write(Sample.labels(count: 2), to: "half/t10k-labels-idx1-ubyte")
        #expect(try message("half").hasPrefix("half/train-images-idx3-ubyte: expected"))
        try root.writeDataset(in: "torchvision/raw")
        #expect(try load("torchvision").train.count == 3)
        try root.writeDataset(in: "archive/gzip")
        #expect(try load("archive").train.count == 3)
    }

    /// Plain files before packed ones, then those with "-" before "idx", then labels of one column.
    @Test func someNamesArePreferred() throws {
        let names = [
            ("q_train-labels-idx1-ubyte", "q-train-labels-idx2-int"),
            ("q_train-labels-idx2-int", "q-train-labels.idx1-ubyte"),
            ("q_train-labels.idx1-ubyte", "q-train-labels.idx2-int"),
            ("q_train-labels.idx2-int", "q-train-labels-idx1-ubyte.gz"),
            ("q_train-labels-idx1-ubyte.gz", "q-train-labels-idx2-int.gz"),
            ("q_train-labels-idx2-int.gz", "q-train-labels.idx1-ubyte.gz"),
            ("q_train-labels.idx1-ubyte.gz", "q-train-labels.idx2-int.gz"),
        ]
        for (number, (better, worse)) in names.enumerated() {
            let folder = "\(number)"
            try root.write(Sample.images(count: 3), to: "\(folder)/q-train-images-idx3-ubyte")
            try root.write(Sample.labels(count: 3), to: "\(folder)/\(better)")
            try root.write(Sample.idx([3], [0, 0, 0]), to: "\(folder)/\(worse)")
            #expect(try load(folder).train.labels == [0, 1, 2], "\(better) before \(worse)")
        }
    }

    /// Files without a prefix are the data set itself.
    @Test func filesWithoutAPrefixGoFirst() throws {
        try root.writeDataset(in: "set", trainCount: 3)
        for part in ["images-idx3", "labels-idx1"] {
            try root.write(
                part == "images-idx3" ? Sample.images(count: 1) : Sample.labels(count: 1),
                to: "set/other-train-\(part)-ubyte")
        }
        #expect(try load("set").train.count == 3)
        #expect(try load("set", DatasetReading(split: "OTHER")).train.count == 1)
        #expect(
            try message("set", DatasetReading(split: "third"))
                == "set: expected files of the data set that --split third names, found files without a prefix, other")
        try root.write(Sample.images(count: 1), to: "two/a-b-train-images-idx3-ubyte")
        try root.write(Sample.images(count: 1), to: "two/c-train-images-idx3-ubyte")
        #expect(try message("two") == "two: expected --split with one of several data sets, found b, c")
    }

    /// Folders within are searched for IDX files only, and only those of two names.
    @Test func foldersWithinHaveIDXFilesOnly() throws {
        try write("0,1,2,3,4\n1,5,6,7,8\n", to: "outer/raw/own.csv")
        try root.writeDataset(in: "outer/other")
        #expect(try message("outer").hasPrefix("outer: expected a folder with IDX files"))
        try root.writeDataset(in: "outer/gzip", trainCount: 2)
        #expect(try load("outer").train.count == 2)
    }
}
