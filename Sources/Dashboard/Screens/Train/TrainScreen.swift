import Training

/// The curves of loss and accuracy, and what is being trained.
enum TrainScreen: ScreenContent {
    static let title = "Train"

    static func handle(_ mouse: Mouse, _ state: inout State) -> [Action] {
        if state.train.dialog != nil { return [] }
        if state.showsDistortions {
            if mouse.kind == .wheelUp { state.turnDistortions(by: -1) }
            if mouse.kind == .wheelDown { state.turnDistortions(by: 1) }
        } else if let network = state.snapshot?.now.network {
            let cursor = state.train.cursor
            state.train.handle(mouse, in: Layout(state.room, panel: NetworkPanel.size(of: network)))
            if state.train.cursor != cursor { state.followCursor() }
        }
        return []
    }

    /// Where the charts and the panels are. Without room for all, the panels go first, then the second chart.
    struct Layout {
        let loss: Rect
        let accuracy: Rect
        let network: Rect
        let classes: Rect
        let now: Rect

        /// - Parameter panel: the size of all that is to say of the network.
        init(_ room: Rect, panel: (width: Int, height: Int) = (38, 10), classes classCount: Int = 10) {
            let nothing = Rect(x: room.x, y: room.y, width: 0, height: 0)
            if room.width >= 110, room.height >= 30 {
                let (charts, side) = room.split(left: room.width - panel.width)
                (loss, accuracy) = charts.split(top: (charts.height + 1) / 2)
                // The numbers of now need some rows, too.
                let rows = min(classCount, ClassList.usualRows) + 3
                let (network, rest) = side.split(top: min(panel.height, max(side.height - rows - 7, 10)))
                self.network = network
                (classes, now) = rest.split(top: rows)
            } else {
                let showsAccuracy = room.height >= 14
                let (top, bottom) = room.split(top: showsAccuracy ? (room.height + 1) / 2 : room.height)
                loss = top
                let (left, right) = bottom.split(left: room.width >= 70 ? room.width - 26 : room.width)
                accuracy = showsAccuracy ? left : nothing
                now = showsAccuracy ? right : nothing
                network = nothing
                classes = nothing
            }
        }

        /// The chart that the mouse is on.
        func plot(at mouse: Mouse) -> Rect? {
            [loss, accuracy].map { Chart.plotArea(in: $0.inset(dx: 1, dy: 1)) }
                .first { $0.contains(x: mouse.x, y: mouse.y) }
        }
    }

