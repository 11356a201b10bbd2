import Datasets
import Training

/// The drawings that are kept, as a gallery on Draw: to look through, to correct, to throw out.
enum KeptDrawings {
    static let bindings: [Binding] = [
        Binding(
            "a", "your drawings: arrows, PgUp PgDn Home End, Esc",
            hint: Binding.Hint { $0.hand.count == 0 ? nil : "yours" },
            when: { $0.draw.keptPlace == nil && $0.hand.count > 0 },
            change: ["a": { $0.draw.showKept($0.hand.count - 1) }]),
        Binding(
            "t  T", "teach: tell which class it is / take that back",
            hint: Binding.Hint("t") { isShown($0) ? "correct" : "teach" },
            ask: [
                "t": { state in
                    state.askForLabel()
                    return []
                },
                "T": { $0.hand.takeBack() },
            ]),
        // In the gallery; the rows above and those of the canvas name these keys for the help.
        Binding(
            "arrows", nil, hint: "choose", when: isShown,
            change: [
                .left: { $0.chooseKept(.pictures(-1)) }, .right: { $0.chooseKept(.pictures(1)) },
                .up: { $0.chooseKept(.rows(-1)) }, .down: { $0.chooseKept(.rows(1)) },
            ]),
        Binding(
            "PgUp PgDn", nil, hint: Binding.Hint("PgDn", "next page"), when: isShown,
            change: [
                .pageUp: { $0.chooseKept(.pages(-1)) }, .pageDown: { $0.chooseKept(.pages(1)) },
                .home: { $0.chooseKept(.first) }, .end: { $0.chooseKept(.last) },
            ]),
        Binding("c", nil, hint: "throw out", when: isShown, ask: ["c": { $0.throwOut() }]),
        Binding(
            "Esc", nil, hint: "canvas", when: isShown,
            change: [.escape: { $0.draw.showKept(nil) }, "a": { $0.draw.showKept(nil) }]),
    ]

    private static let isShown: @Sendable (State) -> Bool = { $0.draw.keptPlace != nil }

    /// Where the pictures stand.
    struct Layout {
        let header: Rect
        let gallery: Gallery
        let keys: Rect

        init(_ room: Rect) {
            let (header, below) = room.split(top: 2)
            let (rest, keys) = below.split(top: below.height - 1)
            (self.header, gallery) = (header.inset(dx: 1, dy: 0), Gallery(in: rest))
            self.keys = keys.inset(dx: 1, dy: 0)
        }
    }

    static func handle(_ mouse: Mouse, _ state: inout State) {
        switch mouse.kind {
        case .wheelUp: state.chooseKept(.pages(-1))
        case .wheelDown: state.chooseKept(.pages(1))
        case .press:
            let gallery = Layout(state.room).gallery
            let place = gallery.place(at: mouse, around: state.draw.keptPlace ?? 0, of: state.hand.count)
            if let place { state.draw.showKept(place) }
        case .drag, .release: break
        }
    }

    /// - Parameter selection: the drawing that is chosen.
    static func draw(
        _ drawings: ImageSet, _ selection: Int, _ state: State, in room: Rect, on grid: inout CellGrid
    ) {
        guard let snapshot = state.snapshot, drawings.count > 0 else {
            Message.draw("You have no drawings.", in: room, on: &grid)
            return
        }
        let layout = Layout(room)
        let selection = min(selection, drawings.count - 1)
        let names = snapshot.dataset.classNames
        let place = state.hand.folder.map { "kept in \($0)" } ?? "kept until you leave"
        let count = drawings.count == 1 ? "Your drawing" : "Your \(Format.grouped(drawings.count)) drawings"
        grid.write([(count, .title), (", \(place)", .plain)], x: layout.header.x, y: layout.header.y)
        if let page = layout.gallery.page(of: selection, of: drawings.count) {
            grid.write(" " + page, endingAt: layout.header.maxX, y: layout.header.y, .value)
        }
        if let notice = DrawScreen.notice(state, names) {
            grid.write(
                notice.text, x: layout.header.x, y: layout.header.y + 1, notice.style, limit: layout.header.width)
        }
        KeyLine.draw(state.hints(.up, "t", "c", .escape, .pageDown), in: layout.keys, on: &grid)
        let readings = state.hand.outcome(for: snapshot)?.outcome.readings
        for index in layout.gallery.places(around: selection, of: drawings.count) {
            let rect = layout.gallery.picture(index)
            let (pixels, width) = Picture.shrunk(
                Array(drawings.image(index)), width: drawings.width, toFit: Gallery.side)
            Picture.draw(pixels, width: width, x: rect.x, y: rect.y, on: &grid)
            let label = Int(drawings.labels[index])
            // What is kept may be of more classes than the data set.
            let name = names.indices.contains(label) ? names[label] : "\(label)"
            var words = [(name, Style(.right, bold: true))]
            if let read = readings.map({ Int($0[index]) }), read != label {
                words += [(" read as ", .plain), (names[read], Style(.wrong, bold: true))]
            }
            grid.write(firstOf: [words, [words[0]]], x: rect.x, y: rect.maxY - 1, width: rect.width)
            if index == selection { Gallery.mark(rect, on: &grid) }
        }
    }
}

extension State {
    /// The answer to "Which digit?": of the drawing in hand, or of the one that is chosen among those kept.
    mutating func answerLabel(_ key: Key) -> [Action] {
        guard let label = draw.takeLabel(key, names: snapshot?.dataset.classNames ?? []) else { return [] }
        guard draw.keptPlace != nil else {
            return drawing.map { hand.edit(.add(image: $0, label: label, strokes: draw.sketch.drawing)) } ?? []
        }
        guard let kept = keptDrawing, kept.label != label else { return [] }
        return hand.edit(.relabel(image: kept.image, from: kept.label, to: label))
    }

    fileprivate mutating func throwOut() -> [Action] {
        keptDrawing.map { hand.edit(.remove(image: $0.image, label: $0.label, strokes: $0.strokes)) } ?? []
    }

    /// The one that is chosen.
    private var keptDrawing: (image: [UInt8], label: UInt8, strokes: Drawing)? {
        guard let drawings = hand.drawings, let place = draw.keptPlace, drawings.count > 0 else { return nil }
        let index = min(place, drawings.count - 1)
        return (Array(drawings.images.image(index)), drawings.images.labels[index], drawings.strokes[index])
    }

    fileprivate mutating func chooseKept(_ move: GalleryMove) {
        let place = min(draw.keptPlace ?? 0, max(hand.count - 1, 0))
        draw.showKept(move.place(from: place, of: hand.count, in: KeptDrawings.Layout(room).gallery))
    }
}
