import Datasets

/// The canvas and the pen.
struct DrawState: Sendable, Equatable {
    private(set) var sketch = Sketch()
    private var undone: [Sketch] = []
    private var done: [Sketch] = []
    /// The drawings so far; the present one is at `place`.
    private var album = [Sketch()]
    private var place = 0

    private(set) var pen = Pen()
    /// nil while nobody plays.
    private(set) var quiz: Quiz?
    /// Those begun so far, so that each asks in an order of its own.
    private(set) var quizzes = 0
    private(set) var isErasing = false
    private var widthIndex = 2
    /// The pen shows unless the mouse draws.
    private(set) var showsPen = true
    private(set) var asksForLabel = false
    /// What was typed of the number of a class.
    private(set) var typedLabel = ""
    /// The one that is chosen of the drawings that are kept, while these are in view; nil while the canvas is.
    private(set) var keptPlace: Int?
    /// The end of the stroke that the mouse draws.
    private var mouseEnd: Drawing.Point?

    private static let widths = [0.6, 0.8, 1, 1.3, 1.7]
    var penWidth: Double { Self.widths[widthIndex] }
    /// Whether the canvas takes strokes: what was read in a quiz stays as it is.
    var isOpen: Bool { keptPlace == nil && quiz?.isAsking ?? true }

    mutating func movePen(dx: Double, dy: Double, withShift: Bool = false) {
        showsPen = true
        let start = pen.point
        pen.move(dx: dx, dy: dy, withShift: withShift)
        if pen.hold == .down { draw(from: start, to: pen.point) }
    }

    /// Puts the pen down, or up again.
    mutating func togglePen() {
        showsPen = true
        guard pen.hold == .up else { return pen.lift() }
        pen.press()
        begin(at: pen.point)
    }

    mutating func turnStrides() { pen.turnStrides() }

    /// Begins a line where the pen is, or draws the one that it stretches and begins the next at its end.
    mutating func stretchLine() {
        showsPen = true
        if let line = pen.line {
            remember()
            for (start, end) in zip(line, line.dropFirst()) { draw(from: start, to: end) }
        }
        pen.stretch()
    }

    /// Draws the line that the pen stretches, and begins no other.
    mutating func endLine() {
        stretchLine()
        pen.lift()
    }

    mutating func bendLine(by count: Int) { pen.bend(by: count) }

    mutating func toggleEraser() { isErasing.toggle() }

    mutating func undo() { step(from: \.done, to: \.undone) }

    mutating func redo() { step(from: \.undone, to: \.done) }

    mutating func clear() {
        guard !sketch.isEmpty else { return }
        remember()
        sketch = Sketch()
    }

    mutating func changeWidth(by step: Int) { widthIndex = min(max(widthIndex + step, 0), Self.widths.count - 1) }

    mutating func startNext() {
        if !sketch.isEmpty { turn(to: album.count) }
    }

    /// Begins a quiz on an empty canvas.
    mutating func begin(_ quiz: Quiz) {
        startNext()
        pen.liftToMiddle()
        (self.quiz, isErasing) = (quiz, false)
        quizzes += 1
    }

    /// What the network made of the drawing that the quiz asked for.
    mutating func takeReading(_ probabilities: [Float]) {
        quiz?.take(probabilities)
        sketch.label = quiz?.readings.last?.label
        pen.lift()
    }

    mutating func askNext() {
        startNext()
        quiz?.askNext()
    }

    /// Lets go of the line that the pen stretches, else leaves the quiz.
    mutating func escape() {
        if pen.hold == .up { quiz = nil } else { pen.lift() }
    }

    /// Images of another data set come into view: what is asked about the former ends.
    mutating func leaveDataset() {
        (quiz, asksForLabel) = (nil, false)
        showKept(nil)
    }

    mutating func turnPage(by count: Int) {
        if place + count < album.count { turn(to: place + count) }
    }

    mutating func askForLabel() { (asksForLabel, typedLabel) = (keptPlace != nil || !sketch.isEmpty, "") }

