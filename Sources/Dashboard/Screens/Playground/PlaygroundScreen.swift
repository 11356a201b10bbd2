import NeuralNetwork
import Training

/// A small network that learns to tell points of the plane apart; everything about it can be seen and changed.
enum PlaygroundScreen: ScreenContent {
    static let title = "Playground"
    static let shortTitle = "Play"
    static let needsSnapshot = false

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        state.playground.handle(mouse, in: state.room)
    }

    /// Where the panels stand. The plane is the largest, or the two of runs side by side; in narrow windows the settings
    /// are below, and the curve and the neurons are left out.
    struct Layout {
        /// One for each run in view.
        let frames: [Rect]
        let curve: Rect
        let settings: Rect
        let neurons: Rect

        var frame: Rect { frames[0] }
        /// The regions, inside the frames.
        var planes: [Rect] { frames.map { $0.inset(dx: 1, dy: 1) } }
        var plane: Rect { planes[0] }

        init(_ room: Rect, of playground: PlaygroundState) { self.init(room, isDouble: playground.isDouble) }

        init(_ room: Rect, isDouble: Bool = false) {
            let nothing = Rect(x: room.x, y: room.y, width: 0, height: 0)
            let isWide = room.width >= 110 && room.height >= 34
            if isDouble {
                let isNarrow = room.width < 70
                let (top, bottom) = room.split(
                    top: room.height - min(max(room.height * 2 / 5, isNarrow ? 4 : 9), isNarrow ? 15 : 16))
                let (left, right) = top.split(left: room.width / 2)
                frames = [left, right]
                neurons = nothing
                (curve, settings) =
                    isNarrow ? (nothing, bottom) : bottom.split(left: room.width - (isWide ? 44 : 34))
                return
            }
            let frame: Rect
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
            frames = [frame]
        }

        /// The number of the setting that the mouse is on; nil where it is on none.
        func setting(at mouse: Mouse, chosen: Int) -> Int? {
            let shown = SettingsList.shown(
                of: PlaygroundPlan.settings.count, chosen: chosen, height: settings.height - 2)
            let row = shown.lowerBound + mouse.y - settings.y - 1
            return settings.contains(x: mouse.x, y: mouse.y) && shown.contains(row) ? row : nil
        }

        /// The step of the curve that the mouse is on; nil where it is on none.
        func step(at mouse: Mouse, of playground: PlaygroundState) -> Double? {
            let plot = Chart.plotArea(in: curve.inset(dx: 1, dy: 1))
            guard let snapshot = playground.snapshot, plot.contains(x: mouse.x, y: mouse.y) else { return nil }
            let share = (Double(mouse.x - plot.x) + 0.5) / Double(max(plot.width, 1))
            return share * PlaygroundScreen.steps(of: snapshot, beside: playground.othersShown).upperBound
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        let playground = state.playground
        let layout = Layout(room, of: playground)
        drawSettings(state, layout, on: &grid)
        guard let snapshot = playground.snapshot else {
            Panel.draw("The plane", in: layout.frame, on: &grid)
            Message.draw("Placing the points …", in: layout.plane, on: &grid)
            return
        }
        let pictures = playground.pictures(in: layout.planes.map { PlaneView(cells: $0) })
        let differences = PlaygroundDifferences(playground.runs)
        for (picture, frame) in zip(pictures, layout.frames) {
            let titles =
                snapshot.others.isEmpty
                ? ["What the network sees"]
                : differences.titles(of: picture.snapshot, name: playground.label(of: picture.snapshot.run).name)
            drawPlane(picture, titles, state, in: frame, on: &grid)
        }
        drawCurve(playground, snapshot, in: layout.curve, on: &grid)
        if let picture = pictures.first { drawNeurons(state, picture, in: layout.neurons, on: &grid) }
        playground.list?.draw(state, in: room, on: &grid)
    }

    private static func drawPlane(
        _ picture: PlanePicture, _ titles: [String], _ state: State, in frame: Rect, on grid: inout CellGrid
    ) {
        let (snapshot, view, playground) = (picture.snapshot, picture.view, state.playground)
        let share: [(String, Style)] =
            snapshot.accuracy.map {
                [(Format.percent($0).padded(to: 6), Style(.right, bold: true)), (" right", .plain)]
            } ?? [("no points yet", .plain)]
        let width = share.reduce(8) { $0 + $1.0.count }
        let title = titles.first { $0.count + width <= frame.width } ?? titles.last ?? ""
        let faint = state.appearance.background == .dark ? "dark" : "pale"
        let unsure = snapshot.accuracy == nil ? [] : [("\(faint): it is not sure   ", Style.plain)]
        let isRoomy = frame.width >= 62 && title.count + width + 22 <= frame.width
        Panel.draw(title, note: (isRoomy ? unsure : []) + share, in: frame, on: &grid)
        // In a small picture all points would hide the regions: every second, third … is enough to tell the shape.
        let room = max(view.rows * min(view.columns, view.rows) / 7, 1)
        let own = snapshot.placedCount
        let every = max((snapshot.points.count - own + room - 1) / room, 1)
        let drawn = snapshot.points.dropLast(own)
        let points = stride(from: drawn.startIndex, to: drawn.endIndex, by: every).map { drawn[$0] }
        view.draw(picture.regions, points: points + snapshot.points.suffix(own), on: &grid)
        if playground.placesPoints, let pixel = view.pixel(x: playground.penX, y: playground.penY) {
            let (x, y) = (view.cells.x + pixel.column, view.cells.y + pixel.row / 2)
            grid[x, y] = Cell("○", Style(.key, on: .selectedTab, bold: true))
        }
    }

    /// From the first step to the last of all runs.
    fileprivate static func steps(of snapshot: PlaygroundSnapshot, beside others: [PlaygroundSnapshot])
        -> ClosedRange<Double>
    {
        0...Double(max(snapshot.step, others.map(\.step).max() ?? 0, 1))
    }

    /// The run in focus with its batches, the others dotted, each with its number.
    private static func drawCurve(
        _ playground: PlaygroundState, _ snapshot: PlaygroundSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        guard !rect.isEmpty else { return }
        let loss = snapshot.loss.map { Format.significant(Double($0)) } ?? "–"
        let thinRuns = playground.othersShown
        let others = thinRuns.map { (" \($0.number)", Style(.run(UInt8($0.number)))) }
        let note = [(loss, Style(.train, bold: true))]
        let room = Panel.draw(
            "Loss by step", note: others.isEmpty ? note : [("run \(snapshot.number) ", .plain)] + note + others,
            shorter: [note], in: rect, on: &grid)
        let steps = Axis(steps(of: snapshot, beside: thinRuns))
        func curve(_ run: PlaygroundSnapshot) -> [Chart.Point] {
            LearningCurve.thinned(LearningCurve.smooth(run.history.loss, halfLife: 50)[...])
        }
        let own = curve(snapshot)
        let band = LearningCurve.band(snapshot.history.loss, in: steps.range)
        let thin = thinRuns.map { run in
            Chart.Series(curve: curve(run), ink: .run(UInt8(run.number)), isThin: true, number: run.number)
        }
        let range = LearningCurve.lossRange(curve: own, tests: thin.flatMap(\.curve), band: band)
        Chart(
            series: thin + [Chart.Series(band: band, curve: own, ink: .train)], steps: steps,
            stepTicks: steps.ticks(atMost: max(room.width / 10, 2), smallestStep: 1),
            values: Axis(range, scale: .logarithmic), cursor: playground.shown.map { Double($0.step) }
        ).draw(in: room, on: &grid)
    }

    private static func drawNeurons(
        _ state: State, _ picture: PlanePicture, in rect: Rect, on grid: inout CellGrid
    ) {
        guard !rect.isEmpty else { return }
        let snapshot = picture.snapshot
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
        pictures.draw(picture.neurons, layer: layer, from: 0, in: room, on: &grid)
    }

    private static func drawSettings(_ state: State, _ layout: Layout, on grid: inout CellGrid) {
        guard !layout.settings.isEmpty else { return }
        let playground = state.playground
        let arrows = Array(state.hints(.up, .left).map { run($0) }.joined(separator: [(" ", .plain)]))
        if let fork = playground.fork {
            let step = playground.shown?.step ?? playground.snapshot?.step ?? 0
            let room = Panel.draw(
                "Go on from step \(Format.grouped(step))", shorter: [arrows], in: layout.settings, on: &grid
            ).inset(dx: 1, dy: 0)
            let rest = SettingsList.draw(fork, keeping: 1, in: room, state.appearance.glyphs, on: &grid)
            Keys.draw(state.hints(.enter, .escape, .up, .left), in: rest, on: &grid)
            return
        }
        let keys: [Key] =
            if playground.placesPoints {
                [.up, " ", "c", "x", .enter]
            } else if playground.shown != nil {
                ["0", "f", "J", "l", "v", "o", "r"]
            } else if playground.runs.count > 1 {
                ["p", "l", "v", "f", "o", "r", .enter, "c", "n", "x"]
            } else {
                // In a narrow panel the longest words would leave room for one column alone.
                ["p", .enter, "f", "r", "c", "n", "x"] + (layout.settings.width < 44 ? [] : ["j", ","])
            }
        // What lies over them names its own keys.
        let hasList = playground.list != nil
        let note = hasList ? [] : playground.placesPoints ? [("placing points", Style.key)] : arrows
        let room = Panel.draw("Settings", note: note, in: layout.settings, on: &grid).inset(dx: 1, dy: 0)
        let rest = SettingsList.draw(playground.settings, in: room, state.appearance.glyphs, on: &grid)
        if !hasList { Keys.draw(state.hints(keys), in: rest, on: &grid) }
    }

    private static func run(_ key: Keys.Entry) -> [(String, Style)] { [(key.keys, .key), (" " + key.words, .plain)] }
}
