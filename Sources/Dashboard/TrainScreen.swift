import Training

/// The curves of loss and accuracy, and what is being trained.
enum TrainScreen {
    struct Settings: Sendable, Equatable {
        var logarithmicLoss = true
        /// An index into `halfLives`.
        var smoothing = 4

        mutating func handle(_ key: Key) {
            switch key {
            case .character("l"): logarithmicLoss.toggle()
            case .character("+"), .character("="): smoothing = min(smoothing + 1, Self.halfLives.count - 1)
            case .character("-"): smoothing = max(smoothing - 1, 0)
            default: break
            }
        }

        /// In steps.
        static let halfLives: [Double] = [0, 5, 10, 20, 50, 100, 200, 500, 1000]
        var halfLife: Double { Self.halfLives[smoothing] }
    }

    static let help: [Help.Entry] = [
        ("l", "loss on a logarithmic or a linear scale"), ("+  -", "smooth the curves more / less"),
    ]

    static func draw(_ snapshot: TrainingSnapshot, _ settings: Settings, in room: Rect, on grid: inout CellGrid) {
        let curves = Curves(snapshot, settings)
        if room.width >= 110, room.height >= 30 {
            let (charts, side) = room.split(left: room.width - 38)
            let (top, bottom) = charts.split(top: (charts.height + 1) / 2)
            drawLoss(curves, snapshot, settings, in: top, on: &grid)
            drawAccuracy(curves, snapshot, in: bottom, on: &grid)
            let (network, rest) = side.split(top: snapshot.network.layers.count * 2 + 7)
            let (classes, now) = rest.split(top: snapshot.dataset.classNames.count + 3)
            drawNetwork(snapshot, in: network, on: &grid)
            drawClasses(snapshot, in: classes, on: &grid)
            drawNow(curves, snapshot, in: now, on: &grid)
        } else {
            let (top, bottom) = room.split(top: (room.height + 1) / 2)
            let (accuracy, now) = bottom.split(left: bottom.width - 26)
            drawLoss(curves, snapshot, settings, in: top, on: &grid)
            drawAccuracy(curves, snapshot, in: accuracy, on: &grid)
            drawNow(curves, snapshot, in: now, on: &grid)
        }
    }

    /// The series as the charts show them.
    private struct Curves {
        let steps: Axis
        let stepTicks: [Axis.Tick]
        let loss: [Chart.Point]
        let accuracy: [Chart.Point]

        init(_ snapshot: TrainingSnapshot, _ settings: Settings) {
            let batches = Double(snapshot.batchesPerEpoch)
            steps = Axis(0...Double(max(snapshot.totalSteps, 1)))
            let epochs = Axis(0...Double(max(snapshot.configuration.epochs, 1)))
            stepTicks = epochs.ticks(atMost: 12, smallestStep: 1).map {
                Axis.Tick(value: $0.value * batches, label: $0.label)
            }
            loss = LearningCurve.smooth(snapshot.history.loss, halfLife: settings.halfLife)
            accuracy = LearningCurve.smooth(snapshot.history.accuracy, halfLife: settings.halfLife)
        }
    }

    private static let legend: [(String, Style)] = [
        ("─ train", Style(.train)), ("  ░ each batch", .faint), ("  ● test", Style(.test)),
    ]

    private static func drawLoss(
        _ curves: Curves, _ snapshot: TrainingSnapshot, _ settings: Settings, in rect: Rect, on grid: inout CellGrid
    ) {
        let title = settings.logarithmicLoss ? "Loss, log scale" : "Loss"
        let room = Panel.draw(title, note: legend, in: rect, on: &grid)
        let tests = snapshot.epochs.map { Chart.Point(step: Double($0.step), value: $0.testLoss) }
        let band = LearningCurve.band(snapshot.history.loss)
        let range = LearningCurve.lossRange(curve: curves.loss, tests: tests, band: band)
        let axis = settings.logarithmicLoss ? Axis(range, scale: .logarithmic) : Axis(0...range.upperBound)
        Chart(
            band: band, curve: curves.loss, tests: tests, steps: curves.steps, stepTicks: curves.stepTicks, values: axis
        ).draw(in: room, on: &grid)
    }

    private static func drawAccuracy(
        _ curves: Curves, _ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid
    ) {
        let room = Panel.draw("Accuracy", note: legend, in: rect, on: &grid)
        let tests = snapshot.epochs.map { Chart.Point(step: Double($0.step), value: $0.testAccuracy) }
        let range = LearningCurve.accuracyRange(curve: curves.accuracy, tests: tests)
        Chart(
            band: LearningCurve.band(snapshot.history.accuracy), curve: curves.accuracy, tests: tests,
            steps: curves.steps, stepTicks: curves.stepTicks, values: Axis(range, unit: .percent)
        ).draw(in: room, on: &grid)
    }

