import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// A network that learnt the user's hand: which screens show it, and which that of the run.
@Suite struct TaughtNetworkTests {
    /// After a teaching that makes everything a seven, with a drawing on the canvas.
    private static func state(width: Int = 120, height: Int = 40) throws -> State {
        let observed = Samples.observed
        let snapshot = Samples.snapshot(step: 4690, phase: .finished).with(now: observed.now)
        var state = Samples.state(.draw, snapshot: snapshot, width: width, height: height)
        press(&state, " ", .down, .down, .right, " ")
        let actions = state.handle(.hand(Samples.drawings, folder: "/drawings"))
        let task = try #require(
            actions.compactMap { action in if case .teach(let task) = action { task } else { nil } }.first)
        var network = task.network
        network.layers[2].biases[0, 7] += 1000
        let outcome = Samples.outcome(of: task)
        _ = state.handle(
            .taught(
                task,
                TeachingOutcome(
                    network: network, readings: outcome.readings, right: outcome.right,
                    testAccuracy: outcome.testAccuracy)))
        return state
    }

    private func number(_ state: State) throws -> Int {
        let snapshot = try #require(state.snapshotOfSample)
        return try #require(Reading(state.network.sample, drawing: state.drawing, in: snapshot)).answer
    }

    /// What Draw says of the drawing, Network shows; of a test image it shows the run's own.
    @Test func networkLooksAtADrawingWithWhatReadsIt() throws {
        var state = try Self.state()
        let own = try #require(state.snapshot?.now.network)
        let taught = try #require(state.drawingNetwork)
        #expect(taught != own && text(state).contains("Prediction: 7"))
        press(&state, "5")
        for view in ["neurons", "weights"] {
            #expect(state.snapshotOfSample?.now.network == taught, "\(view)")
            press(&state, "v")
        }
        #expect(state.network.view == .histograms && state.snapshotOfSample?.now.network == own)
        press(&state, "v")
        #expect(state.network.view == .why)
        #expect(try number(state) == 7)
        #expect(text(state).contains("with your hand learnt, read as 7"))
        press(&state, "v")
        #expect(state.network.view == .map && state.snapshotOfSample?.now.network == own)
        press(&state, "v", .right)
        #expect(state.snapshotOfSample?.now.network == own && !text(state).contains("your hand"))
        press(&state, "d")
        #expect(state.snapshotOfSample?.now.network == taught)
        press(&state, "j")
        #expect(state.snapshotOfSample?.now.network == state.run?.shown?.network, "a moment has its own")
    }

    /// A moment of the past reads with its own network, and says so where another one has learnt the hand.
    @Test(arguments: [(80, 24), (120, 40)]) func aMomentSaysThatItHasNotLearntTheHand(size: (Int, Int)) throws {
        var state = try Self.state(width: size.0, height: size.1)
        let words = "The network of this moment reads"
        #expect(!text(state).contains(words))
        press(&state, "j")
        #expect(state.drawingNetwork == state.run?.shown?.network)
        #expect(text(state).contains(words))
        try expectPicture("draw-past-hand", of: state, width: size.0, height: size.1)
        press(&state, "0")
        #expect(!text(state).contains(words))
    }

    /// What reads on Draw is what is saved there; on other screens the run's own is.
    @Test func whatReadsIsSaved() throws {
        var state = try Self.state()
        let taught = try #require(state.drawingNetwork)
        func saved(_ state: inout State) -> NetworkInView? {
            press(&state, "W")
            defer { press(&state, .escape) }
            guard case .save(let network)? = state.files.prompt?.purpose else { return nil }
            return network
        }
        let first = try #require(saved(&state))
        #expect(first.model.network == taught && first.title == "the network that learnt your hand")
        #expect(first.name == "mnist-hand" && first.run == nil)
        #expect(first.model.metadata["drawings"] == "10" && first.model.metadata["testAccuracy"] == "0.9795")
        press(&state, "2")
        #expect(saved(&state)?.model.network == state.snapshot?.now.network)
        press(&state, "4", "j")
        #expect(saved(&state)?.model.network == state.run?.shown?.network)
    }

    /// Drawings are those of the data set in view.
    @Test func eachDataSetHasDrawingsOfItsOwn() throws {
        var state = try Self.state()
        let fashion = Samples.makeDataset(name: "fashion-mnist")
        let opened = TrainingSnapshot(
            opened: Samples.network, file: "coats.npz", run: -1, on: fashion, threads: 1)
        press(&state, "E", "a", .enter)
        let actions = state.handle(.file(.opened("a", .model(opened, words: ""))))
        #expect(actions.contains(.readHand) && !actions.contains { if case .teach = $0 { true } else { false } })
        #expect(state.hand.drawings == nil && state.handle(.resize(width: 120, height: 40)).isEmpty)
        press(&state, "1", "c", .down, .enter)
        #expect(state.run?.number == 1)
        // Runs of other images are no match for a matrix.
        press(&state, "2")
        #expect(!state.hasConfusionReferences)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 55)]) func galleryPicture(size: (Int, Int)) throws {
        var state = try Self.state(width: size.0, height: size.1)
        press(&state, "a", .home, .right)
        try expectPicture("draw-gallery", of: state, width: size.0, height: size.1)
    }
}
