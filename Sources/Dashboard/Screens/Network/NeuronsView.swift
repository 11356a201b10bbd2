import NeuralNetwork
import Training

/// The layers as a picture: each neuron as bright as what it gives, and the strongest connections between them.
enum NeuronsView {
    struct Layout {
        let titles: Rect
        let map: Rect
        /// A line or two below the map, where there is no room for the panel.
        let foot: Rect
        let side: Rect

        init(_ rect: Rect) {
            let hasSide = rect.width >= 110 && rect.height >= 28
            let (left, side) = rect.split(left: hasSide ? rect.width - 34 : rect.width)
            self.side = side
            let (top, foot) = left.split(top: left.height - (hasSide ? 0 : rect.height >= 16 ? 2 : 1))
            self.foot = foot.inset(dx: 1, dy: 0)
            let (titles, map) = top.inset(dx: 1, dy: 0).split(top: 1)
            self.titles = titles
            self.map = map.split(top: map.height - (hasSide ? 1 : 0)).0
        }
    }

    static func draw(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ state: NetworkState, _ keys: [Keys.Entry],
        in rect: Rect, on grid: inout CellGrid
    ) {
        let layout = Layout(rect)
        let map = NeuronMap(reading, snapshot, in: layout.map)
        drawTitles(map, snapshot, in: layout.titles, on: &grid)
        drawConnections(map, reading, snapshot, state.neuron, in: layout.map, on: &grid)
        drawImages(map, reading, snapshot, state.neuron, in: layout.map, on: &grid)
        for block in map.blocks.dropLast() {
            drawHidden(block, reading, snapshot, state.neuron, on: &grid)
        }
        if let block = map.blocks.last {
            drawOutputs(block, map.nameWidth, reading, snapshot, state.neuron, on: &grid)
        }
        if layout.side.isEmpty {
            drawFoot(reading, snapshot, state.neuron, keys, in: layout.foot, on: &grid)
        } else {
            NeuronPanel.draw(state.neuron, reading, snapshot, keys: keys, in: layout.side, on: &grid)
        }
    }

    private static func drawTitles(
        _ map: NeuronMap, _ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        if !map.image.isEmpty { grid.write("image", x: map.image.x, y: rect.y, .plain, limit: map.image.width) }
        var end = map.image.isEmpty ? rect.x : map.image.x + 6
        for block in map.blocks {
            let layer = snapshot.now.network.layers[block.layer]
            let count = layer.neurons
            let isLast = block.layer == snapshot.now.network.layers.count - 1
            let numbers = block.neurons.count < count ? "\(block.neurons.count) of \(count)" : "\(count)"
            let text = isLast ? "answer" : "layer \(block.layer + 1): \(numbers)" + (layer.isDense ? "" : " maps")
            for text in [text, isLast ? "" : numbers] {
                let x = min(max(block.rect.x + (isLast ? 0 : (block.rect.width - text.count) / 2), end), rect.maxX)
                guard x + text.count <= rect.maxX, isLast || x <= block.rect.maxX - text.count / 2 else { continue }
                end = grid.write(text, x: x, y: rect.y) + 1
                break
            }
        }
    }

    /// The image in hand, and below it what the chosen neuron looks for.
    private static func drawImages(
        _ map: NeuronMap, _ reading: Reading, _ snapshot: TrainingSnapshot, _ neuron: Neuron?, in rect: Rect,
        on grid: inout CellGrid
    ) {
        let image = map.image
        guard !image.isEmpty else { return }
        let isWhole = image.width == reading.width
        let (pixels, width) = Picture.shrunk(
            reading.pixels, width: reading.width, toFit: isWhole ? .max : NeuronMap.smallSide)
        Picture.draw(pixels, width: width, x: image.x, y: image.y, on: &grid)
        guard let neuron, rect.height >= 2 * image.height + 2 else { return }
        let all = snapshot.inputWeights(of: neuron, in: reading)
        let weights = SignedPicture.shrunk(
            all, width: reading.width, toFit: isWhole ? .max : NeuronMap.smallSide
        ).values
        grid.write("it looks for", x: image.x, y: image.maxY + 1)
        if image.width >= 26 {
            grid.write(
                [("ink", Style(.positive(5))), (", no ink", Style(.negative(5)))], x: image.x + 13, y: image.maxY + 1)
        }
        SignedPicture.draw(
            weights, width: image.width, scale: SignedPicture.scale(of: weights), x: image.x, y: image.maxY + 2,
            on: &grid)
    }

    private static func drawHidden(
        _ block: NeuronMap.Block, _ reading: Reading, _ snapshot: TrainingSnapshot, _ chosen: Neuron?,
        on grid: inout CellGrid
    ) {
        let values = reading.outputs(of: block.layer)
        let most = SignedPicture.scale(of: values)
        for (place, index) in block.neurons.enumerated() {
            let neuron = Neuron(layer: block.layer, index: index)
            let (x, y) = block.place(place)
            for column in x..<x + block.neuronWidth {
                grid[column, y] = cell(of: values[index], most)
                if snapshot.isDead(neuron) { grid[column, y] = Cell("×", Style(.wrong)) }
            }
            if neuron == chosen { mark(x, y, block.neuronWidth, on: &grid) }
        }
    }

    /// Neurons that give nothing, or nearly so, are dark grey, so that they can be seen; negative values have their own
    /// colour.
    private static func cell(of value: Float, _ most: Float) -> Cell {
        let ink = SignedPicture.ink(value, most)
        if value < 0, ink != .positive(0) { return Cell("▀", Style(ink, on: ink)) }
        let level = UInt8(3 + 20 * (most > 0 && value.isFinite ? max(value, 0) / most : 0))
        return Cell("▀", Style(.grey(level), on: .grey(level)))
    }