    private static func drawNetwork(_ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid) {
        let parameters = Format.grouped(snapshot.network.parameterCount) + " parameters"
        let room = Panel.draw("Network", note: [(parameters, .plain)], in: rect, on: &grid).inset(dx: 1, dy: 0)
        var y = room.y
        grid.write("layer", x: room.x, y: y)
        grid.write("weights", endingAt: room.maxX, y: y)
        let layers = snapshot.network.layers
        for (index, layer) in layers.enumerated() {
            y += 1
            let sizes = "\(String(layer.inputs).padded(to: 4)) → \(String(layer.outputs).padded(to: 4))"
            grid.write(sizes, x: room.x, y: y, .value)
            grid.write(Format.grouped(layer.weights.count), endingAt: room.maxX, y: y, .value)
            if index < layers.count - 1 {
                y += 1
                grid.write("  ReLU", x: room.x, y: y)
            }
        }
        let configuration = snapshot.configuration
        grid.write("  softmax, cross-entropy", x: room.x, y: y + 1)
        grid.write(
            "\(configuration.optimizer.rawValue), batch \(configuration.batchSize), rate \(configuration.schedule.rawValue)",
            x: room.x, y: y + 3, limit: room.width)
        grid.write("seed \(configuration.seed)", x: room.x, y: y + 4, limit: room.width)
    }

    /// The share of each class read correctly in the last test, as bars.
    private static func drawClasses(_ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid) {
        let note = snapshot.epochs.last.map { [("epoch \($0.epoch)", Style.plain)] } ?? []
        let room = Panel.draw("Test accuracy by class", note: note, in: rect, on: &grid).inset(dx: 1, dy: 0)
        guard let confusion = snapshot.evaluation?.confusion else {
            grid.write("after the first epoch", x: room.x, y: room.y, .faint)
            return
        }
        let names = snapshot.dataset.classNames
        let nameWidth = min(names.map(\.count).max() ?? 1, 11)
        let recalls = names.indices.map { confusion.recall($0) ?? 0 }
        let lowest = min(((recalls.min() ?? 0) * 10).rounded(.down) / 10, 0.9)
        let bar = Rect(x: room.x + nameWidth + 1, y: room.y, width: room.width - nameWidth - 8, height: names.count)
        for (index, recall) in recalls.enumerated() {
            let y = room.y + index
            grid.write(names[index].fitted(to: nameWidth), x: room.x, y: y, .title)
            Bar.draw((recall - lowest) / (1 - lowest), x: bar.x, y: y, width: bar.width, Style(.train), on: &grid)
            grid.write(Format.percent(recall), endingAt: room.maxX, y: y, .value)
        }
        grid.write(Format.percent(lowest, decimals: 0), x: bar.x, y: bar.maxY, .faint)
        grid.write("100%", endingAt: bar.maxX, y: bar.maxY, .faint)
    }

    /// The numbers of the moment and the keys that steer.
    private static func drawNow(_ curves: Curves, _ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid)
    {
        let room = Panel.draw("Now", in: rect, on: &grid).inset(dx: 1, dy: 0)
        let last = snapshot.epochs.last
        let rows: [(String, String, Style)] = [
            ("train loss", curves.loss.last.map { Format.significant($0.value) } ?? "–", Style(.train, bold: true)),
            ("test loss", last.map { Format.significant($0.testLoss) } ?? "–", Style(.test, bold: true)),
            (
                "test accuracy", last.map { Format.percent($0.testAccuracy, decimals: 2) } ?? "–",
                Style(.test, bold: true)
            ),
            ("learning rate", Format.significant(Double(snapshot.learningRate)), .value),
        ]
        for (index, row) in rows.enumerated() where index < room.height {
            grid.write(row.0, x: room.x, y: room.y + index)
            grid.write(row.1, endingAt: room.maxX, y: room.y + index, row.2)
        }
        let keys: [(String, String, String, String)] = [
            ("p", snapshot.phase == .running ? "pause" : "go on", "[ ]", "rate"),
            ("n", "batch", "+ -", "smooth"),
            ("N", "epoch", "l", "log"),
        ]
        let top = room.y + rows.count + 1
        for (index, row) in keys.enumerated() where top + index < room.maxY {
            grid.write(row.0, x: room.x, y: top + index, .key)
            grid.write(row.1, x: room.x + 2, y: top + index)
            grid.write(row.2, x: room.x + 11, y: top + index, .key)
            grid.write(row.3, x: room.x + 15, y: top + index)
        }
    }
}
