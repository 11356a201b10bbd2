import TestSupport
import Testing

@testable import Datasets

/// Files of the kind that MNIST came in, of all types of numbers.
@Suite struct IDXTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

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
}
