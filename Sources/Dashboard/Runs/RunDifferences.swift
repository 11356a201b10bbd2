import NeuralNetwork
import Training

/// What tells the runs of a session apart: the settings that are not the same in all of them.
struct RunDifferences {
    private typealias Words = @Sendable (TrainingConfiguration) -> String

    /// All that a run is told, each in words that stand for themselves.
    private static let settings: [Words] = [
        { $0.hiddenLayers.isEmpty ? "no hidden layer" : $0.hiddenLayers.map(\.description).joined(separator: "-") },
        { $0.activation.name }, { $0.optimizer.rawValue },
        { "rate \(Format.brief(Double($0.learningRate)))" }, { "\($0.schedule.rawValue) schedule" },
        { "batch \($0.batchSize)" },
        { $0.weightDecay == 0 ? "no weight decay" : "weight decay \(Format.brief(Double($0.weightDecay)))" },
        { $0.dropout == 0 ? "no dropout" : "dropout \(Format.brief(Double($0.dropout)))" },
        { $0.distortion == nil ? "no distortion" : "distorted" },
        { $0.epochs == 1 ? "1 epoch" : "\($0.epochs) epochs" }, { "seed \($0.seed)" },
    ]

    private let runs: [Run]
    /// Whether there are several of which it is known how they were trained.
    private let hasSeveral: Bool
    /// What tells each of those apart, by their numbers in the session.
    private let words: [Int: [String]]

    init(_ runs: [Run]) {
        self.runs = runs
        // Of a network from a file it is not known.
        let trained = runs.filter { $0.snapshot.phase != .opened }
        hasSeveral = trained.count > 1
        // Nothing tells one apart, and the words are asked for with each frame.
        let telling =
            hasSeveral
            ? Differences.words(
                trained.map { run in
                    [run.snapshot.dataset.title] + Self.settings.map { $0(run.snapshot.configuration) }
                }) : trained.map { _ in [] }
        words = Dictionary(zip(trained.map(\.id), telling), uniquingKeysWith: { first, _ in first })
    }

    /// "adam, rate 0.005, from 1 at epoch 2"; that it is the same for one that nothing tells apart.
    func words(of run: any ListedRun) -> String {
        if let run = run as? LoggedRun { return run.words }
        return (run as? Run).map { words(of: $0) } ?? ""
    }

    private func words(of run: Run) -> String {
        let words = settings(of: run) + [origin(of: run)].compactMap { $0 }
        return words.isEmpty ? (hasSeveral ? "the same settings" : "as set") : words.joined(separator: ", ")
    }

    /// In a few words: the name that the user gave it, else the settings that tell it apart.
    func title(of run: any ListedRun) -> String {
        let settings = (run as? Run).map(self.settings) ?? []
        return !run.name.isEmpty ? run.name : settings.isEmpty ? words(of: run) : settings.joined(separator: ", ")
    }

    private func settings(of run: Run) -> [String] {
        words[run.id] ?? ["from a file"] + Self.settings.prefix(1).map { $0(run.snapshot.configuration) }
    }

    /// Where it goes on from; the run before may be gone.
    private func origin(of run: Run) -> String? {
        guard let fork = run.snapshot.fork else { return nil }
        let epoch = "epoch \(Format.printf("%.3g", fork.epochs))"
        return runs.first { $0.id == fork.run }.map { "from \($0.number) at \(epoch)" } ?? "from \(epoch)"
    }
}

enum Differences {
    /// Of the words for some things, a list for each, those that are not the same for all of them.
    static func words(_ all: [[String]]) -> [[String]] {
        let telling = (all.first ?? []).indices.filter { place in Set(all.map { $0[place] }).count > 1 }
        return all.map { words in telling.map { words[$0] } }
    }
}
