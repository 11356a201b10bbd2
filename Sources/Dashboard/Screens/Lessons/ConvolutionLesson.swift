import Datasets
import NeuralNetwork
import Training

/// A convolution: nine weights that slide over an image.
struct ConvolutionLesson: Lesson {
    let title = "A filter that slides"
    let text = """
        Nine weights, a filter, slide over an image. At each place they multiply the nine pixels below; the sum is a \
        pixel of the map: blue (+) where the image is like the filter, orange (-) where the opposite. Networks learn \
        filters.
        """
    let code = ["let map = Convolution(input: shape, kernel: 3, …).sums(of: pixels)"]
    var knobs: [Knob] =
        [Knob("filter", choices: Filter.allCases.map(\.name), chosen: Filter.uprightEdge.rawValue)]
        + (Filter.uprightEdge.weights ?? []).map { Knob("", $0, in: -3...3, decimals: 1) }
        + [Self.windowKnob(places: (side - 2) * (side - 2)), Knob("image", 1, in: 1...100, step: 1, decimals: 0)]
    let knobRows = [0..<1, 1..<4, 4..<7, 7..<10, 10..<12]
    let firstKnob = 10

    /// Filters to begin with.
    enum Filter: Int, Sendable, CaseIterable {
        case nothing, uprightEdge, levelEdge, uprightStroke, levelStroke, corner, blur, own

        var name: String {
            switch self {
            case .nothing: "nothing"
            case .uprightEdge: "upright edge"
            case .levelEdge: "level edge"
            case .uprightStroke: "upright stroke"
            case .levelStroke: "level stroke"
            case .corner: "corner"
            case .blur: "blur"
            case .own: "your own"
            }
        }

        /// `[3 × 3]`, row by row; nil for what the reader makes. The edges are Sobel's.
        var weights: [Float]? {
            switch self {
            case .nothing: Array(repeating: 0, count: 9)
            case .uprightEdge: [-1, 0, 1, -2, 0, 2, -1, 0, 1]
            case .levelEdge: [-1, -2, -1, 0, 0, 0, 1, 2, 1]
            case .uprightStroke: [-1, 2, -1, -1, 2, -1, -1, 2, -1]
            case .levelStroke: [-1, -1, -1, 2, 2, 2, -1, -1, -1]
            case .corner: [-0.8, -0.8, -0.8, -0.8, 1, 1, -0.8, 1, 1]
            case .blur: Array(repeating: 0.1, count: 9)
            case .own: nil
            }
        }
    }

    /// Of the middle of an image that the page is about: where the digits of MNIST are.
    static let side = 20

    /// nil while the data is being read.
    private(set) var images: ImageSet?
    /// Whether the map is there at once, or as far as the window has come.
    private(set) var isWhole = false

    var button: String? { isWhole ? "step by step" : "whole map" }

    mutating func press() { isWhole.toggle() }

    mutating func take(_ snapshot: TrainingSnapshot) {
        images = snapshot.dataset.test
        guard let map else { return }
        let window = Self.windowKnob(places: map.output.count)
        if knobs[10].scale != window.scale { knobs[10] = window }
    }

    /// The window is at first where the middle row begins.
    private static func windowKnob(places: Int) -> Knob {
        let side = Float(places).squareRoot().rounded(.down)
        return Knob(
            "window", (side / 2).rounded(.down) * side + 1, in: 1...Float(max(places, 1)), step: 1, decimals: 0)
    }

    mutating func turned(_ knob: Int) {
        switch knob {
        case 0:
            for (index, weight) in (filter.weights ?? []).enumerated() { knobs[1 + index].set(weight) }
        case 1...9: knobs[0].choose((Filter.allCases.first { $0.weights == weights } ?? .own).rawValue)
        case 11: knobs[11].set(min(knobs[11].value, Float(max(images?.count ?? 1, 1))))
        default: break
        }
    }

    private var filter: Filter { Filter(rawValue: knobs[0].index) ?? .own }

    var weights: [Float] { knobs[1...9].map(\.value) }

    /// The layer that the page is about; nil while there are no images, or only some too small for it.
    var map: Convolution? {
        guard let images, images.count > 0, images.width >= 3, images.height >= 3 else { return nil }
        return Convolution(
            input: Shape(height: min(images.height, Self.side), width: min(images.width, Self.side)), kernel: 3,
            padding: .valid, weights: Matrix(rows: 9, columns: 1, weights), biases: Matrix(rows: 1, columns: 1))
    }

