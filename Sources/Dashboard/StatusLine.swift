import NeuralNetwork
import Training

/// The line at the bottom, the same on all screens. What does not fit is left out, the least important first.
enum StatusLine {
    static func draw(_ state: State, on grid: inout CellGrid) {
        let y = grid.height - 1
        let ground = Style(.words, on: .bar)
        grid.fill(Rect(x: 0, y: y, width: grid.width, height: 1), with: Cell(" ", ground))
        if let question = state.question, let snapshot = state.snapshot {
            grid.write(question.text(snapshot, width: grid.width), x: 0, y: y)
            return
        }
        guard
            let content = state.screen == .playground
                ? state.playground.snapshot.map(Content.init)
                : state.snapshot.map({ Content($0, short: grid.width < 100) })
        else {
            grid.write(" … starting ", x: 0, y: y, Style(.value, on: .selectedTab, bold: true))
            return
        }
        let start = grid.write(content.badge, x: 0, y: y, Style(.onAccent, on: content.paper, bold: true)) + 1
        let (before, after) = (content.before, content.after)
        let minimumBar = 12
        var rank = 9
        var fixed = width(before, rank) + width(after, rank)
        while start + fixed + minimumBar > grid.width, rank > 0 {
            rank -= 1
            fixed = width(before, rank) + width(after, rank)
        }
        var x = start
        for item in before where item.rank <= rank { x = grid.write(item.text, x: x, y: y, ground) + 2 }
        let bar = min(max(grid.width - x - width(after, rank) - 1, 0), 28)
        if let progress = content.progress { x = drawBar(progress, width: bar, x: x, y: y, on: &grid) + 1 }
        for item in after where item.rank <= rank { x = grid.write(item.text, x: x, y: y, ground) + 2 }
    }

    private static func width(_ items: [Content.Item], _ rank: Int) -> Int {
        items.filter { $0.rank <= rank }.reduce(0) { $0 + $1.text.unicodeScalars.count + 2 }
    }

    private static func drawBar(_ progress: Double, width: Int, x: Int, y: Int, on grid: inout CellGrid) -> Int {
        guard width > 0 else { return x }
        let halves = Int(progress * Double(2 * width))
        for column in 0..<width {
            let done = halves - 2 * column
            let style = Style(done > 0 ? .train : .faint, on: .bar)
            grid[x + column, y] = Cell(done >= 2 ? "━" : done == 1 ? "╸" : "─", style)
        }
        return x + width
    }
}

extension StatusLine {
    /// What the line says of a training.
    private struct Content {
        struct Item {
            let text: String
            /// The higher, the sooner it is left out.
            let rank: Int
        }

        let badge: String
        let paper: Ink
        /// What stands before the progress bar and what after it. Numbers keep their width, so that nothing jumps.
        let before: [Item]
        let after: [Item]
        /// 0…1; nil for a training without an end.
        let progress: Double?

        init(_ snapshot: TrainingSnapshot, short: Bool) {
            (badge, paper) =
                switch snapshot.phase {
                case .running: (" ▶ training ", .right)
                case .paused: (" ‖ paused ", .test)
                case .finished: (" ✓ finished ", .train)
                }
            let epochs = String(snapshot.configuration.epochs)
            let batches = String(snapshot.batchesPerEpoch)
            let warning = snapshot.dataset.isTestedOnTraining ? [Item(text: "tested on training images", rank: 2)] : []
            let place = [
                Item(text: "epoch \(String(snapshot.epoch).padded(to: epochs.count))/\(epochs)", rank: 1),
                Item(text: "batch \(String(snapshot.batch).padded(to: batches.count))/\(batches)", rank: 4),
            ]
            before =
                [
                    Item(text: snapshot.dataset.title, rank: 3), Item(text: Self.shape(snapshot.now.network), rank: 8),
                ] + warning + place
            var after = [Item(text: String(Int(snapshot.progress * 100)).padded(to: 3) + "%", rank: 0)]
            if snapshot.phase != .finished, let seconds = snapshot.secondsLeft {
                after.append(Item(text: Format.duration(seconds) + (short ? "" : " left"), rank: 5))
            }
            after.append(Item(text: Format.count(snapshot.samplesPerSecond) + " samples/s", rank: 7))
            after.append(Item(text: "lr \(Format.significant(Double(snapshot.learningRate)))", rank: 4))
            if let evaluation = snapshot.now.evaluation {
                after.append(Item(text: "test \(Format.percent(evaluation.accuracy, decimals: 2))", rank: 6))
            }
            self.after = after
            progress = snapshot.progress
        }

        init(_ snapshot: PlaygroundSnapshot) {
            (badge, paper) = snapshot.isOn ? (" ▶ training ", .right) : (" ‖ paused ", .test)
            before = [
                Item(text: snapshot.configuration.set.title, rank: 1),
                Item(text: Self.shape(snapshot.network), rank: 3),
                Item(text: "step \(Format.grouped(snapshot.step).padded(to: 9))", rank: 0),
                Item(text: "epoch \(Format.grouped(snapshot.step / snapshot.batchesPerEpoch).padded(to: 7))", rank: 5),
                Item(text: Format.count(snapshot.samplesPerSecond) + " samples/s", rank: 4),
                Item(text: "lr \(Format.significant(Double(snapshot.configuration.learningRate)))", rank: 2),
            ]
            after = []
            progress = nil
        }

        private static func shape(_ network: Network) -> String {
            ([network.inputs] + network.layers.map(\.outputs)).map(String.init).joined(separator: "-")
        }
    }
}
