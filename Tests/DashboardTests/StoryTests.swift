import Datasets
import Foundation
import Testing
import Training

@testable import Dashboard

/// What users do, played through events.
@Suite struct StoryTests {
    @Test func fromACellOfTheConfusionToItsImagesToTheCanvas() throws {
        var state = Samples.state(.confusion, width: 120, height: 40)
        let snapshot = try #require(state.snapshot)
        // True 3, read as 4.
        press(&state, .down, .down, .down, .right, .right, .right, .right, .enter)
        #expect(state.screen == .mistakes)
        let images = state.mistakes.images
        #expect(!images.isEmpty)
        #expect(
            images.allSatisfy { snapshot.dataset.test.labels[$0] == 3 && snapshot.now.evaluation?.predictions[$0] == 4 }
        )
        #expect(images.count == snapshot.now.evaluation?.confusion[3, 4])
        #expect(text(state).contains("true: 3  read as: 4"))

        press(&state, .right, .character("d"))
        #expect(state.screen == .draw)
        let opened = state.draw.sketch.networkImage(penWidth: 1)
        #expect(opened == Array(snapshot.dataset.test.image(images[min(1, images.count - 1)])))

        canvasMouse(&state, .press, 5, 5)
        canvasMouse(&state, .drag, 20, 9)
        canvasMouse(&state, .release, 20, 9)
        #expect(state.draw.sketch.networkImage(penWidth: 1) != opened)
        press(&state, .character("u"))
        #expect(state.draw.sketch.networkImage(penWidth: 1) == opened)
        press(&state, .character("U"))
        #expect(state.draw.sketch.networkImage(penWidth: 1) != opened)
    }

    @Test func aClickOnACellOpensItsImages() throws {
        var state = Samples.state(.confusion)
        // The cell of true 0, read as 1, at 80 × 24: five columns a cell from column 4, two rows from row 3.
        mouse(&state, .press, 4 + 5 + 2, 3)
        #expect(state.screen == .mistakes)
        #expect(state.mistakes.label == 0)
        #expect(state.mistakes.prediction == 1)
    }

    @Test func tabsTakeClicks() {
        var state = Samples.state()
        mouse(&state, .press, 30, 0)
        #expect(state.screen == .mistakes)
        mouse(&state, .press, 12, 0)
        #expect(state.screen == .train)
    }

    @Test func mistakesArePagedSortedAndFiltered() throws {
        var state = Samples.state(.mistakes)
        let snapshot = try #require(state.snapshot)
        let evaluation = try #require(snapshot.now.evaluation)
        let all = state.mistakes.images
        #expect(all.count == evaluation.count - evaluation.correct)
        #expect(zip(all, all.dropFirst()).allSatisfy { evaluation.confidences[$0] >= evaluation.confidences[$1] })
        press(&state, .character("s"))
        let byLoss = state.mistakes.images
        #expect(zip(byLoss, byLoss.dropFirst()).allSatisfy { evaluation.losses[$0] >= evaluation.losses[$1] })
        press(&state, .character("s"))
        #expect(state.mistakes.images == all.sorted())
        press(&state, .pageDown)
        #expect(text(state).contains("2/2"))
        press(&state, .character("T"))
        #expect(state.mistakes.images.allSatisfy { snapshot.dataset.test.labels[$0] == 0 })
        press(&state, .character("P"))
        #expect(state.mistakes.images.count == evaluation.confusion[0, 0], "0 read as 0")
        press(&state, .character("x"))
        #expect(state.mistakes.images.count == all.count)
    }

    @Test func aChoiceOfMistakesCountsWhatItShowsAndEscLeavesIt() throws {
        var state = Samples.state(.confusion)
        let evaluation = try #require(state.snapshot?.now.evaluation)
        let wrong = evaluation.count - evaluation.correct
        press(&state, .down, .down, .down, .right, .right, .right, .right, .enter)
        #expect(text(state).contains(" \(evaluation.confusion[3, 4]) of \(wrong) mistakes"))
        press(&state, .enter, .escape)
        #expect(!state.mistakes.isEnlarged && state.mistakes.isFiltered && state.screen == .mistakes)
        press(&state, .enter)
        #expect(state.mistakes.isEnlarged)
        _ = state.handle(.mouse(Mouse(.press, x: 20, y: 10)))
        #expect(!state.mistakes.isEnlarged && state.mistakes.isFiltered, "a click anywhere leaves the enlarged one")
        press(&state, .escape)
        #expect(!state.mistakes.isFiltered && state.screen == .mistakes)
        #expect(text(state).contains("\(wrong) of \(evaluation.count) wrong"))
        press(&state, .escape)
        #expect(state.screen == .confusion)
        press(&state, "3", .escape)
        #expect(state.screen == .mistakes, "nobody asked for them from another screen")
        press(&state, "2", .up, .left, .enter)
        #expect(text(state).contains("\(evaluation.confusion[2, 3]) of \(wrong) mistakes"))
    }

    /// A filter by one class alone shows mistakes only; a later test may leave fewer of them.
    @Test func aFilterCountsNoneThatAreRight() throws {
        var state = Samples.state(.mistakes)
        let snapshot = try #require(state.snapshot)
        let evaluation = try #require(snapshot.now.evaluation)
        press(&state, .character("T"))
        let confusion = evaluation.confusion
        #expect(state.mistakes.images.count == confusion.labelled(0) - confusion[0, 0])
        press(&state, .character("x"), .character("P"))
        #expect(state.mistakes.images.count == confusion.predicted(0) - confusion[0, 0])
    }

    @Test func theSelectionStaysAmongWhatIsLeft() throws {
        var state = Samples.state(.mistakes)
        press(&state, .end)
        #expect(state.mistakes.selection > 10)
        let images = ImageSet(
            width: 28, height: 28, pixels: Array(Samples.dataset.test.pixels.prefix(784 * 30)),
            labels: Array(Samples.dataset.test.labels.prefix(30)))
        let fewer = Samples.snapshot(dataset: Dataset(name: "mnist", train: images, test: images))
        _ = state.handle(.snapshot(fewer))
        #expect(state.mistakes.selectedImage == state.mistakes.images.last)
    }

    @Test func sharesAreThoseOfTheTrueClass() throws {
        // A class as whose images more or fewer are read than it has.
        var state = Samples.state(.confusion, width: 120, height: 40)
        let confusion = try #require(state.snapshot?.now.evaluation?.confusion)
        let label = try #require(
            (0..<10).first { confusion[$0, $0] > 0 && confusion.labelled($0) != confusion.predicted($0) })
        press(&state, .character("v"))
        let share = Double(confusion[label, label]) / Double(confusion.labelled(label))
        let rows = text(state).split(separator: "\n").map { $0.drop { $0 == " " } }
        let row = try #require(rows.first { $0.hasPrefix("\(label) ") })
        #expect(row.contains(Format.percent(share)), "\(row)")
    }

    /// Whatever the width of the cells, the frame about the chosen one leaves its number whole.
    @Test(arguments: ["mnist", "fashion-mnist"]) func theChosenCellShowsItsNumber(name: String) throws {
        let snapshot = Samples.snapshot(dataset: Samples.makeDataset(name: name))
        for (width, height) in [(40, 14), (60, 20), (80, 24), (100, 30), (120, 40), (200, 55)] {
            for keys: [Key] in [[], ["v"]] {
                var state = Samples.state(.confusion, snapshot: snapshot, width: width, height: height)
                press(&state, keys + [.down, .down, .right, .right])
                let layout = ConfusionScreen.Layout(state.room, names: snapshot.dataset.classNames)
                func number(_ state: State) -> String {
                    let (grid, rect) = (render(state, width: width, height: height), layout.cell(2, 2))
                    let characters = (rect.y..<rect.maxY).flatMap { y in
                        (rect.x..<rect.maxX).map { grid[$0, y].character }
                    }
                    return String(
                        String.UnicodeScalarView(characters.filter { "0123456789.%".unicodeScalars.contains($0) }))
                }
                let chosen = number(state)
                press(&state, [.left])
                #expect(chosen == number(state) && !chosen.isEmpty, "\(name) at \(width) × \(height)")
            }
        }
    }

    /// Green is for what is known to be right: not for any answer, and not for a guess.
    @Test func theColourOfAnAnswerTellsWhetherItIsRight() throws {
        func ink(_ state: State) throws -> (ink: Ink, line: String) {
            let grid = render(state, width: state.width, height: state.height)
            let lines = grid.text.split(separator: "\n", omittingEmptySubsequences: false)
            let y = try #require(lines.firstIndex { $0.contains("Prediction: ") || $0.contains("A guess: ") })
            let x = try #require(lines[y].firstIndex(of: "("))
            return (grid[lines[y].distance(from: lines[y].startIndex, to: x), y].style.ink, String(lines[y + 1]))
        }
        // The network gives all classes the same, and so answers 0.
        var inks: [Ink] = []
        for label in [0, 3] {
            var state = Samples.state(.confusion)
            press(&state, Array(repeating: .down, count: label) + Array(repeating: .right, count: label))
            press(&state, [.enter, "d"])
            #expect(state.draw.sketch.label == label)
            let found = try ink(state)
            inks.append(found.ink)
            #expect(found.line.contains("it is \(label)"))
        }
        #expect(inks == [.right, .wrong])
        var state = Samples.state(.draw)
        press(&state, " ", .down, .down)
        #expect(try ink(state).ink == .test, "nobody knows what it should be")
        _ = state.handle(.snapshot(Samples.snapshot(step: 0, phase: .paused)))
        #expect(try ink(state).ink == .value)
        #expect(text(state).contains("The network is untrained."))
        state.screen = .network
        #expect(render(state, width: 80, height: 24).cells.allSatisfy { $0.style.ink != .right })
    }

    @Test func theColourOfTheStatusTellsThePhase() {
        for (phase, ink) in [(TrainingSnapshot.Phase.running, Ink.right), (.paused, .test), (.finished, .train)] {
            let state = Samples.state(snapshot: Samples.snapshot(phase: phase))
            let grid = render(state, width: 80, height: 24)
            #expect(grid[1, 23].style.paper == ink, "\(phase)")
        }
        for (request, ink) in [(PlaygroundJob.Request.run, Ink.right), (.pause, .test)] {
            var job = PlaygroundJob()
            job.handle(request)
            var state = Samples.state(.playground)
            _ = state.handle(.playground(job.snapshot(serial: 2)))
            #expect(render(state, width: 80, height: 24)[1, 23].style.paper == ink, "the playground, \(request)")
        }
    }

    @Test func testingIsAskedFor() {
        for screen in [State.Screen.confusion, .mistakes] {
            var state = Samples.state(screen)
            #expect(state.handle(.key(.character("e"))) == [.request(.evaluate)])
        }
    }

    @Test func theWheelZoomsInUpwards() {
        var state = Samples.state(width: 120, height: 40)
        mouse(&state, .wheelUp, 30, 10)
        let near = state.train.window
        #expect(near.upperBound - near.lowerBound < 1)
        mouse(&state, .wheelDown, 30, 10)
        #expect(state.train.window.upperBound - state.train.window.lowerBound > near.upperBound - near.lowerBound)
    }

    @Test func zoomPanAndReadOff() {
        var state = Samples.state(width: 120, height: 40)
        press(&state, .up)
        let zoomed = state.train.window
        #expect(abs(zoomed.upperBound - zoomed.lowerBound - 0.5) < 1e-9)
        press(&state, .pageUp)
        #expect(state.train.window.lowerBound < zoomed.lowerBound)
        press(&state, .home)
        #expect(state.train.window == 0...1)
        mouse(&state, .press, 30, 10)
        #expect(text(state).contains("Step "))
        mouse(&state, .wheelUp, 30, 10)
        #expect(state.train.window != 0...1)
        press(&state, .escape)
        #expect(state.train.window == 0...1 && state.train.cursor == nil)
        #expect(text(state).contains("Now"))
    }

    @Test func appearanceIsSwitchedAtRunTime() {
        var state = Samples.state()
        press(&state, .character("g"), .character("g"))
        #expect(render(state, width: 80, height: 24).cells.allSatisfy { $0.character.isASCII })
        press(&state, .character("g"), .character("b"))
        #expect(state.appearance.background == .light)
    }
}
