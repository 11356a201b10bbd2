import NeuralNetwork
import Training

/// Why the network answers as it does: which pixels, and which neurons, speak for one class and against another.
enum WhyView {
    /// Where the pictures are, from left to right; without room, the last are left out.
    struct Layout {
        let pictures: [Rect]
        let isWhole: Bool
        let text: Rect
        /// For the neurons; empty where there is no room.
        let neurons: Rect

        init(_ rect: Rect, width: Int, height: Int) {
            isWhole = rect.width >= 2 * (width + 3) + 14 && rect.height >= height / 2 + 3
            let factor = isWhole ? 1 : Picture.shrinking(width: width, height: height, toFit: NeuronMap.smallSide)
            let size = (width: width / factor, height: (height / factor + 1) / 2)
            let count = rect.width >= 3 * (size.width + 3) + 24 ? 3 : 2
            let (top, bottom) = rect.split(top: size.height + 2)
            pictures = (0..<count).map {
                Rect(x: rect.x + $0 * (size.width + 3), y: rect.y, width: size.width + 2, height: size.height + 2)
            }
            text = top.split(left: count * (size.width + 3)).1
            neurons = bottom
        }
    }

    static func draw(
        _ reading: Reading, _ state: State, _ snapshot: TrainingSnapshot, _ network: NetworkState,
        in rect: Rect, on grid: inout CellGrid
    ) {
        let answer = network.askedClass ?? reading.answer
        let rival = reading.rival(of: answer)
        let saliency = Saliency(of: reading.input, answer: answer, rival: rival, in: snapshot.now.network)
        let layout = Layout(rect, width: reading.width, height: reading.pixels.count / reading.width)
        drawPictures(saliency, reading, layout, showsFirstLayer: network.showsFirstLayer, on: &grid)
        drawScore(saliency, answer, rival, reading, snapshot, in: layout.text.inset(dx: 1, dy: 0), on: &grid)
        let (notes, neurons) = layout.neurons.split(top: layout.pictures.count > 2 ? 2 : 4)
        drawLegend(
            answer, rival, snapshot, hasKey: layout.pictures.count == 2, state, in: notes.inset(dx: 1, dy: 0),
            on: &grid)
        drawNeurons(saliency, answer, rival, reading, snapshot, in: neurons, on: &grid)
    }

    private static func drawPictures(
        _ saliency: Saliency, _ reading: Reading, _ layout: Layout, showsFirstLayer: Bool,
        on grid: inout CellGrid
    ) {
        var titles =
            layout.isWhole ? ["The image", "For and against", "First layer"] : ["Image", "For/against", "Layer 1"]
        var signed = [saliency.inputParts, saliency.firstLayerParts]
        if layout.pictures.count == 2, showsFirstLayer {
            titles.remove(at: 1)
            signed.removeFirst()
        }
        for (number, rect) in layout.pictures.enumerated() {
            let room = Panel.draw(titles[number], in: rect, on: &grid)
            if number == 0 {
                let (pixels, width) = Picture.shrunk(
                    reading.pixels, width: reading.width, toFit: layout.isWhole ? .max : NeuronMap.smallSide)
                Picture.draw(pixels, width: width, x: room.x, y: room.y, on: &grid)
            } else {
                let all = signed[number - 1]
                let values = SignedPicture.shrunk(
                    all, width: reading.width, toFit: layout.isWhole ? .max : NeuronMap.smallSide
                ).values
                SignedPicture.draw(
                    values, width: room.width, scale: 0.8 * SignedPicture.scale(of: values), x: room.x, y: room.y,
                    on: &grid)
            }
        }
    }

    /// The two classes, and by how much the one leads.
    private static func drawScore(
        _ saliency: Saliency, _ answer: Int, _ rival: Int, _ reading: Reading, _ snapshot: TrainingSnapshot,
        in rect: Rect, on grid: inout CellGrid
    ) {
        let names = snapshot.dataset.classNames
        let lines: [[(String, Style)]] = [
            [("Why ", .plain), (names[answer], Style(.positive(5), bold: true))],
            [("not ", .plain), (names[rival] + "?", Style(.negative(5), bold: true))],
        ]
        for (index, runs) in lines.enumerated() { write(runs, rect, index, on: &grid) }
        let bars = Rect(
            x: rect.x, y: rect.y + 3, width: rect.width, height: min(ProbabilityBars.rows(of: names), rect.height - 3))
        ProbabilityBars.draw(
            reading.probabilities, names: names, in: bars, on: &grid
        ) { $0 == answer ? .positive(5) : $0 == rival ? .negative(5) : nil }
        let score = Format.significant(Double(abs(saliency.score)))
        write(
            [
                (saliency.score < 0 ? "behind by " : "ahead by ", .plain), (score, .value), (" nats", .plain),
            ], rect,
            ProbabilityBars.rows(of: names) + 4, on: &grid)
    }

