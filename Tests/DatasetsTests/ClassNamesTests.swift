import Foundation
import TestSupport
import Testing

@testable import Datasets

/// What the classes are called: after a file beside the data, or by their labels.
@Suite struct ClassNamesTests: FindsDatasets {
    let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

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
        #expect(dataset.classNames == (1...26).map { "\($0)" })
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
}
