import Datasets
import NeuralNetwork
import Training

/// A canvas to draw a digit on, and what the network makes of it.
enum DrawScreen: ScreenContent {
    static let title = "Draw"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        if state.draw.keptPlace == nil {
            state.draw.handle(mouse, in: state.room)
        } else {
            KeptDrawings.handle(mouse, &state)
        }
        return []
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let snapshot = state.snapshot else { return }
        if let place = state.draw.keptPlace, let drawings = state.hand.drawings {
            KeptDrawings.draw(drawings.images, place, state, in: room, on: &grid)
            return
        }
        let layout = Layout(room)
        drawCanvas(state.draw, layout, on: &grid)
        let image = state.drawing
        var side = layout.side
        let hasLargeView = side.width >= 34 && side.height >= 34
        let names = snapshot.dataset.classNames
        let (rows, size) = (ProbabilityBars.rows(of: names), state.imageSize)
        if hasLargeView {
            // As large as the prediction and the keys leave room for.
            let free = side.height - rows - 4 - 6 - 2
            let factor = min((side.width - 4) / max(size.width, 1), 2 * free / max(size.height, 1))
            let whole = image ?? Array(repeating: 0, count: size.count)
            let (pixels, width) =
                factor > 0
                ? (Picture.enlarged(whole, width: size.width, by: factor), factor * size.width)
                : Picture.shrunk(whole, width: size.width, toFit: max(min(side.width - 4, 2 * free), 8))
            let height = (pixels.count / max(width, 1) + 1) / 2
            let (top, rest) = side.split(top: height + 2)
            let view = Panel.draw(
                "What the network sees", in: Rect(x: top.x, y: top.y, width: max(width, 24) + 4, height: top.height),
                on: &grid)
            Picture.draw(pixels, width: width, x: view.x + 1, y: view.y, on: &grid)
            side = rest
        }
        let (prediction, rest) = side.split(top: rows + 4)
        if let quiz = state.draw.quiz, quiz.isAsking || quiz.isOver {
            QuizPanel.draw(quiz, names, in: prediction, on: &grid)
        } else {
            // What was read in a quiz stays as it was, though the network may learn meanwhile.
            drawPrediction(
                image, reading: state.draw.quiz?.readings.last.map { Reading($0) } ?? reading(state).map(Reading.init),
                of: state.draw.sketch.label, snapshot, hasSmallView: !hasLargeView, in: prediction, on: &grid)
        }
        let notice = notice(state, names)
        let lines = notice.map { Paragraph.lines($0.text, width: rest.width - 1).count } ?? 1
        let (noticeRoom, keyRoom) = rest.split(top: max(lines, 1))
        if let notice, !noticeRoom.isEmpty {
            let room = Rect(x: rest.x + 1, y: rest.y, width: rest.width - 1, height: noticeRoom.height)
            Paragraph.draw(notice.text, in: room, notice.style, on: &grid)
        }
        Keys.draw(state.hints(keys(state.draw)), in: keyRoom.inset(dx: 1, dy: 0), on: &grid)
    }

    /// The most wanted first.
    private static func keys(_ state: DrawState) -> [Key] {
        if state.pen.line != nil { return ["d", "(", .up, "i", .enter, .escape, "s", "u", "c"] }
        let keys: [Key] = [" ", .up, "i", "d", "s", "e", "u", "c", "<"]
        guard let quiz = state.quiz else { return keys + [.enter, "t", "a", "z"] }
        return [.enter, .escape] + (quiz.isAsking ? keys : ["t"])
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
        let note =
            state.isErasing ? "eraser" : state.pen.line != nil ? "line" : state.sketch.title ?? "press and drag"
        Panel.draw("Canvas", note: state.isOpen ? [(note, .plain)] : [], in: layout.frame, on: &grid)
        let side = layout.pixels
        guard side > 0 else { return }
        var pixels = state.sketch.picture(side: side, penWidth: state.penWidth)
        if let line = state.pen.line {
            // Half as bright as ink.
            let preview = Sketch(drawing: Drawing(strokes: [line])).picture(side: side, penWidth: state.penWidth)
            pixels = zip(pixels, preview).map { max($0, $1 / 2) }
        }
        Picture.draw(pixels, width: side, x: layout.canvas.x, y: layout.canvas.y, on: &grid)
        guard state.showsPen, state.isOpen else { return }
        func mark(_ point: Drawing.Point, _ sign: Unicode.Scalar) {
            let x = layout.canvas.x + min(Int(point.x * Double(side)), side - 1)
            let y = layout.canvas.y + min(Int(point.y * Double(side)), side - 1) / 2
            grid[x, y] = Cell(sign, Style(.key, on: grid[x, y].style.paper, bold: true))
        }
        if let start = state.pen.line?.first { mark(start, "×") }
        mark(state.pen.point, state.pen.hold == .up ? "○" : "●")
    }

    /// - Parameters:
    ///   - reading: nil where the network did not read the image.
    ///   - label: what is on the image, where that is known.
    private static func drawPrediction(
        _ image: [UInt8]?, reading: Reading?, of label: Int?, _ snapshot: TrainingSnapshot,
        hasSmallView: Bool, in rect: Rect, on grid: inout CellGrid
    ) {
        let note = reading?.note.map { [($0, Style.plain)] } ?? []
        let room = Panel.draw("Prediction", note: note, in: rect, on: &grid).inset(dx: 1, dy: 0)
        let probabilities = reading?.probabilities
        let names = snapshot.dataset.classNames
        guard room.height > 0 else { return }
        // Without room for the large picture of what the network sees, a small one is beside the bars.
        let hasView = hasSmallView && room.width >= 34 && room.height >= 10
        if hasView {
            let size = snapshot.dataset.train.shape
            let (pixels, width) = Picture.shrunk(
                image ?? Array(repeating: 0, count: size.count), width: size.width, toFit: 14)
            Picture.draw(pixels, width: width, x: room.maxX - 14, y: room.y + 2, on: &grid)
            grid.write("what it sees", x: room.maxX - 13, y: room.y + 9)
        }
        let bars = Rect(
            x: room.x, y: room.y + 2, width: room.width - (hasView ? 16 : 0), height: min(names.count, room.height - 2))
        let verdict = Verdict(answer: probabilities.map(best), label: label, isUntrained: snapshot.isUntrained)
        ProbabilityBars.draw(
            probabilities ?? names.map { _ in 0 }, names: names, in: bars, on: &grid, ink: verdict.ink)
        guard let probabilities else {
            let text = image == nil ? "No drawing yet." : "This network does not take these images."
            grid.write(text, x: room.x, y: room.y, .value, limit: room.width)
            return
        }
        let answer = best(probabilities)
        let read = "\(names[answer]) (\(Format.percent(Double(probabilities[answer]))))"
        let style = Style(verdict.ink(of: answer) ?? .value, bold: true)
        if reading?.isRefused == true, label == nil {
            let refusal = Dataset.refusal(of: snapshot.dataset.name)
            let ways = ["This looks like \(refusal)", refusal].map { [($0, Style(.key, bold: true))] }
            grid.write(firstOf: ways, x: room.x, y: room.y, width: room.width)
            guard room.height > 1 else { return }
            grid.write("(nearest: \(read))", x: room.x, y: room.y + 1, .plain, limit: room.width)
            return
        }
        let words = snapshot.isUntrained ? "A guess: " : "Prediction: "
        grid.write(
            firstOf: [[(words + read, style)], [(read, style)], [(names[answer], style)]], x: room.x, y: room.y,
            width: room.width)
        guard room.height > 1 else { return }
        var ways: [[(String, Style)]] = []
        if let label {
            ways = ["it is ", "is ", ""].map { [($0, .plain), (names[label], Style(.right, bold: true))] }
        } else if snapshot.isUntrained {
            ways = ["The network is untrained.", "untrained"].map { [($0, .plain)] }
        }
        grid.write(firstOf: ways, x: room.x, y: room.y + 1, width: room.width)
    }

    static func best(_ probabilities: [Float]) -> Int {
        probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }

    /// What the panel shows of what the network made of an image.
    private struct Reading {
        let probabilities: [Float]
        var isRefused = false
        /// Whether the probabilities are honest; nil where that is not known any more.
        var note: String?

        init(_ reading: Calibration.Reading) {
            probabilities = reading.probabilities
            isRefused = reading.isAccepted == false
            note = reading.isCalibrated ? "calibrated" : "not calibrated"
        }

        init(_ reading: Quiz.Reading) { probabilities = reading.probabilities }
    }

    /// What the network makes of the drawing in hand, calibrated as soon as that was done; nil without a drawing, and
    /// where the network takes other pictures.
    static func reading(_ state: State) -> Calibration.Reading? {
        guard let image = state.drawing, let network = state.drawingNetwork, network.inputs == image.count else {
            return nil
        }
        return Calibration.Reading(of: image, by: network, state.calibrations.calibration(of: network))
    }

    /// A question, or what the quiz says, or what became of the user's hand.
    static func notice(_ state: State, _ names: [String]) -> (text: String, style: Style)? {
        if state.draw.asksForLabel {
            let isOneKey = names.allSatisfy { $0.count == 1 }
            let isDigit = names.allSatisfy { $0.count == 1 && $0.first?.isNumber ?? false }
            let typed = state.draw.typedLabel.isEmpty ? "" : " \(state.draw.typedLabel)▏"
            let question =
                isDigit
                ? "Which digit? Esc: none"
                : isOneKey
                    ? "Which one? Press its key. Esc: none"
                    : "Which class, 0 to \(names.count - 1)?\(typed) \(names.count > 10 ? "⏎ ends, " : "")Esc: none"
            return (question, Style(.key, bold: true))
        }
        let text = state.draw.quiz.map { QuizPanel.notice(state.draw, $0, names) } ?? state.handText
        return text.map { ($0, .value) }
    }
}
