import Foundation
import Training

/// What a sweep prints: a line for each run that is over, then the settings, best first.
final class SweepReport {
    private let plan: SweepPlan
    private let isJSON: Bool
    private let table: SweepTable
    /// Columns of the terminal; nil where it is none.
    private let width: Int?
    private let print: (String) throws -> Void
    /// The highest accuracy so far.
    private var best: SweepResult?

    /// - Parameters:
    ///   - width: columns of the terminal; nil where it is none.
    ///   - print: takes each line.
    init(
        _ plan: SweepPlan, isJSON: Bool, width: Int? = columns(of: STDOUT_FILENO),
        print: @escaping (String) throws -> Void = { try Output.line($0) }
    ) {
        (self.plan, self.isJSON, self.width, self.print) = (plan, isJSON, width, print)
        table = SweepTable(
            before: [("run", String(plan.runs.count).count)], plan,
            after: (plan.seeds > 1 ? [("seed", plan.runs.map { String($0.seed).count }.max() ?? 1)] : [])
                + [("accuracy", 7), ("test loss", 7), ("seconds", 7)],
            width: width)
    }

    /// nil where it is no terminal, or one of no width, as that is through which mpirun takes what a rank prints.
    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// - Parameters:
    ///   - journal: the file that keeps what is done.
    ///   - done: the runs that it had.
    func begin(journal: String, done: Int) throws {
        guard !isJSON else { return }
        let (settings, seeds) = (plan.settings.count, plan.seeds)
        let constant = plan.options.filter { !$0.isVaried }.map(\.commandLine)
        try print(
            "\(settings) setting\(settings == 1 ? "" : "s")" + (seeds > 1 ? ", \(seeds) seeds each" : "")
                + (constant.isEmpty ? "" : ", all with " + constant.joined(separator: " ")))
        let kept = done > 0 ? ": \(done) of \(plan.runs.count) runs are there" : ""
        try print("Kept in \(journal)\(kept). Accuracy and loss are of the test images.\n")
        try print(table.heading)
    }

    func add(_ result: SweepResult) throws {
        if !result.hasDiverged,
            (-result.testAccuracy, result.testLoss) < (-(best?.testAccuracy ?? -1), best?.testLoss ?? 0)
        {
            best = result
        }
        let run = plan.runs[result.run]
        guard !isJSON else {
            return try print(
                JSONLine(RunLine(result: result, options: values(run.setting), seed: run.seed)).text)
        }
        try print(
            table.row(
                before: ["\(result.run)"], plan.settings[run.setting],
                after: (plan.seeds > 1 ? ["\(run.seed)"] : [])
                    + [
                        result.hasDiverged ? "diverged" : String(format: "%.2f%%", result.testAccuracy * 100),
                        result.testLoss.isFinite ? String(format: "%.4f", result.testLoss) : "-",
                        String(format: "%.2f", result.seconds),
                    ]))
    }

    /// For the line below the table.
    ///
    /// - Parameter width: columns of the terminal that it is written to.
    func progress(
        _ results: [SweepResult], underWay: Int, secondsLeft: Double?, width: Int? = columns(of: STDERR_FILENO)
    ) -> String {
        let left = secondsLeft.map { ", \(Self.time($0)) left" } ?? ""
        let found = best.map { String(format: ", best so far %.2f%% (run %d)", $0.testAccuracy * 100, $0.run) } ?? ""
        let text = "\(results.count) of \(plan.runs.count) runs, \(underWay) under way" + left + found
        return String(text.prefix((width ?? 80) - 1))
    }

    /// - Parameters:
    ///   - ranking: best first.
    ///   - seconds: since the start; `secondsOfRuns` is what the runs since then took by themselves.
    func end(_ ranking: [SweepSummary], isFinished: Bool, seconds: Double, secondsOfRuns: Double) throws {
        let done = ranking.reduce(0) { $0 + $1.results.count }
        guard !isJSON else {
            for summary in ranking {
                try print(JSONLine(SettingLine(summary, options: values(summary.setting))).text)
            }
            if !isFinished {
                return try print(JSONLine(InterruptionLine(done: done, runs: plan.runs.count)).text)
            }
            if let best = ranking.first, best.accuracy != nil {
                try print(
                    JSONLine(BestLine(options: values(best.setting), run: best.best?.run, command: command(best))).text)
            }
            return
        }
        try show(ranking)
        if isFinished, let best = ranking.first, best.accuracy != nil {
            try print("\nThe best: \(command(best))")
        }
        if !isFinished { warn("\(done) of \(plan.runs.count) runs are done; the same command goes on with the rest.") }
        if secondsOfRuns > 0 {
            try print(
                String(
                    format: "%@, %.2f runs at a time on average: one after the other they would have taken %@.",
                    Self.time(seconds), secondsOfRuns / seconds, Self.time(secondsOfRuns)))
        }
    }

