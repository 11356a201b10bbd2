import NeuralNetwork
import Training

/// The settings for going on from the moment in view as a run of its own.
struct ForkDraft: Sendable, Equatable {
    private(set) var configuration: TrainingConfiguration
    private var chosen = 0

    private static let settings: [Setting<TrainingConfiguration>] = [
        .optimizer, .learningRate,
        Setting(
            name: "schedule", meaning: "how the rate changes till the end", value: { $0.schedule.rawValue },
            change: { $0.schedule = Choice.turn(LearningRateSchedule.allCases, from: $0.schedule, by: $1) }),
        .batchSize(of: "images"), .weightDecay("reads new ones better"),
        Setting(
            name: "epochs in all", meaning: "times that each image is seen", value: { String($0.epochs) },
            change: { $0.epochs = min(max($0.epochs + $1, 1), 1_000_000) }),
    ]

    /// As the run in view has them.
    init(_ snapshot: TrainingSnapshot) {
        configuration = snapshot.configuration
        configuration.epochs = max(configuration.epochs, Fork.fewestEpochs(snapshot))
    }

    mutating func choose(by count: Int) {
        chosen = min(max(chosen + count, 0), Self.settings.count - 1)
    }

    mutating func change(by step: Int, _ snapshot: TrainingSnapshot) {
        Self.settings[chosen].change(&configuration, step)
        configuration.epochs = max(configuration.epochs, Fork.fewestEpochs(snapshot))
    }

    static let bindings: [Binding] = [
        Binding(
            "↑ ↓  ← →", "choose a setting; change it", hint: Binding.Hint("↑↓", "choose"),
            change: [.up: { $0.changeDraft { $0.choose(by: -1) } }, .down: { $0.changeDraft { $0.choose(by: 1) } }]),
        Binding(
            "← →", nil, hint: Binding.Hint("←→", "change"),
            change: [.left: { $0.changeDraft(by: -1) }, .right: { $0.changeDraft(by: 1) }]),
        Binding(
            "Enter", "go on from the moment in view as a new run", hint: Binding.Hint("⏎", "start"),
            ask: [.enter: { $0.startFork() }]),
        Binding(
            "Esc", "back to the curves", hint: Binding.Hint("Esc", "close"),
            change: [.escape: { $0.train.dialog = nil }]),
    ]

    func draw(_ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let run = state.run else { return }
        let snapshot = run.view
        let when =
            run.shown == nil && snapshot.phase == .running
            ? "from now" : StepText.words(of: snapshot.now.step, in: snapshot)
        let titles = [
            "Go on from run \(run.number), \(when), with other settings", "Run \(run.number), \(when), go on",
        ]
        let height = Self.settings.count + 4
        let width = min(60, room.width - 4)
        let title = titles.first { $0.count + 2 <= width } ?? "Go on"
        let inside = TrainDialog.frame(title, width: width, height: height, in: room, on: &grid)
        let rows = Self.settings.map { ($0.name, $0.value(configuration)) }
        let rest = SettingsList.draw(
            rows, chosen: chosen, meaning: Self.settings[chosen].meaning, in: inside, state.appearance.glyphs, on: &grid
        )
        let notes = [
            "The optimizer begins afresh; run \(run.number) stays as it is.", "Run \(run.number) stays as it is.",
        ]
        if rest.height > 1 {
            grid.write(firstOf: notes.map { [($0, .plain)] }, x: rest.x, y: rest.y, width: rest.width)
        }
        KeyLine.draw(
            state.hints(.enter, .up, .left, .escape),
            in: rest.split(top: max(rest.height - 1, 0)).1, on: &grid)
    }
}

extension State {
    /// Opens the settings for going on from the moment in view; of a run that went wrong, from what it was before.
    mutating func openFork() {
        if let run, run.shown == nil, run.snapshot.phase == .diverged { turnMoment(by: -1) }
        if let snapshot { train.dialog = .fork(ForkDraft(snapshot)) }
    }

    fileprivate mutating func changeDraft(_ change: (inout ForkDraft) -> Void) {
        guard case .fork(var draft) = train.dialog else { return }
        change(&draft)
        train.dialog = .fork(draft)
    }

    fileprivate mutating func changeDraft(by step: Int) {
        guard let snapshot else { return }
        changeDraft { $0.change(by: step, snapshot) }
    }

    fileprivate mutating func startFork() -> [Action] {
        guard let snapshot, case .fork(let draft) = train.dialog else { return [] }
        train.dialog = nil
        return begin(.fork(Fork(snapshot, draft.configuration)))
    }
}
