import Training

extension NetworkScreen {
    static let bindings: [Binding] = [
        key(
            "v", "next view: neurons, weights, histograms, why", hint: "view",
            ["v": { state, _ in state.network.turnView() }]),
        key(
            "← →", "the test image before / after", hint: "image", in: [.neurons, .histograms, .why],
            [.left: { $0.network.turnImage(by: -1, $1) }, .right: { $0.network.turnImage(by: 1, $1) }]),
        key(
            "d  f", "your drawing; in a small Why: the first layer", hint: Binding.Hint("d", "drawing"),
            ["d": { state, _ in if state.drawing != nil { state.network.sample = .drawing } }]),
        key(
            "f", nil, hint: Binding.Hint { $0.network.showsFirstLayer ? "for and against" : "first layer" },
            in: [.why], ["f": { state, _ in state.network.showsFirstLayer.toggle() }]),
        key(
            "↑ ↓", "Neurons: one; Why: the answer; Histograms: layers", hint: "neuron", in: [.neurons],
            [.up: { $0.network.turnNeuron(by: -1, $1) }, .down: { $0.network.turnNeuron(by: 1, $1) }]),
        key(
            "↑ ↓", nil, hint: "ask for another class", in: [.why],
            [
                .up: { $0.network.turnClass(by: -1, $1, drawing: $0.drawing) },
                .down: { $0.network.turnClass(by: 1, $1, drawing: $0.drawing) },
            ]),
        key(
            "↑ ↓", nil, hint: "layers", in: [.histograms],
            [
                .up: { $0.network.turnLayer(by: -1, $1) }, .down: { $0.network.turnLayer(by: 1, $1) },
                .pageUp: { $0.network.turnLayer(by: -1, $1) }, .pageDown: { $0.network.turnLayer(by: 1, $1) },
            ]),
        key(
            "l", "Neurons: the next layer; also a click", hint: "layer", in: [.neurons],
            ["l": { $0.network.openNextLayer($1) }]),
        key(
            "Enter", "a neuron's weights, and back; Esc: no neuron", hint: Binding.Hint("⏎", "its weights"),
            in: [.neurons],
            [.enter: { state, _ in state.network.openWeights() }]),
        key(
            "Enter", nil, hint: Binding.Hint("⏎", "its connections"), in: [.weights],
            [
                .enter: { state, snapshot in
                    state.network.chooseWeights(.pictures(0), snapshot, in: state.room)
                    state.network.view = .neurons
                }
            ]),
        key("Esc", nil, [.escape: { state, _ in state.network.chooseNothing() }]),
        key(
            "arrows", "Weights: choose; Home End: the first, the last", hint: "choose", in: [.weights],
            [
                .left: { $0.chooseWeights(.pictures(-1), $1) }, .right: { $0.chooseWeights(.pictures(1), $1) },
                .up: { $0.chooseWeights(.rows(-1), $1) }, .down: { $0.chooseWeights(.rows(1), $1) },
                .home: { $0.chooseWeights(.first, $1) }, .end: { $0.chooseWeights(.last, $1) },
            ]),
        key(
            "PgUp PgDn", "Weights: page; Histograms: layers; also the wheel", hint: Binding.Hint("PgDn", "next page"),
            in: [.weights],
            [.pageUp: { $0.chooseWeights(.pages(-1), $1) }, .pageDown: { $0.chooseWeights(.pages(1), $1) }]),
    ]

    /// A key of some of the views, once there is a network to look into.
    private static func key(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil,
        in views: [NetworkState.View] = NetworkState.View.allCases,
        _ changes: KeyValuePairs<Key, @Sendable (inout State, TrainingSnapshot) -> Void>
    ) -> Binding {
        Binding(
            label, help, hint: hint, when: { $0.snapshot != nil && views.contains($0.network.view) },
            effects: changes.map { key, change in
                (
                    key,
                    Binding.effect { state in
                        guard let snapshot = state.snapshot else { return }
                        state.network = state.network.valid(for: snapshot)
                        change(&state, snapshot)
                    }
                )
            })
    }
}

extension State {
    fileprivate mutating func chooseWeights(_ move: GalleryMove, _ snapshot: TrainingSnapshot) {
        network.chooseWeights(move, snapshot, in: room)
    }
}
