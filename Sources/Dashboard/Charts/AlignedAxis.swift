import Foundation

/// An axis over rows of cells whose round numbers lie at even distances, each in the middle of a row.
struct AlignedAxis {
    /// A round number and its row, counted from the top.
    struct Mark: Equatable {
        let row: Int
        let value: Double
        let label: String
    }

    /// Slightly wider than what was asked for, so that the round numbers meet the rows.
    let axis: Axis
    let marks: [Mark]

    /// An axis that holds the given range on so many rows.
    init(_ axis: Axis, rows: Int) {
        let logarithmic = axis.scale == .logarithmic
        let lower = logarithmic ? log10(axis.range.lowerBound) : axis.range.lowerBound
        let upper = logarithmic ? log10(axis.range.upperBound) : axis.range.upperBound
        let plans = Self.periods(for: upper - lower, logarithmic).flatMap { period in
            // A number on every row is too much to read, where there are many.
            ((rows < 6 ? 1 : 2)...period.mostRows).compactMap {
                Plan(lower, upper, period, rowsBetween: $0, rows: rows)
            }
        }
        guard rows > 0, (upper - lower).isFinite, let plan = plans.min(by: { $0.cost < $1.cost }) else {
            (self.axis, marks) = (axis, [])
            return
        }
        func value(_ place: Double) -> Double { logarithmic ? pow(10, place) : place }
        self.axis = Axis(value(plan.lower)...value(plan.upper), scale: axis.scale, unit: axis.unit)
        marks = plan.ticks(rows).map { row, number in
            let value = plan.period.value(number, logarithmic)
            let label = logarithmic ? Format.brief(value) : axis.label(value, step: plan.period.length)
            return Mark(row: row, value: value, label: label.count > 6 ? Format.brief(value) : label)
        }
    }

    /// Round numbers that follow each other at even, or nearly even, distances.
    private struct Period {
        /// From one to the next; of logarithms, in decades.
        let length: Double
        /// Those of a decade; 1 alone on a linear axis.
        var factors: [Double] = [1]
        /// So many rows from one to the next that each is still in its own.
        var mostRows = 8
        /// What is lost with numbers that are hardly round.
        var cost = 0.0

        /// The number that is so many distances from zero, or from 1.
        func value(_ number: Int, _ logarithmic: Bool) -> Double {
            guard logarithmic else { return Double(number) * length }
            let decade = (Double(number) / Double(factors.count)).rounded(.down)
            let factor = factors[number - Int(decade) * factors.count]
            return factor * pow(10, decade * length * Double(factors.count))
        }
    }

    /// Distances of about the right size: 1, 2 and 5 times a power of ten; of logarithms 1, 2, 5, or 1, 3, or 1 of each
    /// decade, or each second, third … decade; and of less than one the preferred numbers R10 and R20 (ISO 3).
    private static func periods(for span: Double, _ logarithmic: Bool) -> [Period] {
        guard span > 0, span.isFinite else { return [] }
        if logarithmic {
            let tenth = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8]
            let between = [1.12, 1.41, 1.78, 2.24, 2.82, 3.55, 4.5, 5.6, 7.1, 8.9]
            let twentieth: [Double] = zip(tenth, between).flatMap { [$0.0, $0.1] }
            return [
                Period(length: 1 / 3, factors: [1, 2, 5], mostRows: 4), Period(length: 1 / 2, factors: [1, 3]),
                Period(length: 1 / 10, factors: tenth, cost: 0.5),
                Period(length: 1 / 20, factors: twentieth, mostRows: 5, cost: 0.6),
            ] + (1...Int(span) + 2).map { Period(length: Double($0)) }
        }
        let magnitude = Int(log10(span).rounded(.down))
        return (magnitude - 2...magnitude + 1).flatMap { exponent in
            [1.0, 2, 5].map { Period(length: $0 * pow(10, Double(exponent))) }
        }
    }

    /// Where the numbers come to lie with so many rows from one to the next.
    private struct Plan {
        let period: Period
        let rowsBetween: Int
        let lower: Double
        let upper: Double
        /// The highest number in view and its row.
        private let first: (number: Int, row: Int)
        let cost: Double

        /// nil where it does not hold the range.
        init?(_ lower: Double, _ upper: Double, _ period: Period, rowsBetween: Int, rows: Int) {
            let row = period.length / Double(rowsBetween)
            guard row * (Double(rows) - 0.25) >= upper - lower - 1e-9, abs(upper / row) < 1e9 else { return nil }
            // Four rows of dots to a cell: the middle of the first row of cells is 3/8 of a cell below the top dots.
            let number = Int((upper / period.length + 1e-9).rounded(.down))
            let above = (upper - Double(number) * period.length) / row - 0.375
            let firstRow = max(Int((above - 1e-6).rounded(.up)), 0)
            self.upper = Double(number) * period.length + (Double(firstRow) + 0.375) * row
            self.lower = self.upper - (Double(rows) - 0.25) * row
            guard self.lower <= lower + 1e-9 else { return nil }
            (self.period, self.rowsBetween, first) = (period, rowsBetween, (number, firstRow))
            // Room beyond the range is lost; one number alone does not tell the scale, and two hardly.
            let waste = (self.upper - self.lower) / max(upper - lower, 1e-12) - 1
            let count = firstRow < rows ? (rows - 1 - firstRow) / rowsBetween + 1 : 0
            let density = 0.02 * Double(abs(rowsBetween - 3))
            cost = period.cost + waste + density + (count < 2 ? 10 : count < 3 ? 0.3 : 0)
        }

        /// From the top: row and number.
        func ticks(_ rows: Int) -> [(Int, Int)] {
            // Above the first there may be room for another.
            let top = first.row / rowsBetween
            return stride(from: first.row - top * rowsBetween, to: rows, by: rowsBetween).enumerated().map {
                ($1, first.number + top - $0)
            }
        }
    }
}
