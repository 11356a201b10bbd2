import Foundation

/// A value that the reader changes with the arrow keys.
struct Knob: Sendable, Equatable {
    enum Scale: Sendable, Equatable {
        /// Multiples of a step, shown with some decimals.
        case numbers(ClosedRange<Float>, step: Float, decimals: Int)
        /// These values, ascending.
        case values([Float])
        /// One of these words; the value is its place.
        case choices([String])
    }

    let name: String
    /// Written after a number.
    let unit: String
    let scale: Scale
    private(set) var value: Float

    init(
        _ name: String, _ value: Float, in range: ClosedRange<Float>, step: Float = 0.1, decimals: Int = 2,
        unit: String = ""
    ) {
        self.name = name
        self.unit = unit
        self.value = value
        scale = .numbers(range, step: step, decimals: decimals)
    }

    init(_ name: String, _ value: Float, of values: [Float]) {
        self.name = name
        unit = ""
        self.value = value
        scale = .values(values)
    }

    init(_ name: String, choices: [String], chosen: Int = 0) {
        self.name = name
        unit = ""
        value = Float(chosen)
        scale = .choices(choices)
    }

    /// The value as a whole number: a choice's place.
    var index: Int { Int(value) }

    var text: String {
        switch scale {
        case .numbers(_, _, let decimals): Format.fixed(value, decimals: decimals) + unit
        case .values: Format.plain(value)
        case .choices(let words): words[min(max(index, 0), words.count - 1)]
        }
    }

    /// Steps up, or down for a negative count; at the ends nothing happens.
    mutating func turn(by count: Int) {
        switch scale {
        case .numbers(let range, let step, _): set((value / step).rounded() * step + Float(count) * step, in: range)
        case .values(let values):
            let place = values.indices.min { abs(values[$0] - value) < abs(values[$1] - value) } ?? 0
            if !values.isEmpty { value = values[min(max(place + count, 0), values.count - 1)] }
        case .choices(let words): value = Float(min(max(index + count, 0), words.count - 1))
        }
    }

    /// Any value, kept in the range.
    mutating func set(_ value: Float) {
        if case .numbers(let range, _, _) = scale { set(value, in: range) } else { self.value = value }
    }

    /// One of the choices.
    mutating func choose(_ place: Int) {
        if case .choices(let words) = scale { value = Float(min(max(place, 0), words.count - 1)) }
    }

    /// Rounded to thousandths, so that sums that should be zero are.
    private mutating func set(_ value: Float, in range: ClosedRange<Float>) {
        let rounded = (value * 1000).rounded() / 1000
        self.value = min(max(rounded, range.lowerBound), range.upperBound)
    }
}

extension Format {
    /// "0.30", "-1.25"; never "-0.00".
    static func fixed(_ value: Float, decimals: Int = 2) -> String {
        guard value.isFinite else { return significant(Double(value)) }
        let text = Format.printf("%.\(decimals)f", value)
        return text.contains { $0 != "-" && $0 != "0" && $0 != "." } ? text : String(text.drop { $0 == "-" })
    }

    /// As short as it can be: "0.003", "64".
    static func plain(_ value: Float) -> String { Format.printf("%g", value) }
}
