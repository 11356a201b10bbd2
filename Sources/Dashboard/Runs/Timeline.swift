import Training

/// The moments of a run up to its present, and which of them is looked at.
struct Timeline {
    let moments: Moments
    /// The step of the present.
    let step: Int
    /// nil for the present.
    let shown: Moment?
    /// Where going back from the present leads first; nil where there is no past.
    let lastGood: Moment?

    init(_ run: Run) {
        let snapshot = run.snapshot
        (moments, step, shown) = (snapshot.past, snapshot.step, run.shown)
        // Of a run that went wrong, what it was before.
        lastGood = snapshot.phase == .diverged ? snapshot.lastGoodMoment : moments.last(before: step)
    }

    init(_ snapshot: PlaygroundSnapshot, shown: Moment?) {
        (moments, step, self.shown) = (snapshot.past, snapshot.step, shown)
        lastGood = moments.last(before: step)
    }

    /// The moments before the present.
    var past: ArraySlice<Moment> {
        let all = moments.all
        return all.last?.step == step ? all.dropLast() : all[...]
    }

    /// The moment after the one in view, or before it; nil for the present, and where there is none before the present.
    func neighbour(by count: Int) -> Moment? {
        guard let shown else { return count > 0 ? nil : lastGood }
        return count > 0 ? moments.first(after: shown.step) : moments.last(before: shown.step) ?? shown
    }
}
