import NeuralNetwork
import Training

/// Which part of the network is looked into, and with which image.
struct NetworkState: Sendable, Equatable {
    enum View: String, Sendable, CaseIterable {
        case neurons = "Neurons"
        case weights = "Weights"
        case histograms = "Histograms"
        case why = "Why"
        case map = "Map"
    }

    enum Sample: Sendable, Equatable {
        case image(Int)
        case drawing
    }

    var view = View.neurons
    var sample = Sample.image(0)
    /// The neuron, or feature map, looked at.
    var neuron: Neuron? { didSet { if oldValue != neuron { place = nil } } }
    /// The place of the map that is looked at; nil for the one that gives most.
    var place: Int?
    /// The class that is asked about; nil for the network's answer.
    var askedClass: Int?
    /// Where there is no room for both: show what excites the first layer, not what speaks for the answer.
    var showsFirstLayer = false
    /// The first layer whose histograms are shown.
    var firstLayer = 0
    var map = MapState()

    mutating func turnView() {
        let all = View.allCases
        view = all[((all.firstIndex(of: view) ?? 0) + 1) % all.count]
    }

    /// Out of a map, else out of what is chosen.
    mutating func chooseNothing() {
        if view == .weights, place != nil { place = nil } else { (neuron, place, askedClass) = (nil, nil, nil) }
    }

    /// Of the chosen neuron, where it is in the first layer or a feature map.
    mutating func openWeights(_ snapshot: TrainingSnapshot) {
        let maps = snapshot.now.network.mapLayers
        if let neuron, maps.isEmpty ? neuron.layer == 0 : maps.contains(neuron.layer) { view = .weights }
    }

    /// The feature map that is looked at.
    func map(in network: Network) -> Neuron {
        neuron.flatMap { network.mapLayers.contains($0.layer) ? $0 : nil } ?? Neuron(layer: 0, index: 0)
    }

    /// Into the map, to choose a place, or out of it.
    mutating func turnPlace(_ reading: Reading) {
        let map = map(in: reading.network)
        neuron = map
        place = place == nil ? reading.strongestPlace(of: map) : nil
    }

    /// To the next place of a map, else to the next map or layer, by so many to the right and down.
    mutating func moveInMaps(_ right: Int, _ down: Int, _ snapshot: TrainingSnapshot) {
        let network = snapshot.now.network
        var map = map(in: network)
        let shape = network.layers[map.layer].output
        if let place {
            let x = min(max(place % shape.width + right, 0), shape.width - 1)
            let y = min(max(place / shape.width + down, 0), shape.height - 1)
            self.place = y * shape.width + x
            return
        }
        map.layer = min(max(map.layer + down, 0), network.mapLayers.count - 1)
        map.index = min(max(map.index + right, 0), network.layers[map.layer].neurons - 1)
        neuron = map
    }

    /// To the first map of the layer, or the last.
    mutating func chooseMap(last: Bool, _ snapshot: TrainingSnapshot) {
        let map = map(in: snapshot.now.network)
        neuron = Neuron(layer: map.layer, index: last ? snapshot.now.network.layers[map.layer].neurons - 1 : 0)
    }

    mutating func openNextLayer(_ snapshot: TrainingSnapshot) {
        let layers = snapshot.now.network.layers.enumerated().filter { $0.element.parameterCount > 0 }.map(\.offset)
        neuron = Neuron(layer: layers.first { $0 > neuron?.layer ?? -1 } ?? layers[0], index: 0)
    }

    mutating func turnLayer(by count: Int, _ snapshot: TrainingSnapshot) {
        firstLayer = min(max(firstLayer + count, 0), snapshot.now.network.layers.count - 1)
    }

