import Foundation
import Testing
import Training

@testable import Dashboard

/// The lessons as their reader sees them and walks them.
@Suite struct LessonsScreenTests {
    private func press(_ state: inout State, _ key: Key, times: Int = 1) {
        for _ in 0..<times {
            for action in state.handle(.key(key)) {
                switch action {
                case .readReference: _ = state.handle(.reference(state.snapshot?.now.evaluation))
                case .compare(let distortion): _ = state.handle(.comparison(Samples.comparison(distortion)))
                default: break
                }
            }
        }
    }

    private func space(_ state: inout State, times: Int = 1) { press(&state, .character(" "), times: times) }

    private func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }

    /// The lessons with the given page open.
    private func open(_ page: Int, width: Int = 80, height: Int = 24) -> State {
        var state = Samples.state(width: width, height: height)
        _ = state.handle(.snapshot(Samples.snapshot()))
        press(&state, .character("7"))
        press(&state, .enter, times: page - 1)
        return state
    }

    /// As far into the lesson as makes a picture worth looking at.
    private func demonstrate(_ page: Int, _ state: inout State) {
        switch page {
        case 3: space(&state, times: 3)
        case 8: space(&state, times: 5)
        case 9: space(&state, times: 6)
        case 10:
            space(&state)
            press(&state, .down)
            press(&state, .right)
        case 11: press(&state, ">", times: 3)
        case 12:
            // Whole pixels: what the other strengths make of an image may differ by a rounding from machine to machine.
            for knob in 0..<7 {
                press(&state, knob == 3 ? "e" : knob == 6 ? .right : "<")
                if knob < 6 { press(&state, .down) }
            }
            space(&state)
        default: break
        }
    }

    @Test(arguments: 1...12, [(80, 24), (120, 40), (200, 55)])
    func looksAsInItsPicture(page: Int, size: (Int, Int)) throws {
        var state = open(page, width: size.0, height: size.1)
        demonstrate(page, &state)
        try expectPicture("lesson-\(page)", of: state, width: size.0, height: size.1)
    }

    /// Texts of all pages at all widths, from the first look to the last task.
    @Test(arguments: 1...12) func textsStandApart(page: Int) {
        var state = open(page)
        TextTests.expectNone("lesson \(page)", state)
        demonstrate(page, &state)
        press(&state, .down)
        TextTests.expectNone("lesson \(page), tried", state)
        for direction: Key in ["<", ">"] {
            for _ in state.lessons.lesson.knobs {
                press(&state, .down)
                press(&state, direction, times: 3)
            }
            space(&state)
        }
        state.lessons.recall(done: state.lessons.lessons.map { $0.experiments.count })
        TextTests.expectNone("lesson \(page), at the ends, all done", state)
    }

    @Test func textsStandApartBeforeTheFirstTest() {
        var state = Samples.state(.lessons, snapshot: Samples.snapshot(step: 0, phase: .paused))
        state.lessons.open(9)
        press(&state, .down)
        TextTests.expectNone("lesson 10, untested", state)
    }

    /// A click on a value chooses it; one on the picture brings the filter's window there.
    @Test func theMouseChoosesValuesAndMovesTheWindow() throws {
        var state = open(11, width: 120, height: 40)
        let lines = text(state).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let y = try #require(lines.firstIndex { $0.contains("   -2.0") })
        let x = Array(lines[y]).firstIndex(of: "2") ?? 0
        _ = state.handle(.mouse(Mouse(.press, x: x, y: y)))
        #expect(state.lessons.chosen == 4)
        _ = state.handle(.mouse(Mouse(.wheelUp, x: x, y: y)))
        let lesson = try #require(state.lessons.lesson as? ConvolutionLesson)
        #expect(lesson.weights[3] == -1.9 && lesson.knobs[0].text == "your own")
        // The picture of the image: twice its size, from column 40 and row 4 on.
        let top = try #require(lines.firstIndex { $0.contains("image") && $0.contains("map") }) + 1
        let left = Array(lines[top]).firstIndex(of: "▀") ?? 0
        func place(_ column: Int, _ line: Int) -> Int {
            _ = state.handle(.mouse(Mouse(.press, x: left + column, y: top + line)))
            return (state.lessons.lesson as? ConvolutionLesson)?.place ?? -1
        }
        #expect(place(2 * 5, 7) == 6 * 18 + 4, "its middle is the pixel of column 5, row 7")
        #expect(place(0, 0) == 0)
        #expect(place(39, 19) == 18 * 18 - 1)
        #expect(place(42 + 2 * 3, 2) == 2 * 18 + 3, "in the map, the pixel itself")
    }

    /// Asked for once, the training is shown as far as it is; other strengths wait for one of their own.
    @Test func aTrainingBelongsToItsStrengths() throws {
        var state = open(12)
        func lesson() throws -> DistortionLesson { try #require(state.lessons.lesson as? DistortionLesson) }
        let asked = try lesson().distortion
        #expect(state.handle(.key(" ")) == [.compare(asked)])
        _ = state.handle(.comparison(Samples.comparison(asked)))
        #expect(state.handle(.key(" ")) == [], "once")
        #expect(text(state).contains("94.0%"))
        #expect(try lesson().button == nil)
        _ = state.handle(.key(.right))
        #expect(try lesson().button == "train both")
        #expect(!text(state).contains("94.0%"))
        _ = state.handle(.key(.left))
        #expect(text(state).contains("94.0%"))
    }

    @Test func takesTurnsInASmallWindow() throws {
        var state = open(7, width: 40, height: 14)
        try expectPicture("lesson-7-words", of: state, width: 40, height: 14)
        #expect(text(state).contains("t try it"))
        press(&state, .character("t"))
        try expectPicture("lesson-7-values", of: state, width: 40, height: 14)
        #expect(text(state).contains("t words"))
        press(&state, .character("t"))
        #expect(text(state).contains("t try it"))
    }

    @Test(arguments: 1...12) func rendersAtEverySize(page: Int) {
        var state = open(page)
        for _ in 0..<2 {
            for (width, height) in [(40, 14), (41, 15), (60, 20), (71, 24), (72, 20), (80, 24), (120, 40), (300, 100)] {
                #expect(render(state, width: width, height: height).text.contains(state.lessons.lesson.title.prefix(9)))
            }
            demonstrate(page, &state)
            press(&state, .right)
        }
    }

    @Test(arguments: 1...12) func asciiHasACharacterForAll(page: Int) {
        var state = open(page)
        demonstrate(page, &state)
        state.appearance.glyphs = .ascii
        let rows = text(state).split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        let lesson = state.lessons.lesson
        let written = lesson.title + lesson.text + lesson.experiments.map(\.invitation).joined()
        let questions = rows.joined().count { $0 == "?" }
        #expect(questions <= written.count { $0 == "?" }, "a character without an equivalent is shown as ?")
    }

    /// No sentence of the page is cut at 80 × 24, whatever was done.
    @Test(arguments: 1...12) func allWordsFit(page: Int) {
        let lesson = Course.lessons[page - 1]
        let width = 80 * 47 / 100 - 2
        let fixed = Paragraph.lines(lesson.text, width: width).count + 1 + lesson.knobRows.count + 1
        let experiments = lesson.experiments
        for done in 0...experiments.count {
            var lines = fixed
            if done > 0 { lines += Paragraph.lines("✓ " + experiments[done - 1].answer, width: width).count }
            if done < experiments.count {
                lines += Paragraph.lines("Try: " + experiments[done].invitation, width: width).count
            }
            #expect(lines <= 18, "\(lines) lines with \(done) experiments done")
        }
        #expect(lesson.code.allSatisfy { $0.count <= 69 })
    }

    /// From the first page to the last, with every experiment done as invited.
    @Test func theWholeCourse() throws {
        var state = open(1)
        func expectDone(_ count: Int, _ location: SourceLocation = #_sourceLocation) {
            let page = state.lessons.page
            #expect(state.lessons.done[page] == count, sourceLocation: location)
            let answer = state.lessons.lesson.experiments[count - 1].answer
            #expect(text(state).contains("✓ " + answer.prefix(12)), sourceLocation: location)
        }
        func next(_ title: String, _ location: SourceLocation = #_sourceLocation) {
            let page = state.lessons.page
            #expect(
                state.lessons.done[page] == state.lessons.lesson.experiments.count, "all done",
                sourceLocation: location)
            press(&state, .enter)
            #expect(text(state).contains("Lesson \(page + 2) of 12  \(title)"), sourceLocation: location)
        }
        /// A task, done with these keys.
        func solve(_ task: Int, _ keys: [Key], _ location: SourceLocation = #_sourceLocation) {
            #expect(keys.count <= 10, "\(keys.count) keys", sourceLocation: location)
            for key in keys { press(&state, key) }
            expectDone(task, location)
        }
        func times(_ count: Int, _ key: Key) -> [Key] { Array(repeating: key, count: count) }
        #expect(text(state).contains("Lesson 1 of 12  One neuron"))
        solve(1, times(8, .left))
        solve(2, [.right])

        next("A layer")
        solve(1, times(8, .left))
        solve(2, [.down, .left])

        next("A line")
        solve(1, times(3, " "))
        solve(2, times(2, .right) + times(3, " "))

        next("ReLU")
        solve(1, times(6, .left))
        solve(2, [.up] + times(7, .left))

        next("Softmax")
        solve(1, times(10, .right))
        let before = try #require(state.lessons.lesson as? SoftmaxLesson).shares
        solve(2, [.down, .right])
        let after = try #require(state.lessons.lesson as? SoftmaxLesson).shares
        #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-6 })

        next("Cross-entropy")
        solve(1, times(6, .right))
        solve(2, [.up, .left])
        solve(3, ["x"] + times(2, .left) + [.down, .down, .right])

        next("What a gradient is")
        solve(1, [.down, .left, .left])
        solve(2, times(8, " "))

        next("Backpropagation")
        solve(1, times(9, " "))
        solve(2, times(8, .right) + [.up, .left])

        next("The learning rate")
        solve(1, times(5, " "))
        solve(2, times(3, .right) + times(5, " "))

        next("Handwriting")
        solve(1, times(5, .right))
        solve(2, [.down, .right])
        solve(3, [.down, .right, .right])

        next("A filter that slides")
        // The second image has its bar a little further to the right.
        solve(1, [.down, .right, .up, .right])
        solve(2, [" ", .down, .down, .right])
        solve(3, [.left, .left] + times(5, .down) + [">"])

        next("Never the same twice")
        solve(1, [" "])
        solve(2, [">", " "])
        #expect((0..<12).allSatisfy { state.lessons.isSolved($0) })
        press(&state, .enter)
        #expect(state.lessons.page == 11, "the last page stays")
        press(&state, .character("3"))
        #expect(state.screen == .mistakes)
    }

    @Test func pagesTurnBackAndKeepWhatWasDone() {
        var state = open(1)
        press(&state, .backspace)
        #expect(state.lessons.page == 0)
        press(&state, .down, times: 1)
        press(&state, .right, times: 3)
        let neuron = state.lessons.lesson.knobs
        press(&state, .pageDown)
        press(&state, .pageUp)
        #expect(state.lessons.lesson.knobs == neuron)
        press(&state, "x")
        #expect(state.lessons.lesson.isEqual(to: NeuronLesson()))
    }

    @Test func theLastPageShowsTheMistakesOfTheChosenNetwork() throws {
        var state = open(10)
        let snapshot = try #require(state.snapshot)
        let evaluation = try #require(snapshot.now.evaluation)
        let lesson = try #require(state.lessons.lesson as? HandwritingLesson)
        #expect(lesson.reference == .tested(evaluation))
        #expect(lesson.images.count == evaluation.count - evaluation.correct)
        press(&state, .down)
        press(&state, .right)
        #expect(text(state).contains("PyTorch's weights"))
        #expect(text(state).contains(Format.percent(evaluation.accuracy, decimals: 2)))
    }

    @Test func withoutPyTorchsNetworkThePageSaysSo() {
        var state = Samples.state()
        _ = state.handle(.snapshot(Samples.snapshot()))
        press(&state, .character("7"))
        for _ in 0..<9 { _ = state.handle(.key(.enter)) }
        #expect(state.handle(.key(.down)) == [.readReference], "asked for until it is answered")
        _ = state.handle(.reference(nil))
        #expect(state.handle(.key(.right)) == [])
        #expect(text(state).contains("There is no PyTorch network"))
    }

    @Test func aClickOnTheTabOpensTheLessons() {
        var state = Samples.state(.lessons)
        let columns = text(state).split(separator: "\n")[0]
        let start = columns.distance(
            from: columns.startIndex, to: columns.range(of: "7 Learn")?.lowerBound ?? columns.startIndex)
        state.screen = .train
        _ = state.handle(.mouse(Mouse(.press, x: start + 1, y: 0)))
        #expect(state.screen == .lessons)
    }
}