    private static func drawLegend(
        _ answer: Int, _ rival: Int, _ snapshot: TrainingSnapshot, hasKey: Bool,
        _ state: State, in rect: Rect, on grid: inout CellGrid
    ) {
        let names = snapshot.dataset.classNames
        let parts: [(String, Style)] = [
            ("This ink (+) speaks for \(names[answer])", Style(.positive(5))),
            (", this (−) for \(names[rival]).", Style(.negative(5))),
        ]
        let firstLayer: [(String, Style)] = [
            ("This ink (+) excites the first layer", Style(.positive(5))),
            (", this (−) silences it.", Style(.negative(5))),
        ]
        let keys = state.hints([.left, .up] + (hasKey ? ["f"] : []) + ["d", .enter])
        let showsFirstLayer = state.network.showsFirstLayer
        let keyLine = keys.flatMap { [($0.0, Style.key), (" \($0.1)  ", .plain)] }
        if hasKey {
            write(showsFirstLayer ? firstLayer : parts, rect, 0, on: &grid)
            KeyLine.draw(keys, in: rect.split(top: 1).1, on: &grid)
            let how = showsFirstLayer ? "" : "How much: each pixel times the slope of the lead along it."
            write([(how, .plain)], rect, 2, on: &grid)
        } else {
            write(
                parts + [(" Each pixel times the slope of the lead along it.", .plain)], rect, 0, on: &grid)
            write(keyLine + [("  ", .plain)] + firstLayer, rect, 1, on: &grid)
        }
    }

    /// The neurons of the first layer that speak loudest for the answer, and for its rival: each with what it hears of
    /// the image, a feature map with where it speaks.
    private static func drawNeurons(
        _ saliency: Saliency, _ answer: Int, _ rival: Int, _ reading: Reading, _ snapshot: TrainingSnapshot,
        in rect: Rect, on grid: inout CellGrid
    ) {
        let first = snapshot.now.network.layers[0]
        let places = first.places
        let parts =
            saliency.neuronParts.isEmpty
            ? []
            : (0..<first.neurons).map { saliency.neuronParts[$0 * places..<($0 + 1) * places].reduce(0, +) }
        let height = reading.pixels.count / reading.width / 4 + 2
        guard !parts.isEmpty, rect.height >= height else { return }
        let names = snapshot.dataset.classNames
        let order = parts.indices.sorted { parts[$0] > parts[$1] }
        let columns = max((rect.width - 1) / (reading.width / 2 + 2), 1)
        let weights = first.isDense ? first.weights.transposed() : nil
        let rows = rect.height >= 2 * height ? [order, order.reversed()] : [order]
        for (row, order) in rows.enumerated() {
            let y = rect.y + row * height
            let style = Style(row == 0 ? .positive(5) : .negative(5))
            let speaking = order.filter { row == 0 ? parts[$0] > 0 : parts[$0] < 0 }
            let kind = first.isDense ? "Neurons" : "Maps"
            let title = "\(kind) of the first layer for \(names[row == 0 ? answer : rival])"
            let more = speaking.isEmpty ? ": none" : ", and by how much"
            grid.write(asManyOf: [(title, style), (more, style)], x: rect.x + 1, y: y, width: rect.width - 1)
            for (place, neuron) in speaking.prefix(columns).enumerated() {
                let x = rect.x + 1 + place * (reading.width / 2 + 2)
                var (values, width) = (
                    Array(saliency.neuronParts[neuron * places..<(neuron + 1) * places]), first.output.width
                )
                if let weights {
                    // Only pixels with ink reach the neuron.
                    (values, width) = (
                        zip(weights.row(neuron), reading.input.elements).map { $0 * $1 }, reading.width
                    )
                }
                while width > max(reading.width / 2, 1) {
                    values = SignedPicture.halved(values, width: width)
                    width /= 2
                }
                SignedPicture.draw(
                    values, width: width, scale: SignedPicture.scale(of: values), x: x, y: y + 1, on: &grid)
                grid.write(
                    [("\(neuron)".padded(to: 3), .plain), (" " + Format.significant(Double(parts[neuron])), style)],
                    x: x, y: y + height - 1)
            }
        }
    }

    private static func write(_ runs: [(String, Style)], _ rect: Rect, _ line: Int, on grid: inout CellGrid) {
        if line < rect.height { grid.write(asManyOf: runs, x: rect.x, y: rect.y + line, width: rect.width) }
    }
}