    /// Ends the question which class it is with the answer; nil where there is none, or none yet.
    ///
    /// The answer is the one letter or digit that all names have, else the number of the class: of several digits, Enter
    /// ends it where more could follow.
    mutating func takeLabel(_ key: Key, names: [String]) -> UInt8? {
        let typed = typedLabel
        (asksForLabel, typedLabel) = (false, "")
        if key == .enter { return UInt8(typed).flatMap { $0 < names.count ? $0 : nil } }
        if key == .backspace || key == .delete {
            (asksForLabel, typedLabel) = (true, String(typed.dropLast()))
            return nil
        }
        guard case .character(let character) = key else { return nil }
        let own = String(character)
        if names.allSatisfy({ $0.count == 1 }) {
            let label = names.firstIndex(of: own) ?? names.firstIndex { $0.lowercased() == own.lowercased() }
            return label.flatMap { UInt8(exactly: $0) }
        }
        guard character.properties.numericType == .decimal, let number = Int(typed + own), number < names.count else {
            return nil
        }
        if number > 0, number * 10 < names.count {
            (asksForLabel, typedLabel) = (true, typed + own)
            return nil
        }
        return UInt8(exactly: number)
    }

    /// Shows the drawings that are kept, with one chosen, or the canvas again.
    mutating func showKept(_ place: Int?) {
        keptPlace = place
        pen.lift()
        mouseEnd = nil
    }

    mutating func handle(_ mouse: Mouse, in room: Rect) {
        guard isOpen else { return }
        let layout = DrawScreen.Layout(room)
        let point = layout.point(mouse)
        switch mouse.kind {
        case .press:
            mouseEnd = nil
            guard layout.canvas.contains(x: mouse.x, y: mouse.y) else { return }
            showsPen = false
            pen.lift()
            begin(at: point)
            mouseEnd = point
        case .drag:
            // Over a slow line a press and the drag after it may arrive as the drag alone.
            guard let start = mouseEnd else {
                if layout.canvas.contains(x: mouse.x, y: mouse.y) {
                    handle(Mouse(.press, x: mouse.x, y: mouse.y), in: room)
                }
                return
            }
            draw(from: start, to: clamped(point))
            mouseEnd = clamped(point)
        case .release:
            if let start = mouseEnd, clamped(point) != start { draw(from: start, to: clamped(point)) }
            mouseEnd = nil
        case .wheelUp, .wheelDown:
            guard quiz == nil else { return }
            turnPage(by: mouse.kind == .wheelUp ? -1 : 1)
        }
    }

    /// Opens a picture as a new drawing.
    ///
    /// - Parameters:
    ///   - width: in pixels.
    ///   - label: its class, where that is known.
    mutating func open(_ image: [UInt8], width: Int, named title: String, label: Int? = nil) {
        quiz = nil
        if !sketch.isEmpty { turn(to: album.count) }
        sketch = Sketch(base: image, baseWidth: width, title: title, label: label)
        isErasing = false
    }

    private mutating func begin(at point: Drawing.Point) {
        remember()
        if isErasing {
            draw(from: point, to: point)
        } else {
            sketch.drawing.strokes.append([point])
        }
    }

    private mutating func draw(from start: Drawing.Point, to end: Drawing.Point) {
        if isErasing {
            sketch.erase(from: start, to: end, radius: 2 * Sketch.penRadius)
        } else if let last = sketch.drawing.strokes.indices.last, sketch.drawing.strokes[last].last == start {
            sketch.drawing.strokes[last].append(end)
        } else {
            sketch.drawing.strokes.append([start, end])
        }
    }

    private mutating func remember() {
        done.append(sketch)
        undone = []
    }

    private mutating func step(
        from: WritableKeyPath<DrawState, [Sketch]>, to: WritableKeyPath<DrawState, [Sketch]>
    ) {
        guard let other = self[keyPath: from].popLast() else { return }
        self[keyPath: to].append(sketch)
        sketch = other
        pen.lift()
    }

    /// Puts the present drawing away and opens another; after the last comes a new one.
    private mutating func turn(to next: Int) {
        guard next >= 0 else { return }
        album[place] = sketch
        if next == album.count, sketch.isEmpty { return }
        if next == album.count { album.append(Sketch()) }
        place = next
        sketch = album[next]
        (done, undone) = ([], [])
        pen.liftToMiddle()
        mouseEnd = nil
    }

    private func clamped(_ point: Drawing.Point) -> Drawing.Point {
        Drawing.Point(x: min(max(point.x, 0), 1), y: min(max(point.y, 0), 1))
    }
}
