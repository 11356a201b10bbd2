import Files
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Data sets as people have them: EMNIST, QMNIST, Keras's archive, tables, numbers of other types.
@Suite struct KindsTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    // MARK: IDX

    private func big<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    }

    /// Every type that the format has, of images and of labels.
    @Test func numbersOfAllTypes() throws {
        let cases: [(type: UInt8, images: [UInt8], labels: [UInt8])] = [
            (0x08, [0, 1, 2, 127, 5, 6], [0, 1, 2]), (0x09, [0, 1, 2, 127, 5, 6], [0, 1, 2]),
            (0x0b, big([0, 1, 2, 127, 5, 6] as [Int16]), big([0, 1, 2] as [Int16])),
            (0x0c, big([0, 1, 2, 127, 5, 6] as [Int32]), big([0, 1, 2] as [Int32])),
            (
                0x0d, big(([0, 1, 2, 127, 5, 6] as [Float]).map(\.bitPattern)),
                big(([0, 1, 2] as [Float]).map(\.bitPattern))
            ),
            (
                0x0e, big(([0, 1, 2, 127, 5, 6] as [Double]).map(\.bitPattern)),
                big(([0, 1, 2] as [Double]).map(\.bitPattern))
            ),
        ]
        for (type, images, labels) in cases {
            let set = try ImageSet(
                imagesFile: root.write(Sample.idx([3, 1, 2], type: type, images), to: "images"),
                labelsFile: root.write(Sample.idx([3], type: type, labels), to: "labels"))
            #expect(set.pixels == [0, 1, 2, 127, 5, 6], "type \(type)")
            #expect(set.labels == [0, 1, 2], "type \(type)")
        }
    }

    @Test func sharesAreOf255() throws {
        let shares: [Float] = [0, 0.5, 1, 0.25]
        let set = try ImageSet(
            imagesFile: root.write(Sample.idx([2, 1, 2], type: 0x0d, big(shares.map(\.bitPattern))), to: "images"),
            labelsFile: root.write(Sample.labels(count: 2), to: "labels"))
        #expect(set.pixels == [0, 128, 255, 64])
    }

    @Test func numbersThatDoNotFitAreNamed() throws {
        func message(_ images: [UInt8], _ labels: [UInt8]) throws -> String {
            let error = try #require(throws: DatasetError.self) {
                try ImageSet(imagesFile: root.write(images, to: "images"), labelsFile: root.write(labels, to: "labels"))
            }
            return error.description.replacing(root.path + "/", with: "")
        }
        let labels = Sample.labels(count: 2)
        #expect(
            try message(Sample.idx([2, 1, 2], type: 0x0b, big([0, 1, 256, 3] as [Int16])), labels)
                == "images: expected pixels from 0 to 255, found 256 in image 1")
        #expect(
            try message(Sample.idx([2, 1, 2], type: 0x09, [0, 0xff, 0, 0]), labels)
                == "images: expected pixels from 0 to 255, found -1 in image 0")
        #expect(
            try message(Sample.idx([2, 1, 1], type: 0x0d, big([Float.nan, 0].map(\.bitPattern))), labels)
                == "images: expected pixels from 0 to 255, found nan in image 0")
        let images = Sample.images(count: 2)
        #expect(
            try message(images, Sample.idx([2], type: 0x0d, big(([0, 0.5] as [Float]).map(\.bitPattern))))
                == "labels: expected labels from 0 to 255, found 0.5 at index 1")
        #expect(
            try message(images, Sample.idx([2], type: 0x0c, big([-3, 0] as [Int32])))
                == "labels: expected labels from 0 to 255, found -3 at index 0")
    }

    /// QMNIST's labels have eight columns; the first is the class.
    @Test func labelsInColumns() throws {
        let rows: [Int32] = [7, 0, 1, 2, 3, 4, 5, 6, 2, 9, 9, 9, 9, 9, 9, 99_999]
        for (name, count) in [("train", 2), ("test", 2)] {
            try root.write(root.gzip(Sample.images(count: count)), to: "qmnist/qmnist-\(name)-images-idx3-ubyte.gz")
            try root.write(
                root.gzip(Sample.idx([2, 8], type: 0x0c, big(rows))), to: "qmnist/qmnist-\(name)-labels-idx2-int.gz")
        }
        let dataset = try load("qmnist")
        #expect(dataset.train.labels == [7, 2] && dataset.test.labels == [7, 2])
        #expect((dataset.name, dataset.classNames.count) == ("qmnist", 8))
    }

    // MARK: EMNIST

    /// Three images of 2 × 3 under EMNIST's names.
    private func writeEMNIST(_ split: String, labels: [UInt8], mapping: String? = nil) throws {
        for set in ["train", "test"] {
            let stem = "emnist/emnist-\(split)-\(set)"
            try root.write(root.gzip(Sample.images(count: 3)), to: "\(stem)-images-idx3-ubyte.gz")
            try root.write(root.gzip(Sample.idx([3], labels)), to: "\(stem)-labels-idx1-ubyte.gz")
        }
        if let mapping { try write(mapping, to: "emnist/emnist-\(split)-mapping.txt") }
    }

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

    // MARK: Names

    /// There are two at least, and they begin with 1 where all labels do.
    @Test func classesWithoutNamesAreCalledByTheirLabels() {
        for (labels, names) in [
            ([], ["0", "1"]), ([0, 0], ["0", "1"]), ([1, 1], ["1", "2"]), ([2, 2], ["0", "1", "2"]),
            ([3, 1], ["1", "2", "3"]), ([0, 4], ["0", "1", "2", "3", "4"]),
        ] {
            let classes = ClassNames(numbers: labels)
            #expect(classes.names == names && classes.firstLabel == Int(names[0]) && !classes.areGiven, "\(labels)")
        }
        let most = LabelledPixels.mostClasses
        #expect(
            ClassNames(numbers: [0, 300]).names.count == most && ClassNames(numbers: [1, 300]).names.last == "\(most)")
    }

    @Test func classesAreCalledAsAFileSays() throws {
        try root.writeDataset(in: "set")
        #expect(try load("set").classNames == ["0", "1", "2"] && !load("set").hasNames)
        try write("cat\r\ndog\r\n  horse \n\n", to: "set/classes.txt")
        #expect(try load("set").classNames == ["cat", "dog", "horse"] && load("set").hasNames)
        try write("cat\ndog\n", to: "set/classes.txt")
        #expect(
            try message("set") == "set/train-labels-idx1-ubyte: expected labels from 0 to 1, found 2 at index 2")
        try write("cat\n\ndog\n", to: "set/classes.txt")
        #expect(try message("set") == "set/classes.txt, line 2: expected the name of a class, found \"\"")
        // What a screen cannot show in a cell each is called by its number.
        try write("お\ncafé\nA\u{1b}[2J\n", to: "set/classes.txt")
        #expect(try load("set").classNames == ["0", "café", "2"])
    }

    @Test func labelsFromOneStayWhatTheyAre() throws {
        for set in ["train", "t10k"] {
            try root.write(Sample.images(count: 3), to: "set/\(set)-images-idx3-ubyte")
            try root.write(Sample.idx([3], [1, 26, 3]), to: "set/\(set)-labels-idx1-ubyte")
        }
        let dataset = try load("set")
        #expect(dataset.classNames == (1...26).map(String.init))
        #expect(dataset.train.labels == [0, 25, 2])
        try write((0..<26).map { "letter \($0)\n" }.joined(), to: "set/classes.txt")
        #expect(try load("set").classNames[25] == "letter 25")
        #expect(try load("set").train.labels == [0, 25, 2], "as many names as labels from 1 on")
        // A network of more classes knows some that have no images here.
        try FileManager.default.removeItem(atPath: root.path + "/set/classes.txt")
        let wider = try #require(load("set").with(classes: 30))
        #expect(wider.classNames == (0..<30).map(String.init) && wider.train.labels == [1, 26, 3])
        #expect(try load("set").with(classes: 20) == nil)
    }

    @Test func aMappingIsWholeAndInOrder() throws {
        try writeEMNIST("digits", labels: [0, 1, 2], mapping: "0 48\n2 50\n")
        #expect(
            try message("emnist") == "emnist/emnist-digits-mapping.txt, line 2: expected class 1, found \"2 50\"")
        try write("0 forty\n", to: "emnist/emnist-digits-mapping.txt")
        #expect(
            try message("emnist")
                == "emnist/emnist-digits-mapping.txt, line 1: expected a class and its character, as in \"0 48\", "
                + "found \"0 forty\"")
    }

    // MARK: Keras

    /// An array as NumPy writes it.
    private func array(_ descr: String, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
        let sizes = shape.map { "\($0)," }.joined()
        let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + bytes
    }

    private func writeArchive(_ entries: [(String, [UInt8])], to name: String = "mnist.npz") throws {
        var archive = ZipWriter()
        for (name, bytes) in entries { archive.add(name + ".npy", bytes, compressed: true) }
        try root.write(archive.finished(), to: name)
    }

    @Test func kerasArchive() throws {
        let pixels = Sample.pixels(count: 3)
        try writeArchive([
            ("x_test", array("|u1", [2, 2, 3], Array(pixels.prefix(12)))),
            ("y_test", array("<i8", [2], [1] + [0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0])),
            ("x_train", array("|u1", [3, 2, 3, 1], pixels)), ("y_train", array("|u1", [3, 1], [0, 1, 2])),
        ])
        let dataset = try load("mnist.npz")
        #expect((dataset.name, dataset.train.pixels, dataset.train.labels) == ("mnist.npz", pixels, [0, 1, 2]))
        #expect(dataset.test.labels == [1, 0] && dataset.test.count == 2)
        try root.folder("folder")
        try FileManager.default.moveItem(atPath: root.path + "/mnist.npz", toPath: root.path + "/folder/mnist.npz")
        #expect(try load("folder").train == dataset.train)
    }

    @Test func whatAnArchiveLacksIsNamed() throws {
        try writeArchive([("x", array("|u1", [1], [0]))])
        #expect(
            try message("mnist.npz")
                == "mnist.npz: expected the arrays x_train and y_train, x_test and y_test, found \"x\"")
        try writeArchive((0..<10).map { ("a\($0)", array("|u1", [1], [0])) })
        #expect(
            try message("mnist.npz")
                == "mnist.npz: expected the arrays x_train and y_train, x_test and y_test, found "
                + (0..<8).map { "\"a\($0)\"" }.joined(separator: ", "))
        try writeArchive([("x_train", array("|u1", [1, 1, 2], [0, 1]))])
        #expect(try message("mnist.npz") == "mnist.npz: expected \"y_train\" beside \"x_train\", found none")
        try writeArchive([("x_train", array("|u1", [1, 1, 2], [0, 1])), ("y_train", array("|u1", [2], [0, 1]))])
        #expect(
            try message("mnist.npz")
                == "mnist.npz: expected 1 labels in \"y_train\", one for each image, found 2")
        try writeArchive([("x_train", array("<i2", [1, 1, 2], [0, 1, 0, 0])), ("y_train", array("|u1", [1], [0]))])
        #expect(
            try message("mnist.npz")
                == "mnist.npz: expected pixels from 0 to 255 in \"x_train\", found 256 in image 0")
        try write("no archive", to: "mnist.npz")
        #expect(try message("mnist.npz").hasPrefix("mnist.npz: expected "))
    }
    /// A channel before or behind, squares in a row, labels in a column: all the same images.
    @Test func arraysOfOtherShapes() throws {
        let pixels = (0..<8).map { UInt8($0) }
        for shape in [[2, 2, 2], [2, 2, 2, 1], [2, 1, 2, 2], [2, 4]] {
            try writeArchive([("x_train", array("|u1", shape, pixels)), ("y_train", array("|u1", [2], [0, 1]))])
            let set = try load("mnist.npz").train
            #expect(set.pixels == pixels && set.width == 2 && set.height == 2 && set.labels == [0, 1], "\(shape)")
        }
        for shape in [[2, 3], [8], [2, 2, 1, 2], [0, 2, 2], [1, 1, 1, 2, 4]] {
            let bytes = Array(repeating: UInt8(0), count: shape.reduce(1, *))
            try writeArchive([("x_train", array("|u1", shape, bytes)), ("y_train", array("|u1", [2], [0, 1]))])
            #expect(
                try message("mnist.npz")
                    == "mnist.npz: expected \"x_train\" of images, [images, height, width] in C order, found \(shape)")
        }
        let images = ("x_train", array("|u1", [2, 2, 2], pixels))
        for (labels, words) in [
            (array("|u1", [2, 2], [0, 1, 2, 3]), "\"y_train\" with a label for each image, found [2, 2]"),
            (array("|u1", [], [0]), "\"y_train\" with a label for each image, found []"),
            (array("<i2", [2], [0, 0, 1, 1]), "labels from 0 to 255 in \"y_train\", found 257 at index 1"),
            (array("|i1", [2], [0xff, 0]), "labels from 0 to 255 in \"y_train\", found -1 at index 0"),
            (array("<f2", [2], [0, 0x38, 0, 0]), "labels from 0 to 255 in \"y_train\", found 0.5 at index 0"),
        ] {
            try writeArchive([images, ("y_train", labels)])
            #expect(try message("mnist.npz") == "mnist.npz: expected \(words)")
        }
    }

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

    /// All names that images and labels have, with NumPy's ending or without, in capitals or not.
    @Test func arraysHaveOtherNames() throws {
        let images = array("|u1", [2, 1, 2], [0, 1, 2, 3])
        let labels = array("<f4", [2, 1], [0, 0, 0x80, 0x3f, 0, 0, 0, 0])
        for (image, label) in [
            ("x_%", "y_%"), ("%_images", "%_labels"), ("%_x", "%_y"), ("X_%", "%_LABELS"), ("%_x", "y_%"),
        ] {
            try writeArchive(
                ["test", "train"].flatMap { set in
                    [(image.replacing("%", with: set), images), (label.replacing("%", with: set), labels)]
                })
            let dataset = try load("mnist.npz")
            #expect(dataset.train.labels == [1, 0] && dataset.train.pixels == [0, 1, 2, 3], "\(image)")
            #expect(!dataset.isTestedOnTraining, "\(image)")
        }
        var plain = ZipWriter()
        plain.add("x_train", images, compressed: false)
        plain.add("y_train", labels, compressed: false)
        try root.write(plain.finished(), to: "mnist.npz")
        #expect(try load("mnist.npz").isTestedOnTraining)
        try root.write(ZipWriter().finished(), to: "mnist.npz")
        #expect(
            try message("mnist.npz")
                == "mnist.npz: expected the arrays x_train and y_train, x_test and y_test, found none")
    }

    @Test func labelsOfAnArchiveGoUpTo255() throws {
        let images = ("x_train", array("|u1", [2, 1, 2], [0, 1, 2, 3]))
        try writeArchive([images, ("y_train", array("<i2", [2], [0, 1, 1, 0]))])
        #expect(try load("mnist.npz").train.labels == [255, 0], "256 and 1")
        try writeArchive([images, ("y_train", array("<i2", [2], [0, 0, 1, 1]))])
        #expect(
            try message("mnist.npz") == "mnist.npz: expected labels from 0 to 255 in \"y_train\", found 257 at index 1")
        try writeArchive([images, ("y_train", array("<i2", [2], [0, 0, 0, 1]))])
        #expect(
            try message("mnist.npz") == "mnist.npz, y_train: expected labels from 0 to 255, found 256 at index 1")
        // In the order of Fortran the images would lie across each other.
        let text = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 1, 2), }"
        let turned: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + [0, 1, 2, 3]
        try writeArchive([("x_train", turned), ("y_train", array("|u1", [2], [0, 1]))])
        #expect(
            try message("mnist.npz")
                == "mnist.npz: expected \"x_train\" of images, [images, height, width] in C order, found [2, 1, 2]")
    }

    // MARK: Large files

    /// What is no byte is read in parts of 262,144 numbers.
    @Test func manyNumbersAreReadInParts() throws {
        let (count, side) = (3, 300)
        let values = (0..<count * side * side).map { Int16($0 % 251) }
        let labels = Sample.labels(count: count)
        func set(_ values: [Int16]) throws -> ImageSet {
            try ImageSet(
                imagesFile: root.write(
                    Sample.idx([UInt32(count), UInt32(side), UInt32(side)], type: 0x0b, big(values)), to: "images"),
                labelsFile: root.write(labels, to: "labels"))
        }
        #expect(try set(values).pixels == values.map { UInt8($0) })
        for (place, image) in [(89_999, 0), (90_000, 1), (262_143, 2), (262_144, 2), (269_999, 2)] {
            var wrong = values
            wrong[place] = 256
            let error = #expect(throws: DatasetError.self) { try set(wrong) }
            #expect(error?.problem == .pixel("256", image: image), "\(place)")
        }
    }

    @Test func manyLabelsAreReadInParts() throws {
        let count = 262_144 + 3
        let images = try root.write(
            Sample.idx([UInt32(count), 1, 1], [UInt8](repeating: 7, count: count)), to: "images")
        var labels = (0..<count).map { UInt8($0 % 200) }
        let set = try ImageSet(
            imagesFile: images, labelsFile: root.write(Sample.idx([UInt32(count)], labels), to: "labels"))
        #expect(set.labels == labels)
        labels.removeLast()
        let error = #expect(throws: DatasetError.self) {
            try ImageSet(
                imagesFile: images, labelsFile: root.write(Sample.idx([UInt32(count - 1)], labels), to: "labels"))
        }
        #expect(error?.problem == .labelCount(expected: count, found: count - 1))
        // More columns than a part has numbers.
        let columns = 262_144 + 1
        var rows = [UInt8](repeating: 9, count: 2 * columns)
        (rows[0], rows[columns]) = (3, 4)
        let wide = try ImageSet(
            imagesFile: root.write(Sample.images(count: 2), to: "two"),
            labelsFile: root.write(Sample.idx([2, UInt32(columns)], rows), to: "wide"))
        #expect(wide.labels == [3, 4])
    }

    /// Shares that came before the first whole number were 0 or 1.
    @Test func sharesBecomeWholeNumbers() throws {
        let numbers: [Float] = [0.25, 0.49, 0.5, 1, 2, 255]
        let set = try ImageSet(
            imagesFile: root.write(Sample.idx([1, 2, 3], type: 0x0d, big(numbers.map(\.bitPattern))), to: "images"),
            labelsFile: root.write(Sample.labels(count: 1), to: "labels"))
        #expect(set.pixels == [0, 0, 1, 1, 2, 255])
        for (number, words) in [(255.5, "255.5"), (-0.5, "-0.5"), (256, "256"), (.infinity, "inf")] as [(Float, String)]
        {
            let error = #expect(throws: DatasetError.self) {
                try ImageSet(
                    imagesFile: root.write(Sample.idx([1, 1, 1], type: 0x0d, big([number.bitPattern])), to: "images"),
                    labelsFile: root.path + "/labels")
            }
            #expect(error?.problem == .pixel(words, image: 0))
        }
    }

    // MARK: Which files

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

    /// Names beside the data: `classes.txt` before a mapping, which has the prefix of the data or is the only one.
    @Test func namesAreBesideTheData() throws {
        try root.writeDataset(in: "set")
        func names() throws -> [String] { try load("set").classNames }
        try write("0 65\n1 66\n2 67\n", to: "set/some-mapping.txt")
        #expect(try names() == ["A", "B", "C"])
        try write("0 68\n1 69\n2 70\n", to: "set/more-mapping.txt")
        #expect(try names() == ["0", "1", "2"], "one of two says nothing")
        try write("0 71\n1 72\n2 73\n", to: "set/mapping.txt")
        #expect(try names() == ["G", "H", "I"])
        try write("x\ny\nz\n", to: "set/classes.txt")
        #expect(try names() == ["x", "y", "z"])
    }

    @Test func mappingsBeginWith0Or1() throws {
        for (mapping, problem) in [
            ("2 65\n3 66\n4 67\n", "line 1: expected class 0 or 1, found \"2 65\""),
            ("-1 65\n", "line 1: expected class 0 or 1, found \"-1 65\""),
            ("1 65\n3 66\n", "line 2: expected class 2, found \"3 66\""),
            ("0 65\n1\n", "line 2: expected a class and its character, as in \"0 48\", found \"1\""),
            ("0 1114112\n", "line 1: expected a class and its character, as in \"0 48\", found \"0 1114112\""),
            ("0 -1\n", "line 1: expected a class and its character, as in \"0 48\", found \"0 -1\""),
            ("0 55296\n", "line 1: expected a class and its character, as in \"0 48\", found \"0 55296\""),
            (
                "0 \(String(repeating: "9", count: 50))\n",
                "line 1: expected a class and its character, as in \"0 48\", "
                    + "found \"0 \(String(repeating: "9", count: 38))\""
            ),
        ] as [(String, String)] {
            try writeEMNIST("digits", labels: [0, 1, 2], mapping: mapping)
            #expect(try message("emnist") == "emnist/emnist-digits-mapping.txt, \(problem)")
        }
        // The last character of Unicode is none that a screen shows in a cell.
        try writeEMNIST("digits", labels: [0, 1, 2], mapping: "\u{feff}0 48\n1 1114111\n2 233\n")
        #expect(try load("emnist").classNames == ["0", "1", "é"])
    }

    @Test func thereAreUpTo256Names() throws {
        try root.writeDataset(in: "set")
        for (count, isRead) in [(256, true), (257, false), (0, false)] {
            try write((0..<count).map { "n\($0)\n" }.joined() + "\n", to: "set/classes.txt")
            if isRead {
                #expect(try load("set").classNames.count == count)
            } else {
                #expect(
                    try message("set")
                        == "set/classes.txt: expected the names of 1 to 256 classes, one a line, found \(count)")
            }
        }
        try write("a\n\(String(repeating: "b", count: 61))\n\n\nc", to: "set/classes.txt")
        #expect(try message("set") == "set/classes.txt, line 3: expected the name of a class, found \"\"")
    }

    /// A character takes one cell of a screen, or the label stands there.
    @Test func namesAreShownCellByCell() {
        for (name, isShown) in [
            ("cat", true), ("é", true), ("e\u{301}", true), ("q\u{300}", false), ("a\u{20dd}", false), ("a\tb", false),
            ("a\u{200d}b", false), ("\u{378}", false), ("\u{2028}", false), ("\u{2029}", false), ("", false),
            ("a b", true),
            ("\u{10ff}", true), ("\u{1100}", false), ("\u{1d00}", false), ("\u{1e00}", true), ("\u{2e3a}", true),
            ("\u{2e80}", false), ("→", true),
        ] {
            let shown = ClassNames.shown(name, label: 7)
            #expect(shown == (isShown ? name.precomposedStringWithCanonicalMapping : "7"), "\(name.unicodeScalars)")
        }
        let long = String(repeating: "x", count: 60)
        #expect(ClassNames.shown(long, label: 0) == long && ClassNames.shown(long + "y", label: 0) == long)
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
