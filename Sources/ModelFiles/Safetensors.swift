import Files
import Foundation

/// A safetensors file: named tensors and a dictionary of strings.
///
/// Eight bytes hold the length of the header (little-endian), then comes the header in JSON, then the numbers. See
/// <https://huggingface.co/docs/safetensors>: no holes and no overlaps among the tensors' bytes.
public struct Safetensors: Sendable, Equatable {
    public var tensors: [Tensor]
    public var metadata: [String: String]

    public init(tensors: [Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    public subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

    /// 4 MiB, enough for some ten thousand tensors: what a header may take before it counts as broken.
    static let largestHeader = 1 << 22

    /// A brace, or white space before it.
    static func beginsJSON(_ byte: UInt8) -> Bool { [0x7b, 0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    /// - Throws: when the file cannot be read or is not as the format has it; nothing is taken on trust.
    public init(file path: String) throws(ModelFileError) {
        let file = try RandomAccessFile(path)
        try file.checkIsNoPointer()
        // Where no JSON begins behind the length, it is no length either.
        if file.size > 8, try !file.read(1, at: 8, for: "the header").allSatisfy(Self.beginsJSON) {
            throw ModelFileError(path, expected: "a checkpoint or another safetensors file", found: "other bytes")
        }
        let length = try file.read(8, at: 0, for: "the length of the header").reversed().reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        guard length <= Self.largestHeader, Int(length) <= file.size - 8 else {
            throw ModelFileError(
                path, expected: "a safetensors header of at most \(min(file.size - 8, Self.largestHeader)) bytes",
                found: "a length of \(length)")
        }
        let start = 8 + Int(length)
        let header = try SafetensorsHeader(try file.read(Int(length), at: 8, for: "the header"), file: path)
        metadata = header.metadata
        try Self.check(header.entries, cover: file.size - start, file: path)
        tensors = []
        for entry in header.entries {
            guard let elementType = entry.elementType else { continue }
            let bytes = try file.read(entry.range.count, at: start + entry.range.lowerBound, for: quoted(entry.name))
            tensors.append(Tensor(name: entry.name, shape: entry.shape, elementType: elementType, bytes: bytes))
        }
    }

    /// Every byte behind the header belongs to just one tensor.
    private static func check(
        _ entries: [SafetensorsHeader.Entry], cover size: Int, file: String
    ) throws(ModelFileError) {
        var end = 0
        for entry in entries.sorted(by: {
            ($0.range.lowerBound, $0.range.count) < ($1.range.lowerBound, $1.range.count)
        }) {
            guard entry.range.lowerBound == end else {
                throw ModelFileError(
                    file, expected: "\(quoted(entry.name)) to begin at byte \(end), where the one before it ends",
                    found: "byte \(entry.range.lowerBound)")
            }
            end = entry.range.upperBound
            guard end <= size else {
                throw ModelFileError(
                    file, expected: "\(quoted(entry.name)) to end within the \(size) bytes of data",
                    found: "an end at byte \(end)")
            }
        }
        guard end == size else {
            throw ModelFileError(file, expected: "\(end) bytes of data, as the header says", found: "\(size)")
        }
    }

    /// The bytes of the file. Tensors of wider elements come first, so that all are aligned.
    public func encoded() -> [UInt8] {
        let ordered =
            tensors.filter { $0.elementType.size == 8 } + tensors.filter { $0.elementType.size == 4 }
            + tensors.filter { $0.elementType.size == 2 }
        var members: [String] = []
        if !metadata.isEmpty {
            members.append("\"__metadata__\":\(Self.json(metadata))")
        }
        var offset = 0
        for tensor in ordered {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.bytes.count
            members.append(
                "\(Self.json(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) } + header
        bytes.reserveCapacity(bytes.count + offset)
        for tensor in ordered { bytes += tensor.bytes }
        return bytes
    }

    /// Writes the file whole or not at all.
    public func write(to path: String) throws(ModelFileError) {
        let bytes = encoded()
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.largestHeader else {
            throw ModelFileError(
                path, expected: "a header of at most \(Self.largestHeader) bytes to write", found: "\(length)")
        }
        try WholeFile.write(bytes, to: path)
    }

    /// An object of strings as JSON writes it, its keys in order.
    static func json(_ strings: [String: String]) -> String {
        "{\(strings.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ","))}"
    }

    /// A string as JSON writes it.
    private static func json(_ string: String) -> String {
        let escaped = string.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20: String(format: "\\u%04x", scalar.value)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
