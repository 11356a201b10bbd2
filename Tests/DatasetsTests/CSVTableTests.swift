import Foundation
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
        let texts = [
            "label,pixel0,pixel1,pixel2,pixel3\n" + rows.joined(separator: "\n"),
            "p0,p1,p2,p3,class\r\n" + last.joined(separator: "\r\n") + "\r\n",
            "\u{FEFF}\"label\";\"a\";\"b\";\"c\";\"d\"\n"
                + rows.map { $0.replacing(",", with: ";") }.joined(separator: "\n") + "\n\n",
            rows.joined(separator: "\n"), last.joined(separator: "\n"),
            ",label,p0,p1,p2,p3\n" + rows.enumerated().map { "\($0),\($1)" }.joined(separator: "\n"),
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
}
