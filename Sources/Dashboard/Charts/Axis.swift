import Foundation

/// The range of a chart's axis and its round numbers.
struct Axis: Equatable {
    enum Scale: Equatable { case linear, logarithmic }
    enum Unit: Equatable { case number, percent }
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let range: ClosedRange<Double>
    let scale: Scale
    let unit: Unit

    /// An empty range is widened; a logarithmic one starts above zero.
    init(_ range: ClosedRange<Double>, scale: Scale = .linear, unit: Unit = .number) {
        var lower = range.lowerBound
        var upper = range.upperBound
        if scale == .logarithmic {
            upper = max(upper, 1e-9)
            lower = max(lower, upper * 1e-9)
            if upper / lower < 1.2 { (lower, upper) = (lower / 1.5, upper * 1.5) }
        } else if upper - lower < 1e-9 {
            (lower, upper) = (lower - 0.5, upper + 0.5)
        }
        self.range = lower...upper
        self.scale = scale
        self.unit = unit
    }

    /// Where a value lies, 0 at the lower end, 1 at the upper; beyond them for values out of the range.
    func position(of value: Double) -> Double {
        switch scale {
        case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        case .logarithmic:
            log(max(value, .leastNormalMagnitude) / range.lowerBound) / log(range.upperBound / range.lowerBound)
        }
    }

    /// The value at a place; the inverse of `position(of:)`.
    func value(at position: Double) -> Double {
        switch scale {
        case .linear: range.lowerBound + position * (range.upperBound - range.lowerBound)
        case .logarithmic: range.lowerBound * pow(range.upperBound / range.lowerBound, position)
        }
    }

    /// Round values in the range of a linear axis, at most so many and not closer than `smallestStep`. `AlignedAxis` has
    /// those of a logarithmic one.
    func ticks(atMost limit: Int, smallestStep: Double = 0) -> [Tick] {
        guard limit > 0, scale == .linear else { return [] }
        let values = roundValues(limit, smallestStep)
        let step = zip(values, values.dropFirst()).map { $1 - $0 }.min() ?? range.upperBound
        return values.map { Tick(value: $0, label: label($0, step: step)) }
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    private func roundValues(_ limit: Int, _ smallestStep: Double) -> [Double] {
        let span = range.upperBound - range.lowerBound
        var magnitude = pow(10, (log10(max(span / Double(limit), smallestStep))).rounded(.down))
        while true {
            for factor in [1.0, 2, 5] {
                let step = factor * magnitude
                let first = (range.lowerBound / step - 1e-9).rounded(.up)
                let last = (range.upperBound / step + 1e-9).rounded(.down)
                guard step >= smallestStep, Int(last - first) + 1 <= limit else { continue }
                return first > last ? [] : (Int(first)...Int(last)).map { Double($0) * step }
            }
            magnitude *= 10
        }
    }

    /// As text, with as many decimals as tell numbers apart that are `step` away from each other.
    func label(_ value: Double, step: Double) -> String {
        let scaled = unit == .percent ? 100.0 : 1
        let decimals = max(0, -Int((log10(step * scaled) + 1e-9).rounded(.down)))
        let text =
            decimals > 5 ? Format.printf("%.0e", value * scaled) : Format.printf("%.\(decimals)f", value * scaled)
        return unit == .percent ? text + "%" : text
    }
}
