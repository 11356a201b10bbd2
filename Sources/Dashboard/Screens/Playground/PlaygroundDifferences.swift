import Training

/// What tells the runs of the playground apart.
struct PlaygroundDifferences {
    private let words: [Int: [String]]

    init(_ runs: [PlaygroundSnapshot]) {
        let telling = Differences.words(runs.map { Self.words($0.configuration) })
        words = Dictionary(zip(runs.map(\.run), telling)) { first, _ in first }
    }

    /// "Run 2: adam, rate 0.005, from 1 at step 450", and shorter ways to say it.
    func titles(of run: PlaygroundSnapshot) -> [String] {
        let settings = words[run.run] ?? []
        let origin = run.origin.map { ["from \($0.number) at step \(Format.grouped($0.step))"] } ?? []
        let ways = [settings + origin, settings, Array(settings.prefix(1))].filter { !$0.isEmpty }
        return ways.map { "Run \(run.number): " + $0.joined(separator: ", ") } + ["Run \(run.number)"]
    }

    /// All that a run is told, each in words that stand for themselves.
    private static func words(_ configuration: PlaygroundConfiguration) -> [String] {
        let layers = configuration.hiddenLayers
        return [
            configuration.set.title, "noise \(Format.brief(configuration.noise))", "\(configuration.count) points",
            layers.isEmpty ? "no hidden layer" : layers.map(String.init).joined(separator: "-"),
            configuration.activation.name, configuration.optimizer.rawValue,
            "rate \(Format.brief(Double(configuration.learningRate)))", "batch \(configuration.batchSize)",
            configuration.weightDecay == 0
                ? "no weight decay" : "weight decay \(Format.brief(Double(configuration.weightDecay)))",
            "seed \(configuration.seed)",
        ]
    }
}
