import NeuralNetwork
import Training

/// Something that the user can set, as a row of a panel shows it.
struct Setting<Configuration>: Sendable {
    let name: String
    /// For someone who meets the word for the first time.
    let meaning: String
    let value: @Sendable (Configuration) -> String
    /// Takes the next value up (1) or down (-1).
    let change: @Sendable (inout Configuration, Int) -> Void

    /// The same of a part of something larger.
    func of<Whole>(_ part: WritableKeyPath<Whole, Configuration> & Sendable) -> Setting<Whole> {
        Setting<Whole>(
            name: name, meaning: meaning, value: { value($0[keyPath: part]) },
            change: { change(&$0[keyPath: part], $1) })
    }
}

/// What a panel of settings sets.
protocol Settable: Sendable, Equatable {
    /// In the order of the panel; at least one.
    static var settings: [Setting<Self>] { get }
}

/// What every training can be told.
protocol TrainingSettings: Sendable {
    var activation: Activation { get set }
    var optimizer: Optimizer.Kind { get set }
    var learningRate: Float { get set }
    var batchSize: Int { get set }
    var weightDecay: Float { get set }
}

extension TrainingConfiguration: TrainingSettings {}
extension PlaygroundConfiguration: TrainingSettings {}

extension Setting where Configuration: TrainingSettings {
    static var activation: Setting {
        Setting(
            name: "activation", meaning: "how a neuron bends its sum", value: { $0.activation.name },
            change: { $0.activation = Choice.turn(Activation.allCases, from: $0.activation, by: $1) })
    }

    static var optimizer: Setting {
        Setting(
            name: "optimizer", meaning: "how a step uses the gradient", value: { $0.optimizer.rawValue },
            change: {
                $0.optimizer = Choice.turn(Optimizer.Kind.allCases, from: $0.optimizer, by: $1)
                $0.learningRate = $0.optimizer.usualLearningRate
            })
    }

    static var learningRate: Setting {
        let rates: [Float] = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]
        return Setting(
            name: "learning rate", meaning: "size of a step; too big: chaos",
            value: { Format.significant(Double($0.learningRate)) },
            change: { $0.learningRate = Choice.next(rates, $0.learningRate, $1) })
    }

    /// - Parameter samples: what a batch is made of.
    static func batchSize(of samples: String) -> Setting {
        Setting(
            name: "batch size", meaning: "\(samples) looked at for a step", value: { String($0.batchSize) },
            change: { $0.batchSize = Choice.next([1, 4, 16, 32, 64, 128, 256, 512], $0.batchSize, $1) })
    }

    /// - Parameter effect: what less freedom of the weights leads to.
    static func weightDecay(_ effect: String) -> Setting {
        let strengths: [Float] = [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1]
        return Setting(
            name: "weight decay", meaning: "pulls weights to 0: \(effect)",
            value: { Format.significant(Double($0.weightDecay)) },
            change: { $0.weightDecay = Choice.next(strengths, $0.weightDecay, $1) })
    }
}

extension Setting<TrainingConfiguration> {
    static var schedule: Setting {
        Setting(
            name: "schedule", meaning: "how the rate changes till the end", value: { $0.schedule.rawValue },
            change: { $0.schedule = Choice.turn(LearningRateSchedule.allCases, from: $0.schedule, by: $1) })
    }

    static var dropout: Setting {
        Setting(
            name: "dropout", meaning: "share of neurons that sit out each step",
            value: { Format.brief(Double($0.dropout)) },
            change: { $0.dropout = Choice.next([0, 0.1, 0.2, 0.3, 0.4, 0.5], $0.dropout, $1) })
    }

    static var epochs: Setting {
        Setting(
            name: "epochs in all", meaning: "times that each image is seen", value: { String($0.epochs) },
            change: {
                let steps = Array(1...10) + [12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000]
                $0.epochs = Choice.next(steps, $0.epochs, $1)
            })
    }

    static var seed: Setting {
        Setting(
            name: "seed", meaning: "decides all chance; another, other weights", value: { String($0.seed) },
            change: { $0.seed = $1 > 0 ? $0.seed &+ 1 : max($0.seed, 1) - 1 })
    }
}

enum Choice {
    /// The neighbour of a value in an ascending list; at its ends the value itself.
    static func next<Value: Comparable>(_ values: [Value], _ value: Value, _ step: Int) -> Value {
        (step > 0 ? values.first { $0 > value } : values.last { $0 < value }) ?? value
    }

    /// The neighbour of a choice; after the last comes the first.
    static func turn<Choice: Equatable>(_ choices: [Choice], from choice: Choice, by step: Int) -> Choice {
        let index = choices.firstIndex(of: choice) ?? 0
        return choices[(index + step + choices.count) % choices.count]
    }
}
