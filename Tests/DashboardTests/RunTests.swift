import Testing
import Training

@testable import Dashboard

/// What the dashboard knows of a run, and what it computes but once of it.
@Suite struct RunTests {
    private func place<Element>(_ array: [Element]) -> UnsafeRawPointer? { array.withUnsafeBytes { $0.baseAddress } }

    @Test func snapshotsFindTheirRun() throws {
        var state = Samples.state(snapshot: nil)
        #expect(state.runs.isEmpty && state.snapshot == nil)
        for step in [10, 20] {
            let snapshot = Samples.snapshot(step: step)
            _ = state.handle(.snapshot(snapshot))
            #expect(state.runs.count == 1)
            #expect(state.run?.id == state.focus && state.snapshot == snapshot)
        }
    }

    @Test func curvesAreSmoothedOnceForASnapshot() throws {
        var state = Samples.state()
        func curves(_ state: State) throws -> SmoothCurves {
            try #require(state.run).curves(halfLife: state.train.halfLife)
        }
        let kept = try curves(state).loss
        _ = state.handle(.key(.up))
        #expect(try place(curves(state).loss) == place(kept))
        _ = state.handle(.key("+"))
        let smoother = try curves(state)
        #expect(smoother.loss != kept)
        #expect(try smoother == SmoothCurves(#require(state.snapshot), halfLife: state.train.halfLife))
        _ = state.handle(.snapshot(Samples.snapshot(step: 3300)))
        #expect(try curves(state).loss.count > smoother.loss.count)
    }

    /// Neither another snapshot nor another choice among them sorts the mistakes again: another test or filter does.
    @Test func mistakesAreListedOnceForATest() throws {
        var state = Samples.state(.mistakes)
        let snapshot = try #require(state.snapshot)
        let listed = state.mistakes.images
        #expect(!listed.isEmpty)
        _ = state.handle(.snapshot(snapshot.with(history: snapshot.history)))
        for key: Key in [.right, .down, .enter, "1", "3"] { _ = state.handle(.key(key)) }
        #expect(place(state.mistakes.images) == place(listed))
        _ = state.handle(.key("s"))
        #expect(place(state.mistakes.images) != place(listed))
        #expect(state.mistakes.images != listed && state.mistakes.images.sorted() == listed.sorted())
        _ = state.handle(.snapshot(Samples.snapshot(step: 10)))
        #expect(state.mistakes.images.isEmpty, "not tested yet")
    }
}
