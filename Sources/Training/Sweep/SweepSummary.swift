/// What the runs of one setting came to, over its seeds.
public struct SweepSummary: Sendable, Equatable {
    /// Mean and standard deviation.
    public struct Spread: Sendable, Equatable {
        public let mean: Double
        /// Of a sample: the squares' sum over n - 1. nil for one number.
        public let deviation: Double?

        /// nil for no numbers.
        public init?(_ values: [Double]) {
            guard !values.isEmpty else { return nil }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            self.mean = mean
            deviation = values.count == 1 ? nil : (squares / Double(values.count - 1)).squareRoot()
        }
    }

    /// Its place in the plan.
    public let setting: Int
    public let results: [SweepResult]
    /// Those that diverged, which are not in the means.
    public let divergedCount: Int
    /// Of the test images, 0…1 and in nats; nil where there are no runs or all diverged.
    public let accuracy, loss: Spread?

    public init(setting: Int, results: [SweepResult]) {
        self.setting = setting
        self.results = results
        let sound = results.filter { !$0.hasDiverged }
        divergedCount = results.count - sound.count
        accuracy = Spread(sound.map(\.testAccuracy))
        loss = Spread(sound.map(\.testLoss))
    }

    /// The run with the highest accuracy; of equal ones, the one with the lower loss, then the first.
    public var best: SweepResult? {
        results.filter { !$0.hasDiverged }.min { a, b in
            (-a.testAccuracy, a.testLoss, a.run) < (-b.testAccuracy, b.testLoss, b.run)
        }
    }

    /// The settings that have results, best first: fewest diverged, then the highest mean accuracy, then the lowest mean
    /// loss, then the order of the plan.
    public static func ranking(_ plan: SweepPlan, _ results: [SweepResult]) -> [SweepSummary] {
        let bySetting = Dictionary(grouping: results) { plan.runs[$0.run].setting }
        return bySetting.map { SweepSummary(setting: $0, results: $1.sorted { $0.run < $1.run }) }.sorted { a, b in
            func key(_ summary: SweepSummary) -> (Double, Double, Double, Int) {
                (
                    Double(summary.divergedCount) / Double(max(summary.results.count, 1)),
                    -(summary.accuracy?.mean ?? 0), summary.loss?.mean ?? .infinity, summary.setting
                )
            }
            return key(a) < key(b)
        }
    }
}
