import Training

/// What tells the runs of the playground apart.
struct PlaygroundDifferences {
    private let words: [Int: [String]]

    init(_ runs: [PlaygroundSnapshot]) {
        let telling = Differences.words(runs.map { Self.words($0.configuration) })
        words = Dictionary(zip(runs.map(\.run), telling)) { first, _ in first }
    }

    /// "Run 2: adam, rate 0.005, from 1 at step 450", and shorter ways to say it.
    func titles(of run: PlaygroundSnapshot, name: String) -> [String] {
        let settings = words[run.run] ?? []
        let ways = [settings + origin(of: run), settings, Array(settings.prefix(1))].filter { !$0.isEmpty }
        let own = name.isEmpty ? "Run \(run.number)" : "\(run.number) \(name)"
        return ways.map { "\(own): " + $0.joined(separator: ", ") } + [own]
    }

    /// "adam, rate 0.005, from 1 at step 450"; that it is the same for one that nothing tells apart.
    func words(of run: PlaygroundSnapshot) -> String {
        let all = (words[run.run] ?? []) + origin(of: run)
        return all.isEmpty ? (words.count > 1 ? "the same settings" : "as set") : all.joined(separator: ", ")
    }

    private func origin(of run: PlaygroundSnapshot) -> [String] {
        run.origin.map { ["from \($0.number) at step \(Format.grouped($0.step))"] } ?? []
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
