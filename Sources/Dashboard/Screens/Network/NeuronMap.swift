import NeuralNetwork
import Training

/// Where the neurons of each layer stand: in blocks from left to right, the classes at the right end. Each block is
/// filled column by column; where a layer has too many neurons, those that give most are shown. A feature map counts as
/// one neuron; pooling, which has no weights, has no block.
struct NeuronMap {
    struct Block {
        let layer: Int
        /// The neurons that are shown, by number.
        let neurons: [Int]
        let rect: Rect
        /// From a neuron to the next, in cells.
        let pitch: (x: Int, y: Int)
        /// Of a neuron, in cells.
        let neuronWidth: Int
        let rows: Int

        /// The left cell of a neuron.
        func place(_ index: Int) -> (x: Int, y: Int) {
            (rect.x + index / rows * pitch.x, rect.y + index % rows * pitch.y)
        }
    }

    /// The image; empty where there is no room for it.
    let image: Rect
    let blocks: [Block]
    /// Cells for the name of a class.
    let nameWidth: Int
    /// Of a small image, in pixels.
    static let smallSide = 14

    init(_ reading: Reading, _ snapshot: TrainingSnapshot, in rect: Rect) {
        let layers = snapshot.now.network.layers
        nameWidth = min(snapshot.dataset.classNames.map(\.count).max() ?? 1, max(rect.width / 6, 1))
        let outputWidth = nameWidth + 9
        let imageRows = reading.pixels.count / reading.width
        let isWhole = 28 * rect.width >= 82 * reading.width && rect.height >= imageRows / 2
        let factor = isWhole ? 1 : Picture.shrinking(width: reading.width, height: imageRows, toFit: Self.smallSide)
        let side = rect.width < 60 ? 0 : reading.width / factor
        image = Rect(x: rect.x, y: rect.y, width: side, height: (imageRows / factor + 1) / 2)

        let shown = Array(
            layers.indices.dropLast().filter { layers[$0].parameterCount > 0 }.suffix(
                max((rect.width - outputWidth - side) / 4, 0)))
        let gaps = shown.count + (side > 0 ? 1 : 0)
        let smallestGap = rect.width < 60 ? 3 : 6
        let room = max(rect.width - side - outputWidth - gaps * smallestGap, shown.count)
        // The first choice that fits: two cells wide with gaps, two cells without, one cell; and then not all neurons.
        let choices = [(pitch: 3, width: 2), (pitch: 2, width: 2), (pitch: 1, width: 1)]
        let height = max(rect.height, 1)
        let columns = shown.map { (layers[$0].neurons + height - 1) / height }
        let total = columns.reduce(0, +)
        let choice = choices.first { total * $0.pitch <= room } ?? (pitch: 1, width: 1)
        let limit = total * choice.pitch <= room ? Int.max : max(room / max(shown.count, 1), 1)

        var sizes = zip(shown, columns).map { layer, columns in
            (layer: layer, count: min(layers[layer].neurons, min(columns, limit) * height), pitch: choice.pitch)
        }
        sizes.append((layer: layers.count - 1, count: min(snapshot.now.network.outputs, height), pitch: outputWidth))
        let widths = sizes.map { ($0.count + height - 1) / height * $0.pitch }
        let free = rect.width - side - widths.reduce(0, +)
        let starts = side > 0 ? 1 : 0
        var x = rect.x + side
        var blocks: [Block] = []
        for (number, size) in sizes.enumerated() {
            if number + starts > 0 { x += free / gaps + (number + starts <= free % gaps ? 1 : 0) }
            let columns = max((size.count + height - 1) / height, 1)
            let rows = max((size.count + columns - 1) / columns, 1)
            let pitchY = min(max(height / rows, 1), columns > 1 ? 2 : 3)
            let blockHeight = (rows - 1) * pitchY + 1
            blocks.append(
                Block(
                    layer: size.layer,
                    neurons: Self.strongest(
                        size.count,
                        of: number == sizes.count - 1 ? reading.probabilities : reading.outputs(of: size.layer)),
                    rect: Rect(
                        x: x, y: rect.y + (height - blockHeight) / 2, width: widths[number], height: blockHeight),
                    pitch: (size.pitch, pitchY), neuronWidth: number == sizes.count - 1 ? 2 : choice.width, rows: rows))
            x += widths[number]
        }
        self.blocks = blocks
    }

    /// In the order of their numbers.
    private static func strongest(_ count: Int, of values: [Float]) -> [Int] {
        let all = Array(values.indices)
        guard count < all.count else { return all }
        return all.sorted { abs(values[$0]) > abs(values[$1]) }.prefix(count).sorted()
    }

    func neuron(at mouse: Mouse) -> Neuron? {
        for block in blocks where block.rect.contains(x: mouse.x, y: mouse.y) {
            for (index, neuron) in block.neurons.enumerated() {
                let place = block.place(index)
                let width = block.layer == blocks.last?.layer ? block.rect.width : block.neuronWidth
                if mouse.y == place.y, (place.x..<place.x + width).contains(mouse.x) {
                    return Neuron(layer: block.layer, index: neuron)
                }
            }
        }
        return nil
    }
}
