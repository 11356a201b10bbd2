import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// The Network screen: as pictures, and as used.
@Suite struct NetworkScreenTests {
    private typealias View = NetworkState.View

    private func state(
        _ view: NetworkState.View = .neurons, snapshot: TrainingSnapshot = Samples.observed,
        width: Int = 80, height: Int = 24
    ) -> State {
        var state = Samples.state(.network, snapshot: snapshot, width: width, height: height)
        state.network.view = view
        play(&state, .resize(width: width, height: height))
        return state
    }

    private func press(_ state: inout State, _ keys: Key...) {
        for key in keys { _ = state.handle(.key(key)) }
    }

    private func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }

    @Test(arguments: NetworkState.View.allCases, [(80, 24), (120, 40)])
    func picture(view: NetworkState.View, size: (Int, Int)) throws {
        try expectPicture("network-\(view)", of: state(view), width: size.0, height: size.1)
    }

    @Test(arguments: NetworkState.View.allCases) func asciiPicture(
        view: NetworkState.View
    ) throws {
        var state = state(view)
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        try expectPicture("network-\(view)-ascii", of: state, width: 80, height: 24)
        #expect(render(state, width: 80, height: 24).cells.allSatisfy { $0.character.isASCII })
    }

    @Test func fashionPictures() throws {
        let snapshot = Samples.observedSnapshot(dataset: Samples.makeDataset(name: "fashion-mnist"))
        for view: View in [.neurons, .why] {
            for (width, height) in [(80, 24), (120, 40)] {
                try expectPicture(
                    "network-\(view)-fashion", of: state(view, snapshot: snapshot), width: width, height: height)
            }
        }
    }

    /// Values below 0 have a colour of their own, and more of it the more they are; the words are those of the activation.
    @Test(arguments: Activation.allCases.filter { $0 != .relu }, [(80, 24), (120, 40)])
    func neuronsOfOtherActivationsPicture(activation: Activation, size: (Int, Int)) throws {
        var snapshot = Samples.observed
        var network = snapshot.now.network
        network.activation = activation
        snapshot = snapshot.with(network: network, statistics: [], histograms: HistogramHistory())
        try expectPicture(
            "network-neurons-\(activation.rawValue)", of: state(snapshot: snapshot, width: size.0, height: size.1),
            width: size.0, height: size.1)
    }

    @Test func chosenNeuronPictures() throws {
        for (width, height) in [(80, 24), (120, 40)] {
            var state = state(width: width, height: height)
            state.network.neuron = Neuron(layer: 0, index: 17)
            try expectPicture("network-neuron-chosen", of: state, width: width, height: height)
        }
    }

    @Test(arguments: NetworkState.View.allCases) func everySizeAndShapeRenders(
        view: NetworkState.View
    ) {
        for sizes in [[784, 10], [784, 3, 10], [784, 700, 10], [784, 20, 20, 20, 20, 20, 20, 10]] {
            var state = state(view, snapshot: Samples.observedSnapshot(sizes: sizes))
            state.network.neuron = sizes.count > 2 ? Neuron(layer: 0, index: 1) : nil
            for width in [40, 59, 80, 120, 171, 300] {
                for height in [14, 20, 24, 40, 100] {
                    let grid = render(state, width: width, height: height)
                    #expect(grid[1, height - 1].style.paper == .right, "the status line is whole")
                }
            }
        }
    }

    @Test func theLayersStandApartAndWithinTheMap() throws {
        for sizes in [[784, 10], [784, 3, 10], [784, 128, 64, 10], [784, 700, 300, 10], [784, 20, 20, 20, 20, 10]] {
            let snapshot = Samples.observedSnapshot(sizes: sizes)
            let reading = try #require(Reading(.image(0), drawing: nil, in: snapshot))
            for width in [40, 59, 60, 80, 99, 110, 120, 171, 300] {
                for height in [14, 20, 24, 28, 40, 100] {
                    let room = Rect(x: 0, y: 2, width: width, height: height - 3)
                    let layout = NeuronsView.Layout(room)
                    let map = NeuronMap(reading, snapshot, in: layout.map)
                    var x = map.image.maxX
                    for block in map.blocks {
                        let place = "\(sizes) at \(width) × \(height)"
                        #expect(block.rect.x >= x && block.rect.maxX <= layout.map.maxX, "\(place)")
                        #expect(block.rect.y >= layout.map.y && block.rect.maxY <= layout.map.maxY, "\(place)")
                        x = block.rect.maxX
                        for (number, neuron) in block.neurons.enumerated() {
                            let (x, y) = block.place(number)
                            #expect(
                                map.neuron(at: Mouse(.press, x: x, y: y)) == Neuron(layer: block.layer, index: neuron))
                        }
                    }
                }
            }
        }
    }

    @Test func theDrawingIsInHandUntilAnImageIsChosen() {
        var state = state()
        #expect(text(state).contains("test image 0"))
        press(&state, .character("4"), .character(" "), .down, .down, .down, .character("5"))
        #expect(text(state).contains("your drawing"))
        press(&state, .right, .right)
        #expect(text(state).contains("test image 1"))
        press(&state, .left, .left)
        #expect(text(state).contains("test image 199"), "before the first comes the last")
        press(&state, .character("d"))
        #expect(text(state).contains("your drawing"))
    }

    @Test func theImageChosenAmongTheMistakesIsInHand() throws {
        var state = state()
        press(&state, .character("3"), .right, .character("5"))
        let index = try #require(state.mistakes.selectedImage)
        #expect(index != 0)
        #expect(text(state).contains("test image \(index) "))
    }

    @Test func viewsAreTurnedAndClicked() {
        var state = state()
        for view in View.allCases.dropFirst() + [.neurons] {
            press(&state, .character("v"))
            #expect(state.network.view == view)
        }
        // The line of the views is the second; "Weights" begins in column 12.
        _ = state.handle(.mouse(Mouse(.press, x: 14, y: 1)))
        #expect(state.network.view == .weights)
    }

    @Test func aClickedNeuronShowsItsNumbersAndItsWeights() throws {
        var state = state(width: 120, height: 40)
        let snapshot = try #require(state.snapshot)
        let reading = try #require(Reading(.image(0), drawing: nil, in: snapshot))
        let map = NeuronMap(reading, snapshot, in: NeuronsView.Layout(state.room.split(top: 1).1).map)
        let (x, y) = map.blocks[0].place(17)
        _ = state.handle(.mouse(Mouse(.press, x: x, y: y)))
        #expect(state.network.neuron == Neuron(layer: 0, index: 17))
        #expect(text(state).contains("Layer 1, neuron 17"))
        #expect(text(state).contains("it looks for ink, no ink"))
        let given = Double(snapshot.now.network.forward(reading.input)[0].output[0, 17])
        #expect(text(state).contains(Format.significant(given)))
        press(&state, .enter)
        #expect(state.network.view == .weights)
        #expect(text(state).contains("Layer 1, neuron 17"))
        press(&state, .enter, .escape)
        #expect(state.network.view == .neurons && state.network.neuron == nil)
    }

    @Test func weightsAreSortedByUseAndPaged() throws {
        var state = state(.weights)
        let snapshot = try #require(state.snapshot)
        let uses = snapshot.firstLayerByUse.map { snapshot.now.layers[0].neurons[$0].use }
        #expect(zip(uses, uses.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(text(state).contains("page 1/"))
        _ = state.handle(.mouse(Mouse(.wheelDown, x: 20, y: 10)))
        #expect(text(state).contains("page 2/"))
        press(&state, .end)
        #expect(state.network.neuron?.index == Samples.deadNeuron, "the dead neuron is used least")
        #expect(text(state).contains("dead"))
    }

    @Test func whyAsksForEachClass() throws {
        var state = state(.why)
        let snapshot = try #require(state.snapshot)
        let reading = try #require(Reading(.image(0), drawing: nil, in: snapshot))
        #expect(text(state).contains("Why \(reading.answer)"))
        press(&state, .down)
        #expect(text(state).contains("Why \((reading.answer + 1) % 10)"))
        #expect(text(state).contains("not \(reading.answer)?"), "any other class is asked about against the answer")
        #expect(text(state).contains("behind by"))
        press(&state, .escape)
        #expect(text(state).contains("ahead by"))
    }

    @Test func deadNeuronsAreMarked() throws {
        #expect(text(state()).contains("×"))
        let state = state(.histograms, width: 120, height: 40)
        let dead = try #require(state.snapshot).now.layers[0].neurons.count { $0.isDead }
        #expect(dead > 0 && text(state).contains("\(dead) of 128"))
    }

    @Test func signsShowWithoutColours() {
        let mono = Appearance(colors: .none)
        let up = mono.adapt(Cell("▀", Style(.positive(6), on: .positive(6))))
        let down = mono.adapt(Cell("▀", Style(.negative(6), on: .negative(6))))
        let nothing = mono.adapt(Cell("▀", Style(.positive(0), on: .negative(0))))
        #expect([up.character, down.character, nothing.character] == ["#", "=", " "])
    }
}
