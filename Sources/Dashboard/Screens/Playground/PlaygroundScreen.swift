import NeuralNetwork
import Training

/// A small network that learns to tell points of the plane apart; everything about it can be seen and changed.
enum PlaygroundScreen: ScreenContent {
    static let title = "Playground"
    static let shortTitle = "Play"
    static let needsSnapshot = false
    static let showsMoments = false

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        state.playground.handle(mouse, in: state.room)
    }

    /// Where the panels stand. The plane is the largest; in narrow windows the settings are below it, and the curve and
    /// the neurons are left out.
    struct Layout {
        let frame: Rect
        /// The regions, inside the frame.
        let plane: Rect
        let curve: Rect
        let settings: Rect
        let neurons: Rect

        init(_ room: Rect) {
            let nothing = Rect(x: room.x, y: room.y, width: 0, height: 0)
            let isWide = room.width >= 110 && room.height >= 34
            if room.width < 70 {
                (frame, settings) = room.split(top: room.height - min(max(room.height * 2 / 5, 4), 15))
                (curve, neurons) = (nothing, nothing)
            } else if isWide {
                let (top, bottom) = room.split(top: room.height - max(11, room.height * 3 / 10))
                neurons = bottom
                let (left, right) = top.split(left: room.width - max(44, room.width * 2 / 5))
                frame = left
                (curve, settings) = right.split(top: right.height - 15)
            } else {
                let (top, bottom) = room.split(top: max(min(room.height * 2 / 3, 26), min(room.height, 15)))
                (frame, settings) = top.split(left: room.width - 34)
                let below = bottom.height >= 5 ? bottom : nothing
                (neurons, curve) = below.split(left: room.width - 34)
            }
            plane = frame.inset(dx: 1, dy: 1)
        }

        /// The number of the setting that the mouse is on; nil where it is on none.
        func setting(at mouse: Mouse, chosen: Int) -> Int? {
            let shown = SettingsList.shown(
                of: PlaygroundPlan.settings.count, chosen: chosen, height: settings.height - 2)
            let row = shown.lowerBound + mouse.y - settings.y - 1
            return settings.contains(x: mouse.x, y: mouse.y) && shown.contains(row) ? row : nil
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        let layout = Layout(room)
        drawSettings(state, layout, on: &grid)
        guard let snapshot = state.playground.snapshot else {
            Panel.draw("The plane", in: layout.frame, on: &grid)
            Message.draw("Placing the points …", in: layout.plane, on: &grid)
            return
        }
        drawPlane(state, snapshot, layout, on: &grid)
        drawCurve(snapshot, in: layout.curve, on: &grid)
        drawNeurons(state, snapshot, in: layout.neurons, on: &grid)
    }

    private static func drawPlane(
        _ state: State, _ snapshot: PlaygroundSnapshot, _ layout: Layout, on grid: inout CellGrid
    ) {
        let playground = state.playground
        let faint = state.appearance.background == .dark ? "dark" : "pale"
        let unsure = layout.frame.width >= 62 ? "\(faint): it is not sure   " : ""
        let note: [(String, Style)] =
            snapshot.accuracy.map {
                [(unsure, .plain), (Format.percent($0).padded(to: 6), Style(.right, bold: true)), (" right", .plain)]
            } ?? [("no points yet", .plain)]
        Panel.draw("What the network sees", note: note, in: layout.frame, on: &grid)
        let view = PlaneView(cells: layout.plane)
        // In a small picture all points would hide the regions: every second, third … is enough to tell the shape.
        let room = max(view.rows * min(view.columns, view.rows) / 7, 1)
        let (every, own) = (
            max((snapshot.points.count - snapshot.placedCount + room - 1) / room, 1), snapshot.placedCount
        )
        let drawn = snapshot.points.dropLast(own)
        let points = stride(from: drawn.startIndex, to: drawn.endIndex, by: every).map { drawn[$0] }
        view.draw(
            playground.regions(of: snapshot, in: view), points: points + snapshot.points.suffix(own), on: &grid)
        if playground.placesPoints, let pixel = view.pixel(x: playground.penX, y: playground.penY) {
            let (x, y) = (layout.plane.x + pixel.column, layout.plane.y + pixel.row / 2)
            grid[x, y] = Cell("○", Style(.key, on: .selectedTab, bold: true))
        }
    }

    private static func drawCurve(_ snapshot: PlaygroundSnapshot, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let loss = snapshot.loss.map { Format.significant(Double($0)) } ?? "–"
        let room = Panel.draw("Loss by step", note: [(loss, Style(.train, bold: true))], in: rect, on: &grid)
        let steps = Axis(0...Double(max(snapshot.step, 1)))
        let curve = LearningCurve.thinned(LearningCurve.smooth(snapshot.history.loss, halfLife: 50)[...])
        let band = LearningCurve.band(snapshot.history.loss, in: steps.range)
        let range = LearningCurve.lossRange(curve: curve, tests: [], band: band)
        Chart(
            series: [Chart.Series(band: band, curve: curve, ink: .train)], steps: steps,
            stepTicks: steps.ticks(atMost: max(room.width / 10, 2), smallestStep: 1),
            values: Axis(range, scale: .logarithmic)
        ).draw(in: room, on: &grid)
    }

    private static func drawNeurons(
        _ state: State, _ snapshot: PlaygroundSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        guard !rect.isEmpty else { return }
        guard let layer = state.playground.layer(of: snapshot) else {
            let room = Panel.draw("Hidden neurons", in: rect, on: &grid)
            Message.draw("No hidden layer: only straight borders.", in: room, on: &grid)
            return
        }
        let count = snapshot.network.layers[layer].outputs
        let hidden = snapshot.network.layers.count - 1
        let pictures = NeuronPictures(count: count, in: rect.inset(dx: 2, dy: 1))
        let which = hidden > 1 ? " of layer \(layer + 1)" : ""
        let shown = pictures.capacity < count ? "\(pictures.capacity) of \(count)" : "\(count)"
        let title =
            rect.width >= 70 ? "What each hidden neuron\(which) answers to: \(shown)" : "Neurons\(which): \(shown)"
        let room = Panel.draw(
            title, note: hidden > 1 ? state.hints("h").flatMap { run($0) } : [("black least, white most", .plain)],
            in: rect, on: &grid
        ).inset(dx: 1, dy: 0)
        pictures.draw(state.playground.neurons(of: snapshot), layer: layer, from: 0, in: room, on: &grid)
    }

    private static func drawSettings(_ state: State, _ layout: Layout, on grid: inout CellGrid) {
        guard !layout.settings.isEmpty else { return }
        let playground = state.playground
        let arrows = Array(state.hints(.up, .left).map { run($0) }.joined(separator: [(" ", .plain)]))
        let room = Panel.draw(
            "Settings", note: playground.placesPoints ? [("placing points", .key)] : arrows, in: layout.settings,
            on: &grid
        ).inset(dx: 1, dy: 0)
        let rest = SettingsList.draw(playground.settings, in: room, state.appearance.glyphs, on: &grid)
        let keys: [Key] = playground.placesPoints ? [.up, " ", "c", "x", .enter] : ["p", .enter, "r", "c", "n", "x"]
        Keys.draw(state.hints(keys), in: rest, on: &grid)
    }

    private static func run(_ key: Keys.Entry) -> [(String, Style)] { [(key.keys, .key), (" " + key.words, .plain)] }
}

extension PlaygroundSnapshot {
    /// Points placed by hand, the last of all.
    var placedCount: Int {
        configuration.set == .own ? points.count : points.count - configuration.count * configuration.set.classes
    }
}
