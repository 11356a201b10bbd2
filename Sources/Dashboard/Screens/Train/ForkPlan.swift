import NeuralNetwork
import Training

/// Going on from the moment in view as a run of its own: its settings from then on.
struct ForkPlan: Settable {
    private(set) var configuration: TrainingConfiguration
    /// At least a step is left.
    private let fewestEpochs: Int

    /// As the run in view has them.
    init(_ snapshot: TrainingSnapshot) {
        configuration = snapshot.configuration
        fewestEpochs = Fork.fewestEpochs(snapshot)
        configuration.epochs = max(configuration.epochs, fewestEpochs)
    }

    static let settings: [Setting<ForkPlan>] =
        ([
            .optimizer, .learningRate, .schedule, .batchSize(of: "images"), .weightDecay("reads new ones better"),
        ] as [Setting<TrainingConfiguration>]).map { $0.of(\.configuration) } + [
            Setting(
                name: epochs.name, meaning: epochs.meaning, value: { epochs.value($0.configuration) },
                change: {
                    epochs.change(&$0.configuration, $1)
                    $0.configuration.epochs = max($0.configuration.epochs, $0.fewestEpochs)
                })
        ]

    private static let epochs = Setting<TrainingConfiguration>.epochs

    static let bindings = SettingsDialog.bindings(
        "go on from the moment in view as a new run", begin: { $0.startFork() })

    static func draw(_ choice: SettingsChoice<ForkPlan>, _ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let run = state.run else { return }
        let snapshot = run.view
        let when =
            run.shown == nil && snapshot.phase == .running
            ? "from now" : StepText.words(of: snapshot.now.step, in: snapshot)
        SettingsDialog.draw(
            choice,
            titles: [
                "Go on from run \(run.number), \(when), with other settings", "Run \(run.number), \(when), go on",
                "Go on",
            ],
            notes: [
                "The optimizer begins afresh; run \(run.number) stays as it is.", "Run \(run.number) stays as it is.",
            ], state, in: room, on: &grid)
    }
}

extension State {
    /// Opens the settings for going on from the moment in view; of a run that went wrong, from what it was before.
    mutating func openFork() {
        if let run, run.shown == nil, run.snapshot.phase == .diverged { turnMoment(by: -1) }
        if let snapshot { train.dialog = .fork(SettingsChoice(ForkPlan(snapshot))) }
    }

    fileprivate mutating func startFork() -> [Action] {
        guard let snapshot, case .fork(let choice) = train.dialog else { return [] }
        train.dialog = nil
        return begin(.fork(Fork(snapshot, choice.values.configuration)))
    }
}
