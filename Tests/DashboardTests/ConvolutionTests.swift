import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Train and Network with a network of convolutions and distorted images: as pictures, and as used.
@Suite struct ConvolutionTests {
    private static let sizes = [(80, 24), (120, 40), (200, 55)]

    private func state(
        _ screen: State.Screen, _ view: NetworkState.View = .weights, width: Int = 80, height: Int = 24
    ) -> State {
        var state = Samples.state(screen, snapshot: Samples.convolutional, width: width, height: height)
        state.network.view = view
        return state
    }

    private func press(_ state: inout State, _ keys: Key...) {
        for key in keys { _ = state.handle(.key(key)) }
    }

    private func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }

    @Test(arguments: NetworkState.View.allCases, sizes) func networkPicture(
        view: NetworkState.View, size: (Int, Int)
    ) throws {
        try expectPicture("convolution-\(view)", of: state(.network, view), width: size.0, height: size.1)
    }

    @Test(arguments: sizes) func trainPictures(width: Int, height: Int) throws {
        var state = state(.train, width: width, height: height)
        try expectPicture("convolution-train", of: state, width: width, height: height)
        press(&state, "d")
        try expectPicture("distortions", of: state, width: width, height: height)
    }

    @Test func asciiPictures() throws {
        var (network, train) = (state(.network), state(.train))
        press(&network, .down, .down, .right)
        press(&train, "d")
        for (name, state) in [("convolution-maps-ascii", network), ("distortions-ascii", train)] {
            var state = state
            state.appearance = Appearance(glyphs: .ascii, colors: .none)
            try expectPicture(name, of: state, width: 80, height: 24)
            #expect(render(state, width: 80, height: 24).cells.allSatisfy { $0.character.isASCII })
        }
    }

    @Test func arrowsChooseMapsAndWithinAMapPlaces() throws {
        var state = state(.network)
        press(&state, .down, .down, .right)
        #expect(state.network.neuron == Neuron(layer: 2, index: 1) && state.network.place == nil)
        #expect(text(state).contains("Layer 3, map 1 gives"))
        let snapshot = try #require(state.snapshot)
        let reading = try #require(Reading(.image(0), drawing: nil, in: snapshot))
        press(&state, .enter)
        let strongest = reading.strongestPlace(of: Neuron(layer: 2, index: 1))
        #expect(state.network.place == strongest)
        press(&state, .up, .up, .up, .up, .up, .up, .up, .up, .up, .up, .left)
        #expect(state.network.place == max(strongest % 10 - 1, 0))
        press(&state, .escape)
        #expect(state.network.place == nil && state.network.neuron != nil)
        press(&state, .end)
        #expect(state.network.neuron?.index == 15)
        press(&state, .home, .up, .up, .up)
        #expect(state.network.neuron == Neuron(layer: 0, index: 0))
        press(&state, .pageDown)
        #expect(text(state).contains("test image 1"))
        _ = state.handle(.mouse(Mouse(.wheelUp, x: 20, y: 10)))
        #expect(text(state).contains("test image 0"))
    }

    /// The cell under the mouse, wherever a map stands, at every size.
    @Test(arguments: sizes) func aClickChoosesAPlace(width: Int, height: Int) throws {
        var state = state(.network, width: width, height: height)
        let snapshot = try #require(state.snapshot)
        let reading = try #require(Reading(.image(0), drawing: nil, in: snapshot))
        let room = state.room.split(top: 1).1
        let layout = FeatureMapsView.Layout(reading.network, chosen: Neuron(layer: 0, index: 0), in: room)
        let row = try #require(layout.rows.last)
        let (channel, rect) = try #require(row.maps.last)
        _ = state.handle(.mouse(Mouse(.press, x: rect.x + 1, y: rect.y)))
        #expect(state.network.neuron == Neuron(layer: row.layer, index: channel))
        let shape = reading.network.layers[row.layer].output
        let place = try #require(state.network.place)
        #expect((place % shape.width) >> row.halvings == 1)
        #expect((place / shape.width) >> (row.halvings + 1) == 0, "a cell has two rows of pixels")
    }

    @Test func theMapsStandWithinTheRoomAndTheChosenIsAmongThem() {
        let network = Samples.convolutional.now.network
        for width in [40, 59, 60, 80, 109, 110, 120, 171, 300] {
            for height in [14, 20, 24, 28, 40, 100] {
                let rect = Rect(x: 0, y: 2, width: width, height: height - 3)
                for layer in network.mapLayers {
                    let chosen = Neuron(layer: layer, index: network.layers[layer].neurons - 1)
                    let layout = FeatureMapsView.Layout(network, chosen: chosen, in: rect)
                    let foot = layout.foot.isEmpty ? rect.maxY : layout.foot.y
                    let shown = layout.rows.contains {
                        $0.layer == layer && $0.maps.contains { $0.channel == chosen.index }
                    }
                    #expect(shown, "layer \(layer) at \(width) × \(height)")
                    for (_, map) in layout.rows.flatMap(\.maps) {
                        let right = layout.side.isEmpty ? rect.maxX : layout.side.x
                        #expect(map.maxX < right && (map.maxY <= foot || layout.rows.count == 1))
                    }
                }
            }
        }
    }

    @Test func theFrameIsAboutTheReceptiveField() throws {
        var state = state(.network, width: 120, height: 40)
        state.network.neuron = Neuron(layer: 0, index: 0)
        state.network.place = 10 * 28 + 10
        let grid = render(state, width: 120, height: 40)
        // 5 × 5 pixels about (10, 10): columns 8 to 12, rows 8 to 12, which are the rows 4 to 6 of cells.
        let corners = (0..<40).flatMap { y in (0..<120).map { (x: $0, y: y) } }
            .filter { "╭╯".unicodeScalars.contains(grid[$0.x, $0.y].character) && grid[$0.x, $0.y].style.ink == .key }
        try #require(corners.count == 2)
        #expect(corners[1].x - corners[0].x == 6 && corners[1].y - corners[0].y == 4)
        #expect(text(state).contains("5×5 pixels"))
    }

    @Test func deadMapsAreSaidToBeDead() {
        var state = state(.network)
        press(&state, .right, .right)
        for (width, height) in Self.sizes {
            #expect(render(state, width: width, height: height).text.contains("Layer 1, map 2 is dead"))
        }
        #expect(Samples.convolutional.isDead(Neuron(layer: 0, index: Samples.deadNeuron)))
        state.network.view = .neurons
        #expect(text(state).contains("dead"))
        state.network.view = .histograms
        #expect(render(state, width: 120, height: 40).text.contains("1/6 dead"))
    }

    @Test func neuronsLeadToMapsAndBack() {
        var state = state(.network, .neurons)
        press(&state, "l", .down)
        #expect(state.network.neuron == Neuron(layer: 0, index: 1))
        press(&state, "l", "l")
        #expect(state.network.neuron == Neuron(layer: 4, index: 0), "pooling has no neurons of its own")
        press(&state, .enter)
        #expect(state.network.view == .neurons)
        state.network.neuron = Neuron(layer: 2, index: 3)
        press(&state, .enter)
        #expect(state.network.view == .weights && text(state).contains("Layer 3, map 3"))
    }

    @Test func whyListsMaps() {
        let state = state(.network, .why, width: 120, height: 40)
        let answer = Reading(.image(0), drawing: nil, in: Samples.convolutional)?.answer ?? -1
        #expect(text(state).contains("Maps of the first layer for \(answer), and by how much"))
    }

    @Test func theLayersAreListedWithTheirSizes() {
        let lines = LayerName.lines(Samples.convolutional.now.network)
        #expect(
            lines == [
                "28×28×1 → conv 6 5×5 → 28×28×6 → pool 2 → 14×14×6 → conv 16 5×5 → 10×10×16 → pool 2 → 5×5×16 → 120 → 84 → 10",
                "28×28×1 conv→28×28×6 pool→14×14×6 conv→10×10×16 pool→5×5×16→120→84→10",
                "28×28×1 → 28×28×6 → 14×14×6 → 10×10×16 → 5×5×16 → 120 → 84 → 10",
                "28×28×1→28×28×6→14×14×6→10×10×16→5×5×16→120→84→10",
            ])
        #expect(text(state(.train)).contains(lines[1]))
        #expect(render(state(.train), width: 120, height: 40).text.contains("conv 16 5×5   10×10×16"))
    }

    @Test func theBetterNetworkIsNamedWhereNoneRuns() {
        #expect(text(Samples.state()).contains("inkling --network lenet"))
        #expect(!text(state(.train)).contains("--network"))
        let distorted = Samples.snapshot().with { $0.configuration.distortion = .handwriting }
        #expect(!text(Samples.state(snapshot: distorted)).contains("--network"))
        let small = ImageSet(width: 4, height: 4, pixels: Array(repeating: 0, count: 16), labels: [0])
        #expect(BetterNetwork.lines(Samples.snapshot(dataset: Dataset(name: "own", train: small))).isEmpty)
    }

    /// What is shown is what the trainer distorts: by the run's seed, the epoch counted from 0 and the image's number.
    @Test func theDistortedImagesAreTheTrainers() throws {
        var snapshot = Samples.convolutional
        snapshot = snapshot.with { $0.configuration.seed = 5 }
        #expect(snapshot.epoch == 4)
        var state = Samples.state(snapshot: snapshot, width: 200, height: 55)
        press(&state, "d", .right)
        let grid = render(state, width: 200, height: 55)
        let distorter = Distorter(.handwriting, height: 28, width: 28, seed: 5)
        let image = Array(snapshot.dataset.train.image(1))
        let room = Rect(x: 0, y: 1, width: 200, height: 53).inset(dx: 2, dy: 1)
        let layout = DistortionsView.Layout(room, imageWidth: 28, imageHeight: 28)
        #expect(layout.halvings == 0)
        for pixels in [image, distorter.distorted(image, epoch: 3, sample: 1)] {
            var picture = CellGrid(width: 28, height: 14)
            Picture.draw(pixels, width: 28, x: 0, y: 0, on: &picture)
            let found = (0..<55).contains { y in
                (0..<14).allSatisfy { row in (0..<28).allSatisfy { grid[room.x + $0, y + row] == picture[$0, row] } }
            }
            #expect(found)
        }
        press(&state, .left, .left)
        #expect(state.train.firstImage == 199, "before the first comes the last")
        press(&state, .escape)
        #expect(!state.showsDistortions)
        var plain = Samples.state()
        press(&plain, "d")
        #expect(!plain.showsDistortions, "without distortions there is nothing to show")
    }

    /// Images that are no wider than they must be, and too high for two of them.
    @Test func imagesTooHighForTheWindowAreNotShown() {
        let images = ImageSet(width: 4, height: 96, pixels: Array(repeating: 9, count: 4 * 96), labels: [0])
        let dataset = Dataset(name: "columns", train: images, test: images, classNames: ["0"])
        let snapshot = Samples.snapshot(step: 10, dataset: dataset).with { $0.configuration.distortion = .handwriting }
        var state = Samples.state(.train, snapshot: snapshot, width: 80, height: 24)
        press(&state, "d")
        #expect(text(state).contains("There is no room for pictures here."))
    }
}
