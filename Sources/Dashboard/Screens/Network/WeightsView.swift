import NeuralNetwork
import Training

/// What each neuron of the first layer looks for: its weights as an image, the most used neurons first.
enum WeightsView {
    struct Layout {
        let gallery: Gallery
        let foot: Rect
        let side: Rect

        init(_ rect: Rect) {
            let hasSide = rect.width >= 100 && rect.height >= 28
            let (left, side) = rect.split(left: hasSide ? rect.width - 34 : rect.width)
            self.side = side
            let (top, foot) = left.split(top: left.height - (hasSide ? 0 : rect.height >= 18 ? 3 : 1))
            (gallery, self.foot) = (Gallery(in: top), foot)
        }
    }

    /// The place of the chosen neuron in the order; the first where none of the layer is chosen.
    static func rank(of neuron: Neuron?, in order: [Int]) -> Int {
        neuron.flatMap { $0.layer == 0 ? order.firstIndex(of: $0.index) : nil } ?? 0
    }

    static func neuron(
        at mouse: Mouse, _ snapshot: TrainingSnapshot, _ state: NetworkState, in rect: Rect
    ) -> Neuron? {
        let order = snapshot.firstLayerByUse
        let rank = rank(of: state.neuron, in: order)
        return Layout(rect).gallery.place(at: mouse, around: rank, of: order.count)
            .map { Neuron(layer: 0, index: order[$0]) }
    }

    static func draw(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ state: NetworkState, _ keys: [Keys.Entry],
        in rect: Rect, on grid: inout CellGrid
    ) {
        let layout = Layout(rect)
        let order = snapshot.firstLayerByUse
        let rank = rank(of: state.neuron, in: order)
        guard order.indices.contains(rank) else { return }
        let page = "page \(layout.gallery.page(of: rank, of: order.count) ?? "1/1")"
        let notes = ["\(order.count) neurons, most used first  \(page)", "most used first  \(page)"]
        if let note = notes.first(where: { rect.width >= 46 + $0.count }) {
            grid.write(note, endingAt: rect.maxX - 1, y: rect.y - 1)
        }
        // One transposition makes the weights of each neuron lie side by side.
        let weights = snapshot.now.network.layers[0].weights.transposed()
        for place in layout.gallery.places(around: rank, of: order.count) {
            let picture = layout.gallery.picture(place)
            drawThumbnail(order[place], weights.row(order[place]), reading, snapshot, in: picture, on: &grid)
            if place == rank { Gallery.mark(picture, on: &grid) }
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
