import NeuralNetwork
import Training

/// What each layer of convolution and pooling makes of the image in hand: a picture for each channel, bright where its
/// pattern is found.
enum FeatureMapsView {
    static func draw(
        _ reading: Reading, _ snapshot: TrainingSnapshot, in room: Rect, on grid: inout CellGrid
    ) {
        let layers = snapshot.now.network.layers.enumerated().prefix { !$0.element.isDense }.map(\.offset)
        // Whole pictures where all layers have room for them, else halved ones of the large layers.
        let isWhole = layers.reduce(0) { $0 + height(of: snapshot.now.network.layers[$1].output) } <= room.height
        var y = room.y
        for index in layers {
            let layer = snapshot.now.network.layers[index]
            let halves = !isWhole && layer.output.width > 12
            let shape = layer.output
            let (width, height) = halves ? (shape.width / 2, shape.height / 2) : (shape.width, shape.height)
            guard y + 1 + (height + 1) / 2 <= room.maxY else { break }
            let values = reading.activations[index].elements
            let scale = SignedPicture.scale(of: values)
            let places = max((room.width - 2) / (width + 1), 0)
            let note = places < shape.channels ? "the first \(places) of \(shape.channels) channels" : ""
            grid.write(
                asManyOf: [
                    ("\(LayerName.of(layer)) ", .value), ("gives \(shape)  ", .plain), (note, .plain),
                ], x: room.x + 1, y: y, width: room.width - 1)
            for channel in 0..<min(places, shape.channels) {
                let plane = shape.height * shape.width
                var map = Array(values[channel * plane..<(channel + 1) * plane])
                if halves { map = SignedPicture.halved(map, width: shape.width) }
                SignedPicture.draw(
                    map, width: width, scale: scale, x: room.x + 1 + channel * (width + 1), y: y + 1, on: &grid)
            }
            y += 1 + (height + 1) / 2
        }
    }

    /// In rows of cells, with a title.
    private static func height(of shape: Shape) -> Int { 1 + (shape.height + 1) / 2 }
}

/// What a layer is called in a few letters.
enum LayerName {
    /// "784→128", "conv 5×5" or "pool 2×2"
    static func of(_ layer: Layer) -> String {
        switch layer {
        case .dense(let dense): "\(dense.inputs)→\(dense.outputs)"
        case .convolution(let convolution): "conv \(convolution.kernel)×\(convolution.kernel)"
        case .maxPool(let pool): "pool \(pool.size)×\(pool.size)"
        }
    }
}
