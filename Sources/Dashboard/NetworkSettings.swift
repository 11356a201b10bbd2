import Training

extension NetworkScreen {
    /// Which part of the network is looked into, and with which image.
    struct Settings: Sendable, Equatable {
        enum View: String, Sendable, CaseIterable {
            case neurons = "Neurons"
            case weights = "Weights"
            case histograms = "Histograms"
            case why = "Why"
        }

        enum Sample: Sendable, Equatable {
            case image(Int)
            case drawing
        }

        var view = View.neurons
        var sample = Sample.image(0)
        /// The neuron looked at.
        var neuron: Neuron?
        /// The class that is asked about; nil for the network's answer.
        var askedClass: Int?
        /// What excites the first layer instead of what speaks for the answer, where there is no room for both.
        var showsFirstLayer = false
        /// The first layer whose histograms are shown.
        var firstLayer = 0

        mutating func handle(_ key: Key, _ snapshot: TrainingSnapshot, drawing: [UInt8]?, in room: Rect) {
            self = valid(for: snapshot)
            switch (view, key) {
            case (_, .character("v")):
                let all = View.allCases
                view = all[((all.firstIndex(of: view) ?? 0) + 1) % all.count]
            case (_, .character("d")): if drawing != nil { sample = .drawing }
            case (_, .escape): (neuron, askedClass) = (nil, nil)
            case (.weights, _): chooseWeights(key, snapshot, in: room)
            case (_, .left): turnImage(by: -1, snapshot)
            case (_, .right): turnImage(by: 1, snapshot)
            case (.neurons, .up): turnNeuron(by: -1, snapshot)
            case (.neurons, .down): turnNeuron(by: 1, snapshot)
            case (.neurons, .character("l")):
                let next = neuron.map { ($0.layer + 1) % snapshot.network.layers.count } ?? 0
                neuron = Neuron(layer: next, index: 0)
            case (.neurons, .enter): if neuron?.layer == 0 { view = .weights }
            case (.why, .character("f")): showsFirstLayer.toggle()
            case (.why, .up): turnClass(by: -1, snapshot, drawing)
            case (.why, .down): turnClass(by: 1, snapshot, drawing)
            case (.histograms, .up), (.histograms, .pageUp): firstLayer = max(firstLayer - 1, 0)
            case (.histograms, .down), (.histograms, .pageDown):
                firstLayer = min(firstLayer + 1, snapshot.network.layers.count - 1)
            default: break
            }
        }

        mutating func handle(_ mouse: Mouse, _ snapshot: TrainingSnapshot, drawing: [UInt8]?, in room: Rect) {
            self = valid(for: snapshot)
            let rest = room.split(top: 1).1
            switch mouse.kind {
            case .wheelUp:
                handle(view == .weights || view == .histograms ? .pageUp : .left, snapshot, drawing: drawing, in: room)
            case .wheelDown:
                handle(
                    view == .weights || view == .histograms ? .pageDown : .right, snapshot, drawing: drawing, in: room)
            case .press:
                if let chosen = NetworkScreen.view(at: mouse, in: room) {
                    view = chosen
                } else if view == .neurons, let reading = Reading(sample, drawing: drawing, in: snapshot) {
                    let clicked = NeuronMap(reading, snapshot, in: NeuronsView.Layout(rest).map).neuron(at: mouse)
                    neuron = clicked == neuron ? nil : clicked
                } else if view == .weights {
                    let clicked = WeightsView.neuron(at: mouse, snapshot, self, in: rest)
                    if let clicked, clicked == neuron { view = .neurons }
                    neuron = clicked ?? neuron
                }
            case .drag, .release: break
            }
        }

        /// What is chosen may not be there any more after a restart.
        func valid(for snapshot: TrainingSnapshot) -> Settings {
            var settings = self
            let layers = snapshot.network.layers
            if let neuron, neuron.layer >= layers.count || neuron.index >= layers[neuron.layer].outputs {
                settings.neuron = nil
            }
            if let askedClass, askedClass >= snapshot.network.outputs { settings.askedClass = nil }
            settings.firstLayer = min(firstLayer, layers.count - 1)
            return settings
        }

        private mutating func turnImage(by count: Int, _ snapshot: TrainingSnapshot) {
            let images = max(snapshot.dataset.test.count, 1)
            guard case .image(let index) = sample else {
                sample = .image(0)
                return
            }
            sample = .image((index + count + images) % images)
        }

        private mutating func turnNeuron(by count: Int, _ snapshot: TrainingSnapshot) {
            guard let chosen = neuron else {
                neuron = Neuron(layer: 0, index: 0)
                return
            }
            let neurons = snapshot.network.layers[chosen.layer].outputs
            neuron?.index = (chosen.index + count + neurons) % neurons
        }

        private mutating func turnClass(by count: Int, _ snapshot: TrainingSnapshot, _ drawing: [UInt8]?) {
            guard let reading = Reading(sample, drawing: drawing, in: snapshot) else { return }
            let classes = snapshot.network.outputs
            askedClass = ((askedClass ?? reading.answer) + count + classes) % classes
        }

        private mutating func chooseWeights(_ key: Key, _ snapshot: TrainingSnapshot, in room: Rect) {
            let order = snapshot.firstLayerByUse
            let layout = WeightsView.Layout(room.split(top: 1).1)
            let rank = WeightsView.rank(of: neuron, in: order)
            let step: Int
            switch key {
            case .left: step = -1
            case .right: step = 1
            case .up: step = -layout.columns
            case .down: step = layout.columns
            case .pageUp: step = -layout.pageSize
            case .pageDown: step = layout.pageSize
            case .home: step = -order.count
            case .end: step = order.count
            case .enter:
                view = .neurons
                step = 0
            default: return
            }
            guard !order.isEmpty else { return }
            neuron = Neuron(layer: 0, index: order[min(max(rank + step, 0), order.count - 1)])
        }
    }
}
