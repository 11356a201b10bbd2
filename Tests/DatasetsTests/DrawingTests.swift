import Foundation
import NeuralNetwork
import Testing

@testable import Datasets

@Suite struct DrawingTests {
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
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("inkling-\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("{\"strokes\": [[[1, 2]]]}\n\nrubbish\n".utf8).write(to: URL(fileURLWithPath: path))
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
            found("{\"strokes\": [[[1, 2, 3]]]}") == "drawn, line 1: expected points [x, y], found one with 3 numbers.")
        #expect(found("\n{\"strokes\": []}").hasPrefix("drawn, line 2: expected a stroke with a point"))
        let mixed = StrokesFile.drawings(in: Data("no\n{\"strokes\": [[[1, 2]]]}".utf8), of: "drawn")
        #expect(mixed.count == 2)
        #expect((try? mixed[1].get()) != nil, "a bad line costs no other")
        #expect(found("hello").hasSuffix("found \"hello\"."))
        #expect(found(String(repeating: "[", count: 100_000)).hasPrefix("drawn, line 1: expected"))
        #expect(found("{\"strokes\": [[[1e999, 2]]]}").hasPrefix("drawn, line 1"))
    }

    @Test func theArchiveIsADataSet() throws {
        let folder = NSTemporaryDirectory() + "inkling-archive-\(UUID())/inkling/drawings"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let archive = DrawingArchive(folder: folder)
        let line = Drawing(strokes: [[.init(x: 0, y: 0.25), .init(x: 1, y: 2)]])
        let (first, second) = ([UInt8](repeating: 7, count: 784), [UInt8](repeating: 9, count: 784))
        #expect(try archive.apply(.add(image: first, label: 3, strokes: line)).count == 1)
        #expect(try archive.apply(.add(image: second, label: 5, strokes: Drawing())).count == 2)
        #expect(try archive.read()?.strokes == [line, Drawing()])
        let dataset = try DatasetLocation.find(folder).load()
        #expect(dataset.train.labels == [3, 5])
        #expect(dataset.train.image(1).allSatisfy { $0 == 9 })
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder + "/train-labels-idx1-ubyte"))
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
        let folder = NSTemporaryDirectory() + "inkling-archive-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let archive = DrawingArchive(folder: folder)
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
        try Data("{\"strokes\": [[[1, 2]]]}".utf8).write(to: URL(fileURLWithPath: folder + "/strokes.jsonl"))
        #expect(try archive.read()?.strokes == [Drawing(), Drawing()])
        for (image, label) in [(images[1], UInt8(1)), (images[2], 8)] {
            _ = try archive.apply(.remove(image: image, label: label, strokes: Drawing()))
        }
        #expect(try archive.read() == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test func drawingsWithLabelsAreLines() throws {
        let file = NSTemporaryDirectory() + "inkling-lines-\(UUID()).jsonl"
        defer { try? FileManager.default.removeItem(atPath: file) }
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
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
    @Test func varietyLiesBetweenDrawings() {
        func line(_ slant: Double) -> Drawing { Drawing(strokes: [[.init(x: 0, y: 0), .init(x: slant, y: 10)]]) }
        let other = Drawing(strokes: [[.init(x: 0, y: 0), .init(x: 10, y: 0)]])
        let variety = DrawingVariety([line(0), line(6), other], labels: [1, 1, 2])
        var generator = RandomGenerator(seed: 0, stream: .teaching)
        func slope(_ drawing: Drawing) -> Double {
            guard let first = drawing.strokes[0].first, let last = drawing.strokes[0].last else { return .nan }
            return (last.x - first.x) / (last.y - first.y)
        }
        let slopes = (0..<20).map { _ in slope(variety.drawing(0, using: &generator)) }
        #expect(slopes.allSatisfy { (0...0.6).contains($0) } && Set(slopes).count == 20)
        #expect(variety.drawing(2, using: &generator) == variety.drawing(2, using: &generator), "none is like it")
    }
}
