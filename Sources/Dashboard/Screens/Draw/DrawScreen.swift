import Datasets
import NeuralNetwork
import Training

/// A canvas to draw a digit on, and what the network makes of it.
enum DrawScreen: ScreenContent {
    static let title = "Draw"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        state.draw.handle(mouse, in: state.room)
        return []
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let snapshot = state.snapshot else { return }
        let layout = Layout(room)
        drawCanvas(state.draw, layout, on: &grid)
        let image = state.drawing
        var side = layout.side
        let hasLargeView = side.width >= 34 && side.height >= 34
        if hasLargeView {
            let (top, rest) = side.split(top: 16)
            let view = Panel.draw(
                "What the network sees", in: Rect(x: top.x, y: top.y, width: 32, height: 16), on: &grid)
            drawView(image, halved: false, x: view.x + 1, y: view.y, on: &grid)
            side = rest
        }
        let names = snapshot.dataset.classNames
        let (prediction, rest) = side.split(top: names.count + 4)
        drawPrediction(image, snapshot, hasSmallView: !hasLargeView, in: prediction, on: &grid)
        let (notice, keyRoom) = rest.split(top: 1)
        drawNotice(state.draw, names, in: notice, on: &grid)
        Keys.draw(state.hints(" ", .up, "e", "u", "c", "<", .enter, "t"), in: keyRoom.inset(dx: 1, dy: 0), on: &grid)
    }

    /// Where the canvas and the panels stand. The canvas is square, two pixels to a cell.
    struct Layout {
        let frame: Rect
        /// Inside the frame.
        let canvas: Rect
        let side: Rect
        /// The side of the canvas in pixels.
        var pixels: Int { canvas.width }

        init(_ room: Rect) {
            let sideWidth = room.width >= 70 ? 38 : room.width / 2
            let height = max(min(room.height - 2, (room.width - sideWidth - 2) / 2), 0)
            canvas = Rect(x: room.x + 1, y: room.y + 1, width: 2 * height, height: height)
            frame = Rect(x: room.x, y: room.y, width: canvas.width + 2, height: canvas.height + 2)
            side = room.split(left: frame.width).1
        }

        /// The point of the unit square in the middle of a cell.
        func point(_ mouse: Mouse) -> Drawing.Point {
            Drawing.Point(
                x: (Double(mouse.x - canvas.x) + 0.5) / Double(max(pixels, 1)),
                y: (Double(mouse.y - canvas.y) * 2 + 1) / Double(max(pixels, 1)))
        }
    }

    private static func drawCanvas(_ state: DrawState, _ layout: Layout, on grid: inout CellGrid) {
        let note = state.isErasing ? "eraser" : state.sketch.title ?? "press and drag"
        Panel.draw("Canvas", note: [(note, .plain)], in: layout.frame, on: &grid)
        let side = layout.pixels
        guard side > 0 else { return }
        let pixels = state.sketch.picture(side: side, penWidth: state.penWidth)
        Picture.draw(pixels, width: side, x: layout.canvas.x, y: layout.canvas.y, on: &grid)
        if state.usesKeyboard {
            let x = layout.canvas.x + min(Int(state.pen.x * Double(side)), side - 1)
            let y = layout.canvas.y + min(Int(state.pen.y * Double(side)), side - 1) / 2
            grid[x, y] = Cell(
                state.isPenDown ? "●" : "○", Style(.key, on: grid[x, y].style.paper, bold: true))
        }
    }

    private static func drawView(_ image: [UInt8]?, halved: Bool, x: Int, y: Int, on grid: inout CellGrid) {
        let pixels = image ?? Array(repeating: 0, count: 784)
        Picture.draw(
            halved ? Picture.halved(pixels, width: 28) : pixels, width: halved ? 14 : 28, x: x, y: y, on: &grid)
    }

    private static func drawPrediction(
        _ image: [UInt8]?, _ snapshot: TrainingSnapshot, hasSmallView: Bool, in rect: Rect, on grid: inout CellGrid
    ) {
        let room = Panel.draw("Prediction", in: rect, on: &grid).inset(dx: 1, dy: 0)
        let names = snapshot.dataset.classNames
        guard room.height > 0 else { return }
        // Without room for the large picture of what the network sees, a small one is beside the bars.
        let hasView = hasSmallView && room.width >= 34 && room.height >= 10
        if hasView {
            drawView(image, halved: true, x: room.maxX - 14, y: room.y + 2, on: &grid)
            grid.write("what it sees", x: room.maxX - 13, y: room.y + 9)
        }
        let bars = Rect(
            x: room.x, y: room.y + 2, width: room.width - (hasView ? 16 : 0), height: min(names.count, room.height - 2))
        let probabilities = image.flatMap { classify($0, with: snapshot) }
        ProbabilityBars.draw(
            probabilities ?? names.map { _ in 0 }, names: names, in: bars, on: &grid
        ) { probabilities.map(best) == $0 ? .right : nil }
        guard let probabilities else {
            let text = image == nil ? "No drawing yet." : "This network does not take 28 × 28 pixels."
            grid.write(text, x: room.x, y: room.y, .value, limit: room.width)
            return
        }
        let answer = best(probabilities)
        grid.write(
            "Prediction: \(names[answer]) (\(Format.percent(Double(probabilities[answer]))))", x: room.x, y: room.y,
            Style(.right, bold: true), limit: room.width)
    }

    private static func best(_ probabilities: [Float]) -> Int {
        probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }

    /// The probability of each class; nil where the network takes other pictures.
    private static func classify(_ image: [UInt8], with snapshot: TrainingSnapshot) -> [Float]? {
        guard snapshot.now.network.inputs == image.count else { return nil }
        let input = Matrix(rows: 1, columns: image.count, image.map { Float($0) / 255 })
        return SoftmaxCrossEntropy.softmax(snapshot.now.network.logits(input)).elements
    }

    private static func drawNotice(_ state: DrawState, _ names: [String], in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        if state.asksForLabel {
            let question = names.contains { $0.count > 1 } ? "Which class, 0 to 9? Esc: none" : "Which digit? Esc: none"
            grid.write(question, x: rect.x + 1, y: rect.y, Style(.key, bold: true), limit: rect.width - 1)
        } else if let notice = state.notice {
            grid.write(notice.fitted(to: rect.width - 1), x: rect.x + 1, y: rect.y, .value)
        }
    }
}
