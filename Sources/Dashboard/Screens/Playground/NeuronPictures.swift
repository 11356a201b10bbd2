import NeuralNetwork

/// What each neuron of a hidden layer gives for every place of the plane, as small grey pictures: black its least,
/// white its most. A neuron that gives the same everywhere is black.
struct NeuronPictures {
    /// Cells of a picture, which is square.
    let width: Int
    let height: Int
    let columns: Int
    let rows: Int

    /// The largest pictures of which all `count` fit, or the smallest and as many as fit.
    init(count: Int, in room: Rect) {
        var height = max(room.height, 1)
        func fits(_ height: Int) -> (columns: Int, rows: Int) {
            ((room.width + 1) / (2 * height + 1), (room.height + 1) / (height + 1))
        }
        while height > Self.smallest, fits(height).columns * fits(height).rows < count { height -= 1 }
        self.height = height
        width = 2 * height
        (columns, rows) = fits(height)
    }

    private static let smallest = 2

    var capacity: Int { columns * rows }

    /// Draws the neurons of a layer from `first` on. The last layer is not hidden.
    func draw(_ network: Network, layer: Int, from first: Int, in room: Rect, on grid: inout CellGrid) {
        let view = PlaneView(cells: Rect(x: 0, y: 0, width: width, height: height))
        let responses = network.forward(view.inputs)[layer].output
        let pixels = view.rows * view.columns
        for index in first..<max(min(first + capacity, responses.columns), first) {
            let values = (0..<pixels).map { responses[$0, index] }
            let place = index - first
            Picture.draw(
                Self.greys(values), width: width, x: room.x + place % columns * (width + 1),
                y: room.y + place / columns * (height + 1), on: &grid)
        }
    }

    private static func greys(_ values: [Float]) -> [UInt8] {
        guard let least = values.min(), let most = values.max(), most - least > 1e-6, (most - least).isFinite else {
            return values.map { _ in 0 }
        }
        // Few levels, so that a small step leaves most of the picture as it is.
        let levels: Float = 5
        return values.map { UInt8(min(max((($0 - least) / (most - least) * levels).rounded() / levels, 0), 1) * 255) }
    }
}
