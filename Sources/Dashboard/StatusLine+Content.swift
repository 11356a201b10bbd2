import NeuralNetwork
import Training

extension StatusLine {
    /// What the line says of a training.
    struct Content {
        struct Item {
            /// The key that does what the text says; empty for none.
            var key = ""
            let text: String
            /// The higher, the sooner it is left out.
            let rank: Int

            var width: Int {
                key.unicodeScalars.count + (key.isEmpty ? 0 : 1) + text.unicodeScalars.count
            }
        }

        let badge: String
        let paper: Ink
        /// What stands before the progress bar and what after it. Numbers keep their width, so that nothing jumps.
        private(set) var before: [Item]
        let after: [Item]
        /// 0…1; nil for a training without an end.
        let progress: Double?

        private init(_ snapshot: TrainingSnapshot, width: Int) {
            (badge, paper) =
                switch snapshot.phase {
                case .running: (" ▶ training ", .right)
                case .paused: (" ‖ paused ", .test)
                case .finished: (" ✓ finished ", .train)
                case .diverged: Self.diverged
                case .stopped: (" ■ stopped ", .test)
                }
            let epochs = String(snapshot.configuration.epochs)
            let batches = String(snapshot.batchesPerEpoch)
            let warning = snapshot.dataset.isTestedOnTraining ? [Item(text: "tested on training images", rank: 2)] : []
            let change = ChangeText.rate(snapshot.record)
            let stopped = snapshot.record.hasStoppedEarly ? [Item(text: "stopped early", rank: 2)] : []
            let place = [
                Item(text: "epoch \(String(snapshot.epoch).padded(to: epochs.count))/\(epochs)", rank: 1),
                Item(
                    text: "batch \(String(snapshot.batch).padded(to: batches.count))/\(batches)",
                    rank: change == nil && !snapshot.isSlowed ? 4 : 5),
            ]
            let pace = snapshot.isSlowed ? Self.slowed(snapshot.pace, width: width) : []
            before =
                [
                    Item(text: snapshot.dataset.title, rank: 3), Item(text: Self.shape(snapshot.now.network), rank: 8),
                ] + pace + warning + stopped + place
            var after = [Item(text: String(Int(snapshot.progress * 100)).padded(to: 3) + "%", rank: 0)]
            if snapshot.phase != .finished, let seconds = snapshot.secondsLeft {
                after.append(Item(text: Format.duration(seconds) + (width < 100 ? "" : " left"), rank: 5))
            }
            if !snapshot.isSlowed {
                after.append(Item(text: Format.count(snapshot.samplesPerSecond) + " samples/s", rank: 7))
            }
            after.append(Item(text: "lr \(Format.significant(Double(snapshot.learningRate)))", rank: 4))
            if let change { after.append(Item(text: change, rank: 4)) }
            if let evaluation = snapshot.now.evaluation {
                let accuracy = Format.percent(evaluation.accuracy, decimals: 2)
                after.append(Item(text: "\(snapshot.dataset.judge) \(accuracy)", rank: 6))
            }
            if let test = snapshot.record.finalTest {
                after.append(Item(text: "test \(Format.percent(test.accuracy, decimals: 2))", rank: 3))
            }
            self.after = after
            progress = snapshot.progress
        }

        /// That the run is slowed, and how to change it.
        private static func slowed(_ pace: Pace, width: Int) -> [Item] {
            var words = "slowed"
            if case .seconds(let seconds) = pace, width >= 100 {
                words +=
                    " to " + (seconds < 60 ? Format.brief(seconds) + " s" : Format.duration(seconds))
                    + " a run"
            }
            return [Item(text: words, rank: 2), Item(key: ".", text: "faster", rank: 2)]
        }

        private init(_ snapshot: PlaygroundSnapshot) {
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

        private static let diverged: (String, Ink) = (" ✗ diverged ", .wrong)

        static func of(_ run: Run, _ state: State, width: Int) -> Content {
            if let shown = run.shown, state.screen.content.showsMoments {
                return Content(past: shown, run.snapshot, state)
            }
            var content = of(present: run.snapshot, state, width: width)
            content.before = runs(run, state) + content.before
            return content
        }

        /// Which run is in view where there are several, and what becomes of the one that trains meanwhile.
        private static func runs(_ run: Run, _ state: State) -> [Item] {
            guard let training = state.trainingRun, state.runs.count > 1 else { return [] }
            var name = [Item(text: "run \(run.number)", rank: 1)]
            if run.snapshot.phase == .stopped, state.screen == .train {
                name.append(Item(key: "f", text: "goes on from it", rank: 3))
            }
            guard training.id != run.id, training.snapshot.phase == .running else { return name }
            let share = String(Int(training.snapshot.progress * 100)).padded(to: 3)
            return name + [Item(text: "run \(training.number) trains:\(share)%", rank: 2)]
        }

        private static func of(present snapshot: TrainingSnapshot, _ state: State, width: Int) -> Content {
            guard snapshot.phase == .diverged else { return Content(snapshot, width: width) }
            let advice =
                width < 64
                ? "r again, [ slower, p train" : "r starts again, then [ lowers the rate, p trains"
            return Content(
                diverged: advice + (width >= 80 && state.hasPast ? "; j goes back" : ""), width: width)
        }

        /// Which moment of the past is in view, what leads on from it, and what the training does meanwhile.
        private init(past moment: Moment, _ snapshot: TrainingSnapshot, _ state: State) {
            let sign =
                switch state.film.direction {
                case .backwards: "◂◂"
                case .forwards: "▸▸"
                case nil: "◂"
                }
            // As wide as it will be at the end, so that nothing jumps.
            let last = snapshot.totalSteps
            let width = [0, last - 1, last].map { StepText.words(of: $0, in: snapshot).count }.max() ?? 0
            badge = " \(sign) \(StepText.words(of: moment.step, in: snapshot).fitted(to: width)) "
            paper = .key
            let runs = state.runs.count > 1 ? state.run.map { [Item(text: "run \($0.number)", rank: 2)] } ?? [] : []
            let keys = state.hints("0", "J", "j", state.film.direction == nil ? "j" : ",")
            before = runs + zip(keys, [0, 1, 3, 2]).map { Item(key: $0.keys, text: $0.words, rank: $1) }
            let phase =
                switch snapshot.phase {
                case .running: "training"
                case .paused: "paused"
                case .finished: "finished"
                case .diverged: "diverged"
                case .stopped: "stopped"
                }
            let share = String(Int(snapshot.progress * 100)).padded(to: 3) + "%"
            after = [Item(text: snapshot.phase == .running ? "\(phase) \(share)" : phase, rank: 2)]
            progress = Double(moment.step) / Double(max(snapshot.totalSteps, 1))
        }

        static func of(_ snapshot: PlaygroundSnapshot, width: Int) -> Content {
            guard snapshot.history.isLost else { return Content(snapshot) }
            return Content(
                diverged: width < 60 ? "[ slower, r start again" : "[ lowers the rate, r starts again", width: width)
        }

        /// What happened and what to do about it.
        private init(diverged advice: String, width: Int) {
            (badge, paper) = Self.diverged
            before = [
                Item(text: (width < 120 ? "" : "The loss grew out of all bounds: ") + advice, rank: 0)
            ]
            (after, progress) = ([], nil)
        }

        private static func shape(_ network: Network) -> String {
            network.mapLayers.isEmpty
                ? ([network.inputs] + network.layers.map(\.outputs)).map(String.init).joined(separator: "-")
                : (network.hiddenLayers.map(\.description) + [String(network.outputs)]).joined(separator: "-")
        }
    }
}
