import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// The map of the Network screen: asked for, drawn, and used.
@Suite struct MapTests {
    /// Bars that stand and end at random near the place of their class, so that no two images are the same.
    private static let scattered: TrainingSnapshot = {
        var generator = RandomGenerator(seed: 8, stream: .points)
        let labels = (0..<120).map { UInt8($0 % 10) }
        let pixels = labels.flatMap { label in
            let (left, top) = (2 * (2 + Int(label)) + generator.uniform(below: 3), generator.uniform(below: 10))
            return (0..<784).map { pixel -> UInt8 in
                let (x, y) = (pixel % 28, pixel / 28)
                return (top..<top + 14).contains(y) && (left..<left + 3).contains(x) ? UInt8(100 + 6 * (y - top)) : 0
            }
        }
        let images = ImageSet(width: 28, height: 28, pixels: pixels, labels: labels)
        return Samples.observedSnapshot(dataset: Dataset(name: "mnist", train: images, test: images))
    }()

    private func state(snapshot: TrainingSnapshot = scattered, width: Int = 80, height: Int = 24) -> State {
        var state = Samples.state(.network, snapshot: snapshot, width: width, height: height)
        for _ in 0..<4 { play(&state, .key("v")) }
        return state
    }

    private func requests(_ actions: [Action]) -> [MapRequest] {
        actions.compactMap { if case .map(let request) = $0 { request } else { nil } }
    }

    @Test func pictures() throws {
        for (width, height) in [(80, 24), (120, 40), (200, 55)] {
            try expectPicture(
                "network-map-scattered", of: state(width: width, height: height), width: width, height: height)
        }
        let fashion = Samples.observedSnapshot(dataset: Samples.makeDataset(name: "fashion-mnist"))
        for (width, height) in [(80, 24), (120, 40)] {
            try expectPicture(
                "network-map-fashion", of: state(snapshot: fashion, width: width, height: height), width: width,
                height: height)
        }
        for (width, height) in [(40, 14), (60, 20)] {
            try expectPicture(
                "network-map-scattered", of: state(width: width, height: height), width: width, height: height)
        }
    }

