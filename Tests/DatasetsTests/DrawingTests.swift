import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Datasets

@Suite struct DrawingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func seven(scale: Double, x: Double, y: Double) -> Drawing {
        let points = [(0.0, 0.0), (6, 0.5), (10, 0), (7, 6), (4, 14)]
        return Drawing(strokes: [points.map { Drawing.Point(x: x + scale * $0.0, y: y + scale * $0.1) }])
    }

    private func centre(_ image: [UInt8]) -> (x: Double, y: Double) {
        let mass = image.reduce(0.0) { $0 + Double($1) }
        let x = image.enumerated().reduce(0.0) { $0 + Double($1.element) * (Double($1.offset % 28) + 0.5) } / mass
        let y = image.enumerated().reduce(0.0) { $0 + Double($1.element) * (Double($1.offset / 28) + 0.5) } / mass
        return (x, y)
    }

    @Test func aBadLineIsToldByItsNumber() throws {
        let path = try folder.write("{\"strokes\": [[[1, 2]]]}\n\nrubbish\n".utf8)
        let drawings = try StrokesFile(path: path).drawings()
        #expect(drawings.count == 2)
        let error = #expect(throws: StrokesFile.Failure.self) { try drawings[1].get() }
        #expect("\(try #require(error))".contains(", line 3:"))
    }

    @Test(arguments: [(1.0, 0.0, 0.0), (0.001, 5, 7), (1000, -3000, 40), (3, 1e6, 1e6)])
    func placeAndSizeDoNotMatter(scale: Double, x: Double, y: Double) throws {
        let reference = try #require(Self.seven(scale: 1, x: 0, y: 0).networkImage())
        let image = try #require(Self.seven(scale: scale, x: x, y: y).networkImage())
        #expect(zip(image, reference).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    @Test func isMadeAsMNISTWas() throws {
        let image = try #require(Self.seven(scale: 1, x: 0, y: 0).networkImage())
        let (x, y) = centre(image)
        #expect(abs(x - 14) < 0.05 && abs(y - 14) < 0.05, "centre of mass (\(x), \(y))")
        let rows = (0..<28).filter { row in image[row * 28..<row * 28 + 28].contains { $0 > 0 } }
        #expect((20...21).contains(rows.count), "\(rows.count) rows of ink")
        #expect(image.contains { $0 > 0 && $0 < 255 }, "anti-aliased")
        #expect(image.contains(255))
    }

    private static func sheared(_ drawing: Drawing, by lean: Double) -> Drawing {
        Drawing(strokes: drawing.strokes.map { $0.map { .init(x: $0.x + lean * $0.y, y: $0.y) } })
    }

    /// A bar with a shorter one across: as much to the left as to the right, so upright as it is.
    private static let cross = Drawing(strokes: [
        [.init(x: 5, y: 0), .init(x: 5, y: 4), .init(x: 5, y: 11)], [.init(x: 2, y: 6), .init(x: 8, y: 6)],
    ])

    @Test(arguments: [-0.45, -0.2, 0.1, 0.45])
    func aLeanDoesNotMatter(lean: Double) throws {
        let image = try #require(Self.sheared(Self.cross, by: lean).networkImage())
        #expect(try zip(image, #require(Self.cross.networkImage())).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    /// A stroke that leans by more than half its height keeps what is beyond.
    @Test(arguments: [-1, 1.0])
    func aSteepLeanIsMeant(side: Double) {
        let bar = Self.sheared(Self.cross, by: 0.8 * side).upright().strokes[0]
        #expect(abs((bar[2].x - bar[0].x) / 11 - 0.3 * side) < 1e-9)
    }

    /// By the moments of points close to each other along the strokes, however long the segments are.
    @Test func standsUprightByLength() {
        var generator = RandomGenerator(seed: 3, stream: .quiz)
        for _ in 0..<20 {
            let points = (0..<5).map { Drawing.Point(x: generator.uniform(), y: 2 * Double($0) + generator.uniform()) }
            let upright = Drawing(strokes: [Array(points[..<3]), Array(points[3...])]).upright()
            let samples = upright.strokes.flatMap { stroke in
                zip(stroke, stroke.dropFirst()).flatMap { start, end in
                    let count = Int(2_000 * hypot(end.x - start.x, end.y - start.y))
                    return (0..<count).map { sample in
                        let share = (Double(sample) + 0.5) / Double(count)
                        return (
                            x: start.x + share * (end.x - start.x), y: start.y + share * (end.y - start.y)
                        )
                    }
                }
            }
            let count = Double(samples.count)
            let (x, y) = (samples.reduce(0) { $0 + $1.x } / count, samples.reduce(0) { $0 + $1.y } / count)
            // Its length changes as it is sheared, and its moments a little with it.
            #expect(abs(samples.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / count) < 0.03)
        }
        let flat = Drawing(strokes: [[.init(x: 0, y: 4), .init(x: 9, y: 4)], [.init(x: 3, y: 4)]])
        #expect(flat.upright() == flat && Drawing(strokes: [[.init(x: 1, y: 1)]]).upright().strokes[0].count == 1)
    }

    @Test func nothingGivesNothing() {
        #expect(Drawing().networkImage() == nil)
        #expect(Drawing(strokes: [[], []]).networkImage() == nil)
        #expect(Drawing(strokes: [[Drawing.Point(x: .nan, y: 1)]]).networkImage() == nil)
        let wide = Drawing(strokes: [[Drawing.Point(x: -1e308, y: 0), Drawing.Point(x: 1e308, y: 0)]])
        #expect(wide.networkImage() == nil)
    }

    @Test func aDotStandsInTheMiddle() throws {
        let image = try #require(Drawing(strokes: [[Drawing.Point(x: 3, y: 9)]]).networkImage())
        let (x, y) = centre(image)
        #expect(abs(x - 14) < 0.05 && abs(y - 14) < 0.05)
    }

    @Test func theEraserSplitsAStroke() {
        var drawing = Drawing(strokes: [[Drawing.Point(x: 0, y: 0), Drawing.Point(x: 10, y: 0)]])
        let untouched = drawing
        drawing.erase(from: Drawing.Point(x: 5, y: 5), to: Drawing.Point(x: 5, y: 3), radius: 1)
        #expect(drawing == untouched)
        drawing.erase(from: Drawing.Point(x: 5, y: 1), to: Drawing.Point(x: 5, y: -1), radius: 1)
        #expect(drawing.strokes.count == 2)
        #expect(drawing.strokes.joined().allSatisfy { abs($0.x - 5) > 1 })
    }

    @Test func strokesFileNamesWhatIsWrong() throws {
        func found(_ text: String) -> String {
            do {
                let results = StrokesFile.drawings(in: Data(text.utf8), of: "drawn")
                return "\(try results.map { try $0.get() }.count) drawings"
            } catch {
                return "\(error)"
            }
        }
        #expect(found("{\"strokes\": [[[1, 2], [3, 4]]]}\n\n{\"strokes\": [[[1, 2]]]}\n") == "2 drawings")
        #expect(
            found("{\"strokes\": [[[1, 2, 3], [4, 5]]]}")
                == "drawn, line 1: expected points [x, y], or all of them [x, y, time], found one with 2 numbers.")
        #expect(
            found("{\"strokes\": [[[1, 2, 3, 4], [5, 6, 7, 8]]]}").hasSuffix("found one with 4 numbers."),
            "all x first, then all y, is another format")
        #expect(found("\n{\"strokes\": []}").hasPrefix("drawn, line 2: expected a stroke with a point"))
        let mixed = StrokesFile.drawings(in: Data("no\n{\"strokes\": [[[1, 2]]]}".utf8), of: "drawn")
        #expect(mixed.count == 2)
        #expect((try? mixed[1].get()) != nil, "a bad line costs no other")
        #expect(found("hello").hasSuffix("found \"hello\"."))
        #expect(found(String(repeating: "[", count: 100_000)).hasPrefix("drawn, line 1: expected"))
        #expect(found("{\"strokes\": [[[1e999, 2]]]}").hasPrefix("drawn, line 1"))
    }

    /// As other programs write them: with a mark of the order of bytes, with CR, over several lines, as one array.
    @Test func theSameStrokesInOtherFormsAreRead() throws {
        let line = "{\"strokes\": [[[1, 2], [3, 4]]]}"
        let pretty = "{\n  \"strokes\": [\n    [[1, 2],\n [3, 4]]\n  ]\n}\n"
        func count(_ data: Data) throws -> Int {
            try StrokesFile.drawings(in: data, of: "f").map { try $0.get() }.count
        }
        #expect(try count(Data([0xef, 0xbb, 0xbf] + line.utf8)) == 1)
        #expect(try count(Data("\(line)\r\n\r\n\(line)\r\n".utf8)) == 2)
        #expect(try count(Data(pretty.utf8)) == 1)
        #expect(try count(Data((pretty + pretty).utf8)) == 2)
        #expect(try count(Data("[\(line),\n\(line)]".utf8)) == 2)
        #expect(try count(Data([0xff, 0xfe]) + (try #require(line.data(using: .utf16LittleEndian)))) == 1)
        #expect(try count(Data("{\"strokes\": [[[1, 2, 0], [3, 4, 8.5]], [[5, 6, 20]]]}".utf8)) == 1)
        #expect(
            try StrokesFile.drawings(in: Data("{\"strokes\": [[[1, 2, 0], [3, 4, 8.5]]]}".utf8), of: "f")[0].get()
                == Drawing(strokes: [[.init(x: 1, y: 2), .init(x: 3, y: 4)]]), "the time is passed over")
        let wrong = StrokesFile.drawings(in: Data("[\(line),\n{\"strokes\": 3}]".utf8), of: "f")
        let error = #expect(throws: StrokesFile.Failure.self) { try wrong[1].get() }
        #expect(error?.description.hasPrefix("f, line 2:") == true)
    }

    @Test func theArchiveIsADataSet() throws {
        let archive = DrawingArchive(folder: folder.file("inkling/drawings"))
        let line = Drawing(strokes: [[.init(x: 0, y: 0.25), .init(x: 1, y: 2)]])
        let (first, second) = ([UInt8](repeating: 7, count: 784), [UInt8](repeating: 9, count: 784))
        #expect(try archive.apply(.add(image: first, label: 3, strokes: line)).count == 1)
        #expect(try archive.apply(.add(image: second, label: 5, strokes: Drawing())).count == 2)
        #expect(try archive.read()?.strokes == [line, Drawing()])
        let dataset = try DatasetLocation.find(archive.folder).load()
        #expect(dataset.train.labels == [3, 5])
        #expect(dataset.train.image(1).allSatisfy { $0 == 9 })
        try folder.write([1, 2, 3], to: "inkling/drawings/train-labels-idx1-ubyte")
        #expect(throws: DatasetError.self) { try archive.apply(.relabel(image: first, from: 3, to: 0)) }
        func usual(_ environment: [String: String], _ name: String, side: Int = 28) -> String {
            let images = ImageSet(
                width: side, height: side, pixels: [UInt8](repeating: 0, count: side * side), labels: [0])
            return DrawingArchive(environment: environment, dataset: Dataset(name: name, train: images)).folder
        }
        #expect(usual(["HOME": "/"], "fashion-mnist").hasSuffix("drawings-fashion-mnist"))
        #expect(usual(["XDG_DATA_HOME": "/data"], "mnist") == "/data/inkling/drawings")
        #expect(usual(["HOME": "/home/me"], "mnist") == "/home/me/.local/share/inkling/drawings")
        #expect(usual(["HOME": "/"], "digits", side: 8).hasSuffix("drawings-digits"), "images of another size")
    }

    @Test func whatTheArchiveHoldsIsCorrectedAndThrownOut() throws {
        let archive = DrawingArchive(folder: folder.path)
        #expect(try archive.read() == nil)
        let images = (0..<3).map { [UInt8](repeating: UInt8($0), count: 784) }
        for (index, image) in images.enumerated() {
            let strokes = Drawing(strokes: [[.init(x: Double(index), y: 0)]])
            _ = try archive.apply(.add(image: image, label: UInt8(index), strokes: strokes))
        }
        #expect(try archive.apply(.relabel(image: images[2], from: 2, to: 8)).images.labels == [0, 1, 8])
        #expect(try archive.apply(.remove(image: images[0], label: 0, strokes: Drawing())).images.labels == [1, 8])
        #expect(
            try archive.apply(.remove(image: images[0], label: 0, strokes: Drawing())).count == 2, "no such drawing")
        let kept = try #require(try archive.read())
        #expect(kept.strokes.map { $0.strokes.first?.first?.x } == [1, 2])
        // Strokes that somebody else changed are no reason to lose the images.
        try folder.write("{\"strokes\": [[[1, 2]]]}".utf8, to: "strokes.jsonl")
        #expect(try archive.read()?.strokes == [Drawing(), Drawing()])
        for (image, label) in [(images[1], UInt8(1)), (images[2], 8)] {
            _ = try archive.apply(.remove(image: image, label: label, strokes: Drawing()))
        }
        #expect(try archive.read() == nil)
        #expect(try folder.names.isEmpty)
    }

    @Test func drawingsWithLabelsAreLines() throws {
        let file = folder.file("lines.jsonl")
        func write(_ text: String) throws { try folder.write(text.utf8, to: "lines.jsonl") }
        try write("{\"strokes\": [[[5, 0], [5, 9]]], \"label\": 1}\n\n{\"label\": 0, \"strokes\": [[[0, 0]]]}\n")
        let drawings = try LabelledDrawings(at: file)
        #expect(drawings.images.labels == [1, 0])
        #expect(drawings.strokes[0].strokes == [[.init(x: 5, y: 0), .init(x: 5, y: 9)]])
        for (line, found) in [("", "none"), (", \"label\": 10", "10"), (", \"label\": \"seven\"", "none")] {
            try write("{\"strokes\": [[[5, 0], [5, 9]]]\(line)}")
            let error = #expect(throws: StrokesFile.Failure.self) { try LabelledDrawings(at: file) }
            #expect(error?.description == "\(file), line 1: expected a label from 0 to 9, found \(found).")
        }
    }

    /// What is made between drawings of one class is of their kind, and lies between them.
    @Test func varietyLiesOnTheWayBetweenDrawings() {
        func line(_ slant: Double) -> Drawing { Drawing(strokes: [[.init(x: 0, y: 0), .init(x: slant, y: 10)]]) }
        let other = Drawing(strokes: [[.init(x: 0, y: 0), .init(x: 10, y: 0)]])
        let variety = DrawingVariety([line(0), line(6), other], labels: [1, 1, 2])
        var generator = RandomGenerator(seed: 0, stream: .teaching)
        func slope(_ drawing: Drawing) -> Double {
            guard let first = drawing.strokes[0].first, let last = drawing.strokes[0].last else { return .nan }
            return (last.x - first.x) / (last.y - first.y)
        }
        let slopes = (0..<20).map { _ in slope(variety.onTheWay(from: 0, using: &generator)) }
        #expect(slopes.allSatisfy { (-0.2...0.6).contains($0) } && Set(slopes).count == 20)
        #expect(slopes.contains { $0 < 0 } && slopes.contains { $0 > 0.3 })
        let alone = (0..<2).map { _ in variety.onTheWay(from: 2, using: &generator) }
        #expect(alone[0] == alone[1], "none is like it")
    }

    /// What is made of a drawing differs each time, and lies nearer to it than to one of another kind.
    @Test func varietyIsWarpedALittle() {
        let seven = Self.seven(scale: 1, x: 0, y: 0)
        let bar = Drawing(strokes: [[.init(x: 0, y: 0), .init(x: 1, y: 9)]])
        let variety = DrawingVariety([seven, bar], labels: [7, 1])
        var generator = RandomGenerator(seed: 0, stream: .teaching)
        func apart(_ a: Drawing, _ b: Drawing) -> Double {
            zip(a.strokes[0], b.strokes[0]).reduce(0) { $0 + hypot($1.0.x - $1.1.x, $1.0.y - $1.1.y) }
                / Double(a.strokes[0].count)
        }
        let (same, others) = (
            variety.onTheWay(from: 0, using: &generator), variety.onTheWay(from: 1, using: &generator)
        )
        let made = (0..<50).map { _ in variety.drawing(0, using: &generator) }
        for drawing in made {
            #expect(drawing.strokes[0].count == same.strokes[0].count)
            #expect((0.01...0.6).contains(apart(drawing, same)), "\(apart(drawing, same))")
            #expect(apart(drawing, same) < apart(drawing, others))
        }
        #expect(Set(made.map { $0.strokes[0][0] }).count == made.count)
    }

    /// It is not blown up to something else, and strokes without points make no ink.
    @Test func aDotStaysADot() {
        let dot = Drawing(strokes: [[.init(x: 3, y: 9)], []])
        let variety = DrawingVariety([dot, Drawing()], labels: [1, 1])
        var generator = RandomGenerator(seed: 0, stream: .teaching)
        #expect(variety.drawing(0, using: &generator).networkImage() == dot.networkImage())
        #expect(variety.drawing(1, using: &generator).networkImage() == nil)
    }

    /// A pen that is no wider than nothing leaves no ink.
    @Test func aPenHasAWidth() {
        let drawing = Self.seven(scale: 1, x: 0, y: 0)
        #expect(drawing.networkImage(penRadius: -0.5) == nil && drawing.networkImage(penRadius: 0) != nil)
    }

    /// Of drawings that are alike the last is meant.
    @Test func theLastOfEqualDrawingsIsChanged() {
        let image = [UInt8](repeating: 1, count: 4)
        var drawings = LabelledDrawings.none(size: Shape(height: 2, width: 2))
        for (label, x) in [(UInt8(3), 0.0), (3, 1), (4, 2)] {
            drawings.apply(.add(image: image, label: label, strokes: Drawing(strokes: [[.init(x: x, y: 0)]])))
        }
        func places() -> [Double?] { drawings.strokes.map { $0.strokes.first?.first?.x } }
        drawings.apply(.relabel(image: image, from: 3, to: 5))
        #expect(drawings.images.labels == [3, 5, 4] && places() == [0, 1, 2])
        drawings.apply(.remove(image: image, label: 4, strokes: Drawing()))
        #expect(drawings.images.labels == [3, 5] && places() == [0, 1] && drawings.images.pixels.count == 8)
        #expect(drawings.chosen { $0 == 1 }.images.labels == [5] && drawings.chosen { $0 == 1 }.strokes.count == 1)
        for edit in [
            DrawingArchive.Edit.relabel(image: image, from: 9, to: 0),
            .remove(image: [UInt8](repeating: 2, count: 4), label: 3, strokes: Drawing()),
        ] {
            var same = drawings
            same.apply(edit)
            #expect(same == drawings, "there is none such")
        }
    }

    @Test func anArchiveOfAnotherSizeIsNamed() throws {
        let small = DrawingArchive(folder: folder.path, size: Shape(height: 3, width: 2), classNames: ["a", "b"])
        _ = try small.apply(.add(image: [1, 2, 3, 4, 5, 6], label: 1, strokes: Drawing()))
        #expect(
            try folder.names == ["classes.txt", "strokes.jsonl", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
        #expect(try folder.bytes(of: "classes.txt") == Array("a\nb\n".utf8))
        let error = #expect(throws: DatasetError.self) {
            try DrawingArchive(folder: folder.path, size: Shape(height: 2, width: 3)).read()
        }
        #expect(error?.problem == .imageSize(expected: [2, 3], found: [3, 2]))
        let missing = #expect(throws: DatasetError.self) { try LabelledDrawings(at: folder.path + "/..") }
        #expect(missing?.problem == .missing)
        let images = ImageSet(width: 28, height: 28, pixels: [UInt8](repeating: 0, count: 784), labels: [0])
        func usual(_ environment: [String: String]) -> String {
            DrawingArchive(environment: environment, dataset: Dataset(name: "mnist", train: images)).folder
        }
        #expect(usual(["XDG_DATA_HOME": "data", "HOME": "/h"]) == "/h/.local/share/inkling/drawings", "no whole path")
        #expect(usual([:]) == NSHomeDirectory() + "/.local/share/inkling/drawings")
    }

    /// Brackets within each other, as deep as is read and one deeper; objects that do not end.
    @Test func linesOfStrokesHaveADepth() {
        func found(_ text: String) -> String {
            do {
                return "\(try StrokesFile.drawings(in: Data(text.utf8), of: "f").map { try $0.get() }.count) drawings"
            } catch { return "\(error)" }
        }
        func nested(_ depth: Int) -> String {
            let (open, close) = (String(repeating: "[", count: depth - 1), String(repeating: "]", count: depth - 1))
            return "{\"strokes\": [[[1, 2]]], \"x\": \(open)\(close)}"
        }
        #expect(found(nested(16)) == "1 drawings")
        let form = "expected {\"strokes\": [[[x, y], …], …]}, found "
        #expect(found(nested(17)).hasPrefix("f, line 1: \(form)\"{\\\"strokes\\\": [[[1, 2]]], \\\"x\\\": "))
        #expect(found("{\"strokes\": [[[1]]]}").hasSuffix("or all of them [x, y, time], found one with 1 number."))
        #expect(found("{\"strokes\": [[[]]]}").hasSuffix("found one with 0 numbers."))
        #expect(
            found("{\"strokes\": [[]]}") == "f, line 1: expected a stroke with a point, found none that can be drawn.")
        let long = String(repeating: "x", count: 50)
        #expect(found("\u{1b}" + long) == "f, line 1: \(form)\"\(long.prefix(39))\".")
        // Over several lines: the number is that of the line on which an object begins.
        #expect(found("{\n\"strokes\": [[[1, 2]]]}\n\n {\n\"strokes\": 3\n}").hasPrefix("f, line 4: "))
        #expect(found("[\n\n{\"strokes\": [[[1, 2]]]}, {\"strokes\": [[[1, 2]]]}\n]") == "2 drawings")
        #expect(
            found("[}{").hasPrefix("f, line 1: ") && found("[{\n{}").hasPrefix("f, line 1: ")
                && found("[]").hasPrefix("f, line 1: "))
        #expect(found("") == "0 drawings" && found(" \t\r\n\u{b}\u{c}\n") == "0 drawings")
    }

    /// UTF-16 either way round, with the mark that says which.
    @Test func strokesMayBeInUTF16() throws {
        let line = "{\"strokes\": [[[1, 2], [3, 4]]]}"
        let plain = try StrokesFile.drawings(in: Data(line.utf8), of: "f").map { try $0.get() }
        let big = Data([0xfe, 0xff]) + (try #require(line.data(using: .utf16BigEndian)))
        #expect(try StrokesFile.drawings(in: big, of: "f").map { try $0.get() } == plain)
    }
}
