import Foundation
import Training

/// How weights, gradients and activations are spread in each layer, and how that changed in the course of the run: a
/// column of each picture is a moment, and it is bright where many of the values lie.
enum HistogramsView {
    private enum Kind: String, CaseIterable {
        case weights, gradients, activations

        func histogram(of layer: LayerHistograms) -> Histogram {
            switch self {
            case .weights: layer.weights
            case .gradients: layer.gradients
            case .activations: layer.activations
            }
        }
    }

    static func draw(
        _ snapshot: TrainingSnapshot, _ state: NetworkState, _ keys: [Keys.Entry], in rect: Rect,
        on grid: inout CellGrid
    ) {
        let (room, foot) = rect.split(top: rect.height - (rect.height >= 16 ? 2 : 1))
        let entries = snapshot.histograms.entries.filter { $0.step <= snapshot.now.step }
        guard !entries.isEmpty else {
            Message.draw("The first look comes with the first batch.", in: room, on: &grid)
            return
        }
        let layers = snapshot.now.network.layers
        let kinds = Kind.allCases
        let rows = max(min(layers.count, room.height / 6), 1)
        let first = min(state.firstLayer, layers.count - rows)
        for row in 0..<rows {
            let (top, bottom) = (room.height * row / rows, room.height * (row + 1) / rows)
            for (column, kind) in kinds.enumerated() {
                let (left, right) = (room.width * column / kinds.count, room.width * (column + 1) / kinds.count)
                let panel = Rect(x: room.x + left, y: room.y + top, width: right - left, height: bottom - top)
                let layer = first + row
                drawPanel(
                    kind, layer,
                    entries.compactMap { entry in
                        entry.value.indices.contains(layer) ? kind.histogram(of: entry.value[layer]) : nil
                    }, snapshot, in: panel, on: &grid)
            }
        }
        drawFoot(snapshot, first, rows, keys, in: foot.inset(dx: 1, dy: 0), on: &grid)
    }

    private static func drawPanel(
        _ kind: Kind, _ layer: Int, _ histograms: [Histogram], _ snapshot: TrainingSnapshot, in rect: Rect,
        on grid: inout CellGrid
    ) {
        let hidden = layer < snapshot.now.network.layers.count - 1
        var note: [(String, Style)] = []
        if kind == .activations, hidden, snapshot.now.layers.indices.contains(layer) {
            let neurons = snapshot.now.layers[layer].neurons
            let dead = neurons.count(where: \.isDead)
            note = neurons.isEmpty ? [] : [("\(dead)/\(neurons.count) dead", dead > 0 ? Style(.wrong) : .plain)]
        }
        let name = hidden ? "Layer \(layer + 1)" : "Answers"
        let title =
            rect.width >= 24
            ? "\(name): \(kind.rawValue)"
            : rect.width >= kind.rawValue.count + 6 ? kind.rawValue : String(kind.rawValue.prefix(6))
        let room = Panel.draw(title, note: note, in: rect, on: &grid)
        guard !histograms.isEmpty, room.height > 0 else { return }
        if kind != .activations, snapshot.now.network.layers[layer].parameterCount == 0 {
            Message.draw("pooling has no weights", in: room, on: &grid)
            return
        }
        let isPositive = histograms.allSatisfy(\.isPositive)
        // Of the middle moment, so that neither a wild start nor a last spike decides it. Half of it is three to six
        // root mean squares, enough for all but the long tail of what ReLU lets through.
        let scale = histograms.map(\.scale).sorted()[histograms.count / 2] / (isPositive ? 1 : 2)
        let lower = isPositive ? 0 : -scale
        let labelWidth = room.width >= 20 ? 7 : 0
        if labelWidth > 0 {
            grid.write(label(scale), endingAt: room.x + labelWidth, y: room.y)
            grid.write(label(lower), endingAt: room.x + labelWidth, y: room.maxY - 1)
            if !isPositive, room.height >= 5 {
                grid.write("0", endingAt: room.x + labelWidth, y: room.y + (room.height - 1) / 2)
            }
        }
        let plot = room.split(left: labelWidth + (labelWidth > 0 ? 1 : 0)).1
        let bins = 2 * plot.height
        var pixels = [UInt8](repeating: 0, count: bins * plot.width)
        let columns = histograms.map { brightness(of: $0.shares(from: lower, to: scale, bins: bins)) }
        for column in 0..<plot.width {
            let column = (place: column, values: columns[column * columns.count / plot.width])
            for (bin, value) in column.values.enumerated() {
                pixels[(bins - 1 - bin) * plot.width + column.place] = value
            }
        }
        Picture.draw(pixels, width: plot.width, x: plot.x, y: plot.y, on: &grid)
    }

    private static func brightness(of shares: [Float]) -> [UInt8] {
        // Where ReLU is silent, values are exactly zero: that bin may outshine the others.
        guard let most = shares.sorted().dropLast().last, most > 0 else { return shares.map { $0 > 0 ? 255 : 0 } }
        return shares.map { UInt8(255 * min(max($0 / most, 0), 1).squareRoot()) }
    }

    private static func label(_ value: Float) -> String {
        abs(value) < 0.001 ? Format.short(Double(value)) : Format.printf("%.2g", value)
    }

    private static func drawFoot(
        _ snapshot: TrainingSnapshot, _ first: Int, _ rows: Int, _ keys: [Keys.Entry], in rect: Rect,
        on grid: inout CellGrid
    ) {
        let layers = snapshot.now.network.layers.count
        let end = snapshot.now.step < snapshot.step ? "this moment" : "now"
        let parts = ["Left: the start. Right: \(end).", " Bright: where many of the values lie."]
        grid.write(asManyOf: parts.map { ($0, .plain) }, x: rect.x, y: rect.y, width: rect.width)
        let text = parts.joined()
        let last = snapshot.histograms.entries.last { $0.step <= snapshot.now.step }.map {
            StepText.words(of: $0.step, in: snapshot)
        }
        if let last, text.count + last.count + 2 < rect.width { grid.write(last, endingAt: rect.maxX, y: rect.y) }
        guard rect.height > 1 else { return }
        var x = rect.x
        for (key, words) in keys where layers > rows {
            let text = " \(words) \(first + 1) to \(first + rows) of \(layers)  "
            x = grid.write([(key, .key), (text, .plain)], x: x, y: rect.y + 1)
        }
        let hidden = snapshot.now.layers.dropLast().enumerated().filter { !$0.element.neurons.isEmpty }
        let dead = hidden.map { "\($1.neurons.count(where: \.isDead)) of \($1.neurons.count) in layer \($0 + 1)" }
        let note = "Dead, that is always silent: " + dead.joined(separator: ", ")
        if !dead.isEmpty, x + note.count <= rect.maxX { grid.write(note, x: x, y: rect.y + 1) }
    }
}
