import Datasets
import NeuralNetwork
import Training

/// What can be changed in the playground while it trains.
struct PlaygroundPlan: Settable {
    var configuration: PlaygroundConfiguration {
        didSet { neurons = configuration.hiddenLayers.first ?? neurons }
    }
    /// The width of layers to be added where there are none.
    private var neurons = 64

    init(_ configuration: PlaygroundConfiguration) { self.configuration = configuration }

    static let settings: [Setting<PlaygroundPlan>] =
        [
            Setting(
                name: "data set", meaning: "which points to tell apart", value: { $0.configuration.set.title },
                change: {
                    $0.configuration.set = Choice.turn(ToySet.allCases, from: $0.configuration.set, by: $1)
                    $0.configuration.noise = $0.configuration.set.usualNoise
                }),
            Setting(
                name: "noise", meaning: "how far the points stray",
                value: { Format.significant($0.configuration.noise) },
                change: {
                    let steps = ($0.configuration.noise * 20).rounded() + Double($1)
                    $0.configuration.noise = min(max(steps, 0), 20) / 20
                }),
            Setting(
                name: "points a class", meaning: "more points, clearer shapes",
                value: { $0.configuration.set == .own ? "–" : String($0.configuration.count) },
                change: {
                    $0.configuration.count = Choice.next([10, 25, 50, 100, 200, 300, 500], $0.configuration.count, $1)
                }),
            Setting(
                name: "hidden layers", meaning: "0: only straight borders",
                value: { String($0.configuration.hiddenLayers.count) },
                change: {
                    let depth = min(max($0.configuration.hiddenLayers.count + $1, 0), 4)
                    $0.configuration.hiddenLayers = Array(repeating: $0.neurons, count: depth)
                }),
            Setting(
                name: "neurons in each", meaning: "more neurons, finer borders",
                value: { plan in
                    let layers = plan.configuration.hiddenLayers
                    return layers.isEmpty ? "–" : layers.map(String.init).joined(separator: " ")
                },
                change: {
                    let widths = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]
                    let width = Choice.next(widths, $0.neurons, $1)
                    $0.configuration.hiddenLayers = $0.configuration.hiddenLayers.map { _ in width }
                }),
        ]
        + ([
            .activation, .optimizer, .learningRate, .batchSize(of: "points"), .weightDecay("smoother"),
        ] as [Setting<PlaygroundConfiguration>]).map { $0.of(\.configuration) }
}
