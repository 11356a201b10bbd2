/// How the curves are looked at.
struct TrainState: Sendable, Equatable {
    private(set) var logarithmicLoss = true
    private var smoothing = 4
    /// The part of the run in view, as shares of the whole.
    private(set) var window = 0.0...1.0
    /// Where the values are read off, a share of the run.
    private(set) var cursor: Double?
    /// What the upper chart shows.
    private(set) var view = TrainView.loss
    /// What lies over the curves; nil for nothing.
    var dialog: TrainDialog? {
        didSet { if case .plan(let choice) = dialog { planPlace = choice.chosen } }
    }
    /// The setting of a new run that was chosen last, where the next one is likely to differ, too.
    private(set) var planPlace = RunPlan.usualPlace
    /// Whether the images that the network is shown are wanted in place of the curves.
    var wantsDistortions = false
    /// The first of these images.
    var firstImage = 0

    /// Steps after which a value has half its weight in the smoothed curve.
    private static let halfLives: [Double] = [0, 5, 10, 20, 50, 100, 200, 500, 1000]
    var halfLife: Double { Self.halfLives[smoothing] }

    mutating func turnView(hasRanks: Bool) { view = view.next(hasRanks: hasRanks) }

    mutating func toggleScale() { logarithmicLoss.toggle() }

    mutating func smooth(by step: Int) { smoothing = min(max(smoothing + step, 0), Self.halfLives.count - 1) }

    /// By hundredths of what is in view. `progress` is the share of the run that is over.
    mutating func moveCursor(by steps: Double, progress: Double) {
        moveCursor(to: (cursor ?? progress) + steps * span / 100)
    }

    mutating func zoom(by factor: Double, progress: Double) { zoom(by: factor, at: cursor ?? progress) }

    /// Half of what is in view.
    mutating func turnPage(by count: Double) { pan(by: count * span / 2) }

    mutating func showAll() { window = 0...1 }

    mutating func reset() { (window, cursor) = (0...1, nil) }

    private var span: Double { window.upperBound - window.lowerBound }

    mutating func handle(_ mouse: Mouse, in layout: TrainScreen.Layout) {
        guard let plot = layout.plot(at: mouse), plot.width > 1 else { return }
        let share = min(max((Double(mouse.x - plot.x) + 0.5) / Double(plot.width), 0), 1)
        let place = window.lowerBound + share * span
        switch mouse.kind {
        case .press, .drag: moveCursor(to: place)
        case .wheelUp: zoom(by: 0.8, at: place)
        case .wheelDown: zoom(by: 1.25, at: place)
        case .release: break
        }
    }

    mutating func put(cursor place: Double?) {
        if let place { moveCursor(to: place) } else { cursor = nil }
    }

    /// The run has become longer or shorter: the cursor stays at its step.
    mutating func rescaleCursor(by factor: Double) {
        if factor != 1 { cursor = cursor.map { min($0 * factor, 1) } }
    }

    /// The window follows.
    private mutating func moveCursor(to place: Double) {
        let place = min(max(place, 0), 1)
        cursor = place
        if place < window.lowerBound { pan(by: place - window.lowerBound) }
        if place > window.upperBound { pan(by: place - window.upperBound) }
    }

    /// What is at `place` stays where it is on the screen.
    private mutating func zoom(by factor: Double, at place: Double) {
        let span = min(max(span * factor, 0.001), 1)
        let place = min(max(place, window.lowerBound), window.upperBound)
        let share = (place - window.lowerBound) / self.span
        let lower = min(max(place - share * span, 0), 1 - span)
        window = lower...lower + span
    }

    private mutating func pan(by distance: Double) {
        let span = span
        let lower = min(max(window.lowerBound + distance, 0), 1 - span)
        window = lower...lower + span
    }
}