    private func show(_ ranking: [SweepSummary]) throws {
        guard !ranking.isEmpty else { return }
        let isComplete = ranking.allSatisfy { $0.results.count == plan.seeds }
        let anyDiverged = plan.seeds > 1 && ranking.contains { $0.divergedCount > 0 }
        let table = SweepTable(
            before: [], plan,
            after: (plan.seeds > 1 ? [("accuracy", 14), ("test loss", 15)] : [("accuracy", 7), ("test loss", 7)])
                + (isComplete ? [] : [("runs", 1)]) + (anyDiverged ? [("diverged", 1)] : []),
            width: width)
        try print("\nBest first" + (plan.seeds > 1 ? ", mean ± standard deviation over the seeds" : "") + "\n")
        try print(table.heading)
        for (place, summary) in ranking.enumerated() {
            let row = table.row(
                before: [], plan.settings[summary.setting],
                after: [
                    summary.accuracy.map { Self.text($0, "%.2f", factor: 100) + "%" } ?? "diverged",
                    summary.loss.map { Self.text($0, "%.4f", factor: 1) } ?? "-",
                ] + (isComplete ? [] : ["\(summary.results.count)"])
                    + (anyDiverged ? [summary.divergedCount == 0 ? "-" : "\(summary.divergedCount)"] : []))
            try print(place == 0 && width != nil ? "\u{1B}[1m\(row)\u{1B}[m" : row)
        }
    }

    /// "97.92 ± 0.54", or "97.92" for one number.
    private static func text(_ spread: SweepSummary.Spread, _ format: String, factor: Double) -> String {
        ([spread.mean] + [spread.deviation].compactMap { $0 }).map { String(format: format, $0 * factor) }
            .joined(separator: " ± ")
    }

    private func command(_ summary: SweepSummary) -> String {
        let arguments =
            plan.seeds > 1 ? plan.arguments(setting: summary.setting) : plan.arguments(summary.best?.run ?? 0)
        return (["inkling", "train"] + arguments).joined(separator: " ")
    }

    private func values(_ setting: Int) -> [String: String] {
        Dictionary(uniqueKeysWithValues: zip(plan.options.map(\.name), plan.settings[setting].values))
    }

    /// "1:02:33", "0:07"
    private static func time(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e8).rounded(.up))
        return whole >= 3600
            ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
            : String(format: "%d:%02d", whole / 60, whole % 60)
    }
}

// MARK: - Lines of JSON

private struct RunLine: Encodable {
    enum CodingKeys: CodingKey { case event, options, seed }

    let result: SweepResult
    let options: [String: String]
    let seed: UInt64

    func encode(to encoder: any Encoder) throws {
        try result.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("run", forKey: .event)
        try container.encode(options, forKey: .options)
        try container.encode(seed, forKey: .seed)
    }
}

private struct SettingLine: Encodable {
    let event = "setting"
    let options: [String: String]
    let runs, diverged: Int
    let testAccuracy, testAccuracyDeviation, testLoss, testLossDeviation: Double?

    init(_ summary: SweepSummary, options: [String: String]) {
        self.options = options
        (runs, diverged) = (summary.results.count, summary.divergedCount)
        (testAccuracy, testAccuracyDeviation) = (summary.accuracy?.mean, summary.accuracy?.deviation)
        (testLoss, testLossDeviation) = (summary.loss?.mean, summary.loss?.deviation)
    }
}

private struct BestLine: Encodable {
    let event = "best"
    let options: [String: String]
    /// The best of its runs.
    let run: Int?
    /// What trains it again.
    let command: String
}

private struct InterruptionLine: Encodable {
    let event = "interrupted"
    let done, runs: Int
}
