import NeuralNetwork
import Training

/// What each neuron of the first layer looks for: its weights as an image, the most used neurons first.
enum WeightsView {
    struct Layout {
        let gallery: Rect
        let foot: Rect
        let side: Rect
        let columns: Int
        let rows: Int

        private static let side = 14

        var pageSize: Int { columns * rows }

        init(_ rect: Rect) {
            let hasSide = rect.width >= 100 && rect.height >= 28
            let (left, side) = rect.split(left: hasSide ? rect.width - 34 : rect.width)
            self.side = side
            (gallery, foot) = left.split(top: left.height - (hasSide ? 0 : rect.height >= 18 ? 3 : 1))
            columns = max((gallery.width - 1) / (Self.side + 1), 1)
            rows = max((gallery.height + 1) / (Self.side / 2 + 2), 1)
        }

        func picture(_ place: Int) -> Rect {
            Rect(
                x: gallery.x + 1 + place % columns * ((gallery.width - 1) / columns),
                y: gallery.y + place / columns * (Self.side / 2 + 2), width: Self.side, height: Self.side / 2 + 1)
        }
    }

    /// The place of the chosen neuron in the order; the first where none of the layer is chosen.
    static func rank(of neuron: Neuron?, in order: [Int]) -> Int {
        neuron.flatMap { $0.layer == 0 ? order.firstIndex(of: $0.index) : nil } ?? 0
    }

    static func neuron(
        at mouse: Mouse, _ snapshot: TrainingSnapshot, _ state: NetworkState, in rect: Rect
    ) -> Neuron? {
        let layout = Layout(rect)
        let order = snapshot.firstLayerByUse
        let first = rank(of: state.neuron, in: order) / layout.pageSize * layout.pageSize
        let place = (0..<layout.pageSize).first { layout.picture($0).contains(x: mouse.x, y: mouse.y) }
        guard let place, first + place < order.count else { return nil }
        return Neuron(layer: 0, index: order[first + place])
    }

    static func draw(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ state: NetworkState, _ keys: [Keys.Entry],
        in rect: Rect, on grid: inout CellGrid
    ) {
        let layout = Layout(rect)
        let order = snapshot.firstLayerByUse
        let rank = rank(of: state.neuron, in: order)
        guard order.indices.contains(rank) else { return }
        let first = rank / layout.pageSize * layout.pageSize
        let pages = (order.count + layout.pageSize - 1) / layout.pageSize
        let page = "page \(rank / layout.pageSize + 1)/\(pages)"
        let notes = ["\(order.count) neurons, most used first  \(page)", "most used first  \(page)"]
        if let note = notes.first(where: { rect.width >= 46 + $0.count }) {
            grid.write(note, endingAt: rect.maxX - 1, y: rect.y - 1)
        }
        // One transposition makes the weights of each neuron lie side by side.
        let weights = snapshot.now.network.layers[0].weights.transposed()
        for (place, index) in order.dropFirst(first).prefix(layout.pageSize).enumerated() {
            let picture = layout.picture(place)
            drawThumbnail(index, weights.row(index), reading, snapshot, in: picture, on: &grid)
            if first + place == rank { mark(picture, on: &grid) }
        }
        let chosen = Neuron(layer: 0, index: order[rank])
        if layout.side.isEmpty {
            drawFoot(chosen, reading, snapshot, keys, in: layout.foot.inset(dx: 1, dy: 0), on: &grid)
        } else {
            NeuronPanel.draw(chosen, reading, snapshot, showsWeights: true, keys: keys, in: layout.side, on: &grid)
        }
    }

    private static func drawThumbnail(
        _ index: Int, _ weights: [Float], _ reading: Reading, _ snapshot: TrainingSnapshot, in rect: Rect,
        on grid: inout CellGrid
    ) {
        let (small, width) = SignedPicture.shrunk(weights, width: reading.width, toFit: rect.width)
        SignedPicture.draw(
            small, width: width, scale: 0.9 * SignedPicture.scale(of: small), x: rect.x, y: rect.y,
            on: &grid)
        let neuron = Neuron(layer: 0, index: index)
        let number = "\(index)".padded(to: 3)
        guard let statistics = snapshot.statistics(of: neuron) else {
            grid.write(number, x: rect.x, y: rect.maxY - 1)
            return
        }
        let firing = Format.percent(Double(statistics.firingShare), decimals: 0)
        grid.write(
            [
                (number, .plain),
                snapshot.isDead(neuron) ? ("  dead", Style(.wrong, bold: true)) : ("  fires \(firing)", .plain),
            ], x: rect.x, y: rect.maxY - 1)
    }

    /// Marks a picture of a gallery as chosen.
    static func mark(_ rect: Rect, on grid: inout CellGrid) {
        for y in rect.y..<rect.maxY {
            grid[rect.x - 1, y] = Cell("▌", .key)
            grid[rect.maxX, y] = Cell("▐", .key)
        }
    }

    private static func drawFoot(
        _ neuron: Neuron, _ reading: Reading, _ snapshot: TrainingSnapshot, _ keys: [Keys.Entry], in rect: Rect,
        on grid: inout CellGrid
    ) {
        let legend: [(String, Style)] = [
            ("It looks for ", .plain), ("ink", Style(.positive(5))), (" here, ", .plain),
            ("no ink", Style(.negative(5))), (" there.", .plain),
        ]
        let summary = NeuronPanel.summary(of: neuron, reading, snapshot)
        let lines = rect.height > 1 ? [legend, summary] : [summary]
        for (index, runs) in lines.enumerated() {
            grid.write(asManyOf: runs, x: rect.x, y: rect.y + index, width: rect.width)
        }
        KeyLine.draw(keys, in: rect.split(top: 2).1, on: &grid)
    }
}
