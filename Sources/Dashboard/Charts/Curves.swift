import Training

/// The series of a run as the charts show them: smoothed, and cut to the part in view.
struct Curves {
    /// A run beside it.
    struct Other {
        let number: Int
        /// Its name, or what tells it apart.
        let title: String
        fileprivate let curves: RunCurves
    }

    let snapshot: TrainingSnapshot
    /// Of the run.
    let number: Int
    let others: [Other]
    /// Whether there is no other run.
    let isAlone: Bool
    private let smooth: SmoothCurves
    /// The step under the cursor.
    let cursorStep: Double?
    private let steps: Axis
    private let ticks: [Axis.Tick]

    var loss: [Chart.Point] { smooth.loss }
    var accuracy: [Chart.Point] { smooth.accuracy }

    /// - Parameters:
    ///   - others: to show beside it.
    ///   - all: the runs that they are told apart from.
    init(_ run: Run, _ state: TrainState, beside others: [any ListedRun] = [], of all: [Run] = []) {
        snapshot = run.snapshot
        number = run.number
        isAlone = all.count < 2 && others.isEmpty
        let differences = RunDifferences(all)
        self.others = others.map {
            Other(number: $0.number, title: differences.title(of: $0), curves: $0.curves)
        }
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
    func chart(
        band: [Chart.Span], curve: [Chart.Point], tests: [Chart.Point], others: [Chart.Series] = [], values: Axis
    ) -> Chart {
        chart(
            others + [
                Chart.Series(band: band, curve: curve, ink: .train),
                Chart.Series(curve: tests, marks: tests, ink: .test),
            ], values: values)
    }

    /// Any series over the steps of the run.
    func chart(_ series: [Chart.Series], values: Axis) -> Chart {
        Chart(
            series: series, steps: steps, stepTicks: ticks, values: values,
            rateChanges: snapshot.learningRateChanges.map { Double($0.step) }, cursor: cursorStep)
    }

    /// The curves of the other runs, by epochs: where their batches have another size, their steps are not as long. Steps
    /// of an unknown part of an epoch are taken for those of this run.
    func tests(ofOthers curve: KeyPath<RunCurves, RunCurves.Curve>) -> [Chart.Series] {
        others.map { other in
            let curve = other.curves[keyPath: curve]
            let length = curve.unit == .epochs ? Double(snapshot.batchesPerEpoch) : 1
            let points = curve.points.map { Chart.Point(step: $0.place * length, value: $0.value) }
            return Chart.Series(
                curve: inView(points), ink: .run(UInt8(other.number)), isThin: true, number: other.number)
        }
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
