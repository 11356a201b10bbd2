import Training

/// Everything that the screen is a function of.
public struct State: Sendable, Equatable {
    public enum Screen: Int, Sendable, CaseIterable {
        case train = 1
        case confusion

        var title: String {
            switch self {
            case .train: "Train"
            case .confusion: "Confusion"
            }
        }

        /// For narrow windows.
        var shortTitle: String {
            switch self {
            case .train: "Train"
            case .confusion: "Conf"
            }
        }
    }

    public var appearance: Appearance
    public var screen = Screen.train
    public var showsHelp = false
    /// The training at the moment; nil while the data is being read.
    public var snapshot: TrainingSnapshot?
    var train = TrainScreen.Settings()
    var confusion = ConfusionScreen.Settings()

    public init(appearance: Appearance = Appearance()) {
        self.appearance = appearance
    }

    /// The one way in which the state changes. Returns what is to be done outside.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .snapshot(let snapshot):
            self.snapshot = snapshot
            return []
        case .key(let key):
            if showsHelp {
                showsHelp = false
                return key == .character("q") ? [.quit] : []
            }
            return handle(key)
        }
    }

    private mutating func handle(_ key: Key) -> [Action] {
        switch key {
        case .character("q"): return [.quit]
        case .character("?"): showsHelp = true
        case .tab: turnScreen(by: 1)
        case .backTab: turnScreen(by: -1)
        case .character("p"): return [.request(snapshot?.phase == .running ? .pause : .run)]
        case .character("n"): return [.request(.trainBatch)]
        case .character("N"): return [.request(.trainEpoch)]
        case .character("["): return [.request(.scaleLearningRate(by: 1 / Self.learningRateFactor))]
        case .character("]"): return [.request(.scaleLearningRate(by: Self.learningRateFactor))]
        case .character(let character):
            if let number = Int(String(character)), let screen = Screen(rawValue: number) {
                self.screen = screen
            } else {
                handleOnScreen(key)
            }
        default: handleOnScreen(key)
        }
        return []
    }

    private mutating func handleOnScreen(_ key: Key) {
        switch screen {
        case .train: train.handle(key)
        case .confusion: confusion.handle(key, classes: snapshot?.dataset.classNames.count ?? 10)
        }
    }

    private mutating func turnScreen(by count: Int) {
        let all = Screen.allCases
        guard let index = all.firstIndex(of: screen) else { return }
        screen = all[(index + count + all.count) % all.count]
    }

    /// The tenth root of ten: ten presses are a factor of ten.
    private static let learningRateFactor: Float = 1.258925
}
