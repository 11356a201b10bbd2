import Foundation
import NeuralNetwork

/// Drawings as lines of JSON: `{"strokes": [[[x, y], …], …]}`, x to the right, y down, in any unit. Points may have a
/// third number, as pens write the time, which is passed over.
public struct StrokesFile: Sendable {
    /// What is wrong with a file, in one line.
    public struct Failure: Error, CustomStringConvertible {
        let file: String
        let line: Int?
        let expected: String
        let found: String

        public var description: String {
            "\(file)\(line.map { ", line \($0)" } ?? ""): expected \(expected), found \(found)."
        }
    }

    private struct Line: Decodable {
        let strokes: [[[Double]]]
        /// nil where there is none, and where it is no whole number.
        let label: Int?

        private enum CodingKeys: CodingKey { case strokes, label }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            strokes = try values.decode([[[Double]]].self, forKey: .strokes)
            label = try? values.decodeIfPresent(Int.self, forKey: .label)
        }

        /// The first that is no point, or not as those before it; nil where `drawing` is one.
        var oddPoint: [Double]? {
            let count = strokes.joined().first?.count
            return strokes.joined().first { point in
                !(2...3).contains(point.count) || point.count != count || !point.allSatisfy(\.isFinite)
            }
        }

        var drawing: Drawing { Drawing(strokes: strokes.map { $0.map { Drawing.Point(x: $0[0], y: $0[1]) } }) }
    }

    /// The most bytes of a file: a drawing has a few thousand.
    private static let largestSize = 64 << 20

    private let path: String

    /// A path, or "-" for standard input.
    public init(path: String) { self.path = path }

    /// The drawings in the order of their lines, or what is wrong with a line; empty lines are passed over.
    public func drawings() throws(Failure) -> [Result<Drawing, Failure>] {
        Self.drawings(in: try contents(), of: path == "-" ? "standard input" : path)
    }

    static func drawings(in data: Data, of file: String) -> [Result<Drawing, Failure>] {
        lines(of: data).map { number, bytes in
            Result { () throws(Failure) in try drawing(bytes, file, line: number).drawing }
        }
    }

    /// The drawings as the network sees them, each with its label, 0 ..< classes.
    ///
    /// - Parameter size: of the images.
    /// - Throws: what is wrong with the first line that is not so.
    public func labelledDrawings(
        size: Shape = .mnist, classes: Int = 10
    ) throws(Failure) -> [(image: [UInt8], label: UInt8, drawing: Drawing)] {
        let file = path == "-" ? "standard input" : path
        var result: [(image: [UInt8], label: UInt8, drawing: Drawing)] = []
        for (number, bytes) in Self.lines(of: try contents()) {
            let (drawing, label) = try Self.drawing(bytes, file, line: number)
            guard let label, (0..<classes).contains(label), let image = drawing.networkImage(size: size) else {
                throw Failure(
                    file: file, line: number, expected: "a label from 0 to \(classes - 1)",
                    found: label.map(String.init) ?? "none")
            }
            result.append((image, UInt8(label), drawing))
        }
        return result
    }

    /// The strokes of each line, whatever they are, none among them; nil unless every line is such a one.
    func strokes() -> [Drawing]? {
        guard let data = try? contents() else { return nil }
        let lines = Self.lines(of: data).map { $0.bytes }
        let drawings = lines.compactMap { Self.strokes($0) }
        return drawings.count == lines.count ? drawings : nil
    }

    /// A line each, in the same order as the images.
    static func encode(_ drawings: LabelledDrawings) -> [UInt8] {
        let lines = zip(drawings.strokes, drawings.images.labels).map { drawing, label in
            let strokes = drawing.strokes.map { stroke in
                "[" + stroke.map { "[\($0.x),\($0.y)]" }.joined(separator: ",") + "]"
            }
            return "{\"strokes\":[\(strokes.joined(separator: ","))],\"label\":\(label)}\n"
        }
        return Array(lines.joined().utf8)
    }

    /// nil where the line is none of strokes.
    private static func strokes(_ bytes: Data) -> Drawing? {
        // Foundation's decoder calls itself for each bracket; four are all that a drawing needs.
        guard depth(of: bytes) <= 16, let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)),
            line.oddPoint == nil
        else { return nil }
        return line.drawing
    }

    /// Those with something on them, and their numbers, counted from 1. Where the file is one array, or its objects go
    /// over several lines, each object with the line on which it begins.
    private static func lines(of data: Data) -> [(number: Int, bytes: Data)] {
        let text = plainText(data)
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.contains { !isSpace($0) } }
            .map { (number: $0.offset + 1, bytes: Data($0.element)) }
        guard let first = lines.first?.bytes, let start = first.first(where: { !isSpace($0) }) else { return [] }
        let isOpen = start == UInt8(ascii: "{") && lines.count > 1 && depths(of: first).last != 0
        guard isOpen || start == UInt8(ascii: "[") else { return lines }
        let objects = objects(in: text)
        return objects.isEmpty ? lines : objects
    }

    /// Without the mark of the order of bytes that some programs write first; UTF-16 as UTF-8.
    private static func plainText(_ data: Data) -> Data {
        if data.starts(with: [0xef, 0xbb, 0xbf]) { return Data(data.dropFirst(3)) }
        guard data.starts(with: [0xff, 0xfe]) || data.starts(with: [0xfe, 0xff]) else { return data }
        return String(data: data, encoding: .utf16).map { Data($0.utf8) } ?? data
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    /// The outermost objects of a text, each with the line on which it begins.
    private static func objects(in text: Data) -> [(number: Int, bytes: Data)] {
        var result: [(number: Int, bytes: Data)] = []
        var (line, depth, startLine) = (1, 0, 1)
        var start = text.startIndex
        for place in text.indices {
            switch text[place] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "{"):
                if depth == 0 { (start, startLine) = (place, line) }
                depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { result.append((startLine, Data(text[start...place]))) }
                if depth < 0 { return [] }
            default: break
            }
        }
        return depth == 0 ? result : []
    }

    private static func drawing(
        _ bytes: Data, _ file: String, line: Int
    ) throws(Failure) -> (drawing: Drawing, label: Int?) {
        let form = "{\"strokes\": [[[x, y], …], …]}"
        // Foundation's decoder calls itself for each bracket; four are all that a drawing needs.
        guard depth(of: bytes) <= 16, let value = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else {
            let start = String(decoding: bytes.prefix(40), as: UTF8.self).filter { $0 != "\u{1B}" }
            throw Failure(file: file, line: line, expected: form, found: start.debugDescription)
        }
        if let odd = value.oddPoint {
            throw Failure(
                file: file, line: line, expected: "points [x, y], or all of them [x, y, time]",
                found: "one with \(odd.count) number\(odd.count == 1 ? "" : "s")")
        }
        let drawing = value.drawing
        guard drawing.networkImage() != nil else {
            throw Failure(file: file, line: line, expected: "a stroke with a point", found: "none that can be drawn")
        }
        return (drawing, value.label)
    }

    private static func depth(of bytes: Data) -> Int { depths(of: bytes).max() ?? 0 }

    /// How many brackets are open after each bracket.
    private static func depths(of bytes: Data) -> [Int] {
        var depth = 0
        return bytes.compactMap { byte in
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: return nil
            }
            return depth
        }
    }

    private func contents() throws(Failure) -> Data {
        do {
            let handle =
                path == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            var data = Data()
            while data.count <= Self.largestSize, let part = try handle.read(upToCount: 1 << 16), !part.isEmpty {
                data += part
            }
            guard data.count <= Self.largestSize else {
                throw Failure(file: path, line: nil, expected: "at most 64 MiB", found: "more")
            }
            return data
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(file: path, line: nil, expected: "a file that can be read", found: "none")
        }
    }
}
