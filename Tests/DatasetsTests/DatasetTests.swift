import TestSupport
import Testing

@testable import Datasets

/// Images, their classes, and what is said of them.
@Suite struct DatasetTests {
    /// Images of one pixel.
    private func images(_ labels: [UInt8]) -> ImageSet {
        ImageSet(width: 1, height: 1, pixels: labels.map { 100 + $0 }, labels: labels)
    }

    /// Names for all labels, or numbers.
    @Test func everyLabelHasAName() {
        func names(_ train: UInt8, _ test: UInt8? = nil, _ given: [String]? = nil, name: String = "own") -> [String] {
            Dataset(name: name, train: images([0, train]), test: test.map { images([$0]) }, classNames: given)
                .classNames
        }
        let digits = (0...9).map(String.init)
        #expect(names(3) == digits && names(9) == digits && names(2, 9) == digits && names(9, 2) == digits)
        #expect(names(10) == digits + ["10"] && names(2, 10) == digits + ["10"] && names(10, 2) == digits + ["10"])
        #expect(
            names(2, nil, ["a", "b", "c"]) == ["a", "b", "c"]
                && names(3, nil, ["a", "b", "c"]) == ["0", "1", "2", "3"])
        #expect(names(1, 3, ["a", "b", "c"]) == ["0", "1", "2", "3"])
        #expect(names(9, name: "fashion-mnist").last == "Ankle boot")
    }

    @Test(arguments: [
        ("mnist", "MNIST", "no digit"), ("fashion-mnist", "Fashion-MNIST", "no item of clothing"),
        ("own", "own", "nothing it has learnt"),
    ]) func knownSetsAreCalledByTheirNames(name: String, title: String, refusal: String) {
        let dataset = Dataset(name: name, train: images([0]))
        #expect(dataset.title == title && Dataset.refusal(of: name) == refusal && dataset.judge == "test")
        #expect(DatasetLocation.isKnown(name) == (name != "own"))
        #expect(DatasetLocation.knownNames == ["fashion-mnist", "mnist"])
    }

    /// A network may know more classes than have images, where they are called by their labels.
    @Test func aNetworkMayKnowMoreClasses() throws {
        func dataset(_ names: [String], hasNames: Bool, test: ImageSet? = nil) -> Dataset {
            Dataset(name: "own", train: images([0, 1]), test: test, classNames: names, hasNames: hasNames)
        }
        let numbers = dataset(["1", "2"], hasNames: false)
        #expect(numbers.with(classes: 2) == numbers && numbers.with(classes: 1) == nil)
        let three = try #require(numbers.with(classes: 3))
        #expect(three.classNames == ["0", "1", "2"] && three.train.labels == [1, 2] && three.isTestedOnTraining)
        #expect(three.train.pixels == [100, 101] && !three.hasNames)
        #expect(numbers.with(classes: 256)?.classNames.count == 256 && numbers.with(classes: 257) == nil)
        #expect(dataset(["a", "b"], hasNames: true).with(classes: 3) == nil)
        #expect(dataset(["a", "b"], hasNames: true).with(classes: 2) != nil)
        let tested = try #require(dataset(["0", "1"], hasNames: false, test: images([1])).with(classes: 4))
        #expect(!tested.isTestedOnTraining && tested.test.labels == [1] && tested.train.labels == [0, 1])
    }

    @Test func partsAreInTheirOrder() {
        let set = images([4, 5, 6, 7])
        #expect(set.prefix(2) == images([4, 5]) && set.prefix(4) == set && set.prefix(9) == set)
        #expect(set.prefix(3).count == 3 && set.prefix(0).count == 0)
        #expect(set.chosen { $0 != 1 } == images([4, 6, 7]))
    }

    // MARK: - Errors

    @Test(
        arguments: [
            (.missing, "a file, found none"), (.unreadable(reason: "No"), "a readable file, found \"No\""),
            (.folder, "a file, found a folder"), (.notRegular, "a regular file, found a device, pipe or socket"),
            (.magic([0x50, 0xf]), "an IDX file, which begins with bytes 00 00, found bytes 50 0f"),
            (.elementType(0x10), "type code 08, 09, 0b, 0c, 0d or 0e, found type code 10"),
            (.dimensions(expected: 1, found: 2), "1 dimension, found 2"),
            (.dimensions(expected: 3, found: 0), "3 dimensions, found 0"),
            (.emptyShape([3, 0]), "a size of at least 1 in every dimension, found 3 × 0"),
            (.hugeShape([9, 8], limit: 7), "at most 7 bytes of data, found a header that says 9 × 8"),
            (.truncated(expected: 5, found: 4), "5 bytes, found only 4"),
            (.overlong(expected: 5, found: 6), "5 bytes, found 6"),
            (.overlong(expected: 5, found: nil), "5 bytes, found more"),
            (.gzipDamaged(reason: "so"), "an undamaged gzip stream, found \"so\""),
            (.gzipCutShort, "the end of the gzip stream, found the end of the file before it"),
            (.gzipTrailer, "the end of the file after the gzip stream, found other bytes"),
            (
                .gzipTooSmall(declared: 9, most: 8),
                "at most 8 bytes, all that gzip packs into a file of this size, found a header that says 9"
            ),
            (.picture(expected: "a", found: "b"), "a, found b"), (.contents(expected: "c", found: "d"), "c, found d"),
            (.label("x", index: 4, expected: 1..<27), "labels from 1 to 26, found x at index 4"),
            (.pixel("-1", image: 2), "pixels from 0 to 255, found -1 in image 2"),
            (.labelCount(expected: 3, found: 2), "3 labels, one for each image, found 2"),
            (
                .imageSize(expected: [2, 3], found: [4, 5]),
                "images of 2 × 3, as in the training set, found images of 4 × 5"
            ),
            (.incomplete, "this file, plain or with .gz, beside the others of its data set, found neither"),
            (
                .notFound(places: ["a", "b"]),
                "a folder with IDX files (train-images-idx3-ubyte[.gz] and so on), an .npz or CSV file, or a folder of "
                    + "pictures for each class, found none in a, b"
            ),
        ] as [(DatasetError.Problem, String)]) func everyProblemHasWords(problem: DatasetError.Problem, words: String)
    {
        #expect(DatasetError("file", problem).description == "file: expected \(words)")
    }

    // MARK: - Distortions and points

    /// Each strength at its limits and a little beyond.
    @Test func strengthsHaveLimits() {
        let strengths: [(WritableKeyPath<Distortion, Float>, ClosedRange<Float>, String, String)] = [
            (\.rotation, 0...180, "rotation", "degrees from 0 to 180"),
            (\.scale, 0...0.5, "scale", "a share from 0 to 0.5"),
            (\.shear, 0...1, "shear", "a number from 0 to 1"), (\.shift, 0...0.5, "shift", "a share from 0 to 0.5"),
            (\.smoothness, 1...1000, "smoothness", "pixels from 1 to 1000"),
            (\.elasticity, 0...4, "elasticity", "pixels from 0 to the smoothness, 4.0"),
            (\.thickness, 0...1, "thickness", "pixels from 0 to 1"),
        ]
        for (strength, limits, name, expected) in strengths {
            for (value, isFine) in [
                (limits.lowerBound, true), (limits.upperBound, true), (limits.lowerBound - 0.01, false),
                (limits.upperBound + 0.01, false), (.nan, false),
            ] {
                var distortion = Distortion()
                distortion[keyPath: strength] = value
                #expect(
                    distortion.problem
                        == (isFine ? nil : SettingProblem(name: name, expected: expected, found: "\(value)")))
            }
        }
        #expect(
            SettingProblem(name: "a", expected: "b", found: "c").description == "a: expected b, found c.")
    }

    @Test func presetsAreWhatTheyAreSaidToBe() {
        let (writing, clothing) = (Distortion.handwriting, Distortion.clothing)
        #expect([writing.rotation, writing.scale, writing.shear, writing.shift] == [12, 0.12, 0.15, 0.07])
        #expect([writing.elasticity, writing.smoothness, writing.thickness] == [0.6, 4, 0.2] && !writing.isMirrored)
        var expected = Distortion()
        (expected.shift, expected.isMirrored) = (2 / 28, true)
        #expect(clothing == expected)
        let none = Distortion()
        #expect(
            [none.rotation, none.scale, none.shear, none.shift, none.elasticity, none.thickness].allSatisfy { $0 == 0 })
        #expect(none.smoothness == 4 && !none.isMirrored)
    }

    @Test(arguments: [
        (ToySet.spiral, "spiral", 3, 0.2), (.moons, "two moons", 2, 0.1), (.circles, "circles", 2, 0.1),
        (.xor, "XOR", 2, 0),
        (.blobs, "blobs", 3, 0.2), (.own, "your points", 3, 0),
    ]) func toySetsHaveTitles(set: ToySet, title: String, classes: Int, noise: Double) {
        #expect(set.title == title && set.classes == classes && set.usualNoise == noise)
        #expect(ToySet.generated.contains(set) == (set != .own))
    }

    // MARK: - Pictures of any size

    @Test func picturesAreMadeSmallEnough() {
        let picture = GreyImage(width: 5, height: 3, pixels: (0..<15).map { UInt8($0 * 10) }, shrink: 2)
        for (width, height, factor) in [
            (5, 3, 1), (9, 9, 1), (4, 3, 2), (5, 2, 2), (3, 2, 2), (2, 9, 3), (9, 1, 3), (1, 1, 5),
        ] {
            let small = picture.fitting(width: width, height: height)
            #expect(small.shrink == 2 * factor && small.width == (5 + factor - 1) / factor, "\(width) × \(height)")
            #expect(small.height == (3 + factor - 1) / factor)
        }
        // Means of four pixels, of two at an edge and of the one in the corner.
        #expect(picture.fitting(width: 3, height: 2).pixels == [30, 50, 65, 105, 125, 140])
    }
}
