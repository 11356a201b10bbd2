import Training

/// Rows of a sweep: figures, what the setting has of the options that are varied, figures. Text stands left, figures
/// right.
struct SweepTable {
    private struct Column {
        let title: String
        var width: Int
    }

    private let before, after: [Column]
    private var options: [Column]
    /// The places of the options that are varied among all.
    private let varied: [Int]

    /// - Parameters:
    ///   - before: titles, and the longest texts below them.
    ///   - width: columns of the terminal; values are cut so that rows fit, as far as they can. nil for no limit.
    init(before: [(String, Int)], _ plan: SweepPlan, after: [(String, Int)], width: Int?) {
        func columns(_ columns: [(String, Int)]) -> [Column] {
            columns.map { Column(title: $0.0, width: max($0.0.count, $0.1)) }
        }
        (self.before, self.after) = (columns(before), columns(after))
        varied = plan.options.indices.filter { plan.options[$0].isVaried }
        options = columns(
            varied.map { index in
                (plan.options[index].name, plan.settings.lazy.map { $0.values[index].count }.max() ?? 0)
            })
        guard let width else { return }
        // The widest gives way first.
        while let widest = options.indices.max(by: { options[$0].width < options[$1].width }), heading.count > width,
            options[widest].width > 8
        {
            options[widest].width -= 1
        }
    }

    var heading: String {
        line(before.map(\.title), options.map(\.title), after.map(\.title))
    }

    func row(before: [String], _ setting: SweepPlan.Setting, after: [String]) -> String {
        line(before, varied.map { setting.values[$0] }, after)
    }

    private func line(_ before: [String], _ values: [String], _ after: [String]) -> String {
        let parts =
            zip(self.before, before).map { Self.right($1, $0.width) }
            + zip(options, values).map { Self.left($1, $0.width) }
            + zip(self.after, after).map { Self.right($1, $0.width) }
        return parts.joined(separator: "  ")
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text.count > width
            ? text.prefix(width - 1) + "…" : text + String(repeating: " ", count: width - text.count)
    }
}
