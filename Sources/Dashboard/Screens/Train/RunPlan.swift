import Datasets
import NeuralNetwork
import Training

/// A run that is to begin with settings of its own, and on which data set.
public struct RunPlan: Sendable, Equatable {
    /// By its name.
    private(set) var dataset: String
    private(set) var configuration: TrainingConfiguration
    /// Those that there are, with the names that people know.
    private let datasets: [DatasetName]
    /// The layers of the run that was in view.
    private let ownLayers: [HiddenLayer]

    struct DatasetName: Sendable, Equatable {
        let name, title: String
    }

    /// As the run in view has them.
    init(_ snapshot: TrainingSnapshot, datasets: [DatasetName]) {
        dataset = snapshot.dataset.name
        configuration = snapshot.settings
        ownLayers = configuration.hiddenLayers
        let own = DatasetName(name: snapshot.dataset.name, title: snapshot.dataset.title)
        self.datasets = datasets.contains { $0.name == own.name } ? datasets : datasets + [own]
    }

    /// As people write it.
    var datasetTitle: String { datasets.first { $0.name == dataset }?.title ?? dataset }

    /// The network by its usual name; nil for one that has none.
    private var recipe: Recipe? { Recipe.allCases.first { usual($0).hiddenLayers == configuration.hiddenLayers } }

    /// What `--network` brings.
    private func usual(_ recipe: Recipe, _ optimizer: Optimizer.Kind? = nil) -> TrainingConfiguration {
        var usual = TrainingConfiguration(recipe, dataset: dataset, optimizer: optimizer)
        (usual.seed, usual.threads) = (configuration.seed, configuration.threads)
        return usual
    }

    /// Settings that are all usual become those that suit the other data set; of others, how images are distorted.
    fileprivate mutating func turnDataset(by step: Int) {
        let usualOne = recipe.flatMap { usual($0) == configuration ? $0 : nil }
        dataset = Choice.turn(datasets.map(\.name), from: dataset, by: step)
        if let usualOne {
            configuration = usual(usualOne)
        } else if configuration.distortion != nil {
            configuration.distortion = .preset(dataset: dataset)
        }
    }

    fileprivate mutating func turnNetwork(by step: Int) {
        let all = Recipe.allCases
        guard let recipe else {
            configuration = usual(step > 0 ? all[0] : all[all.count - 1])
            return
        }
        configuration = usual(Choice.turn(all, from: recipe, by: step))
    }

    /// One layer more or less at the end: as many neurons as the run in view has there, else half as many as before.
    fileprivate mutating func turnDepth(by step: Int) {
        let layers = configuration.hiddenLayers
        if step < 0 {
            if layers.last?.isDense ?? false { configuration.hiddenLayers.removeLast() }
        } else if layers.count < ownLayers.count, ownLayers.starts(with: layers) {
            configuration.hiddenLayers.append(ownLayers[layers.count])
        } else if layers.count(where: \.isDense) < Self.mostLayers {
            let neurons = layers.last?.neurons.map { max($0 / 2, 1) } ?? 128
            configuration.hiddenLayers.append(.dense(neurons: neurons))
        }
    }

    /// More or fewer neurons, the layers in the same ratio to each other.
    fileprivate mutating func turnWidth(by step: Int) {
        guard let first else { return }
        let width = Choice.next([8, 16, 32, 64, 128, 256, 512, 1024], first, step)
        configuration.hiddenLayers = configuration.hiddenLayers.map { layer in
            layer.neurons.map { .dense(neurons: min(max($0 * width / first, 1), HiddenLayer.mostNeurons)) } ?? layer
        }
    }

    /// The neurons of the first layer that is dense and not the last; nil where there is none.
    fileprivate var first: Int? { configuration.hiddenLayers.lazy.compactMap(\.neurons).first }

    private static let mostLayers = 6

    /// With the learning rate and the weight decay that suit the optimizer.
    fileprivate mutating func turnOptimizer(by step: Int) {
        let optimizer = Choice.turn(Optimizer.Kind.allCases, from: configuration.optimizer, by: step)
        let usual = usual(recipe ?? .dense, optimizer)
        configuration.optimizer = optimizer
        (configuration.learningRate, configuration.weightDecay) = (usual.learningRate, usual.weightDecay)
    }

    fileprivate mutating func turnDistortion() {
        configuration.distortion = configuration.distortion == nil ? .preset(dataset: dataset) : nil
    }

    /// Reads the data set that the run is to begin on, which takes longer than a frame.
    public func event(reading location: DatasetLocation) -> Event {
        do {
            return .read(try location.load(), for: self)
        } catch {
            return .notRead("\(error)", for: self)
        }
    }
}

