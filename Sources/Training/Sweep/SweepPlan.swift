import Datasets
import NeuralNetwork

/// The runs of a sweep: each setting with each seed. A value that the options decide.
public struct SweepPlan: Sendable, Equatable {
    /// What `train` is told but for the seed.
    public struct Setting: Sendable, Equatable, Hashable {
        /// In the order of the options.
        public let values: [String]
    }

    public struct Run: Sendable, Equatable {
        /// The place of its setting in `settings`.
        public let setting: Int
        public let seed: UInt64
    }

    public static let mostRuns = 100_000

    public let options: [SweepOption]
    public let settings: [Setting]
    /// Those of one setting beside each other.
    public let runs: [Run]
    public let seeds: Int

    /// The whole grid, or random draws from it.
    ///
    /// - Parameters:
    ///   - draws: settings to draw; there are fewer where no more are to be found. nil for the grid.
    ///   - seed: the first seed of each setting, which decides the draws, too.
    ///   - seeds: of each setting, 1 or more.
    public init(_ options: [SweepOption], draws: Int?, seed: UInt64, seeds: Int) throws(SettingProblem) {
        guard (1...1000).contains(seeds) else {
            throw SettingProblem(name: "seeds", expected: "a whole number of 1 to 1000", found: "\(seeds)")
        }
        self.options = options
        self.seeds = seeds
        settings =
            if let draws { try Self.draw(draws, from: options, seed: seed) } else {
                try Self.grid(options, seeds: seeds)
            }
        guard settings.count * seeds <= Self.mostRuns else { throw Self.tooMany(settings.count * seeds) }
        runs = settings.indices.flatMap { setting in
            (0..<seeds).map { Run(setting: setting, seed: seed &+ UInt64($0)) }
        }
    }

    /// What `train` is told for a run: `["--learning-rate", "0.1", "--seed", "0"]`.
    public func arguments(_ run: Int) -> [String] {
        arguments(setting: runs[run].setting) + ["--seed", "\(runs[run].seed)"]
    }

    public func arguments(setting: Int) -> [String] {
        zip(options, settings[setting].values).flatMap { option, value -> [String] in
            // A switch has no value on the command line of `train`.
            option.name == "distort" ? [value == "on" ? "--distort" : "--no-distort"] : ["--\(option.name)", value]
        }
    }

    /// A name for the files of a run, of what tells it from others: "07_learning-rate=0.1_seed=1".
    public func fileName(_ run: Int) -> String {
        let digits = String(runs.count - 1).count
        let number = String(run)
        let values = zip(options, settings[runs[run].setting].values).filter(\.0.isVaried).map { option, value in
            "_\(option.name)=\(value)"
        }
        let name =
            String(repeating: "0", count: digits - number.count) + number + values.joined()
            + (seeds > 1 ? "_seed=\(runs[run].seed)" : "")
        // Names of files may have 255 bytes; a data set may be a path.
        return String(name.replacing("/", with: "-").prefix(120))
    }

    private static func grid(_ options: [SweepOption], seeds: Int) throws(SettingProblem) -> [Setting] {
        var settings: [[String]] = [[]]
        for option in options {
            guard case .list(let texts) = option.values else {
                throw SettingProblem(
                    name: option.name, expected: "values, or --draws beside a range", found: option.commandLine)
            }
            guard settings.count * texts.count * seeds <= mostRuns else {
                throw tooMany(settings.count * texts.count * seeds)
            }
            settings = settings.flatMap { setting in texts.map { setting + [$0] } }
        }
        return settings.map(Setting.init)
    }

    private static func draw(_ count: Int, from options: [SweepOption], seed: UInt64) throws(SettingProblem)
        -> [Setting]
    {
        guard (1...mostRuns).contains(count) else {
            throw SettingProblem(name: "draws", expected: "a whole number of 1 to \(mostRuns)", found: "\(count)")
        }
        guard options.contains(where: \.isVaried) else {
            throw SettingProblem(
                name: "draws", expected: "options to draw from, as in --learning-rate 0.001..0.1", found: "none")
        }
        var generator = RandomGenerator(seed: seed, stream: .sweep)
        var (settings, known): ([Setting], Set<Setting>) = ([], [])
        // A list of few values has no more settings than it has.
        var failures = 0
        while settings.count < count, failures < 1000 {
            var values: [String] = []
            for option in options { values.append(option.draw(using: &generator)) }
            let setting = Setting(values: values)
            if known.insert(setting).inserted { settings.append(setting) } else { failures += 1 }
        }
        return settings
    }

    private static func tooMany(_ found: Int) -> SettingProblem {
        SettingProblem(name: "seeds", expected: "at most \(mostRuns) runs in all", found: "\(found)")
    }
}
