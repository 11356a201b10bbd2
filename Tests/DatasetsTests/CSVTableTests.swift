import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Datasets

/// Tables of images, and images set apart of them.
@Suite struct CSVTableTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    @Test func tablesWithAndWithoutHeading() throws {
        let rows = ["2,0,10,20,30", "1,40,50,60,0", "0,0,0,7,8"]
        let last = ["0,10,20,30,2", "40,50,60,0,1", "0,0,7,8,0"]
        let semicolons = rows.map { $0.replacing(",", with: ";") }
        let numbered = rows.enumerated().map { "\($0),\($1)" }
        let texts: [String] = [
            (["label,pixel0,pixel1,pixel2,pixel3"] + rows).joined(separator: "\n"),
            (["p0,p1,p2,p3,class"] + last + [""]).joined(separator: "\r\n"),
            (["\u{FEFF}\"label\";\"a\";\"b\";\"c\";\"d\""] + semicolons + ["", ""]).joined(separator: "\n"),
            rows.joined(separator: "\n"), last.joined(separator: "\n"),
            ([",label,p0,p1,p2,p3"] + numbered).joined(separator: "\n"),
        ]
        for text in texts {
            try write(text, to: "own.csv")
            let set = try load("own.csv").train
            #expect((set.width, set.height, set.labels) == (2, 2, [2, 1, 0]), "\(text)")
            #expect(set.pixels == [0, 10, 20, 30, 40, 50, 60, 0, 0, 0, 7, 8], "\(text)")
        }
        try root.write(root.gzip(Array(texts[0].utf8)), to: "own.csv.gz")
        #expect(try load("own.csv.gz").train.labels == [2, 1, 0])
    }

    /// A heading is a whole word, in quotation marks and blanks or not.
    @Test func headingsAreWholeWords() throws {
        for (label, other) in [("label", "zlabel"), (" \"Label\" ", "labels2"), ("\"class\"", "xclassx")] {
            try write("\(other),p1,p2,p3,\(label)\n9,1,2,3,0\n8,4,5,6,1\n", to: "own.csv")
            let set = try load("own.csv").train
            #expect(set.labels == [0, 1] && set.pixels == [9, 1, 2, 3, 8, 4, 5, 6], "\(label)")
        }
    }

    @Test func sharesInTables() throws {
        try write("0,0,0.5,1,0\n1,1.0,0.25,0,0\n", to: "own.csv")
        #expect(try load("own.csv").train.pixels == [0, 128, 255, 0, 255, 64, 0, 0])
    }

    @Test func aPairOfTables() throws {
        try write("label,a,b,c,d\n1,0,1,2,3\n0,4,5,6,7\n", to: "kaggle/train.csv")
        try write("label,a,b,c,d\n1,9,9,9,9\n", to: "kaggle/test.csv")
        try write("ImageId,Label\n1,0\n", to: "kaggle/sample_submission.csv")
        let dataset = try load("kaggle")
        #expect((dataset.train.count, dataset.test.count, dataset.test.labels) == (2, 1, [1]))
        #expect(try load("kaggle/train.csv").test == dataset.test)
        // The test set of a competition has no labels.
        try write("a,b,c,d\n9,9,9,9\n", to: "kaggle/test.csv")
        #expect(try load("kaggle").isTestedOnTraining)
        try write("a,b,c,d\n9,9,9,9\n", to: "kaggle/train.csv")
        #expect(
            try message("kaggle")
                == "kaggle/train.csv: expected a label in each row, beside the pixels, found pixels alone")
    }

    @Test func theWrongLineIsNamed() throws {
        for (text, problem) in [
            (
                "label,a,b,c,d\n1,0,1,2,3\n0,4,5,6\n",
                "own.csv, line 3: expected 5 columns, as in the first line, found 4"
            ),
            ("label,a,b,c,d\n1,0,1,two,3\n", "own.csv, line 2, column 4: expected a number, found \"two\""),
            ("label,a,b,c,d\n1,0,1,256,3\n", "own.csv, line 2, column 4: expected a pixel from 0 to 255, found 256"),
            ("label,a,b,c,d\n1.5,0,1,2,3\n", "own.csv: expected labels from 0 to 255, found 1.5 in row 1"),
            (
                "label,a,b,c\n1,0,1,2\n",
                "own.csv, line 1: expected a label and the pixels of a square image, 785 columns for 28 × 28, found 4 columns"
            ),
            ("", "own.csv: expected a row for each image, found none"),
            ("label,a,b,c,d\n", "own.csv: expected a row for each image, found none"),
        ] {
            try write(text, to: "own.csv")
            #expect(try message("own.csv") == problem)
        }
    }

    @Test func aLineWithoutAnEndIsRefused() throws {
        try root.write(Array(repeating: UInt8(ascii: "1"), count: 9 << 20), to: "own.csv")
        #expect(try message("own.csv").contains("own.csv, line 1: expected a line of at most "))
    }

    @Test func aShareIsSetApart() throws {
        let rows = (0..<100).map { "\($0 % 2),\($0),0,0,0" }
        try write(rows.joined(separator: "\n"), to: "own.csv")
        let dataset = try load("own.csv", DatasetReading(testShare: 0.2))
        #expect((dataset.train.count, dataset.test.count, dataset.isTestedOnTraining) == (80, 20, false))
        let firsts = [dataset.train, dataset.test].map { set in (0..<set.count).map { Int(set.pixels[4 * $0]) } }
        #expect((firsts[0] + firsts[1]).sorted() == Array(0..<100))
        #expect(try load("own.csv", DatasetReading(testShare: 0.2)).test == dataset.test, "the same ones each time")
        #expect(
            try message("own.csv", DatasetReading(testShare: 0.001))
                == "own.csv: expected a --test-share that leaves images for both sets, found 0 of 100 to test on")
        try root.writeDataset(in: "set")
        #expect(
            try message("set", DatasetReading(testShare: 0.5))
                == "set: expected no test images where --test-share sets some apart, found some")
    }

    @Test func imagesKeptAside() throws {
        try write((0..<100).map { "\($0 % 2),\($0),0,0,0" }.joined(separator: "\n"), to: "own-train.csv")
        try write("1,0,0,0,9\n0,1,0,0,0\n", to: "own-test.csv")
        let whole = try load("own-train.csv")
        let kept = whole.validated(by: 30)
        #expect((kept.train.count, kept.test.count, kept.validationCount, kept.judge) == (70, 30, 30, "validation"))
        #expect(kept.finalTest == whole.test && whole.finalTest == nil && whole.judge == "test")
        let firsts = [kept.train, kept.test].map { set in (0..<set.count).map { Int(set.pixels[4 * $0]) } }
        #expect((firsts[0] + firsts[1]).sorted() == Array(0..<100))
        #expect(firsts[1] != Array(70..<100) && firsts[1] != Array(0..<30), "from all over the set")
    }

    /// Words that call a column the label, and those that call it nothing of the image, in capitals or not.
    @Test func everyHeadingIsKnown() throws {
        for label in ["label", "labels", "class", "target", "digit", "y", "Y", "LABEL"] {
            try write("a,b,\(label),c,d\n1,2,0,3,4\n5,6,1,7,8\n", to: "own.csv")
            let set = try load("own.csv").train
            #expect(set.labels == [0, 1] && set.pixels == [1, 2, 3, 4, 5, 6, 7, 8], "\(label)")
        }
        for other in ["", "id", "index", "imageid", "unnamed: 0", "ImageId", "Unnamed: 0"] {
            try write("\(other),label,a,b,c,d\n77,0,1,2,3,4\n78,1,5,6,7,8\n", to: "own.csv")
            let set = try load("own.csv").train
            #expect(set.labels == [0, 1] && set.pixels == [1, 2, 3, 4, 5, 6, 7, 8], "\(other)")
        }
    }

    @Test(arguments: [",", ";", "\t"]) func cellsAreSeparated(separator: String) throws {
        let rows = [["y", "a", "b", "c", "d"], ["1", "0.0", "2", " 3 ", "\"4\""], ["0", "5", "6", "7", "000000008"]]
        try write(rows.map { $0.joined(separator: separator) }.joined(separator: "\n"), to: "own.csv")
        let set = try load("own.csv").train
        #expect(set.labels == [1, 0] && set.pixels == [0, 2, 3, 4, 5, 6, 7, 8])
    }

    /// The label of a table without a heading is whatever end is labels from 0 or 1 on without a gap; where both are or
    /// neither is, the end that differs more from its neighbours, or else the first.
    @Test func theLabelIsFoundAmongTheEnds() throws {
        func column(
            _ first: [Double], _ second: [Double], _ inner: Double, _ third: [Double], _ last: [Double]
        ) throws -> String {
            let rows = first.indices.map { "\(first[$0]),\(second[$0]),\(inner),\(third[$0]),\(last[$0])" }
            try write(rows.joined(separator: "\n"), to: "own.csv")
            let table = try #require(CSVTable(file: root.path + "/own.csv").images)
            #expect(table.width == 2 && table.height == 2)
            let isFirst = table.labels.map(Double.init) == first
            #expect(isFirst || table.labels.map(Double.init) == last)
            #expect(table.pixels.suffix(4).first.map(Double.init) == (isFirst ? second.last : first.last)?.rounded())
            return isFirst ? "first" : "last"
        }
        // Pixels that differ from the end that is no label, not from the one that is.
        let (low, high) = ([0.0, 1, 2], [90.0, 91, 92])
        #expect(try column(low, low, 5, [200, 200, 200], high) == "first")
        #expect(try column(high, [200, 200, 200], 5, low, low) == "last")
        #expect(try column([1, 2, 3], [1, 2, 3], 5, [200, 200, 200], high) == "first")
        #expect(try column([2, 3, 4], [200, 200, 200], 5, low, low) == "last", "they begin with 0 or 1")
        #expect(try column([0, 2, 3], [200, 200, 200], 5, low, low) == "last", "without a gap")
        #expect(try column([0, 0, 0], [200, 200, 200], 5, low, low) == "last", "one label tells nothing")
        #expect(try column(low, low, 5, [200, 200, 200], [0, 0, 0]) == "first")
        // Both or neither: the stranger.
        #expect(try column(low, low, 5, [200, 200, 200], [2, 1, 0]) == "last")
        #expect(try column(low, [200, 200, 200], 5, [3, 3, 3], [2, 1, 0]) == "first")
        #expect(try column([3], [3], 1, [3.5], [4]) == "last")
        #expect(try column([4], [3.5], 1, [3], [3]) == "first")
        #expect(try column([4], [5], 1, [6], [7]) == "first", "nothing tells")
    }

    /// Numbers at the ends that are shares or fractions are no labels.
    @Test func fractionsAreNoLabels() throws {
        try write("0,9,0,0,0\n1,9,0,1,1\n1.5,9,0,1,1\n3,9,0,0,0\n", to: "own.csv")
        #expect(try CSVTable(file: root.path + "/own.csv").images?.labels == [0, 1, 1, 0])
    }

    @Test func whatIsWrongWithACellIsNamed() throws {
        for (text, problem) in [
            ("label,a,b,c,d\n1,,1,2,3\n", "own.csv, line 2, column 2: expected a number, found \"\""),
            ("label,a,b,c,d\n1,0,1,2,\n", "own.csv, line 2, column 5: expected a number, found \"\""),
            ("label,a,b,c,d\n1,0,1:,2,3\n", "own.csv, line 2, column 3: expected a number, found \"1:\""),
            ("label,a,b,c,d\n1,0,/1,2,3\n", "own.csv, line 2, column 3: expected a number, found \"/1\""),
            (
                "label,a,b,c,d\n\n1,0,\(String(repeating: "x", count: 50)),2,3\n",
                "own.csv, line 3, column 3: expected a number, found \"\(String(repeating: "x", count: 40))\""
            ),
            ("label,a,b,c,d\n1,0,1,2,3,4\n", "own.csv, line 2: expected 5 columns, as in the first line, found 6"),
            (
                "label,a,b,c,d\n1,0,1,2,255.5\n",
                "own.csv, line 2, column 5: expected a pixel from 0 to 255, found 255.5"
            ),
            ("label,a,b,c,d\n1,-1,1,2,3\n", "own.csv, line 2, column 2: expected a pixel from 0 to 255, found -1"),
            ("label,a,b,c,d\n257,0,1,2,3\n", "own.csv: expected labels from 0 to 255, found 257 in row 1"),
            ("label,a,b,c,d\n1,0,1,2,3\n-1,0,1,2,3\n", "own.csv: expected labels from 0 to 255, found -1 in row 2"),
            ("0,0,1,2,3\n1,0,1,2,300\n", "own.csv: expected pixels from 0 to 255, found 300 in row 2"),
            (
                "label,a\n1,0\n",
                "own.csv, line 1: expected a label and the pixels of a square image, 785 columns for 28 × 28, "
                    + "found 2 columns"
            ),
        ] as [(String, String)] {
            try write(text, to: "own.csv")
            #expect(try message("own.csv") == problem)
        }
        try write("label,a,b,c,d\n256,0,1,2,3\n1,0,1,2,255\n", to: "own.csv")
        #expect(try load("own.csv").train.labels == [255, 0], "labels from 1 on")
    }

    /// A file is read in parts of 1 MiB, whose ends are within lines or between them.
    @Test(arguments: [0, 6]) func linesGoOverTheEndsOfParts(extra: Int) throws {
        let rows = 110_000
        let text =
            "y,a,b,c,d" + String(repeating: " ", count: extra) + "\n"
            + (0..<rows).map { "\($0 % 2),\($0 % 8),2,3,\($0 % 10)\n" }.joined()
        try write(text, to: "own.csv")
        let table = try #require(CSVTable(file: root.path + "/own.csv").images)
        #expect(table.count == rows && table.labels == (0..<rows).map { $0 % 2 })
        let pixels = (0..<rows).flatMap { row -> [UInt8] in [UInt8(row % 8), 2, 3, UInt8(row % 10)] }
        #expect(table.pixels == pixels)
    }

    /// As long as a part, which none of a table of images is, and longer.
    @Test func linesHaveALength() throws {
        let most = 1 << 20
        func line(_ count: Int) -> String { "1,0,1,2," + String(repeating: " ", count: count - 9) + "3" }
        try write(line(most) + "\n0,0,1,2,3", to: "own.csv")
        #expect(try load("own.csv").train.labels == [1, 0])
        try write("0,0,1,2,3\n" + line(2 * most) + "\n", to: "own.csv")
        #expect(
            try message("own.csv") == "own.csv, line 2: expected a line of at most \(most) bytes, found a longer one")
    }

    /// The same images whatever program sets them apart: by the seed 0.
    @Test func whatIsSetApartStaysTheSame() throws {
        try write((0..<50).map { "\($0 % 2),\($0),0,0,0" }.joined(separator: "\n"), to: "own.csv")
        func apart(_ share: Double) throws -> [UInt8] {
            let set = try load("own.csv", DatasetReading(testShare: share)).test
            return (0..<set.count).map { set.pixels[4 * $0] }
        }
        func chosen(_ stream: RandomGenerator.Stream, _ count: Int) -> [UInt8] {
            var generator = RandomGenerator(seed: 0, stream: stream)
            return generator.permutation(count: 50).prefix(count).map { UInt8($0) }.sorted()
        }
        #expect(try apart(0.2) == chosen(.testShare, 10) && apart(0.98).count == 49 && apart(0.02).count == 1)
        #expect(
            try message("own.csv", DatasetReading(testShare: 0.991))
                == "own.csv: expected a --test-share that leaves images for both sets, found 50 of 50 to test on")
        let kept = try load("own.csv").validated(by: 20)
        let firstPixels = stride(from: 0, to: 80, by: 4).map { kept.test.pixels[$0] }
        #expect(firstPixels == chosen(.validation, 20))
        #expect(kept.finalTest == nil && !kept.isTestedOnTraining, "there are no others")
    }

    /// One of a pair that is to be parted itself is taken alone.
    @Test func aTableThatIsPartedIsAlone() throws {
        let rows = (0..<10).map { "\($0 % 2),\($0),0,0,0" }.joined(separator: "\n")
        for name in ["train", "test"] { try write(rows, to: "pair/\(name).csv") }
        let dataset = try load("pair/train.csv", DatasetReading(testShare: 0.3))
        #expect((dataset.train.count, dataset.test.count) == (7, 3))
        #expect(
            try message("pair", DatasetReading(testShare: 0.3))
                == "pair: expected no test images where --test-share sets some apart, found some")
    }
}
