import Training

extension NetworkScreen {
    static let bindings: [Binding] = [
        key(
            "v", "next view: … histograms, why, map", hint: "view",
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
            "Enter", "weights, a place of a map, why so; Esc: none", hint: Binding.Hint("⏎", "its weights"),
            in: [.neurons],
            [.enter: { $0.network.openWeights($1) }]),
        key(
            "Enter", nil, hint: Binding.Hint("⏎", "its connections"), in: [.weights], ofMaps: false,
            [
                .enter: { state, snapshot in
                    state.network.chooseWeights(.pictures(0), snapshot, in: state.room)
                    state.network.view = .neurons
                }
            ]),
        key(
            "Enter", nil, hint: Binding.Hint("⏎", "why it is read so"), in: [.map],
            [.enter: { state, _ in state.network.view = .why }]),
        key(
            "Enter", nil, hint: Binding.Hint("⏎", "on the map"), in: [.why],
            [.enter: { state, _ in state.network.view = .map }]),
        key("Esc", nil, [.escape: { state, _ in state.network.chooseNothing() }]),
        key(
            "arrows", nil, hint: "choose", in: [.map],
            [
                .left: { $0.chooseOnMap(across: -1, down: 0, $1) }, .right: { $0.chooseOnMap(across: 1, down: 0, $1) },
                .up: { $0.chooseOnMap(across: 0, down: -1, $1) }, .down: { $0.chooseOnMap(across: 0, down: 1, $1) },
            ]),
        key(
            "arrows", "Weights, Map: choose; Home End: first, last", hint: "choose", in: [.weights],
            ofMaps: false,
            [
                .left: { $0.chooseWeights(.pictures(-1), $1) }, .right: { $0.chooseWeights(.pictures(1), $1) },
                .up: { $0.chooseWeights(.rows(-1), $1) }, .down: { $0.chooseWeights(.rows(1), $1) },
                .home: { $0.chooseWeights(.first, $1) }, .end: { $0.chooseWeights(.last, $1) },
            ]),
        key(
            "PgUp PgDn", "Weights: page or image; Histograms: layers; wheel",
            hint: Binding.Hint("PgDn", "next page"), in: [.weights], ofMaps: false,
            [.pageUp: { $0.chooseWeights(.pages(-1), $1) }, .pageDown: { $0.chooseWeights(.pages(1), $1) }]),
        key(
            "arrows", nil,
            hint: Binding.Hint { $0.network.place == nil ? "choose a map" : "move in the map" }, in: [.weights],
            ofMaps: true,
            [
                .left: { $0.network.moveInMaps(-1, 0, $1) }, .right: { $0.network.moveInMaps(1, 0, $1) },
                .up: { $0.network.moveInMaps(0, -1, $1) }, .down: { $0.network.moveInMaps(0, 1, $1) },
                .home: { $0.network.chooseMap(last: false, $1) }, .end: { $0.network.chooseMap(last: true, $1) },
            ]),
        key(
            "PgUp PgDn", nil, hint: Binding.Hint("PgDn", "next image"), in: [.weights], ofMaps: true,
            [.pageUp: { $0.network.turnImage(by: -1, $1) }, .pageDown: { $0.network.turnImage(by: 1, $1) }]),
        key(
            "Enter", nil,
            hint: Binding.Hint("⏎") { $0.network.place == nil ? "choose a place" : "leave the map" }, in: [.weights],
            ofMaps: true,
            [
                .enter: { state, snapshot in
                    guard let reading = Reading(state.network.sample, drawing: state.drawing, in: snapshot) else {
                        return
                    }
                    state.network.turnPlace(reading)
                }
            ]),
    ]

    /// A key of some of the views, once there is a network to look into.
    ///
    /// - Parameter ofMaps: whether it is for networks that begin with feature maps, or for others; nil for all.
    private static func key(
        _ label: String, _ help: String?, hint: Binding.Hint? = nil,
        in views: [NetworkState.View] = NetworkState.View.allCases, ofMaps: Bool? = nil,
        _ changes: KeyValuePairs<Key, @Sendable (inout State, TrainingSnapshot) -> Void>
    ) -> Binding {
        Binding(
            label, help, hint: hint,
            when: { state in
                guard let network = state.snapshot?.now.network, views.contains(state.network.view) else {
                    return false
                }
                return ofMaps.map { $0 == !network.mapLayers.isEmpty } ?? true
            },
            effects: changes.map { key, change in
                (
                    key,
                    Binding.effect { state in
                        guard let snapshot = state.snapshotOfSample else { return }
                        state.network = state.network.valid(for: snapshot)
                        change(&state, snapshot)
                    }
                )
            })
    }
}

extension State {
    fileprivate mutating func chooseOnMap(across: Int, down: Int, _ snapshot: TrainingSnapshot) {
        network.chooseOnMap(across: across, down: down, snapshot, drawing: drawing, in: room)
    }

    fileprivate mutating func chooseWeights(_ move: GalleryMove, _ snapshot: TrainingSnapshot) {
        network.chooseWeights(move, snapshot, in: room)
    }
}
