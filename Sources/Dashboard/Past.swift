import Training

/// The film of a run: its moments one after the other.
struct Film: Sendable, Equatable {
    enum Direction: Sendable { case backwards, forwards }

    /// Moments a second.
    private static let speeds = [1, 2, 4, 8, 15]

    /// Which way it plays; nil while it stands.
    var direction: Direction?
    private var place = 3

    var speed: Int { Self.speeds[place] }

    mutating func turnSpeed(by count: Int) {
        place = min(max(place + count, 0), Self.speeds.count - 1)
    }
}

/// Going back to the moments of the run in view while its training goes on.
extension State {
    /// Of the run on the screen in view: the playground has its own.
    private var timeline: Timeline? {
        screen == .playground
            ? playground.snapshot.map { Timeline($0, shown: playground.shown) } : run.map { Timeline($0) }
    }

    /// The film of the screen in view.
    var film: Film {
        get { screen == .playground ? playground.film : runFilm }
        set { if screen == .playground { playground.film = newValue } else { runFilm = newValue } }
    }

    /// Whether there is a moment to go back to on the screen in view.
    var hasPast: Bool { screen.content.showsMoments && timeline?.past.isEmpty == false }

    /// Whether a moment of the past is looked at.
    var isInPast: Bool { screen.content.showsMoments && timeline?.shown != nil }

    /// The time between two pictures of the film; nil while none is to be seen.
    public var frameInterval: Duration? { showsFilm ? .seconds(1) / film.speed : nil }

    var showsFilm: Bool { film.direction != nil && hasPast }

    /// Shows the moment before or after, and stops the film.
    mutating func turnMoment(by count: Int) {
        film.direction = nil
        show(timeline?.neighbour(by: count))
    }

    mutating func returnToPresent() {
        film.direction = nil
        show(nil)
    }

    /// The run in focus is looked at as it is, whatever screen is in view.
    mutating func leavePastOfRun() {
        runFilm.direction = nil
        showInRun(nil)
    }

    /// Starts the film or, where it plays in this direction, stops it. From the present it plays back, or on from the
    /// start of the run.
    mutating func play(_ direction: Film.Direction) {
        film.direction = film.direction == direction ? nil : direction
        guard film.direction == .forwards, let timeline, timeline.shown == nil else { return }
        show(timeline.past.first)
    }

    /// The film goes on. Where the screen shows a test, it waits for the one of the moment in view.
    mutating func showNextFrame() {
        guard let direction = film.direction, let timeline else { return }
        if screen.content.showsTests, run?.isWaitingForTest == true { return }
        show(timeline.neighbour(by: direction == .forwards ? 1 : -1))
        let step = self.timeline?.shown?.step
        if step == nil || step == timeline.shown?.step { film.direction = nil }
    }

    /// Shows the moment that is nearest to the cursor of the curves; without one, or past the last step, the present.
    mutating func followCursor() {
        runFilm.direction = nil
        guard let index = focusedIndex else { return }
        let snapshot = runs[index].snapshot
        let step = train.cursor.map { $0 * Double(snapshot.totalSteps) } ?? .infinity
        runs[index].show(step < Double(snapshot.step) ? snapshot.past.nearest(to: step) : nil)
    }

    private mutating func show(_ moment: Moment?) {
        if screen == .playground { playground.show(moment) } else { showInRun(moment) }
    }

    /// The cursor of the curves goes with it.
    private mutating func showInRun(_ moment: Moment?) {
        guard let index = focusedIndex else { return }
        runs[index].show(moment)
        let total = Double(max(runs[index].snapshot.totalSteps, 1))
        train.put(cursor: runs[index].shown.map { Double($0.step) / total })
    }

    /// Has the moment in view tested in the background where it was not; then, where the screen shows tests, those that
    /// may come next; and the networks from files.
    mutating func testWhatIsShown() -> [Action] {
        runs.indices.compactMap { index in
            guard runs[index].id == focus || runs[index].isFromFile,
                let moment = runs[index].nextToTest(withNeighbours: screen.content.showsTests)
            else { return nil }
            runs[index].testing = moment.step
            return .test(moment, run: runs[index].id)
        }
    }

    mutating func take(_ test: Evaluation, ofRun id: Int) {
        guard let index = runs.firstIndex(where: { $0.id == id }) else { return }
        runs[index].take(test)
    }
}
