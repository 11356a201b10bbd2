import Datasets
import NeuralNetwork
import Training

/// What can be changed in the playground while it trains.
enum PlaygroundSetting: Int, CaseIterable, Sendable {
    case set, noise, count, layers, neurons, activation, optimizer, learningRate, batchSize, weightDecay

    var name: String {
        switch self {
        case .set: "data set"
        case .noise: "noise"
        case .count: "points a class"
        case .layers: "hidden layers"
        case .neurons: "neurons in each"
        case .activation: "activation"
        case .optimizer: "optimizer"
        case .learningRate: "learning rate"
        case .batchSize: "batch size"
        case .weightDecay: "weight decay"
        }
    }

    /// For someone who meets the word for the first time.
    var meaning: String {
        switch self {
        case .set: "which points to tell apart"
        case .noise: "how far the points stray"
        case .count: "more points, clearer shapes"
        case .layers: "0: only straight borders"
        case .neurons: "more neurons, finer borders"
        case .activation: "how a neuron bends its sum"
        case .optimizer: "how a step uses the gradient"
        case .learningRate: "size of a step; too big: chaos"
        case .batchSize: "points looked at for a step"
        case .weightDecay: "pulls weights to 0: smoother"
        }
    }

    func value(_ configuration: PlaygroundConfiguration) -> String {
        switch self {
        case .set: configuration.set.title
        case .noise: Format.significant(configuration.noise)
        case .count: configuration.set == .own ? "–" : String(configuration.count)
        case .layers: String(configuration.hiddenLayers.count)
        case .neurons:
            configuration.hiddenLayers.isEmpty
                ? "–" : configuration.hiddenLayers.map(String.init).joined(separator: " ")
        case .activation: configuration.activation.name
        case .optimizer: configuration.optimizer.rawValue
        case .learningRate: Format.significant(Double(configuration.learningRate))
        case .batchSize: String(configuration.batchSize)
        case .weightDecay: Format.significant(Double(configuration.weightDecay))
        }
    }

    /// Takes the next value up (1) or down (-1). `neurons` is the width for layers that are added.
    func change(_ configuration: inout PlaygroundConfiguration, by step: Int, neurons: Int) {
        let width = configuration.hiddenLayers.first ?? neurons
        switch self {
        case .set:
            configuration.set = Self.turn(ToySet.allCases, from: configuration.set, by: step)
            configuration.noise = configuration.set.usualNoise
        case .noise:
            configuration.noise = min(max((configuration.noise * 20).rounded() + Double(step), 0), 20) / 20
        case .count: configuration.count = Self.next([10, 25, 50, 100, 200, 300, 500], configuration.count, step)
        case .layers:
            let depth = min(max(configuration.hiddenLayers.count + step, 0), 4)
            configuration.hiddenLayers = Array(repeating: width, count: depth)
        case .neurons:
            configuration.hiddenLayers = configuration.hiddenLayers.map { _ in
                Self.next([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128], width, step)
            }
        case .activation:
            configuration.activation = Self.turn(Activation.allCases, from: configuration.activation, by: step)
        case .optimizer:
            configuration.optimizer = Self.turn(Optimizer.Kind.allCases, from: configuration.optimizer, by: step)
            configuration.learningRate = configuration.optimizer.usualLearningRate
        case .learningRate:
            let rates: [Float] = [
                1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
            ]
            configuration.learningRate = Self.next(rates, configuration.learningRate, step)
        case .batchSize:
            configuration.batchSize = Self.next([1, 4, 16, 32, 64, 128, 256, 512], configuration.batchSize, step)
        case .weightDecay:
            configuration.weightDecay = Self.next(
                [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1], configuration.weightDecay, step)
        }
    }

    /// The neighbour of a value in an ascending list; at its ends the value itself.
    private static func next<Value: Comparable>(_ values: [Value], _ value: Value, _ step: Int) -> Value {
        (step > 0 ? values.first { $0 > value } : values.last { $0 < value }) ?? value
    }

    /// The neighbour of a choice; after the last comes the first.
    private static func turn<Choice: Equatable>(_ choices: [Choice], from choice: Choice, by step: Int) -> Choice {
        let index = choices.firstIndex(of: choice) ?? 0
        return choices[(index + step + choices.count) % choices.count]
    }
}
