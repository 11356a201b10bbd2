import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Draws the pictures of the README anew, of a network that trains here and now:
///
///     INKLING_SCREENS=1 swift test --filter ReadmePictures
@Suite(.enabled(if: ProcessInfo.processInfo.environment["INKLING_SCREENS"] != nil, "INKLING_SCREENS is not set"))
struct ReadmePictures {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Assets/screens")

    private static let size = (width: 112, height: 34)

    /// Trained for so many epochs of five, on MNIST or another set.
    private static func snapshot(_ name: String = "mnist", epochs: Int) throws -> TrainingSnapshot {
        var configuration = TrainingConfiguration(dataset: name)
        configuration.epochs = 5
        let dataset = try DatasetLocation.find(name, dataDirectory: nil).load()
        var job = TrainingJob(Trainer(dataset: dataset, configuration: configuration), recorders: TrainingRecorders())
        for _ in 0..<epochs {
            job.handle(.trainEpoch)
            while job.isRunning { _ = job.step(now: .now) }
        }
        return job.snapshot(serial: 1)
    }

    private static func state(_ screen: State.Screen, _ snapshot: TrainingSnapshot) -> State {
        var state = Samples.state(screen, snapshot: snapshot, width: size.width, height: size.height)
        state.playground = PlaygroundState()
        return state
    }

    private static func write(_ state: State, as name: String) throws {
        let grid = render(state, width: state.width, height: state.height)
        try SVGPicture.text(of: grid, state.appearance).write(
            to: folder.appendingPathComponent(name + ".svg"), atomically: true, encoding: .utf8)
    }

    @Test func screens() throws {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        let trained = try Self.snapshot(epochs: 5)
        try Self.write(Self.state(.train, trained), as: "train")

        var confusion = Self.state(.confusion, trained)
        press(&confusion, .down, .down, .down, .down, .right, .right, .right, .right)
        press(&confusion, Array(repeating: .right, count: 5))
        try Self.write(confusion, as: "confusion")

        // A two, in one stroke.
        var draw = Self.state(.draw, trained)
        let canvas = DrawScreen.Layout(draw.room).canvas
        let stroke = [
            (18, 8), (22, 6), (29, 4), (36, 6), (40, 8), (40, 11), (35, 15), (28, 19), (20, 24), (31, 24), (43, 24),
        ]
        for (index, (x, y)) in stroke.enumerated() {
            mouse(&draw, index == 0 ? .press : .drag, canvas.x + x, canvas.y + y)
        }
        mouse(&draw, .release, canvas.x + 43, canvas.y + 24)
        try Self.write(draw, as: "draw")

        var network = Self.state(.network, trained)
        network.network.sample = .image(4)
        try Self.write(network, as: "neurons")
        for _ in 0..<4 { play(&network, .key("v")) }
        try Self.write(network, as: "map")

        var lesson = Self.state(.lessons, trained)
        press(&lesson, .enter, .enter, .enter)
        try Self.write(lesson, as: "lesson")
    }

    @Test func mapOfTheBeginning() throws {
        var state = Self.state(.network, try Self.snapshot(epochs: 0))
        for _ in 0..<4 { play(&state, .key("v")) }
        try Self.write(state, as: "map-untrained")
    }

    /// On a light ground, and without a network of images.
    @Test func playground() throws {
        var state = State(width: Self.size.width, height: Self.size.height)
        state.appearance.background = .light
        let configuration = PlaygroundConfiguration()
        _ = state.openPlayground(configuration, isOn: true)
        var job = PlaygroundJob(configuration)
        job.handle(.run)
        for _ in 0..<4000 { _ = job.step(now: .now) }
        _ = state.handle(.playground(job.snapshot(serial: 1)))
        try Self.write(state, as: "playground")
    }
}
