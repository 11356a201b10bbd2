import NeuralNetwork
import Training

/// What the upper chart shows.
enum TrainView: CaseIterable {
    case loss
    /// The accuracy of each class.
    case classes
    /// How strongly the loss pulls at the weights of each layer.
    case gradients
    /// What each rank does with its time, where several train together.
    case ranks

    /// What a key that turns to it says.
    var words: String {
        switch self {
        case .loss: "loss"
        case .classes: "by class"
        case .gradients: "gradients"
        case .ranks: "ranks"
        }
    }

    /// - Parameter hasRanks: whether several ranks train together.
    func next(hasRanks: Bool) -> TrainView {
        let all = Self.allCases.filter { $0 != .ranks || hasRanks }
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}

/// Charts with a curve for each class or each layer.
enum ManyCurves {
    /// A curve with what it is called.
    private struct Named {
        /// On the curve and in the legend.
        let number: Int
        let name: String
        let ink: Ink
        let points: [Chart.Point]
    }

    static func drawClasses(_ curves: Curves, in rect: Rect, on grid: inout CellGrid) {
        let names = curves.snapshot.dataset.classNames
        let all = names.indices.map { label in
            // A digit is its own name.
            Named(
                number: label, name: names[label].count > 1 ? names[label] : "", ink: .label(UInt8(label)),
                points: points(curves.snapshot.record.classAccuracies, label))
        }
        let tests = all.flatMap { curves.inView($0.points) }
        draw(
            all, curves, title: "Accuracy by class",
            foots: [
                "the share of each class's test images that is read right", "of each class's test images", "tests",
            ],
            without: "Accuracy by class comes with the test after the first epoch.",
            values: Axis(LearningCurve.accuracyRange(curve: tests, tests: tests), unit: .percent), in: rect, on: &grid)
    }

    static func drawGradients(_ curves: Curves, in rect: Rect, on grid: inout CellGrid) {
        let layers = curves.snapshot.now.network.layers
        let weighty = layers.indices.filter { layers[$0].parameterCount > 0 }
        let all = weighty.enumerated().map { place, index in
            Named(
                number: place + 1, name: LayerName.of(layers[index]), ink: .layer(UInt8(place % 10)),
                points: points(curves.snapshot.record.gradientNorms, index))
        }
        let norms = all.flatMap { curves.inView($0.points) }.map(\.value).filter { $0 > 0 }
        let range = (norms.min() ?? 0.1) / 1.2...(norms.max() ?? 1) * 1.2
        draw(
            all, curves, title: "Gradients",
            foots: [
                "the gradient's length: how strongly the loss pulls at each layer's weights; near 0 it learns no more",
                "how strongly the loss pulls at each layer's weights", "pull at each layer",
            ], without: "Gradients are looked at after 1, 2, 4, 8 … batches.",
            values: Axis(range, scale: .logarithmic), in: rect, on: &grid)
    }

    private static func points(_ course: NumbersCourse, _ index: Int) -> [Chart.Point] {
        course.entries.compactMap { entry in
            guard entry.value.indices.contains(index), let value = entry.value[index] else { return nil }
            return Chart.Point(step: Double(entry.step), value: Double(value))
        }
    }

    private static func draw(
        _ all: [Named], _ curves: Curves, title: String, foots: [String], without: String, values: Axis, in rect: Rect,
        on grid: inout CellGrid
    ) {
        guard !rect.isEmpty else { return }
        let title = curves.isAlone ? title : title + ", run \(curves.number)"
        let room = Panel.draw(title, shorter: legends(all), in: rect, on: &grid)
        Panel.writeFoot(left: foots, right: [], in: rect, on: &grid)
        guard all.contains(where: { !$0.points.isEmpty }) else {
            Message.draw(without, in: room, on: &grid)
            return
        }
        let series = all.map { named in
            let points = curves.inView(named.points)
            // A line needs two points.
            return Chart.Series(
                curve: points, marks: points.count > 1 ? [] : points, ink: named.ink,
                number: named.number < 10 ? named.number : nil)
        }
        curves.chart(series, values: values).draw(in: room, on: &grid)
    }

    /// Numbers with names, or numbers alone.
    private static func legends(_ all: [Named]) -> [[(String, Style)]] {
        let named = all.map { ("  \($0.number)" + ($0.name.isEmpty ? "" : " \($0.name)"), Style($0.ink, bold: true)) }
        return [named, all.map { (" \($0.number)", Style($0.ink, bold: true)) }]
    }
}