extension RunPlan: Settable {
    static let settings: [Setting<RunPlan>] = [
        Setting(
            name: "data set", meaning: "the images to learn", value: { $0.datasetTitle },
            change: { $0.turnDataset(by: $1) }),
        Setting(
            name: "network", meaning: "with all that suits it; lenet, small read best",
            value: { $0.recipe?.rawValue ?? "own" }, change: { $0.turnNetwork(by: $1) }),
        Setting(
            name: "neurons in the first", meaning: "more read better and take longer",
            value: { $0.first.map(String.init) ?? "–" }, change: { $0.turnWidth(by: $1) }),
        Setting(
            name: "hidden layers", meaning: "a layer more or less; neurons in each",
            value: { HiddenLayer.list($0.configuration.hiddenLayers) }, change: { $0.turnDepth(by: $1) }),
        Own.activation.of(\.configuration),
        Setting(
            name: Own.optimizer.name, meaning: Own.optimizer.meaning, value: { Own.optimizer.value($0.configuration) },
            change: { $0.turnOptimizer(by: $1) }),
        Own.learningRate.of(\.configuration), Own.schedule.of(\.configuration),
        Own.batchSize(of: "images").of(\.configuration), Own.epochs.of(\.configuration),
        Own.weightDecay("reads new ones better").of(\.configuration), Own.dropout.of(\.configuration),
        Setting(
            name: "distortions", meaning: "images turned, bent, moved in each epoch",
            value: { $0.configuration.distortion == nil ? "off" : "on" }, change: { plan, _ in plan.turnDistortion() }),
        Own.seed.of(\.configuration),
    ]

    private typealias Own = Setting<TrainingConfiguration>

    /// What is changed most often, which is chosen at first.
    static let usualPlace = settings.firstIndex { $0.name == Own.optimizer.name } ?? 0

    static let bindings = SettingsDialog.bindings("begin the run", begin: { $0.startPlan() })

    static func draw(_ choice: SettingsChoice<RunPlan>, _ state: State, in room: Rect, on grid: inout CellGrid) {
        guard let run = state.run else { return }
        SettingsDialog.draw(
            choice, titles: ["A new run, with new weights", "A new run"],
            notes: [
                "Enter starts it; run \(run.number) stays as it is.", "Run \(run.number) stays as it is.",
            ], state, in: room, on: &grid)
    }
}

extension State {
    /// Opens the settings of a new run, as the run in view has them.
    mutating func openPlan() {
        guard let snapshot else { return }
        let names = datasets.map { RunPlan.DatasetName(name: $0.name, title: $0.title) }
        screen = .train
        train.dialog = .plan(SettingsChoice(RunPlan(snapshot, datasets: names), chosen: train.planPlace))
    }

    fileprivate mutating func startPlan() -> [Action] {
        guard case .plan(let choice) = train.dialog else { return [] }
        let plan = choice.values
        // One that a run of the session has need not be read again.
        if let dataset = runs.first(where: { $0.snapshot.dataset.name == plan.dataset })?.snapshot.dataset {
            return fits(plan, dataset) ? ask(.begin(start(plan, on: dataset))) : []
        }
        guard let location = datasets.first(where: { $0.name == plan.dataset }) else { return [] }
        return ask(.begin([.read(plan, location)]))
    }

    /// Whether the run can begin; else says why not.
    private mutating func fits(_ plan: RunPlan, _ dataset: Dataset) -> Bool {
        guard let problem = plan.configuration.problem(on: dataset) else { return true }
        notice = "This does not fit \(plan.datasetTitle). \(problem)"
        return false
    }

    /// It trains even where the run before waits.
    private func start(_ plan: RunPlan, on dataset: Dataset) -> [Action] {
        [.request(.begin(newRun(.new(plan.configuration), on: dataset))), .request(.run)]
    }

    /// The settings are closed once the run begins or its data set is being read; until then a question may come to no.
    mutating func followPlan(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .read(let plan, _): reading = plan
            case .request(.begin): break
            default: continue
            }
            if case .plan = train.dialog { train.dialog = nil }
        }
    }

    /// The data set was read, unless something else is wanted by now. What does not fit can be mended.
    mutating func take(_ dataset: Dataset, for plan: RunPlan) -> [Action] {
        guard reading == plan else { return [] }
        reading = nil
        guard fits(plan, dataset) else {
            reopen(plan)
            return []
        }
        return start(plan, on: dataset)
    }

    mutating func take(unread problem: String, for plan: RunPlan) {
        guard reading == plan else { return }
        reading = nil
        notice = problem
        reopen(plan)
    }

    private mutating func reopen(_ plan: RunPlan) {
        if train.dialog == nil { train.dialog = .plan(SettingsChoice(plan, chosen: train.planPlace)) }
    }
}
