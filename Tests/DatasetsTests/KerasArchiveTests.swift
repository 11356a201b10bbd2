import Files
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Archives of NumPy, as Keras ships its data sets.
@Suite struct KerasArchiveTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

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
}
