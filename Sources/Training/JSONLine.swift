import Foundation

/// A value as JSON on one line, its keys in alphabetical order.
public struct JSONLine: Sendable {
    public let text: String

    public init(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON knows no infinity; a training that diverged says so in words.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        text = String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
