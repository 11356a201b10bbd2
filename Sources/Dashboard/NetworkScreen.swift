import NeuralNetwork
import Training

/// The inside of the network: what its neurons do with an image, what they look for, and how that came about.
enum NetworkScreen {
    static let help: [Help.Entry] = [
        ("v", "next view: neurons, weights, histograms, why"), ("← →", "the test image before / after"),
        ("d  f", "your drawing; in a small Why: the first layer"),
        ("↑ ↓", "Neurons: choose one; Why: choose the answer"),
        ("l", "Neurons: the next layer; also a click"), ("Enter", "a neuron's weights, and back; Esc: no neuron"),
        ("arrows", "Weights: choose; PgUp PgDn or the wheel: page"),
    ]

    static func draw(
        _ snapshot: TrainingSnapshot, _ settings: Settings, drawing: [UInt8]?, in room: Rect, on grid: inout CellGrid
    ) {
        guard let reading = Reading(settings.sample, drawing: drawing, in: snapshot) else {
            Message.draw("This network does not read these images.", in: room, on: &grid)
            return
        }
        let (header, rest) = room.split(top: 1)
        drawHeader(reading, snapshot, settings, in: header, on: &grid)
        let settings = settings.valid(for: snapshot)
        switch settings.view {
        case .neurons: NeuronsView.draw(reading, snapshot, settings, in: rest, on: &grid)
        case .weights: WeightsView.draw(reading, snapshot, settings, in: rest, on: &grid)
        case .histograms: HistogramsView.draw(snapshot, settings, in: rest, on: &grid)
        case .why: WhyView.draw(reading, snapshot, settings, in: rest, on: &grid)
        }
    }

    /// The views and, where there is room, the image in hand.
    private static func drawHeader(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ settings: Settings, in room: Rect, on grid: inout CellGrid
    ) {
        grid.write("v", x: room.x + 1, y: room.y, .key)
        for (view, columns) in tabs(in: room) {
            let style =
                view == settings.view ? Style(.value, on: .selectedTab, bold: true) : .plain
            grid.write(" \(view.rawValue) ", x: columns.lowerBound, y: room.y, style)
        }
        guard settings.view == .neurons || settings.view == .why else { return }
        let names = snapshot.dataset.classNames
        let answer = Style(reading.ink, bold: true)
        let read = [("read as ", Style.plain), (names[reading.answer], answer)]
        let title = [(reading.title + "  ", Style.plain)]
        let label =
            reading.label.map { [("it is ", Style.plain), (names[$0] + "  ", Style(.right, bold: true))] } ?? []
        let confidence = [(" (\(Format.percent(Double(reading.probabilities[reading.answer]))))", Style.plain)]
        let end = tabs(in: room).last?.1.upperBound ?? room.x
        for runs in [title + label + read + confidence, title + label + read, label + read, read] {
            let width = runs.reduce(0) { $0 + $1.0.unicodeScalars.count }
            guard end + width + 2 < room.maxX else { continue }
            grid.write(runs, x: room.maxX - width - 1, y: room.y)
            return
        }
    }

    /// The columns of each view's name.
    private static func tabs(in room: Rect) -> [(Settings.View, Range<Int>)] {
        var start = room.x + 3
        return Settings.View.allCases.map { view in
            let end = start + view.rawValue.count + 2
            defer { start = end }
            return (view, start..<end)
        }
    }

    /// The view whose name is under the mouse.
    static func view(at mouse: Mouse, in room: Rect) -> Settings.View? {
        mouse.y == room.y ? tabs(in: room).first { $0.1.contains(mouse.x) }?.0 : nil
    }
}
