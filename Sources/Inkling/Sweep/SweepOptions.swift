import ArgumentParser
import Datasets
import Training

/// The options of `train` that a sweep tries values of. Each takes several values, by commas or by being repeated; what
/// a value may be is up to `train`, which reads them.
struct SweepOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Values: mnist, fashion-mnist, folders with IDX files.", valueName: "names"))
    var dataset: [String] = []

    @Option(help: ArgumentHelp("Values: dense, lenet, small.", valueName: "names"))
    var network: [String] = []

    @Option(
        help: ArgumentHelp("The layers of one network, as train takes them; repeat it for others.", valueName: "layers")
    )
    var layers: [String] = []

    @Option(help: ArgumentHelp("Values: on, off.", valueName: "switches"))
    var distort: [String] = []

    @Option(help: ArgumentHelp("Values: relu, leaky-relu, tanh, sigmoid, gelu.", valueName: "names"))
    var activation: [String] = []

    @Option(help: ArgumentHelp("Values: he, xavier, normal, zero.", valueName: "names"))
    var initialization: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Values, or a range.", valueName: "numbers"))
    var epochs: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Values, or a range.", valueName: "numbers"))
    var batchSize: [String] = []

    @Option(
        help: ArgumentHelp("Values: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw.", valueName: "names"))
    var optimizer: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Values, or a range.", valueName: "numbers"))
    var learningRate: [String] = []

    @Option(help: ArgumentHelp("Values: constant, linear, step, exponential, cosine, one-cycle.", valueName: "names"))
    var schedule: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Values, or a range.", valueName: "numbers"))
    var weightDecay: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Values, or a range.", valueName: "numbers"))
    var dropout: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Train each setting with so many seeds: mean and deviation.", valueName: "count"))
    var seeds = 1

    @Option(parsing: .unconditional, help: "The first seed, which decides the draws, too.")
    var seed: UInt64 = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Draw so many settings at random, instead of trying all.", valueName: "count"))
    var draws: Int?

    @Option(help: ArgumentHelp("Where to look for data sets first.", valueName: "folder"))
    var data: String?

    /// What was asked for, in the order of the help.
    func options() throws(SettingProblem) -> [SweepOption] {
        let asked: [(name: String, texts: [String], scale: SweepRange.Scale?)] = [
            ("dataset", dataset, nil), ("network", network, nil), ("layers", layers, nil), ("distort", distort, nil),
            ("activation", activation, nil), ("initialization", initialization, nil),
            ("epochs", epochs, .wholeLogarithmic), ("batch-size", batchSize, .wholeLogarithmic),
            ("optimizer", optimizer, nil), ("learning-rate", learningRate, .logarithmic), ("schedule", schedule, nil),
            ("weight-decay", weightDecay, .logarithmic), ("dropout", dropout, .uniform),
        ]
        var options: [SweepOption] = []
        for (name, texts, scale) in asked where !texts.isEmpty {
            // The commas of layers are within one value.
            let values =
                name == "layers"
                ? texts : texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            if name == "distort", let other = values.first(where: { $0 != "on" && $0 != "off" }) {
                throw SettingProblem(name: name, expected: "on, off or on,off", found: other)
            }
            options.append(try SweepOption(name, values, scale: scale))
        }
        return options
    }

    func plan() throws -> SweepPlan {
        do {
            return try SweepPlan(options(), draws: draws, seed: seed, seeds: seeds)
        } catch {
            throw ValidationError("--\(error.name): expected \(error.expected), found \(error.found).")
        }
    }

    /// What decides the results, as on the command line.
    func commandLine(_ plan: SweepPlan) -> String {
        (plan.options.map(\.commandLine) + (draws.map { ["--draws \($0)"] } ?? [])
            + ["--seeds \(seeds)", "--seed \(seed)"]).joined(separator: " ")
    }

    /// The options of `train` for some arguments of the plan, on one thread.
    func trainingOptions(_ arguments: [String]) throws -> TrainingOptions {
        let place = data.map { ["--data", $0] } ?? []
        let options: TrainingOptions
        do { options = try TrainingOptions.parse(arguments + place + ["--threads", "1"]) } catch {
            throw ValidationError(TrainingOptions.message(for: error))
        }
        if let set = options.toySet {
            throw ValidationError("--dataset: expected data sets of images, found \(set.rawValue).")
        }
        return options
    }
}
