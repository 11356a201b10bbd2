extension TrainScreen {
    /// How the curves are looked at.
    struct Settings: Sendable, Equatable {
        private(set) var logarithmicLoss = true
        private var smoothing = 4
        /// The part of the run in view, in shares of it.
        private(set) var window = 0.0...1.0
        /// Where the values are read off, a share of the run.
        private(set) var cursor: Double?

        /// In steps, after which a value weighs half in the smoothed curve.
        private static let halfLives: [Double] = [0, 5, 10, 20, 50, 100, 200, 500, 1000]
        var halfLife: Double { Self.halfLives[smoothing] }

        /// `progress` is the share of the run that is over.
        mutating func handle(_ key: Key, progress: Double) {
            let span = window.upperBound - window.lowerBound
            switch key {
            case .character("l"): logarithmicLoss.toggle()
            case .character("+"), .character("="): smoothing = min(smoothing + 1, Self.halfLives.count - 1)
            case .character("-"): smoothing = max(smoothing - 1, 0)
            case .left: moveCursor(to: (cursor ?? progress) - span / 100)
            case .right: moveCursor(to: (cursor ?? progress) + span / 100)
            case .up: zoom(by: 0.5, at: cursor ?? progress)
            case .down: zoom(by: 2, at: cursor ?? progress)
            case .pageUp: pan(by: -span / 2)
            case .pageDown: pan(by: span / 2)
            case .home: window = 0...1
            case .escape: (window, cursor) = (0...1, nil)
            default: break
            }
        }

        mutating func handle(_ mouse: Mouse, in room: Rect) {
            guard let plot = Layout(room).plot(at: mouse), plot.width > 1 else { return }
            let share = min(max((Double(mouse.x - plot.x) + 0.5) / Double(plot.width), 0), 1)
            let place = window.lowerBound + share * (window.upperBound - window.lowerBound)
            switch mouse.kind {
            case .press, .drag: moveCursor(to: place)
            case .wheelUp: zoom(by: 0.8, at: place)
            case .wheelDown: zoom(by: 1.25, at: place)
            case .release: break
            }
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
            let span = min(max((window.upperBound - window.lowerBound) * factor, 0.001), 1)
            let place = min(max(place, window.lowerBound), window.upperBound)
            let share = (place - window.lowerBound) / (window.upperBound - window.lowerBound)
            let lower = min(max(place - share * span, 0), 1 - span)
            window = lower...lower + span
        }

        private mutating func pan(by distance: Double) {
            let span = window.upperBound - window.lowerBound
            let lower = min(max(window.lowerBound + distance, 0), 1 - span)
            window = lower...lower + span
        }
    }
}
