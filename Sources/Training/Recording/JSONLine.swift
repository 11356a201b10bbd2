import Foundation

/// A value as JSON on one line, its keys in alphabetical order.
public struct JSONLine: Sendable {
    public let text: String

    public init(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        text = String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// A number as JSON, which knows neither infinity nor what is no number: both are null.
public struct JSONNumber: Encodable {
    private let value: Double

    public init(_ value: Double) { self.value = value }

    public init(_ value: Float) {
        // The shortest decimal of the float, not that of the double with its bits.
        self.value = value.isFinite ? Double(value.description) ?? Double(value) : .nan
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    }
}
