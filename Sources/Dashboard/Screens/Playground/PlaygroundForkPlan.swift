import Training

/// A run of the playground that goes on from a moment of another one: its settings from then on. The data and the layers
/// stay, so that the two can be held against each other.
struct PlaygroundForkPlan: Settable {
    var configuration: PlaygroundConfiguration

    init(_ configuration: PlaygroundConfiguration) { self.configuration = configuration }

    static let settings =
        ([
            .optimizer, .learningRate, .batchSize(of: "points"), .weightDecay("smoother"), .activation,
        ] as [Setting<PlaygroundConfiguration>]).map { $0.of(\Self.configuration) }
}
