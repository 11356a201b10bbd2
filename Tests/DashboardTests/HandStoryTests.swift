import Datasets
import Testing

@testable import Dashboard
@testable import Training

/// Teaching on Draw, played through events: the answers that the event loop would get are made up.
@Suite struct HandStoryTests {
    private static let finished = Samples.snapshot(step: 4690, phase: .finished)

    /// A finished run with nothing kept yet, and a drawing on the canvas.
    private static func state(_ snapshot: TrainingSnapshot = finished) -> State {
        var state = Samples.state(.draw, snapshot: snapshot)
        _ = state.handle(.hand(.none, folder: "/drawings"))
        press(&state, " ", .down, .down, .right, " ")
        return state
    }

    /// What the archive would answer, and the teaching that follows.
    private static func keep(_ actions: [Action], _ state: inout State) -> TeachingTask? {
        var task: TeachingTask?
        for case .edit(let edit) in actions {
            var drawings = state.hand.drawings ?? .none
            drawings.apply(edit)
            for case .teach(let due) in state.handle(.hand(drawings, folder: "/drawings")) { task = due }
        }
        return task
    }

    private static func teach(_ state: inout State, _ label: Key) -> TeachingTask? {
        _ = state.handle(.key("t"))
        return keep(state.handle(.key(label)), &state)
    }

    @Test func whatIsTaughtIsLearntAtOnceAndReadWith() throws {
        var state = Self.state()
        let task = try #require(Self.teach(&state, "7"))
        #expect(task.drawings.images.labels == [7])
        #expect(task.drawings.strokes == [state.draw.sketch.drawing], "with its strokes")
        #expect(text(state).contains("Learning your hand"))
        let snapshot = try #require(state.snapshot)
        var meanwhile = task.network
        meanwhile.layers[2].biases[0, 7] += 1
        _ = state.handle(.teaching(task, share: 0.4, network: meanwhile))
        #expect(state.hand.network(for: snapshot) == meanwhile, "the bars move")
        #expect(text(state).contains("40 %"))
        _ = state.handle(.taught(task, Samples.outcome(of: task)))
        #expect(state.hand.network(for: snapshot) == task.network)
        #expect(text(state).contains("Your drawing: 0 read right"))
        #expect(state.handle(.resize(width: 80, height: 24)).isEmpty, "once is enough")
    }

    @Test func whatWasTaughtIsTakenBack() throws {
        var state = Self.state()
        let first = try #require(Self.teach(&state, "7"))
        _ = state.handle(.taught(first, Samples.outcome(of: first)))
        let second = try #require(Self.teach(&state, "1"))
        var taught = Samples.outcome(of: second)
        var network = taught.network
        network.layers[0].biases[0, 0] += 1
        taught = TeachingOutcome(
            network: network, readings: taught.readings, right: taught.right, testAccuracy: taught.testAccuracy)
        _ = state.handle(.taught(second, taught))
        let snapshot = try #require(state.snapshot)
        #expect(state.hand.network(for: snapshot) == network)
        #expect(Self.keep(state.handle(.key("T")), &state) == nil, "the network before is still there")
        #expect(state.hand.drawings == first.drawings)
        #expect(state.hand.network(for: snapshot) == first.network)
        _ = Self.keep(state.handle(.key("T")), &state)
        #expect(state.hand.count == 0)
        #expect(state.hand.network(for: snapshot) == snapshot.now.network)
        #expect(state.handle(.key("T")).isEmpty)
    }

    /// What is learnt meanwhile is not waited for any more.
    @Test func whatIsTakenBackIsNotLearntAnyMore() throws {
        var state = Self.state()
        let first = try #require(Self.teach(&state, "7"))
        _ = state.handle(.taught(first, Samples.outcome(of: first)))
        let second = try #require(Self.teach(&state, "1"))
        #expect(state.hand.isLearning && text(state).contains("Learning your hand"))
        #expect(Self.keep(state.handle(.key("T")), &state) == nil)
        #expect(!state.hand.isLearning && !text(state).contains("Learning your hand"))
        _ = state.handle(.taught(second, Samples.outcome(of: second)))
        #expect(!state.hand.isLearning && state.hand.drawings == first.drawings)
    }

    /// A run that goes on is left alone: a copy learns.
    @Test func aRunThatGoesOnIsForked() throws {
        var state = Self.state(Samples.snapshot())
        #expect(state.handle(.hand(Samples.drawings, folder: nil)).isEmpty, "kept ones wait for a pause")
        #expect(text(state).contains("will be learnt when"))
        let task = try #require(Self.teach(&state, "7"))
        _ = state.handle(.taught(task, Samples.outcome(of: task)))
        let later = Samples.snapshot(step: 3300)
        #expect(state.handle(.snapshot(later)).isEmpty)
        #expect(text(state).replacing("\n", with: " ").contains("A copy learnt it"))
        guard case .teach(let again)? = state.handle(.snapshot(Self.finished)).first else {
            Issue.record("at the end it is learnt anew")
            return
        }
        #expect(again.step == Self.finished.step && again.drawings == task.drawings)
    }

    @Test func whatIsKeptIsLookedThroughAndCorrected() throws {
        var state = Samples.state(.draw, snapshot: Self.finished)
        _ = state.handle(.hand(Samples.drawings, folder: "/drawings"))
        press(&state, "a")
        #expect(text(state).contains("Your 10 drawings, kept in /drawings"))
        press(&state, .home, .right, "t")
        #expect(text(state).contains("Which digit?"))
        _ = Self.keep(state.handle(.key("5")), &state)
        #expect(state.hand.drawings?.images.labels.prefix(3) == [0, 5, 2])
        _ = Self.keep(state.handle(.key("c")), &state)
        #expect(state.hand.drawings?.images.labels.prefix(3) == [0, 2, 3])
        _ = Self.keep(state.handle(.key("T")), &state)
        #expect(state.hand.count == 10 && state.hand.drawings?.images.labels.last == 5)
        press(&state, .escape)
        #expect(text(state).contains("Canvas"))
    }

    @Test func manyDrawingsHavePages() {
        var state = Samples.state(.draw, snapshot: Self.finished)
        _ = state.handle(.hand(LabelledDrawings(images: Samples.dataset.train), folder: nil))
        press(&state, "a")
        let last = text(state)
        #expect(last.contains("Your 200 drawings, kept until you leave"))
        let page = last.firstMatch(of: /\ (\d+)\/(\d+)\n/)
        #expect(page.map { $0.1 == $0.2 && $0.1 != "1" } == true, "the last of them first")
        press(&state, .home)
        #expect(text(state).contains(" 1/\(page?.2 ?? "")\n"))
    }

    @Test func aCorrectionIsTakenBack() {
        var state = Samples.state(.draw, snapshot: Self.finished)
        _ = state.handle(.hand(Samples.drawings, folder: nil))
        press(&state, "a", .home, .right, "t")
        _ = Self.keep(state.handle(.key("5")), &state)
        #expect(state.hand.drawings?.images.labels.prefix(3) == [0, 5, 2])
        _ = Self.keep(state.handle(.key("T")), &state)
        #expect(state.hand.drawings?.images.labels.prefix(3) == [0, 1, 2])
    }

    @Test func aTestImageIsNotLearnt() {
        var state = Samples.state(.draw, snapshot: Self.finished)
        state.draw.open(Array(Samples.dataset.test.image(3)), width: 28, named: "test image 3", label: 3)
        press(&state, "t")
        #expect(!state.draw.asksForLabel)
        #expect(text(state).contains("test image"))
    }
}
