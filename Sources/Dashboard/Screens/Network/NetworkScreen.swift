import NeuralNetwork
import Training

/// The inside of the network: what its neurons do with an image, what they look for, and how that came about.
enum NetworkScreen: ScreenContent {
    static let title = "Network"
    static let shortTitle = "Net"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        if let snapshot = state.snapshotOfSample {
            state.network.handle(mouse, snapshot, drawing: state.drawing, in: state.room)
        }
        return []
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let snapshot = state.snapshotOfSample else { return }
        let network = state.network.valid(for: snapshot)
        guard let reading = Reading(network.sample, drawing: state.drawing, in: snapshot) else {
            Message.draw("This network does not read these images.", in: room, on: &grid)
            return
        }
        let (header, rest) = room.split(top: 1)
        let hasLearntHand = snapshot.now.network != state.snapshot?.now.network
        drawHeader(
            reading, snapshot, network, hasLearntHand: hasLearntHand,
            isCalibratedOnDraw: state.isCalibratedOnDraw, state.hints("v"), in: header,
            on: &grid)
        switch network.view {
        case .neurons:
            let keys = state.hints(.left, .up, "l", .enter, "d")
            NeuronsView.draw(reading, snapshot, network, keys, in: rest, on: &grid)
        case .weights:
            let keys = state.hints(.left, .pageDown, .enter)
            if snapshot.now.network.mapLayers.isEmpty {
                WeightsView.draw(reading, snapshot, network, keys, in: rest, on: &grid)
            } else {
                FeatureMapsView.draw(reading, snapshot, network, keys + state.hints("d"), in: rest, on: &grid)
            }
        case .histograms: HistogramsView.draw(snapshot, network, state.hints(.up), in: rest, on: &grid)
        case .why: WhyView.draw(reading, state, snapshot, network, in: rest, on: &grid)
        case .map: MapView.draw(reading, state, snapshot, in: rest, on: &grid)
        }
    }

    /// The views and, where there is room, the image in hand.
    private static func drawHeader(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ network: NetworkState, hasLearntHand: Bool,
        isCalibratedOnDraw: Bool, _ keys: [Keys.Entry], in room: Rect, on grid: inout CellGrid
    ) {
        for key in keys { grid.write(key.keys, x: room.x + 1, y: room.y, .key) }
        for (view, columns) in tabs(in: room) {
            let style =
                view == network.view ? Style(.value, on: .selectedTab, bold: true) : .plain
            let gap = String(repeating: " ", count: gap(in: room))
            grid.write(gap + view.rawValue + gap, x: columns.lowerBound, y: room.y, style)
        }
        let showsMaps = network.view == .weights && !snapshot.now.network.mapLayers.isEmpty
        guard network.view == .neurons || network.view == .why || showsMaps else { return }
        let names = snapshot.dataset.classNames
        let answer = Style(reading.ink, bold: true)
        let read = [
            (reading.isUntrained ? "untrained, a guess: " : "read as ", Style.plain), (names[reading.answer], answer),
        ]
        let title = [(reading.title + "  ", Style.plain)]
        let label =
            reading.label.map { [("it is ", Style.plain), (names[$0] + "  ", Style(.right, bold: true))] } ?? []
        let note = isCalibratedOnDraw ? ", not calibrated" : ""
        let share = Format.percent(Double(reading.probabilities[reading.answer]))
        let confidence = [(" (\(share)\(note))", Style.plain)]
        let end = tabs(in: room).last?.1.upperBound ?? room.x
        let hand = hasLearntHand ? [("with your hand learnt, ", Style.plain)] : []
        let whole = [title + label + hand + read + confidence, title + label + read + confidence]
        let short = isCalibratedOnDraw ? [label + read + confidence, read + confidence] : []
        for runs in whole + short + [title + label + read, label + read, read] {
            let width = runs.reduce(0) { $0 + $1.0.unicodeScalars.count }
            guard end + width + 2 < room.maxX else { continue }
            grid.write(runs, x: room.maxX - width - 1, y: room.y)
            return
        }
    }

    /// The columns of each view's name.
    private static func tabs(in room: Rect) -> [(NetworkState.View, Range<Int>)] {
        var start = room.x + 3
        let gap = gap(in: room)
        return NetworkState.View.allCases.map { view in
            let end = start + view.rawValue.count + 2 * gap
            defer { start = end + (gap == 0 ? 1 : 0) }
            return (view, start..<end)
        }
    }

    /// Blanks on either side of a view's name.
    private static func gap(in room: Rect) -> Int { room.width < 48 ? 0 : 1 }

    /// The view whose name is under the mouse.
    static func view(at mouse: Mouse, in room: Rect) -> NetworkState.View? {
        mouse.y == room.y ? tabs(in: room).first { $0.1.contains(mouse.x) }?.0 : nil
    }
}
