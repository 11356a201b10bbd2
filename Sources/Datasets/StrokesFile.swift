import Foundation

/// Drawings as lines of JSON: `{"strokes": [[[x, y], …], …]}`, x to the right, y down, in any unit.
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

    private struct Line: Decodable { let strokes: [[[Double]]] }

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
        var drawings: [Result<Drawing, Failure>] = []
        for (index, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard bytes.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else { continue }
            drawings.append(Result { () throws(Failure) in try drawing(bytes, file, line: index + 1) })
        }
        return drawings
    }

    private static func drawing(_ bytes: Data, _ file: String, line: Int) throws(Failure) -> Drawing {
        let form = "{\"strokes\": [[[x, y], …], …]}"
        // Foundation's decoder calls itself for each bracket; four are all that a drawing needs.
        guard depth(of: bytes) <= 16, let value = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else {
            let start = String(decoding: bytes.prefix(40), as: UTF8.self).filter { $0 != "\u{1B}" }
            throw Failure(file: file, line: line, expected: form, found: start.debugDescription)
        }
        guard let odd = value.strokes.joined().first(where: { $0.count != 2 || !$0.allSatisfy(\.isFinite) }) else {
            let drawing = Drawing(strokes: value.strokes.map { $0.map { Drawing.Point(x: $0[0], y: $0[1]) } })
            guard drawing.networkImage() != nil else {
                throw Failure(
                    file: file, line: line, expected: "a stroke with a point", found: "none that can be drawn")
            }
            return drawing
        }
        throw Failure(file: file, line: line, expected: "points [x, y]", found: "one with \(odd.count) numbers")
    }

    private static func depth(of bytes: Data) -> Int {
        var (depth, deepest) = (0, 0)
        for byte in bytes {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
            deepest = max(deepest, depth)
        }
        return deepest
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
