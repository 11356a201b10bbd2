import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// What Draw says of a drawing once the network was calibrated: with a judge that refuses all, or none.
@Suite struct RefusalTests {
    static func calibration(refuses: Bool) -> Calibration {
        let judge = Judge(
            network: Network(sizes: [196, 21], seed: 0, initialization: .zero), height: 28, width: 28, familiar: 0,
            unfamiliar: -1, limit: refuses ? -100 : 100)
        return Calibration(judge: judge, temperatures: [1, 2])
    }

    /// A finished run with a drawing on the canvas, and the actions of its last key.
    private static func drawn(
        width: Int = 80, height: Int = 24, phase: TrainingSnapshot.Phase = .finished
    ) -> (State, [Action]) {
        var state = Samples.state(
            .draw, snapshot: Samples.snapshot(step: 4690, phase: phase), width: width, height: height)
        for key: Key in [.shiftUp, "d", .shiftDown, .shiftDown] { _ = state.handle(.key(key)) }
        let actions = state.handle(.key(.enter))
        return (state, actions)
    }

    private static func calibrated(_ actions: [Action], _ state: inout State, refuses: Bool) {
        for case .calibrate(let network) in actions {
            _ = state.handle(.calibrated(network, calibration(refuses: refuses)))
        }
    }

    @Test func nothingIsRefusedBeforeItIsCalibrated() {
        let (state, actions) = Self.drawn()
        #expect(actions.contains { if case .calibrate = $0 { true } else { false } })
        #expect(text(state).contains("Prediction: ") && text(state).contains("not calibrated"))
    }

    @Test func aDrawingThatIsNoDigitIsRefused() {
        var (state, actions) = Self.drawn()
        Self.calibrated(actions, &state, refuses: true)
        #expect(text(state).contains("This looks like no digit") && text(state).contains("(nearest: "))
        #expect(!text(state).contains("not calibrated"))
        #expect(state.handle(.resize(width: 80, height: 24)).isEmpty, "once is enough")
        _ = state.handle(.key("c"))
        #expect(text(state).contains("No drawing yet.") && !text(state).contains("no digit"))
    }

    @Test func aDigitIsReadAsBefore() {
        var (state, actions) = Self.drawn()
        let before = DrawScreen.reading(state)?.answer
        Self.calibrated(actions, &state, refuses: false)
        #expect(DrawScreen.reading(state)?.answer == before)
        #expect(text(state).contains("Prediction: ") && !text(state).contains("no digit"))
    }

    /// The same image with two numbers would be a riddle.
    @Test func otherScreensSayThatTheirNumbersAreNotCalibrated() {
        var (state, actions) = Self.drawn(width: 120, height: 40)
        func says(_ screen: Key) -> Bool {
            _ = state.handle(.key(screen))
            return text(state).contains("not calibrated")
        }
        #expect(!says("3") && !says("5"), "Draw's are not either")
        Self.calibrated(actions, &state, refuses: false)
        #expect(says("3") && says("5"))
        #expect(!says("4"))
    }

    @Test func aRunThatGoesOnIsLeftInPeace() {
        let (_, actions) = Self.drawn(phase: .running)
        #expect(actions.isEmpty)
    }

    @Test func nothingHappensBeforeAnythingIsDrawn() {
        var state = Samples.state(.draw, snapshot: Samples.snapshot(step: 4690, phase: .finished))
        #expect(state.handle(.resize(width: 80, height: 24)).isEmpty)
    }

    @Test(arguments: [(80, 24), (120, 40)]) func itLooksLikeThis(width: Int, height: Int) throws {
        var (state, actions) = Self.drawn(width: width, height: height)
        Self.calibrated(actions, &state, refuses: true)
        try expectPicture("draw-refused", of: state, width: width, height: height)
    }
}