    static func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let run = state.run else { return }
        let snapshot = run.view
        if state.showsDistortions {
            let keys = state.hints("d", .left, .pageDown, "p", "N")
            DistortionsView.draw(snapshot, first: state.train.firstImage, keys, in: room, on: &grid)
            TrainDialog.draw(state, in: room, on: &grid)
            return
        }
        let layout = Layout(
            room, panel: NetworkPanel.size(of: snapshot.now.network), classes: snapshot.dataset.classNames.count)
        let curves = Curves(run, state.train, beside: state.otherRuns, of: state.runs)
        // A run of one process has no ranks to show.
        switch state.train.view == .ranks && !state.hasRanks ? .loss : state.train.view {
        case .loss:
            drawLoss(curves, state.train, in: layout.loss, on: &grid)
            // Without a panel for it, the network is named in a line.
            Panel.writeFoot(
                left: layout.network.isEmpty ? LayerName.lines(snapshot.now.network) : [],
                right: BetterNetwork.lines(snapshot), in: layout.loss, on: &grid)
        case .classes: ManyCurves.drawClasses(curves, in: layout.loss, on: &grid)
        case .gradients: ManyCurves.drawGradients(curves, in: layout.loss, on: &grid)
        case .ranks: RanksView.draw(snapshot.ranks, in: layout.loss, on: &grid)
        }
        drawAccuracy(curves, in: layout.accuracy, on: &grid)
        NetworkPanel.draw(snapshot, in: layout.network, on: &grid)
        drawClasses(snapshot, in: layout.classes, on: &grid)
        drawNow(curves, state, in: layout.now, on: &grid)
        TrainDialog.draw(state, in: room, on: &grid)
    }

    /// What the curves are, in as many words as there may be room for.
    private static func legends(_ curves: Curves) -> [[(String, Style)]] {
        let train = [("─ train", Style(.train))]
        let batches = [("  ░ each batch", Style.plain)]
        let test = [("  ─•─ \(curves.snapshot.dataset.judge)", Style(.test))]
        let changes = curves.snapshot.learningRateChanges.isEmpty ? [] : [("  ▲ new rate", Style.key)]
        guard !curves.others.isEmpty else {
            return [train + batches + test + changes, train + batches + test, train + test]
        }
        let focus = [("  ─•─ \(curves.snapshot.dataset.judge) of run \(curves.number)", Style(.test))]
        let lines = curves.others.map { ($0.number, Style(.run(UInt8($0.number)))) }
        let named = zip(lines, curves.others).map { ("  ┈\($0.0)┈ \($1.title)", $0.1) }
        let numbers = lines.map { ("  ┈\($0.0)┈", $0.1) }
        let digits = lines.map { (" \($0.0)", $0.1) }
        return [train + focus + named, train + focus + numbers, train + focus + digits, train + test + digits, digits]
    }

    private static func drawLoss(_ curves: Curves, _ state: TrainState, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let title = state.logarithmicLoss ? "Loss, log scale" : "Loss"
        let room = Panel.draw(title, shorter: legends(curves), in: rect, on: &grid)
        let band = curves.band(curves.snapshot.history.loss)
        let curve = curves.inView(curves.loss)
        let tests = curves.snapshot.epochs.map { Chart.Point(step: Double($0.step), value: $0.testLoss) }
        let others = curves.tests(ofOthers: \.loss)
        let range = LearningCurve.lossRange(
            curve: curve, tests: curves.inView(tests) + others.flatMap(\.curve), band: band)
        curves.chart(
            band: band, curve: curve, tests: tests, others: others,
            values: state.logarithmicLoss ? Axis(range, scale: .logarithmic) : Axis(0...range.upperBound)
        ).draw(in: room, on: &grid)
    }

    private static func drawAccuracy(_ curves: Curves, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let room = Panel.draw("Accuracy", shorter: legends(curves), in: rect, on: &grid)
        let curve = curves.inView(curves.accuracy)
        let tests = curves.snapshot.epochs.map { Chart.Point(step: Double($0.step), value: $0.testAccuracy) }
        let others = curves.tests(ofOthers: \.accuracy)
        let range = LearningCurve.accuracyRange(
            curve: curve, tests: curves.inView(tests) + others.flatMap(\.curve))
        curves.chart(
            band: curves.band(curves.snapshot.history.accuracy), curve: curve, tests: tests, others: others,
            values: Axis(range, unit: .percent)
        ).draw(in: room, on: &grid)
    }

    /// The share of each class read correctly in the last test, as bars.
    private static func drawClasses(_ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let note = snapshot.now.evaluation.map { [(StepText.words(of: $0.step, in: snapshot), Style.plain)] } ?? []
        let names = snapshot.dataset.classNames
        let isWhole = names.count <= ClassList.usualRows
        let title = isWhole ? "\(snapshot.dataset.judge.capitalized) accuracy" : "Worst classes"
        let room = Panel.draw(title, note: note, in: rect, on: &grid).inset(dx: 1, dy: 0)
        guard let confusion = snapshot.now.evaluation?.confusion else {
            grid.write("by class, after the first epoch", x: room.x, y: room.y)
            return
        }
        let nameWidth = min(names.map(\.count).max() ?? 1, 11)
        let recalls = names.indices.map { confusion.recall($0) ?? 0 }
        let lowest = min(((recalls.min() ?? 0) * 10).rounded(.down) / 10, 0.9)
        let shown = ClassList.shown(names.count, rows: min(room.height, ClassList.usualRows)) {
            recalls[$0] < recalls[$1]
        }
        let bar = Rect(x: room.x + nameWidth + 1, y: room.y, width: room.width - nameWidth - 8, height: shown.count)
        for (row, index) in shown.enumerated() {
            let (y, recall) = (room.y + row, recalls[index])
            grid.write(names[index].fitted(to: nameWidth), x: room.x, y: y, .title)
            Bar.draw((recall - lowest) / (1 - lowest), x: bar.x, y: y, width: bar.width, Style(.train), on: &grid)
            grid.write(Format.percent(recall), endingAt: room.maxX, y: y, .value)
        }
        guard bar.maxY < room.maxY else { return }
        grid.write(Format.percent(lowest, decimals: 0), x: bar.x, y: bar.maxY)
        grid.write("100%", endingAt: bar.maxX, y: bar.maxY)
    }

    /// The numbers now, or at the step under the cursor, and the keys.
    private static func drawNow(_ curves: Curves, _ state: State, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let snapshot = curves.snapshot
        let step = curves.cursorStep
        let title = step.map { "Step \(Format.grouped(Int($0.rounded())))" } ?? "Now"
        let room = Panel.draw(title, in: rect, on: &grid).inset(dx: 1, dy: 0)
        let shown = state.run?.shown
        let epoch = snapshot.epochs.last { step == nil || Double($0.step) <= (step ?? 0) }
        let kept = step == nil ? snapshot.record.keptEpoch : nil
        // Of the moment looked at, of the network kept, or of the last epoch before the step.
        let test =
            (kept == nil ? shown?.evaluation : snapshot.now.evaluation)
            .map { (loss: $0.loss, accuracy: $0.accuracy) }
            ?? epoch.map { (loss: $0.testLoss, accuracy: $0.testAccuracy) }
            ?? (step == nil ? snapshot.now.evaluation : nil).map { (loss: $0.loss, accuracy: $0.accuracy) }
        let isValidated = snapshot.dataset.validationCount != nil
        let train = Style(.train, bold: true)
        let accent = Style(.test, bold: true)
        var rows: [(String, String, Style)] = [
            ("train loss", curves.value(of: curves.loss, at: step).map(Format.significant) ?? "–", train),
            (
                "train accuracy",
                curves.value(of: curves.accuracy, at: step).map { Format.percent($0) } ?? "–", train
            ),
            (isValidated ? "valid. loss" : "test loss", test.map { Format.significant($0.loss) } ?? "–", accent),
            (
                isValidated ? "valid. accuracy" : "test accuracy",
                test.map { Format.percent($0.accuracy, decimals: 2) } ?? "–", accent
            ),
        ]
        if let kept { rows.append(("network of", "epoch \(kept)", accent)) }
        if step == nil, let final = snapshot.finalTest {
            rows.append(("test at the end", Format.percent(final.accuracy, decimals: 2), accent))
        }
        // The cursor may stand between two moments.
        if let shown, step.map({ Int($0.rounded()) }) != shown.step {
            rows.append(("moment", "step \(Format.grouped(shown.step))", Style(.key)))
        }
        if step == nil {
            rows.append(("learning rate", Format.significant(Double(snapshot.learningRate)), .value))
        }
        if let span = curves.batches(at: step) {
            let text = Format.significant(span.lowerBound)
            rows.append(("batch", span.lowerBound == span.upperBound ? text : "from \(text)", .plain))
            if span.lowerBound != span.upperBound {
                rows.append(("", "to \(Format.significant(span.upperBound))", .plain))
            }
        }
        for (index, row) in rows.enumerated() where index < room.height {
            grid.write(row.0, x: room.x, y: room.y + index)
            grid.write(row.1, endingAt: room.maxX, y: room.y + index, row.2)
        }
        // What lies over the curves names its own.
        if state.train.dialog != nil { return }
        let keys = state.hints("p", "d", "[", ",", "n", "J", "f", "A", "c", "v", "+", "N", "l", "m", .left, "r", .up)
        Keys.draw(keys, in: room.split(top: rows.count + (room.height > rows.count + 4 ? 1 : 0)).1, on: &grid)
    }
}
