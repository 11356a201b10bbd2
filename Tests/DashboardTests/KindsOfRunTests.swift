import DashboardTestSupport
import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Runs of every kind and in every phase, on each screen, in windows of all widths: they look as they did when they were
/// recorded. Whoever changes what is said of them records them anew.
@Suite struct KindsOfRunTests {
    private static func sample(
        _ phase: TrainingSnapshot.Phase = .running, step: Int = 3200, dataset: Dataset = Samples.dataset,
        pace: Pace = .full, _ change: (inout RunRecord) -> Void = { _ in }
    ) -> TrainingSnapshot {
        let sample = Samples.snapshot(step: step, phase: phase, dataset: dataset)
        return sample.with(change, pace: pace)
    }

    private static func activated(_ activation: Activation) -> TrainingSnapshot {
        var network = Samples.observed.now.network
        network.activation = activation
        return Samples.observed.with(
            network: network, statistics: Samples.observed.now.layers, histograms: HistogramHistory())
    }

    /// With another reading of the test images: all right, none, all as the same class.
    private static func read(as reading: (UInt8) -> UInt8) -> TrainingSnapshot {
        let (sample, test) = (sample(.finished, step: 4690), Samples.dataset.test)
        let predictions = test.labels.map(reading)
        let evaluation = Evaluation(
            network: sample.now.network, step: 4690, predictions: predictions,
            confidences: predictions.map { _ in 1 }, losses: predictions.map { _ in 0 },
            confusion: ConfusionMatrix(classes: 10, labels: test.labels, predictions: predictions))
        return sample.with(
            now: Moment(step: 4690, network: sample.now.network, evaluation: evaluation, layers: sample.now.layers))
    }

    /// A data set of which two classes have no images to test on.
    private static var unevenDataset: Dataset {
        let images = Samples.dataset
        return Dataset(name: "mnist", train: images.train, test: images.test.chosen { $0 % 10 != 3 && $0 % 10 != 0 })
    }

    private static let runs: [(name: String, snapshots: [TrainingSnapshot])] = {
        let untested = Dataset(name: "letters", train: Samples.dataset.train, test: nil, classNames: Samples.names(10))
        let opened = TrainingSnapshot(
            opened: Samples.observed.now.network, file: "/models/digits.npz", run: 1, on: Samples.dataset, threads: 1)
        var beside = RunsTests.snapshot(run: 1, step: 3200)
        beside.beside = [RunsTests.snapshot(run: 0, step: 3200)]
        return [
            ("new", [sample(.paused, step: 0)]), ("first epoch", [sample(step: 300)]), ("paused", [sample(.paused)]),
            ("finished", [sample(.finished, step: 4690)]), ("stopped", [sample(.stopped)]),
            ("diverged", [sample(.diverged)]), ("slowed", [sample(pace: .seconds(40))]),
            ("tested on training images", [sample(dataset: untested)]),
            ("slowed and tested on training images", [sample(dataset: untested, pace: .seconds(40))]),
            (
                "early",
                [
                    sample(.finished) {
                        $0.configuration.earlyStop = 1
                        $0.keptEpoch = 2
                    }
                ]
            ),
            ("distorted", [sample { $0.configuration.distortion = .handwriting }]),
            ("one epoch", [sample { $0.configuration.epochs = 1 }]),
            ("many epochs", [sample { $0.configuration.epochs = 1000 }]),
            ("tanh", [activated(.tanh)]), ("gelu", [activated(.gelu)]),
            ("opened", [sample(.finished, step: 4690), opened]), ("beside", [RunsTests.snapshot(run: 0), beside]),
            (
                "other images",
                [
                    Samples.snapshot(dataset: Samples.makeDataset(classes: 2, side: 12))
                ]
            ), ("62 classes", [Samples.snapshot(dataset: Samples.makeDataset(classes: 62))]),
            ("all right", [read { $0 }]), ("none right", [read { ($0 + 1) % 10 }]), ("one answer", [read { _ in 1 }]),
            ("classes without images", [sample(dataset: unevenDataset)]),
            ("clothing", [Samples.snapshot(dataset: Samples.makeDataset(name: "fashion-mnist"))]),
        ]
    }()

    @Test(arguments: State.Screen.allCases.filter { $0 != .lessons && $0 != .playground })
    func everyWidthLooksAsItDid(screen: State.Screen) throws {
        let lines = Self.runs.map { name, snapshots in
            var looks = ScreenDigest()
            var start = Samples.state(screen, snapshot: nil)
            for snapshot in snapshots { _ = start.handle(.snapshot(snapshot)) }
            for width in stride(from: 40, through: 200, by: 2) {
                var state = start
                play(&state, .resize(width: width, height: 16 + width % 37))
                looks.take(render(state, width: state.width, height: state.height))
                if width % 5 == 0 {
                    press(&state, width % 10 == 0 ? "v" : "j")
                    looks.take(render(state, width: state.width, height: state.height))
                }
            }
            return "\(name): \(looks.words)"
        }
        try expectLooks("kinds-\(screen)", lines)
    }
}
