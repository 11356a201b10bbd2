import Datasets
import Foundation
import NeuralNetwork

/// An option of `train` with what a sweep tries for it.
public struct SweepOption: Sendable, Equatable {
    public enum Values: Sendable, Equatable {
        case list([String])
        case range(SweepRange)
    }

    /// "learning-rate"
    public let name: String
    public let values: Values

    /// - Parameters:
    ///   - texts: values, or one range as in "0.001..0.1"; what comes twice counts once.
    ///   - scale: how values of a range are drawn; nil where there are no ranges.
    /// - Throws: where a range is none, or is not alone.
    public init(_ name: String, _ texts: [String], scale: SweepRange.Scale? = nil) throws(SettingProblem) {
        self.name = name
        guard let scale, let text = texts.first(where: { $0.contains("..") }) else {
            var known: Set<String> = []
            values = .list(texts.filter { known.insert($0).inserted })
            return
        }
        guard texts.count == 1, let range = SweepRange(text, scale) else {
            throw SettingProblem(
                name: name, expected: "values, or one range of a smaller and a larger number, as in 0.001..0.1",
                found: texts.joined(separator: ","))
        }
        values = .range(range)
    }

    /// Whether the runs of the sweep differ in it.
    public var isVaried: Bool {
        switch values {
        case .list(let texts): texts.count > 1
        case .range: true
        }
    }

    /// As it stands on the command line: "--learning-rate 0.01 --learning-rate 0.1".
    public var commandLine: String {
        switch values {
        case .list(let texts): texts.map { "--\(name) \($0)" }.joined(separator: " ")
        case .range(let range): "--\(name) \(range.text)"
        }
    }

    func draw(using generator: inout RandomGenerator) -> String {
        switch values {
        case .list(let texts): texts[generator.uniform(below: texts.count)]
        case .range(let range): range.draw(using: &generator)
        }
    }
}

/// Numbers that a sweep draws from.
public struct SweepRange: Sendable, Equatable {
    public enum Scale: Sendable, Equatable {
        /// All numbers alike.
        case uniform
        /// All orders of magnitude alike; numbers alike where the range begins at 0.
        case logarithmic
        /// The same, in whole numbers.
        case wholeLogarithmic
    }

    let text: String
    private let lower, upper: Double
    private let scale: Scale

    /// nil unless the text is two finite numbers of 0 or more, the first below the second: "0.001..0.1".
    init?(_ text: String, _ scale: Scale) {
        let ends = text.components(separatedBy: "..").map(Double.init)
        guard ends.count == 2, let lower = ends[0], let upper = ends[1], lower >= 0, lower < upper, upper < 1e9 else {
            return nil
        }
        (self.text, self.lower, self.upper, self.scale) = (text, lower, upper, scale)
    }

    /// A number within the range, in three significant digits or a whole one.
    func draw(using generator: inout RandomGenerator) -> String {
        let share = generator.uniform()
        let value =
            scale == .uniform || lower == 0
            ? lower + share * (upper - lower) : lower * pow(upper / lower, share)
        if scale == .wholeLogarithmic { return String(Int(min(max(value.rounded(), lower.rounded(.up)), upper))) }
        let text = String(format: "%.3g", value)
        return Double(text).map { lower...upper ~= $0 } ?? false ? text : "\(value)"
    }
}
