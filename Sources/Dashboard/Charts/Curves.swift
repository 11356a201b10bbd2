import Training

/// The series of a run as the charts show them: smoothed, and cut to the part in view.
struct Curves {
    let snapshot: TrainingSnapshot
    private let smooth: SmoothCurves
    /// The step under the cursor.
    let cursorStep: Double?
    private let steps: Axis
    private let ticks: [Axis.Tick]

    var loss: [Chart.Point] { smooth.loss }
    var accuracy: [Chart.Point] { smooth.accuracy }

    init(_ run: Run, _ state: TrainState) {
        snapshot = run.snapshot
        smooth = run.curves(halfLife: state.halfLife)
        let total = Double(max(snapshot.totalSteps, 1))
        let batches = Double(snapshot.batchesPerEpoch)
        let window = state.window.lowerBound * total...state.window.upperBound * total
        steps = Axis(window)
        let epochs = Axis(window.lowerBound / batches...window.upperBound / batches)
        let span = epochs.range.upperBound - epochs.range.lowerBound
        ticks = epochs.ticks(atMost: 12, smallestStep: span < 2 ? 0 : 1).map {
            Axis.Tick(value: $0.value * batches, label: $0.label)
        }
        cursorStep = state.cursor.map { $0 * total }
    }

    /// The curve of the batches with their band, and the tests.
    func chart(band: [Chart.Span], curve: [Chart.Point], tests: [Chart.Point], values: Axis) -> Chart {
        Chart(
            series: [
                Chart.Series(band: band, curve: curve, ink: .train),
                Chart.Series(curve: tests, marks: tests, ink: .test),
            ],
            steps: steps, stepTicks: ticks, values: values,
            rateChanges: snapshot.learningRateChanges.map { Double($0.step) }, cursor: cursorStep)
    }

    /// One point more on either side, so that the curve runs to the edges, and no more than a chart can show.
    func inView(_ points: [Chart.Point]) -> [Chart.Point] {
        let range = steps.range
        guard let first = points.firstIndex(where: { $0.step >= range.lowerBound }) else { return points.suffix(1) }
        let last = points.lastIndex { $0.step <= range.upperBound } ?? first
        return LearningCurve.thinned(points[max(first - 1, 0)...min(max(last, first) + 1, points.count - 1)])
    }

    /// The batches' values where they are in view.
    func band(_ series: Series) -> [Chart.Span] { LearningCurve.band(series, in: steps.range) }

    /// The last value at or before the step; the last of all for nil.
    func value(of curve: [Chart.Point], at step: Double?) -> Double? {
        guard let step else { return curve.last?.value }
        guard step <= (curve.last?.step ?? 0) + 1 else { return nil }
        return (curve.last { $0.step <= step } ?? curve.first)?.value
    }

    /// The losses of the batches about the step, lowest to highest; nil without a step.
    func batches(at step: Double?) -> ClosedRange<Double>? {
        step.flatMap { LearningCurve.band(snapshot.history.loss, in: $0...$0).first?.values }
    }
}
