import NeuralNetwork
import Training

/// The test images that are read wrongly, as a gallery.
enum MistakesScreen: ScreenContent {
    static let title = "Mistakes"
    static let showsTests = true
    static let shortTitle = "Miss"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        if let snapshot = state.snapshot { state.mistakes.handle(mouse, snapshot, in: state.room) }
        return []
    }

    /// Where the pictures stand.
    struct Layout {
        let header: Rect
        let gallery: Gallery
        let detail: Rect
        let keys: Rect

        init(_ room: Rect, names: [String], isEnlarged: Bool) {
            let (header, below) = room.split(top: 1)
            self.header = header
            let (rest, keys) = below.split(top: below.height - 1)
            self.keys = keys.inset(dx: 1, dy: 0)
            // Wide enough for an image at its size, or at twice its size.
            let isLarge = rest.width >= 150 && rest.height >= 44
            let detailWidth = isEnlarged ? rest.width : rest.width < 100 || rest.height < 28 ? 0 : isLarge ? 60 : 34
            let (left, detail) = rest.split(left: rest.width - detailWidth)
            self.detail = detail
            gallery = Gallery(in: left, captionHeight: names.contains { $0.count > 1 } ? 2 : 1)
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let snapshot = state.snapshot else { return }
        let mistakes = state.mistakes
        guard let evaluation = snapshot.now.evaluation else {
            let message = "The first test comes after the first epoch."
            Message.draw(state.run?.isWaitingForTest == true ? Message.testing : message, in: room, on: &grid)
            return
        }
        let names = snapshot.dataset.classNames
        let layout = Layout(room, names: names, isEnlarged: mistakes.isEnlarged)
        drawHeader(evaluation, snapshot, mistakes, layout, on: &grid)
        KeyLine.draw(state.hints(.up, .enter, .escape, "d", "T", "s", .pageDown), in: layout.keys, on: &grid)
        guard let selected = mistakes.selectedImage else {
            Message.draw("No such image. x shows all mistakes.", in: layout.gallery.room, on: &grid)
            return
        }
        if !mistakes.isEnlarged {
            for place in layout.gallery.places(around: mistakes.selection, of: mistakes.images.count) {
                let picture = layout.gallery.picture(place)
                drawThumbnail(mistakes.images[place], evaluation, snapshot, in: picture, on: &grid)
                if place == mistakes.selection { Gallery.mark(picture, on: &grid) }
            }
        }
        let note = state.isCalibratedOnDraw ? "not calibrated" : nil
        drawDetail(selected, evaluation, snapshot, note: note, layout, on: &grid)
    }

    private static func drawHeader(
        _ evaluation: Evaluation, _ snapshot: TrainingSnapshot, _ mistakes: MistakesState, _ layout: Layout,
        on grid: inout CellGrid
    ) {
        let names = snapshot.dataset.classNames
        let filter = { (class: Int?) in `class`.map { names[$0] } ?? "any" }
        let choice = ("  true: \(filter(mistakes.label))  read as: \(filter(mistakes.prediction))", Style.plain)
        let step = ("  \(StepText.words(of: evaluation.step, in: snapshot))", Style.plain)
        let order = ("  \(mistakes.order.rawValue)", Style.plain)
        let count = (count(of: mistakes, evaluation), Style.title)
        let runs = mistakes.isFiltered ? [count, choice, step, order] : [count, step, choice, order]
        var x = layout.header.x + 1
        for (text, style) in runs where x + text.count < layout.header.maxX - 8 {
            x = grid.write(text, x: x, y: layout.header.y, style)
        }
        if !mistakes.isEnlarged, let page = layout.gallery.page(of: mistakes.selection, of: mistakes.images.count) {
            grid.write(page, endingAt: layout.header.maxX - 1, y: layout.header.y, .value)
        }
    }

    /// How many images there are to see, and of how many.
    private static func count(of mistakes: MistakesState, _ evaluation: Evaluation) -> String {
        let wrong = evaluation.count - evaluation.correct
        let shown = Format.grouped(mistakes.images.count)
        if !mistakes.isFiltered { return "\(shown) of \(Format.grouped(evaluation.count)) wrong" }
        return mistakes.label == mistakes.prediction
            ? "\(shown) of \(Format.grouped(evaluation.correct)) right"
            : "\(shown) of \(Format.grouped(wrong)) mistakes"
    }

    private static func drawThumbnail(
        _ index: Int, _ evaluation: Evaluation, _ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        let images = snapshot.dataset.test
        let (pixels, width) = Picture.shrunk(Array(images.image(index)), width: images.width, toFit: Gallery.side)
        Picture.draw(pixels, width: width, x: rect.x, y: rect.y, on: &grid)
        let names = snapshot.dataset.classNames
        let (label, prediction) = (Int(images.labels[index]), Int(evaluation.predictions[index]))
        let y = rect.y + Gallery.side / 2
        let wrong = Style(label == prediction ? .right : .wrong, bold: true)
        if names.contains(where: { $0.count > 1 }) {
            grid.write(names[label], x: rect.x, y: y, Style(.right, bold: true), limit: rect.width)
            grid.write(names[prediction], x: rect.x, y: y + 1, wrong, limit: rect.width)
        } else {
            grid.write(
                [(names[label], Style(.right, bold: true)), (" read as ", .plain), (names[prediction], wrong)],
                x: rect.x, y: y)
        }
    }

    private static func drawDetail(
        _ index: Int, _ evaluation: Evaluation, _ snapshot: TrainingSnapshot, note: String?, _ layout: Layout,
        on grid: inout CellGrid
    ) {
        guard layout.detail.width >= 30 else { return }
        let room = Panel.draw("\(snapshot.dataset.judge.capitalized) image \(index)", in: layout.detail, on: &grid)
            .inset(dx: 1, dy: 0)
        let images = snapshot.dataset.test
        let names = snapshot.dataset.classNames
        // The text stands below the image or beside it, where the image can be larger.
        let bars = ProbabilityBars.rows(of: names)
        let below = Picture.factor(width: room.width, height: room.height - bars - 4, of: images)
        let beside = Picture.factor(width: room.width - 32, height: room.height, of: images)
        let stands = below > 0 && below >= beside
        let factor = stands ? below : beside
        let pixels = Array(images.image(index))
        let small = Picture.shrunk(pixels, width: images.width, toFit: min(room.width, 2 * room.height, Gallery.side))
        let width = factor > 0 ? factor * images.width : small.width
        let x = room.x + (stands ? max((room.width - width) / 2, 0) : 0)
        Picture.draw(
            factor > 0 ? Picture.enlarged(pixels, width: images.width, by: factor) : small.pixels, width: width, x: x,
            y: room.y, on: &grid)
        let text = stands ? room.split(top: factor * images.height / 2 + 1).1 : room.split(left: width + 2).1
        let (label, prediction) = (Int(images.labels[index]), Int(evaluation.predictions[index]))
        let wrong = Style(label == prediction ? .right : .wrong, bold: true)
        let confidence = Format.percent(Double(evaluation.confidences[index]))
        grid.write([("it is ", .plain), (names[label], Style(.right, bold: true))], x: text.x, y: text.y)
        let read = [("read as ", Style.plain), (names[prediction], wrong)]
        grid.write(
            firstOf: [read + [(" (\(confidence))", .plain)], read], x: text.x, y: text.y + 1, width: text.width)
        if let note, text.height > 2 { grid.write(note, x: text.x, y: text.y + 2, .plain, limit: text.width) }
        let probabilities = SoftmaxCrossEntropy.softmax(evaluation.network.logits(images.inputs([Int32(index)])))
        ProbabilityBars.draw(
            probabilities.elements, names: names,
            in: Rect(
                x: text.x, y: text.y + 3, width: text.width, height: min(stands ? bars : names.count, text.height - 3)),
            on: &grid
        ) { $0 == label ? .right : $0 == prediction ? .wrong : nil }
    }
}