    @Test func isAskedForWhereItIsInViewAndNotTwice() throws {
        var state = Samples.state(.network, snapshot: Samples.observed)
        for _ in 0..<3 { #expect(requests(state.handle(.key("v"))).isEmpty) }
        let first = try #require(requests(state.handle(.key("v"))).first)
        #expect(text(state).contains("Placing the images"))
        let later = Samples.observed.with({ $0.step += 1 }, now: moment(step: 3201))
        #expect(requests(state.handle(.snapshot(later))).isEmpty, "one at a time")
        let next = requests(state.handle(first.event()))
        #expect(next.map(\.step) == [3201], "what came meanwhile")
        #expect(!text(state).contains("Placing the images"), "the older is better than none")
        _ = next.first.map { state.handle($0.event()) }
        #expect(requests(state.handle(.resize(width: 120, height: 40))).isEmpty)
        #expect(requests(state.handle(.key("1"))).isEmpty)
        let last = later.with({ $0.step += 1 }, now: moment(step: 3202))
        #expect(requests(state.handle(.snapshot(last))).isEmpty, "out of view")
        #expect(requests(state.handle(.key("5"))).map(\.step) == [3202])
    }

    private func moment(step: Int) -> Moment {
        Moment(step: step, network: Samples.observed.now.network, evaluation: nil, layers: [])
    }

    @Test func everyImageStandsOnItWithItsDigitInItsInk() {
        let state = state(width: 200, height: 55)
        let grid = render(state, width: 200, height: 55)
        for label in UInt8(0)...9 {
            let sign = Unicode.Scalar(48 + label)
            let cells = grid.cells.filter { $0.style.ink == .label(label) || $0.style.paper == .label(label) }
            #expect(!cells.isEmpty && (label == 1 || cells.allSatisfy { $0.character == sign }), "\(label)")
        }
    }

    /// Whether what is misread stands on a ground of its colour, in mono reversed.
    @Test func mistakesAreMarked() throws {
        var state = state()
        let map = try #require(state.snapshot.flatMap { state.network.map.map(for: $0) })
        let snapshot = try #require(state.snapshot)
        let reading = try #require(Reading(.drawing, drawing: nil, in: snapshot))
        let area = MapView.Layout(state.room.split(top: 1).1).map
        let places = MapView.Places(map, reading, .image(0), in: area)
        for colors in [Appearance.Colors.many, .none] {
            state.appearance.colors = colors
            let grid = render(state, width: 80, height: 24)
            for (place, image) in places.images where place != places.chosen {
                let isMisread = map.predictions[image] != map.images.set.labels[image]
                let style = grid[place.x, place.y].style
                #expect((style.paper != .standard) == isMisread)
                if colors == .none { #expect(style.reverse == isMisread) }
            }
        }
        let misread = map.predictions.indices.count { map.predictions[$0] != map.images.set.labels[$0] }
        #expect(misread > 0 && text(state).contains("Marked so"))
    }

    @Test func arrowsGoFromImageToImageAndEnterOpensIt() throws {
        var state = state()
        func chosen() -> Int? { if case .image(let index) = state.network.sample { index } else { nil } }
        var seen: Set<Int> = []
        for key: Key in [.right, .right, .up, .left, .down, .down, .right, .up] {
            let snapshot = try #require(state.snapshot)
            let before = try #require(chosen())
            press(&state, key)
            let after = try #require(chosen())
            seen.insert(after)
            guard after != before, let map = state.network.map.map(for: snapshot) else { continue }
            let (dx, dy) = (map.places[after, 0] - map.places[before, 0], map.places[after, 1] - map.places[before, 1])
            switch key {
            case .right: #expect(dx > 0)
            case .left: #expect(dx < 0)
            case .up: #expect(dy > 0)
            default: #expect(dy < 0)
            }
        }
        #expect(seen.count >= 5)
        let image = try #require(chosen())
        #expect(text(state).contains("test image \(image)"))
        press(&state, .enter)
        #expect(state.network.view == .why && text(state).contains("test image \(image)"))
        press(&state, .enter)
        #expect(state.network.view == .map)
    }

    @Test func aClickChoosesAndASecondOpens() throws {
        var state = state()
        let snapshot = try #require(state.snapshot)
        let map = try #require(state.network.map.map(for: snapshot))
        let reading = try #require(Reading(.image(0), drawing: nil, in: snapshot))
        let places = MapView.Places(map, reading, .image(0), in: MapView.Layout(state.room.split(top: 1).1).map)
        let (place, image) = try #require(places.images.max { $0.value < $1.value })
        mouse(&state, .press, place.x, place.y)
        #expect(state.network.sample == .image(image) && state.network.view == .map)
        mouse(&state, .press, place.x, place.y)
        #expect(state.network.view == .why)
    }

    /// A drawing has its place among the images, too.
    @Test func theDrawingStandsOnIt() {
        var state = Samples.state(.draw, snapshot: Samples.observed)
        press(&state, " ", .down, .down, .down, .down, "5")
        for _ in 0..<4 { play(&state, .key("v")) }
        #expect(state.network.sample == .drawing)
        #expect(text(state).contains("●") && text(state).contains("your drawing"))
    }

    @Test func whatCannotBePlacedIsSaid() {
        var network = Samples.observed.now.network
        network.layers[1].biases[0, 0] = .infinity
        let state = state(
            snapshot: Samples.snapshot().with(network: network, statistics: [], histograms: HistogramHistory()))
        #expect(text(state).contains("nothing can be placed"))
    }

    /// Runs may have come equally far: the map is of one of them.
    @Test func anotherRunHasAMapOfItsOwn() throws {
        var map = MapState()
        let (first, second) = (RunsTests.snapshot(run: 0, phase: .finished), RunsTests.snapshot(run: 1))
        #expect(first.now.step == second.now.step)
        let wanted = map.request(for: first)
        let request = try #require(wanted)
        map.take(ImageMap(of: request.network, MappedImages(request.set)), of: request)
        let (again, other) = (map.request(for: first), map.request(for: second))
        #expect(again == nil && other?.run == 1)
    }
}