    /// Those of the middle of the image, 0…255, `[height × width]` of the map's input.
    var pixels: [UInt8] {
        guard let images, images.count > 0 else { return [] }
        let index = min(Int(knobs[11].value), images.count) - 1
        return Picture.middle(Array(images.image(index)), width: images.width, side: Self.side).pixels
    }

    /// The map's pixel that the window is about, counted from 0.
    var place: Int { Int(knobs[10].value) - 1 }

    /// What lies under the window, 0…1, `[3 × 3]`.
    private func inputs(_ map: Convolution, _ pixels: [UInt8]) -> [Float] {
        let (row, column) = place.quotientAndRemainder(dividingBy: map.output.width)
        return (0..<9).map { Float(pixels[(row + $0 / 3) * map.input.width + column + $0 % 3]) / 255 }
    }

    /// The map, `[height × width]` of its output.
    private func sums(_ map: Convolution, _ pixels: [UInt8]) -> [Float] {
        map.sums(of: Matrix(rows: 1, columns: pixels.count, pixels.map { Float($0) / 255 })).elements
    }

    var experiments: [Experiment] {
        let sum = map.map { sums($0, pixels)[place] } ?? 0
        return [
            Experiment(
                invitation: "slide the window on with →, or > by ten, to a sum above 1.",
                answer: "Here the image looks like the filter.", isDone: sum > 1),
            Experiment(
                invitation: "space shows the whole map. Turn \"filter\" to level edge.",
                answer: "Now what lies flat answers.", isDone: isWhole && filter == .levelEdge),
            Experiment(
                invitation: "from the filter \"nothing\", make one whose map is the image itself.",
                answer: "Only the pixel in the middle counts.",
                isDone: weights[4] > 0 && weights.indices.allSatisfy { $0 == 4 || weights[$0] == 0 }),
        ]
    }

    // MARK: - Picture

    /// Image and map side by side, each pixel `factor` cells wide; below them what the window computes.
    private struct Layout {
        let factor: Int
        /// In cells. Where the room is low, they show what is around the window.
        let image, map, table: Rect
        /// Rows of pixels above those in view.
        let skipped: Int

        init(_ room: Rect, _ layer: Convolution, row: Int) {
            let (input, output) = (layer.input, layer.output)
            let lines = room.height >= 14 ? 7 : room.height > 3 ? 1 : 0
            let height = room.height - lines - 1
            let gap = room.width > input.width + output.width ? 1 : 0
            factor = max(min((room.width - gap) / (input.width + output.width), 2 * height / input.height), 1)
            let shown = min((factor * input.height + 1) / 2, max(height, 1))
            // Even, as two pixels share a cell.
            let most = max(factor * input.height - 2 * shown, 0)
            skipped = min(max((factor * (2 * row + 3) - 2 * shown) / 4 * 2, 0), most)
            image = Rect(x: room.x, y: room.y + 1, width: factor * input.width, height: shown)
            let left = factor * output.height - skipped
            map = Rect(
                x: image.maxX + gap * factor, y: image.y, width: factor * output.width,
                height: max(min((left + 1) / 2, shown), 0))
            table = Rect(x: room.x, y: image.maxY + (lines > 1 ? 1 : 0), width: room.width, height: lines)
        }
    }

    mutating func touch(x: Int, y: Int, in room: Rect) {
        guard let map else { return }
        let layout = Layout(room, map, row: place / map.output.width)
        for (rect, isImage) in [(layout.image, true), (layout.map, false)] where rect.contains(x: x, y: y) {
            // The window's middle comes to lie there.
            let middle = isImage ? 1 : 0
            let row = (2 * (y - rect.y) + layout.skipped) / layout.factor - middle
            let column = (x - rect.x) / layout.factor - middle
            let (last, width) = (map.output.height - 1, map.output.width)
            knobs[10].set(Float(min(max(row, 0), last) * width + min(max(column, 0), width - 1) + 1))
        }
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        guard let map else {
            let text = images == nil ? "Reading the data …" : "These images are too small for 3 × 3 weights."
            Paragraph.draw(text, in: room, .value, on: &grid)
            return
        }
        let (row, column) = place.quotientAndRemainder(dividingBy: map.output.width)
        let layout = Layout(room, map, row: row)
        let (pixels, sums) = (pixels, sums(map, pixels))
        draw(pixels, map, layout, window: (row, column), on: &grid)
        draw(sums, map, layout, on: &grid)
        draw(inputs(map, pixels), sum: sums[place], in: layout.table, on: &grid)
    }

