import Testing

@testable import Dashboard
@testable import Training

/// A confusion matrix held against that of another moment.
@Suite struct ConfusionDifferenceTests {
    /// Any two moments: one is marked, others are held against it, also those of another run.
    @Test func confusionIsHeldAgainstAMarkedMoment() throws {
        var state = Samples.state(.confusion, width: 120, height: 40)
        func goBack() {
            press(&state, "j")
            while state.run?.view.now.evaluation == nil { press(&state, "j") }
        }
        // The present has the test of the third epoch, too.
        goBack()
        goBack()
        let marked = try #require(state.run?.shown)
        #expect(text(state).contains(/d +mark it/))
        press(&state, "d")
        #expect(text(state).contains(/d +unmark/) && state.confusionDifference == nil, "it is itself in view")
        goBack()
        let words = StepText.words(of: marked.step, in: try #require(state.snapshot))
        #expect(text(state).contains("read as: more (+) or fewer (-) than \(words)"))
        let difference = try #require(state.confusionDifference)
        let own = try #require(state.run?.shown?.evaluation?.confusion)
        let other = try #require(marked.evaluation?.confusion)
        for label in 0..<10 { #expect(difference[label, label] == own[label, label] - other[label, label]) }
        press(&state, "0")
        #expect(text(state).contains("than \(words)"))
        while state.run?.shown?.step != marked.step { press(&state, "j") }
        press(&state, "d")
        #expect(state.confusion.marked == nil && text(state).contains(/d +mark it/))
        var runs = RunsTests.state(2)
        press(&runs, "2", "d", "1", "c", .up, .enter, "2")
        #expect(text(runs).contains("than run 2 after epoch 3"))
        press(&runs, "c", "c", "c")
        #expect(text(runs).contains("than run 2 after epoch 3"), "it is one of those that c goes through")
    }
}
