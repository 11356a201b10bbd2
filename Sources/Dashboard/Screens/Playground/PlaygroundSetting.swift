import Datasets
import NeuralNetwork
import Training

/// What can be changed in the playground while it trains.
enum PlaygroundSetting: Int, CaseIterable, Sendable {
    case set, noise, count, layers, neurons, activation, optimizer, learningRate, batchSize, weightDecay

    var name: String { row(neurons: 1).name }
    var meaning: String { row(neurons: 1).meaning }
    func value(_ configuration: PlaygroundConfiguration) -> String { row(neurons: 1).value(configuration) }

    /// Takes the next value up (1) or down (-1). `neurons` is the width for layers that are added.
    func change(_ configuration: inout PlaygroundConfiguration, by step: Int, neurons: Int) {
        row(neurons: neurons).change(&configuration, step)
    }

    private func row(neurons: Int) -> Setting<PlaygroundConfiguration> {
        switch self {
        case .set:
            Setting(
                name: "data set", meaning: "which points to tell apart", value: { $0.set.title },
                change: {
                    $0.set = Choice.turn(ToySet.allCases, from: $0.set, by: $1)
                    $0.noise = $0.set.usualNoise
                })
        case .noise:
            Setting(
                name: "noise", meaning: "how far the points stray", value: { Format.significant($0.noise) },
                change: { $0.noise = min(max(($0.noise * 20).rounded() + Double($1), 0), 20) / 20 })
        case .count:
            Setting(
                name: "points a class", meaning: "more points, clearer shapes",
                value: { $0.set == .own ? "–" : String($0.count) },
                change: { $0.count = Choice.next([10, 25, 50, 100, 200, 300, 500], $0.count, $1) })
        case .layers:
            Setting(
                name: "hidden layers", meaning: "0: only straight borders", value: { String($0.hiddenLayers.count) },
                change: {
                    let depth = min(max($0.hiddenLayers.count + $1, 0), 4)
                    $0.hiddenLayers = Array(repeating: $0.hiddenLayers.first ?? neurons, count: depth)
                })
        case .neurons:
            Setting(
                name: "neurons in each", meaning: "more neurons, finer borders",
                value: { $0.hiddenLayers.isEmpty ? "–" : $0.hiddenLayers.map(String.init).joined(separator: " ") },
                change: {
                    let widths = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]
                    let width = Choice.next(widths, $0.hiddenLayers.first ?? neurons, $1)
                    $0.hiddenLayers = $0.hiddenLayers.map { _ in width }
                })
        case .activation:
            Setting(
                name: "activation", meaning: "how a neuron bends its sum", value: { $0.activation.name },
                change: { $0.activation = Choice.turn(Activation.allCases, from: $0.activation, by: $1) })
        case .optimizer: .optimizer
        case .learningRate: .learningRate
        case .batchSize: .batchSize(of: "points")
        case .weightDecay: .weightDecay("smoother")
        }
    }
}
