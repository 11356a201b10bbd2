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

        private(set) var badge: String
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
                case .opened: (" ■ opened ", .test)
                }
            guard snapshot.phase != .opened else {
                // Of how it was trained nothing is known.
                before = [
                    Item(text: snapshot.dataset.title, rank: 3), Item(text: Self.shape(snapshot.now.network), rank: 4),
                    Item(text: "from a file", rank: 1),
                ]
                (after, progress) = (Self.test(snapshot, rank: 0), nil)
                return
            }
            let epochs = String(snapshot.configuration.epochs)
            let batches = String(snapshot.batchesPerEpoch)
            let warning = snapshot.dataset.isTestedOnTraining ? [Item(text: "tested on training images", rank: 2)] : []
            let change = ChangeText.rate(snapshot.record)
            let stopped = snapshot.record.hasStoppedEarly ? [Item(text: "stopped early", rank: 2)] : []
            let kept = snapshot.record.keptEpoch.map { [Item(text: "network of epoch \($0)", rank: 2)] } ?? []
            let place = [
                Item(text: "epoch \(String(snapshot.epoch).padded(to: epochs.count))/\(epochs)", rank: 1),
                Item(
                    text: "batch \(String(snapshot.batch).padded(to: batches.count))/\(batches)",
                    rank: change == nil && !snapshot.isSlowed ? 4 : 5),
            ]
            let pace = snapshot.isSlowed ? Self.slowed(snapshot.pace, of: "a run", width: width) : []
            before =
                [
                    Item(text: snapshot.dataset.title, rank: 3), Item(text: Self.shape(snapshot.now.network), rank: 8),
                ] + pace + warning + stopped + kept + place
            var after = [Item(text: String(Int(snapshot.progress * 100)).padded(to: 3) + "%", rank: 0)]
            if snapshot.phase != .finished, let seconds = snapshot.secondsLeft {
                after.append(Item(text: Format.duration(seconds) + (width < 100 ? "" : " left"), rank: 5))
            }
            if !snapshot.isSlowed {
                after.append(Item(text: Format.count(snapshot.samplesPerSecond) + " samples/s", rank: 7))
            }
            after.append(Item(text: "lr \(Format.significant(Double(snapshot.learningRate)))", rank: 4))
            if let change { after.append(Item(text: change, rank: 4)) }
            if let test = snapshot.record.finalTest {
                after.append(Item(text: "test \(Format.percent(test.accuracy, decimals: 2))", rank: 3))
            }
            self.after = after + Self.test(snapshot)
            progress = snapshot.progress
        }

        private static func test(_ snapshot: TrainingSnapshot, rank: Int = 6) -> [Item] {
            snapshot.now.evaluation.map { test in
                [Item(text: "\(snapshot.dataset.judge) \(Format.percent(test.accuracy, decimals: 2))", rank: rank)]
            } ?? []
        }

        /// That the run is slowed, and how to change it.
        ///
        /// - Parameter what: takes as long as the pace says.
        private static func slowed(_ pace: Pace, of what: String, width: Int) -> [Item] {
            var words = "slowed"
            if case .seconds(let seconds) = pace, width >= 100 {
                words +=
                    " to " + (seconds < 60 ? Format.brief(seconds) + " s" : Format.duration(seconds))
                    + " " + what
            }
            return [Item(text: words, rank: 2), Item(key: ".", text: "faster", rank: 2)]
        }

        private init(_ snapshot: PlaygroundSnapshot, width: Int) {
            (badge, paper) = snapshot.isOn ? (" ▶ training ", .right) : (" ‖ paused ", .test)
            let run = snapshot.others.isEmpty ? [] : [Item(text: "run \(snapshot.number)", rank: 1)]
            let epochs = PlaygroundConfiguration.usualEpochs
            let pace =
                snapshot.isSlowed ? Self.slowed(snapshot.pace, of: "for \(epochs) epochs", width: width) : []
            before =
                run + [
                    Item(text: snapshot.configuration.set.title, rank: 1),
                    Item(text: Self.shape(snapshot.network), rank: 2),
                ] + pace + [
                    Item(text: "step \(Format.grouped(snapshot.step).padded(to: 9))", rank: 0),
                    Item(
                        text: "epoch \(Format.grouped(snapshot.step / snapshot.batchesPerEpoch).padded(to: 7))",
                        rank: 5),
                    Item(text: Format.count(snapshot.samplesPerSecond) + " samples/s", rank: 4),
                    Item(text: "lr \(Format.significant(Double(snapshot.configuration.learningRate)))", rank: 3),
                ]
            after = []
            progress = nil
        }

        private static let diverged: (String, Ink) = (" ✗ diverged ", .wrong)

        static func of(_ run: Run, _ state: State, width: Int) -> Content {
            var content: Content
            if let shown = run.shown, state.screen.content.showsMoments {
                content = Content(past: shown, run.snapshot, state)
            } else {
                content = of(present: run.snapshot, state, width: width)
                content.before = runs(run, state) + content.before
                if run.isFromFile { content.badge = " ■ \(run.condition) " }
            }
            if let reading = state.reading {
                content.before.insert(Item(text: "reading \(reading.datasetTitle) …", rank: 0), at: 0)
            }
            return content
        }

        /// Which run is in view where there are several, and what becomes of the one that trains meanwhile.
        private static func runs(_ run: Run, _ state: State) -> [Item] {
            guard let training = state.trainingRun, state.runs.count > 1 else { return [] }
            var name = [Item(text: "run \(run.number)", rank: 1)]
            if run.snapshot.phase == .stopped || run.snapshot.phase == .opened, state.screen == .train {
                name.append(Item(key: "f", text: "goes on from it", rank: 3))
            }
            let others = [training, state.companionRun].compactMap { $0 }.filter {
                $0.id != run.id && $0.snapshot.phase == .running
            }
            return name
                + others.map { other in
                    let share = String(Int(other.snapshot.progress * 100)).padded(to: 3)
                    return Item(text: "run \(other.number) trains:\(share)%", rank: 2)
                }
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
            // As wide as it will be at the end, so that nothing jumps.
            let last = snapshot.totalSteps
            let width = [0, last - 1, last].map { StepText.words(of: $0, in: snapshot).count }.max() ?? 0
            let phase = state.run?.condition ?? ""
            let share = String(Int(snapshot.progress * 100)).padded(to: 3) + "%"
            self.init(
                past: StepText.words(of: moment.step, in: snapshot).fitted(to: width),
                run: state.runs.count > 1 ? state.run?.number : nil,
                meanwhile: snapshot.phase == .running ? "\(phase) \(share)" : phase,
                progress: Double(moment.step) / Double(max(snapshot.totalSteps, 1)), state)
        }

        private init(past moment: Moment, _ snapshot: PlaygroundSnapshot, _ state: State) {
            let last = "at step \(Format.grouped(snapshot.step))"
            let words = moment.step == 0 ? "at the start" : "at step \(Format.grouped(moment.step))"
            self.init(
                past: words.fitted(to: max(last.count, words.count)),
                run: snapshot.others.isEmpty ? nil : snapshot.number, meanwhile: snapshot.isOn ? "training" : "paused",
                progress: Double(moment.step) / Double(max(snapshot.step, 1)), state)
        }

        /// - Parameter words: which moment it is.
        private init(past words: String, run: Int?, meanwhile: String, progress: Double, _ state: State) {
            let sign =
                switch state.film.direction {
                case .backwards: "◂◂"
                case .forwards: "▸▸"
                case nil: "◂"
                }
            badge = " \(sign) \(words) "
            paper = .key
            let keys = state.hints("0", "J", "j", state.film.direction == nil ? "j" : ",")
            let named = run.map { [Item(text: "run \($0)", rank: 2)] } ?? []
            before = named + zip(keys, [0, 1, 3, 2]).map { Item(key: $0.keys, text: $0.words, rank: $1) }
            after = [Item(text: meanwhile, rank: 2)]
            self.progress = progress
        }

        static func of(_ snapshot: PlaygroundSnapshot, _ state: State, width: Int) -> Content {
            if let shown = state.playground.shown { return Content(past: shown, snapshot, state) }
            guard snapshot.history.isLost else { return Content(snapshot, width: width) }
            let advice = width < 60 ? "[ slower, r start again" : "[ lowers the rate, r starts again"
            return Content(diverged: advice + (width >= 80 && state.hasPast ? "; j goes back" : ""), width: width)
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
