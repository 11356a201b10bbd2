import Datasets
import Training

/// Distortions: a network that sees no image twice cannot learn images by heart.
struct DistortionLesson: Lesson {
    let title = "Never the same twice"
    let text = """
        Few images can be learnt by heart, and new ones are misread. So distort them: each time it is seen, an image \
        is turned, resized, bent … by chance, up to these strengths. What stays the same in all copies is the digit.
        """
    let code = ["let copy = distorter.distorted(image, epoch: epoch, sample: index)"]
    var knobs: [Knob] = Self.strengths(.handwriting)
    let knobRows = [0..<2, 2..<4, 4..<6, 6..<8]

    /// nil while the data is being read.
    private(set) var images: ImageSet?
    /// The training of both networks, of whatever strengths.
    private(set) var comparison: Comparison?
    /// Whether the reader asked for a training that has not begun yet.
    private var isAsked = false

    private static func strengths(_ distortion: Distortion) -> [Knob] {
        [
            Knob("turn", distortion.rotation, in: 0...180, step: 12, decimals: 0, unit: "°"),
            Knob("size", distortion.scale * 100, in: 0...50, step: 4, decimals: 0, unit: "%"),
            Knob("slant", distortion.shear * 100, in: 0...100, step: 5, decimals: 0, unit: "%"),
            Knob("shift", distortion.shift * 100, in: 0...49, step: 3.5, decimals: 1, unit: "%"),
            Knob("bend", distortion.elasticity, in: 0...distortion.smoothness, step: 0.2, decimals: 1),
            Knob("stroke", distortion.thickness, in: 0...1, step: 0.1),
            Knob("mirror", choices: ["no", "yes"], chosen: distortion.isMirrored ? 1 : 0),
            Knob("image", 1, in: 1...100, step: 1, decimals: 0),
        ]
    }

    /// What the strengths say.
    var distortion: Distortion {
        var distortion = Distortion()
        distortion.rotation = knobs[0].value
        distortion.scale = knobs[1].value / 100
        distortion.shear = knobs[2].value / 100
        distortion.shift = knobs[3].value / 100
        distortion.elasticity = knobs[4].value
        distortion.thickness = knobs[5].value
        distortion.isMirrored = knobs[6].index == 1
        return distortion
    }

    /// That of these strengths; nil where they have not been tried, or others have since.
    var result: Comparison? { comparison?.distortion == distortion ? comparison : nil }

    var button: String? { result == nil ? "train both" : nil }

    mutating func press() { if result == nil { isAsked = true } }

    var wanted: [Action] { isAsked ? [.compare(distortion)] : [] }

    mutating func take(_ comparison: Comparison) {
        self.comparison = comparison
        if result != nil { isAsked = false }
    }

    mutating func take(_ snapshot: TrainingSnapshot) {
        if images == nil { knobs = Self.strengths(.preset(dataset: snapshot.dataset.name)) }
        images = snapshot.dataset.train
    }

    mutating func turned(_ knob: Int) {
        isAsked = false
        if knob == 7 { knobs[7].set(min(knobs[7].value, Float(max(images?.count ?? 1, 1)))) }
    }

    var experiments: [Experiment] {
        let count = Format.grouped(min(images?.count ?? Comparison.images, Comparison.images))
        let isDone = result?.isFinished ?? false
        return [
            Experiment(
                invitation: "press space: two equal networks learn from the same \(count) images.",
                answer: "Distorted, it knows its own less and new ones better.", isDone: isDone),
            Experiment(
                invitation: "too much: > turns copies by up to 132°. Train again.",
                answer: "Upside down, a 6 is a 9: a copy must stay what it was. That was the course!",
                isDone: isDone && distortion.rotation >= 90),
        ]
    }

    // MARK: - Picture

    func draw(in room: Rect, on grid: inout CellGrid) {
        guard let images, images.count > 0 else {
            Paragraph.draw(
                images == nil ? "Reading the data …" : "There are no images.", in: room, .value, on: &grid)
            return
        }
        let copies = CopiesPicture(images, sample: min(Int(knobs[7].value), images.count) - 1, distortion)
        let charts = room.split(top: copies.draw(in: room, on: &grid)).1
        let gap = 2
        let (left, right) = charts.split(left: (charts.width - gap) / 2)
        for (name, results, rect) in [
            ("as they are", result?.plain ?? [], left),
            ("distorted", result?.distorted ?? [], right.split(left: gap).1),
        ] {
            draw(name, results, in: rect, on: &grid)
        }
    }

    /// How well a network reads what it learns from, and the test images, epoch by epoch.
    private func draw(_ name: String, _ results: [EpochResult], in rect: Rect, on grid: inout CellGrid) {
        let (title, rest) = rect.split(top: 1)
        let (chart, lines) = rest.split(top: rest.height - 2)
        grid.write(
            asManyOf: [(name, .title), (": accuracy from epoch to epoch", .plain)], x: title.x, y: title.y,
            width: rect.width)
        func curve(_ value: KeyPath<EpochResult, Double>, _ ink: Ink) -> Plot.Curve {
            Plot.Curve(points: results.map { (x: Double($0.epoch), y: $0[keyPath: value]) }, ink: ink)
        }
        if chart.height >= 4 {
            let plot = Plot(
                curves: [curve(\.trainAccuracy, .train), curve(\.testAccuracy, .test)],
                xs: Axis(1...Double(Comparison.epochs)), ys: Axis(0.5...1, unit: .percent))
            plot.draw(in: chart, on: &grid)
        }
        let last = results.last
        for (offset, (name, value, ink)) in [
            ("training", last?.trainAccuracy, Ink.train), ("test", last?.testAccuracy, .test),
        ].enumerated() where lines.y + offset < rect.maxY {
            grid.write(name, x: lines.x, y: lines.y + offset, Style(ink))
            grid.write(
                value.map { Format.percent($0) } ?? "–", endingAt: min(lines.x + 18, lines.maxX),
                y: lines.y + offset, Style(ink, bold: true))
        }
    }
}