    private func draw(
        _ pixels: [UInt8], _ map: Convolution, _ layout: Layout, window: (row: Int, column: Int),
        on grid: inout CellGrid
    ) {
        grid.write("image", x: layout.image.x, y: layout.image.y - 1, .title)
        let factor = layout.factor
        let large = Picture.enlarged(pixels, width: map.input.width, by: factor)
        let visible = large[layout.skipped * layout.image.width..<large.count].prefix(
            2 * layout.image.height * layout.image.width)
        let mark = Rect(
            x: factor * window.column, y: factor * window.row - layout.skipped, width: 3 * factor, height: 3 * factor)
        Picture.draw(
            Array(visible), width: layout.image.width, mark: mark, x: layout.image.x, y: layout.image.y, on: &grid)
    }

    private func draw(_ sums: [Float], _ map: Convolution, _ layout: Layout, on grid: inout CellGrid) {
        grid.write("map", x: layout.map.x, y: layout.map.y - 1, .title)
        let (factor, width) = (layout.factor, layout.map.width)
        let large = Picture.enlarged(sums, width: map.output.width, by: factor)
        let places = Picture.enlarged(Array(sums.indices), width: map.output.width, by: factor)
        let scale = SignedPicture.scale(of: sums)
        /// A pixel of the picture: nil where the window has not been yet.
        func ink(_ index: Int) -> Ink? {
            guard places.indices.contains(index) else { return .positive(0) }
            if places[index] == place { return .key }
            return isWhole || places[index] < place ? SignedPicture.ink(large[index], scale) : nil
        }
        for y in 0..<layout.map.height {
            for x in 0..<width {
                let upper = (2 * y + layout.skipped) * width + x
                let cell: Cell
                switch (ink(upper), ink(upper + width)) {
                case (nil, nil): cell = Cell("·", .faint)
                case (let above, let below):
                    cell = Cell("▀", Style(above ?? .positive(0), on: below ?? .positive(0)))
                }
                grid[layout.map.x + x, layout.map.y + y] = cell
            }
        }
    }

    /// The nine pixels, their weights and products, and the sum; in a low room the sum alone.
    private func draw(_ inputs: [Float], sum: Float, in table: Rect, on grid: inout CellGrid) {
        guard table.height > 0 else { return }
        let total = Format.fixed(sum)
        let style = Style(sum == 0 ? .value : sum > 0 ? .train : .test, bold: true)
        guard table.height > 1 else {
            grid.write([("sum of the nine products ", .plain), (total, style)], x: table.x, y: table.y)
            return
        }
        let products = zip(inputs, weights).map { $0 * $1 }
        let pixels = Column(title: "pixels", texts: inputs.map { Format.fixed($0) }, width: 5, sign: "×")
        let factors = Column(
            title: "weights", texts: weights.map { Format.fixed($0, decimals: 1) }, width: 5, sign: "=")
        let results = Column(title: "products", texts: products.map { Format.fixed($0) }, width: 6, sign: "")
        let isWide = table.width >= 54
        var x = table.x
        for column in isWide ? [pixels, factors, results] : [pixels, results] {
            grid.write(column.title, endingAt: x + 3 * column.width, y: table.y)
            for (index, text) in column.texts.enumerated() {
                grid.write(
                    text, endingAt: x + (index % 3 + 1) * column.width, y: table.y + 1 + index / 3,
                    Style(inputs[index] > 0 ? .value : .words))
            }
            x += 3 * column.width
            if column.title != results.title {
                grid.write(isWide ? column.sign : "→", x: x + 1, y: table.y + 2, .faint)
                x += 3
            }
        }
        grid.write(String(repeating: "─", count: x - table.x), x: table.x, y: table.y + 4, .faint)
        grid.write("sum: a pixel of the map", x: table.x, y: table.y + 5)
        grid.write(total, endingAt: x, y: table.y + 5, style)
    }

    private struct Column {
        let title: String
        let texts: [String]
        let width: Int
        let sign: String
    }
}