    mutating func handle(_ mouse: Mouse, _ snapshot: TrainingSnapshot, drawing: [UInt8]?, in room: Rect) {
        self = valid(for: snapshot)
        let rest = room.split(top: 1).1
        switch mouse.kind {
        case .wheelUp, .wheelDown:
            let count = mouse.kind == .wheelUp ? -1 : 1
            switch view {
            case .weights where snapshot.now.network.mapLayers.isEmpty:
                chooseWeights(.pages(count), snapshot, in: room)
            case .histograms: turnLayer(by: count, snapshot)
            case .neurons, .weights, .why, .map: turnImage(by: count, snapshot)
            }
        case .press:
            if let chosen = NetworkScreen.view(at: mouse, in: room) {
                view = chosen
            } else if view == .neurons, let reading = Reading(sample, drawing: drawing, in: snapshot) {
                let clicked = NeuronMap(reading, snapshot, in: NeuronsView.Layout(rest).map).neuron(at: mouse)
                neuron = clicked == neuron ? nil : clicked
            } else if view == .weights, !snapshot.now.network.mapLayers.isEmpty {
                guard let reading = Reading(sample, drawing: drawing, in: snapshot) else { return }
                let layout = FeatureMapsView.Layout(reading.network, chosen: map(in: reading.network), in: rest)
                if let (map, place) = layout.place(at: mouse, reading) {
                    neuron = map
                    self.place = place
                }
            } else if view == .weights {
                let clicked = WeightsView.neuron(at: mouse, snapshot, self, in: rest)
                if let clicked, clicked == neuron { view = .neurons }
                neuron = clicked ?? neuron
            } else if view == .map {
                let clicked = mapPlaces(snapshot, drawing: drawing, in: room)?.image(
                    near: MapView.Place(x: mouse.x, y: mouse.y), within: 2)
                guard let clicked else { return }
                if sample == .image(clicked) { view = .why }
                sample = .image(clicked)
            }
        case .drag, .release: break
        }
    }

    /// What is chosen may not be there any more after a restart.
    func valid(for snapshot: TrainingSnapshot) -> NetworkState {
        var state = self
        let layers = snapshot.now.network.layers
        if let neuron,
            neuron.layer >= layers.count || neuron.index >= layers[neuron.layer].neurons
        {
            state.neuron = nil
        }
        if let place, place >= layers[state.map(in: snapshot.now.network).layer].places { state.place = nil }
        if let askedClass, askedClass >= snapshot.now.network.outputs { state.askedClass = nil }
        state.firstLayer = min(firstLayer, layers.count - 1)
        return state
    }

    mutating func turnImage(by count: Int, _ snapshot: TrainingSnapshot) {
        let images = max(snapshot.dataset.test.count, 1)
        guard case .image(let index) = sample else {
            sample = .image(0)
            return
        }
        sample = .image((index + count + images) % images)
    }

    /// The next image of the map in a direction.
    mutating func chooseOnMap(
        across: Int, down: Int, _ snapshot: TrainingSnapshot, drawing: [UInt8]?, in room: Rect
    ) {
        let places = mapPlaces(snapshot, drawing: drawing, in: room)
        if let image = places?.image(across: across, down: down) { sample = .image(image) }
    }

    private func mapPlaces(_ snapshot: TrainingSnapshot, drawing: [UInt8]?, in room: Rect) -> MapView.Places? {
        guard let map = map.map(for: snapshot), let reading = Reading(sample, drawing: drawing, in: snapshot) else {
            return nil
        }
        return MapView.Places(map, reading, sample, in: MapView.Layout(room.split(top: 1).1).map)
    }

    mutating func turnNeuron(by count: Int, _ snapshot: TrainingSnapshot) {
        guard let chosen = neuron else {
            openNextLayer(snapshot)
            return
        }
        let neurons = snapshot.now.network.layers[chosen.layer].neurons
        neuron?.index = (chosen.index + count + neurons) % neurons
    }

    mutating func turnClass(by count: Int, _ snapshot: TrainingSnapshot, drawing: [UInt8]?) {
        guard let reading = Reading(sample, drawing: drawing, in: snapshot) else { return }
        let classes = snapshot.now.network.outputs
        askedClass = ((askedClass ?? reading.answer) + count + classes) % classes
    }

    mutating func chooseWeights(_ move: GalleryMove, _ snapshot: TrainingSnapshot, in room: Rect) {
        let order = snapshot.firstLayerByUse
        guard !order.isEmpty else { return }
        let rank = WeightsView.rank(of: neuron, in: order)
        let place = move.place(from: rank, of: order.count, in: WeightsView.Layout(room.split(top: 1).1).gallery)
        neuron = Neuron(layer: 0, index: order[place])
    }
}
