import NeuralNetwork
import Training

/// What each layer of convolution and pooling makes of the image in hand: a map for each channel, bright where its pattern
/// is found. Of the chosen map, what one place looks at in the image, and the patterns it is found with.
enum FeatureMapsView {
    /// The layers one below the other, as many as there is room for about the chosen one.
    struct Layout {
        struct Row {
            let layer: Int
            let y: Int
            /// How often the maps are halved.
            let halvings: Int
            /// The channels that are shown, and their pictures.
            let maps: [(channel: Int, rect: Rect)]
        }

        let rows: [Row]
        /// Below the maps; else the side is taken.
        let foot: Rect
        let side: Rect

        init(_ network: Network, chosen: Neuron, in rect: Rect) {
            let hasSide = rect.width >= 110 && rect.height >= 28
            let (left, side) = rect.split(left: hasSide ? rect.width - 34 : rect.width)
            self.side = side
            let (maps, foot) = left.split(top: left.height - (hasSide ? 0 : rect.height >= 20 ? 9 : 2))
            self.foot = foot
            let layers = network.mapLayers
            let sizes = layers.map { network.layers[$0].output }
            // The largest pictures with which all layers have room, a few maps of each side by side.
            let choices = [14, 12].map { limit in sizes.map { Self.halvings(of: $0, whenAbove: limit) } }
            let whole =
                sizes.allSatisfy { min($0.channels, 5) * ($0.width + 1) < maps.width }
                ? [sizes.map { _ in 0 }] : []
            let halvings =
                (whole + choices).first { choice in
                    zip(sizes, choice).map(Self.height).reduce(0, +) <= maps.height
                } ?? choices[1]
            let heights = zip(sizes, halvings).map(Self.height)
            var shown = max(chosen.layer - 1, 0)...chosen.layer
            func fits(_ range: ClosedRange<Int>) -> Bool { heights[range].reduce(0, +) <= maps.height }
            if !fits(shown) { shown = chosen.layer...chosen.layer }
            while shown.upperBound + 1 < layers.count, fits(shown.lowerBound...shown.upperBound + 1) {
                shown = shown.lowerBound...shown.upperBound + 1
            }
            while shown.lowerBound > 0, fits(shown.lowerBound - 1...shown.upperBound) {
                shown = shown.lowerBound - 1...shown.upperBound
            }
            var y = maps.y
            rows = shown.map { layer in
                let (width, height) = (
                    sizes[layer].width >> halvings[layer], (sizes[layer].height >> halvings[layer]) + 1
                )
                let places = max((maps.width - 1) / (width + 1), 1)
                let middle = layer == chosen.layer ? chosen.index - places / 2 : 0
                let first = max(min(middle, sizes[layer].channels - places), 0)
                defer { y += heights[layer] }
                return Row(
                    layer: layer, y: y, halvings: halvings[layer],
                    maps: (first..<min(first + places, sizes[layer].channels)).map { channel in
                        (
                            channel,
                            Rect(
                                x: maps.x + 1 + (channel - first) * (width + 1), y: y + 1, width: width,
                                height: height / 2)
                        )
                    })
            }
        }

        /// How often a map is halved: once where it is larger than the limit, and until it has at most 14 places a side.
        private static func halvings(of size: Shape, whenAbove limit: Int) -> Int {
            var halvings = 0
            while max(size.width, size.height) >> halvings > (halvings == 0 ? limit : 14),
                min(size.width, size.height) >> halvings > 1
            {
                halvings += 1
            }
            return halvings
        }

        /// In rows of cells, with a title.
        private static func height(_ size: Shape, halvings: Int) -> Int { 1 + ((size.height >> halvings) + 1) / 2 }

        /// The map under the mouse, and the place in it that gives most of those in the cell.
        func place(at mouse: Mouse, _ reading: Reading) -> (map: Neuron, place: Int)? {
            for row in rows {
                guard let (channel, rect) = row.maps.first(where: { $0.rect.contains(x: mouse.x, y: mouse.y) }) else {
                    continue
                }
                let map = Neuron(layer: row.layer, index: channel)
                let (values, shape) = (reading.map(of: map), reading.network.layers[row.layer].output)
                let side = 1 << row.halvings
                let (left, top) = ((mouse.x - rect.x) * side, (mouse.y - rect.y) * 2 * side)
                let places = (top..<min(top + 2 * side, shape.height)).flatMap { y in
                    (left..<min(left + side, shape.width)).map { y * shape.width + $0 }
                }
                guard let first = places.first else { return nil }
                return (map, places.reduce(first) { values[$1] > values[$0] ? $1 : $0 })
            }
            return nil
        }
    }

    static func draw(
        _ reading: Reading, _ snapshot: TrainingSnapshot, _ state: NetworkState, _ keys: [Keys.Entry],
        in rect: Rect, on grid: inout CellGrid
    ) {
        let map = state.map(in: reading.network)
        let place = state.place ?? reading.strongestPlace(of: map)
        let layout = Layout(reading.network, chosen: map, in: rect)
        for row in layout.rows { draw(row, map, place, reading, in: rect, on: &grid) }
        let unit = Unit(map, place: place, isChosen: state.place != nil, reading, snapshot)
        if layout.side.isEmpty {
            unit.drawFoot(keys, in: layout.foot, on: &grid)
        } else {
            unit.drawSide(keys, in: layout.side, on: &grid)
        }
    }

    private static func draw(
        _ row: Layout.Row, _ chosen: Neuron, _ place: Int, _ reading: Reading, in rect: Rect, on grid: inout CellGrid
    ) {
        let layer = reading.network.layers[row.layer]
        let shape = layer.output
        let scale = SignedPicture.scale(of: reading.activations[row.layer].elements)
        var note = ""
        if let first = row.maps.first?.channel, let last = row.maps.last?.channel, row.maps.count < shape.channels {
            note = first == last ? "map \(first) of \(shape.channels)" : "maps \(first) to \(last) of \(shape.channels)"
        }
        let end = row.maps.last?.rect.maxX ?? rect.x
        grid.write(
            asManyOf: [
                ("\(LayerName.of(layer)) ", .value), ("gives \(LayerName.size(shape))  ", .plain), (note, .plain),
            ], x: rect.x + 1, y: row.y, width: max(end - rect.x - 1, 30))
        for (channel, picture) in row.maps {
            let map = Neuron(layer: row.layer, index: channel)
            var (values, width) = (reading.map(of: map), shape.width)
            for _ in 0..<row.halvings {
                values = SignedPicture.halved(values, width: width)
                width /= 2
            }
            SignedPicture.draw(values, width: width, scale: scale, x: picture.x, y: picture.y, on: &grid)
            guard map == chosen else { continue }
            Gallery.mark(picture, on: &grid)
            let (y, x) = ((place / shape.width) >> row.halvings, (place % shape.width) >> row.halvings)
            grid[picture.x + min(x, picture.width - 1), picture.y + min(y / 2, picture.height - 1)] = Cell(
                "●", Style(.onAccent, on: .key, bold: true))
        }
    }
}
