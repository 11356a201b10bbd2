import Training

/// A run as the list and the charts of other runs know it, one of the session or one from a file.
protocol ListedRun: Sendable {
    var id: Int { get }
    /// By which the user knows it: 1 to `Run.most`, which no other run has now.
    var number: Int { get }
    /// What the user calls it; empty for no name.
    var name: String { get set }
    /// Whether the charts of other runs leave it out.
    var isHidden: Bool { get set }
    var curves: RunCurves { get }
    /// Of the last test, 0…1; nil before there is one.
    var testAccuracy: Double? { get }
    /// Time that its training took; nil where that is not known.
    var seconds: Double? { get }
    /// "training", "from file"
    var condition: String { get }
}

extension ListedRun {
    var label: RunLabel {
        get { RunLabel(name: name, isHidden: isHidden) }
        set { (name, isHidden) = (newValue.name, newValue.isHidden) }
    }
}

extension Run: ListedRun {
    var curves: RunCurves { RunCurves(snapshot.record) }
    var testAccuracy: Double? { curves.testAccuracy ?? snapshot.now.evaluation.map { Double($0.accuracy) } }
    var seconds: Double? { snapshot.secondsTrained }

    var condition: String {
        if isFromFile { return LoggedRun.condition }
        return switch snapshot.phase {
        case .running: "training"
        case .paused: "paused"
        case .finished: "finished"
        case .diverged: "diverged"
        case .stopped: "stopped"
        case .opened: "opened"
        }
    }
}

/// A run from a file that holds its curves and no network for the images at hand.
public struct LoggedRun: ListedRun, Equatable {
    let id: Int
    let number: Int
    var name: String
    var isHidden = false
    let curves: RunCurves
    let seconds: Double?
    var testAccuracy: Double? { curves.testAccuracy }

    static let condition = "from file"
    var condition: String { Self.condition }

    /// "tests, by epochs": what the curves tell of.
    var words: String {
        let curve = curves.accuracy.points.isEmpty ? curves.loss : curves.accuracy
        let unit = curve.unit == .epochs ? "epochs" : "batches"
        return "curves of \(curve.isTest ? "tests" : "the training"), by \(unit)"
    }
}

extension State {
    /// Those of the session, then those from files.
    var listedRuns: [any ListedRun] {
        let files: [any ListedRun] = runs.filter(\.isFromFile) + loggedRuns
        let own: [any ListedRun] = runs.filter { !$0.isFromFile }
        return own + files.sorted { $0.number < $1.number }
    }

    mutating func changeLabel(of id: Int, _ change: (inout RunLabel) -> Void) {
        if let index = runs.firstIndex(where: { $0.id == id }) {
            change(&runs[index].label)
        } else if let index = loggedRuns.firstIndex(where: { $0.id == id }) {
            change(&loggedRuns[index].label)
        }
    }

    /// Takes runs from files in, which are shown once it is known what the session trains on. `Run.most` less one have
    /// room.
    public mutating func bringIn(_ runs: [EarlierRun]) { earlierRuns = runs }

    /// The most runs from files.
    public static var mostEarlierRuns: Int { Run.most - 1 }

    /// The data set is known: shows the runs from files, with their networks where those read its images.
    mutating func listEarlierRuns(_ snapshot: TrainingSnapshot) {
        for (index, earlier) in earlierRuns.enumerated() {
            // Those of the session count from 0.
            let (id, number) = (-1 - index, freeNumber)
            if let snapshot = earlier.snapshot(on: snapshot.dataset, run: id) {
                var run = Run(id: id, number: number, snapshot: snapshot, isFromFile: true)
                run.name = earlier.name
                runs.insert(run, at: index - loggedRuns.count)
            } else {
                loggedRuns.append(
                    LoggedRun(
                        id: id, number: number, name: earlier.name, curves: earlier.curves, seconds: earlier.seconds))
            }
        }
        earlierRuns = []
    }
}