    private static func mark(_ x: Int, _ y: Int, _ width: Int, on grid: inout CellGrid) {
        if width > 1 {
            grid[x, y] = Cell("▸", Style(.onAccent, on: .key, bold: true))
            grid[x + 1, y] = Cell("◂", Style(.onAccent, on: .key, bold: true))
        } else {
            grid[x, y] = Cell("●", Style(.onAccent, on: .key, bold: true))
        }
    }

    private static func drawOutputs(
        _ block: NeuronMap.Block, _ nameWidth: Int, _ reading: Reading, _ snapshot: TrainingSnapshot,
        _ chosen: Neuron?, on grid: inout CellGrid
    ) {
        for (place, index) in block.neurons.enumerated() {
            let (x, y) = block.place(place)
            let probability = reading.probabilities[index]
            for column in x..<x + 2 { grid[column, y] = cell(of: probability, 1) }
            if chosen == Neuron(layer: block.layer, index: index) { mark(x, y, 2, on: &grid) }
            let ink = reading.ink(of: index)
            let style = ink.map { Style($0, bold: true) } ?? .plain
            let name = snapshot.dataset.classNames.indices.contains(index) ? snapshot.dataset.classNames[index] : ""
            grid.write(name.fitted(to: nameWidth), x: x + 3, y: y, style)
            grid.write(
                Format.percent(Double(probability), decimals: 0), endingAt: x + nameWidth + 8, y: y,
                Style(ink == nil ? .words : .value))
        }
    }

    /// Those of the chosen neuron, else the strongest of all.
    private static func drawConnections(
        _ map: NeuronMap, _ reading: Reading, _ snapshot: TrainingSnapshot, _ chosen: Neuron?, in rect: Rect,
        on grid: inout CellGrid
    ) {
        let count = rect.height >= 24 ? 14 : 8
        for (number, block) in map.blocks.enumerated() {
            let layer = snapshot.now.network.layers[block.layer]
            let outputs = reading.outputs(of: block.layer)
            let isLast = block.layer == snapshot.now.network.layers.count - 1
            // A connection to a silent neuron has no effect.
            var targets = block.neurons.filter { isLast || outputs[$0] != 0 }
            if let chosen, chosen.layer == block.layer { targets = [chosen.index] }
            let left = map.image.isEmpty ? nil : map.image
            if number == 0 {
                guard block.layer == 0, let left else { continue }
                let gap = Rect(x: left.maxX + 1, y: rect.y, width: block.rect.x - left.maxX - 2, height: rect.height)
                let connections =
                    layer.isDense
                    ? Connections(
                        count, values: reading.input.elements, weights: layer.weights,
                        inputs: Array(reading.input.elements.indices), outputs: targets)
                    : Connections(count, parts: reading.parts(into: 0), inputs: [0], outputs: targets)
                let rowsPerCell = reading.pixels.count / reading.width / max(left.height, 1)
                connections.draw(
                    in: gap,
                    start: { pixel in
                        // A pattern of a convolution is laid over the whole image.
                        layer.isDense
                            ? (left.y - gap.y) * 4 + pixel / reading.width * 4 / max(rowsPerCell, 1)
                            : (left.y - gap.y) * 4 + 2 * left.height
                    },
                    end: { row(of: $0, in: block, from: gap) }, on: &grid)
            } else {
                let before = map.blocks[number - 1]
                var sources = before.neurons
                if let chosen, chosen.layer == before.layer { sources = [chosen.index] }
                let start = before.rect.maxX
                let gap = Rect(x: start, y: rect.y, width: block.rect.x - start - 1, height: rect.height)
                let connections =
                    layer.isDense && layer.inputs == snapshot.now.network.layers[before.layer].neurons
                    ? Connections(
                        count, values: reading.passes[block.layer].input.elements, weights: layer.weights,
                        inputs: sources, outputs: targets)
                    : Connections(count, parts: reading.parts(into: block.layer), inputs: sources, outputs: targets)
                connections.draw(
                    in: gap, start: { row(of: $0, in: before, from: gap) }, end: { row(of: $0, in: block, from: gap) },
                    on: &grid)
            }
        }
    }

    /// In quarters of a cell.
    private static func row(of neuron: Int, in block: NeuronMap.Block, from gap: Rect) -> Int {
        let place = block.neurons.firstIndex(of: neuron) ?? 0
        return (block.place(place).y - gap.y) * 4 + 2
    }

    private static func drawFoot(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ neuron: Neuron?, _ keys: [Keys.Entry], in rect: Rect,
        on grid: inout CellGrid
    ) {
        let brightness =
            snapshot.now.network.activation.givesBelowZero
            ? "Bright: gives much; in colour: below zero. " : "The brighter a neuron, the more it gives. "
        let text: [(String, Style)] =
            neuron.map { NeuronPanel.summary(of: $0, reading, snapshot) } ?? [
                (rect.width < 72 ? "" : brightness, .plain),
                ("Lines", Style(.positive(5))), (" push up, ", .plain), ("dotted", Style(.negative(5))),
                (" down.", .plain),
            ]
        grid.write(asManyOf: text, x: rect.x, y: rect.y, width: rect.width)
        KeyLine.draw(keys, in: rect.split(top: 1).1, on: &grid)
    }
}
