import NeuralNetwork
import Training

/// The test images that are read wrongly, as a gallery.
enum MistakesScreen: ScreenContent {
    static let title = "Mistakes"
    static let shortTitle = "Miss"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        if let snapshot = state.snapshot { state.mistakes.handle(mouse, snapshot, in: state.room) }
        return []
    }

    /// Where the pictures stand.
    struct Layout {
        let header: Rect
        let gallery: Rect
        let detail: Rect
        let columns: Int
        let rows: Int
        let captionHeight: Int

        static let side = 14

        var pageSize: Int { max(columns * rows, 1) }

        init(_ room: Rect, names: [String], isEnlarged: Bool) {
            let (header, rest) = room.split(top: 1)
            self.header = header
            if isEnlarged {
                (gallery, detail) = rest.split(left: 0)
            } else {
                (gallery, detail) = rest.split(
                    left: rest.width >= 100 && rest.height >= 28 ? rest.width - 34 : rest.width)
            }
            captionHeight = names.contains { $0.count > 1 } ? 2 : 1
            columns = (gallery.width - 1) / (Self.side + 1)
            rows = (gallery.height + 1) / (Self.side / 2 + captionHeight + 1)
        }

        func thumbnail(_ place: Int) -> Rect {
            Rect(
                x: gallery.x + 1 + place % max(columns, 1) * ((gallery.width - 1) / max(columns, 1)),
                y: gallery.y + place / max(columns, 1) * (Self.side / 2 + captionHeight + 1), width: Self.side,
                height: Self.side / 2 + captionHeight)
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let snapshot = state.snapshot else { return }
        let mistakes = state.mistakes
        guard let evaluation = snapshot.now.evaluation else {
            Message.draw("The first test comes after the first epoch.", in: room, on: &grid)
            return
        }
        let names = snapshot.dataset.classNames
        let layout = Layout(room, names: names, isEnlarged: mistakes.isEnlarged)
        drawHeader(evaluation, snapshot, mistakes, layout, on: &grid)
        guard let selected = mistakes.selectedImage else {
            Message.draw("No such image. x shows all mistakes.", in: layout.gallery, on: &grid)
            return
        }
        if !mistakes.isEnlarged {
            let first = mistakes.selection / layout.pageSize * layout.pageSize
            for (place, index) in mistakes.images.dropFirst(first).prefix(layout.columns * layout.rows).enumerated() {
                drawThumbnail(
                    index, evaluation, snapshot, isSelected: index == selected, in: layout.thumbnail(place), on: &grid)
            }
        }
        let keys = state.hints(.up, .pageDown, .enter, "s", "T", "x", "d", "?")
        drawDetail(selected, evaluation, snapshot, keys, layout, on: &grid)
    }

    private static func drawHeader(
        _ evaluation: Evaluation, _ snapshot: TrainingSnapshot, _ mistakes: MistakesState, _ layout: Layout,
        on grid: inout CellGrid
    ) {
        let names = snapshot.dataset.classNames
        let wrong = evaluation.count - evaluation.correct
        let filter = { (class: Int?) in `class`.map { names[$0] } ?? "any" }
        let runs: [(String, Style)] = [
            ("\(Format.grouped(wrong)) of \(Format.grouped(evaluation.count)) wrong", .title),
            ("  \(StepText.words(of: evaluation.step, in: snapshot))", .plain),
            ("  true: \(filter(mistakes.label))  read as: \(filter(mistakes.prediction))", .plain),
            ("  \(mistakes.order.rawValue)", .plain),
        ]
        var x = layout.header.x + 1
        for (text, style) in runs where x + text.count < layout.header.maxX - 8 {
            x = grid.write(text, x: x, y: layout.header.y, style)
        }
        let pages = (mistakes.images.count + layout.pageSize - 1) / layout.pageSize
        if pages > 1, !mistakes.isEnlarged {
            let page = "\(mistakes.selection / layout.pageSize + 1)/\(pages)"
            grid.write(page, endingAt: layout.header.maxX - 1, y: layout.header.y, .value)
        }
    }

    private static func drawThumbnail(
        _ index: Int, _ evaluation: Evaluation, _ snapshot: TrainingSnapshot, isSelected: Bool, in rect: Rect,
        on grid: inout CellGrid
    ) {
        let images = snapshot.dataset.test
        let pixels = Picture.halved(Array(images.image(index)), width: images.width)
        Picture.draw(pixels, width: images.width / 2, x: rect.x, y: rect.y, on: &grid)
        let names = snapshot.dataset.classNames
        let (label, prediction) = (Int(images.labels[index]), Int(evaluation.predictions[index]))
        let y = rect.y + images.height / 4
        let wrong = Style(label == prediction ? .right : .wrong, bold: true)
        if names.contains(where: { $0.count > 1 }) {
            grid.write(names[label], x: rect.x, y: y, Style(.right, bold: true), limit: rect.width)
            grid.write(names[prediction], x: rect.x, y: y + 1, wrong, limit: rect.width)
        } else {
            grid.write(
                [(names[label], Style(.right, bold: true)), (" read as ", .plain), (names[prediction], wrong)],
                x: rect.x, y: y)
        }
        if isSelected {
            for y in rect.y..<rect.maxY {
                grid[rect.x - 1, y] = Cell("▌", .key)
                grid[rect.maxX, y] = Cell("▐", .key)
            }
        }
    }

    private static func drawDetail(
        _ index: Int, _ evaluation: Evaluation, _ snapshot: TrainingSnapshot, _ keys: [Keys.Entry],
        _ layout: Layout, on grid: inout CellGrid
    ) {
        guard layout.detail.width >= 30 else { return }
        let room = Panel.draw("Test image \(index)", in: layout.detail, on: &grid).inset(dx: 1, dy: 0)
        let images = snapshot.dataset.test
        let names = snapshot.dataset.classNames
        let stands = room.height >= images.height / 2 + names.count + 4
        let isWhole = stands || (room.width >= 70 && room.height >= images.height / 2)
        let side = isWhole ? images.width : images.width / 2
        let pixels = Array(images.image(index))
        Picture.draw(
            isWhole ? pixels : Picture.halved(pixels, width: images.width), width: side,
            x: room.x + (stands ? max((room.width - side) / 2, 0) : 0), y: room.y, on: &grid)
        let text = stands ? room.split(top: images.height / 2 + 1).1 : room.split(left: side + 2).1
        let (label, prediction) = (Int(images.labels[index]), Int(evaluation.predictions[index]))
        let wrong = Style(label == prediction ? .right : .wrong, bold: true)
        let confidence = Format.percent(Double(evaluation.confidences[index]))
        grid.write([("it is ", .plain), (names[label], Style(.right, bold: true))], x: text.x, y: text.y)
        grid.write(
            [("read as ", .plain), (names[prediction], wrong), (" (\(confidence))", .plain)], x: text.x, y: text.y + 1)
        let probabilities = SoftmaxCrossEntropy.softmax(evaluation.network.logits(images.inputs([Int32(index)])))
        ProbabilityBars.draw(
            probabilities.elements, names: names,
            in: Rect(x: text.x, y: text.y + 3, width: text.width, height: min(names.count, text.height - 3)), on: &grid
        ) { $0 == label ? .right : $0 == prediction ? .wrong : nil }
        Keys.draw(keys, in: text.split(top: names.count + 4).1, on: &grid)
    }
}
