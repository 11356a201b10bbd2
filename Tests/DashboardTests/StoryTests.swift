import Datasets
import Foundation
import Testing
import Training

@testable import Dashboard

/// What users do, played through events.
@Suite struct StoryTests {
    private func press(_ state: inout State, _ keys: Key...) {
        for key in keys { _ = state.handle(.key(key)) }
    }

    private func mouse(_ state: inout State, _ kind: Mouse.Kind, _ x: Int, _ y: Int) {
        _ = state.handle(.mouse(Mouse(kind, x: x, y: y)))
    }

    private func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }

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

        let layout = DrawScreen.Layout(state.room)
        mouse(&state, .press, layout.canvas.x + 5, layout.canvas.y + 5)
        mouse(&state, .drag, layout.canvas.x + 20, layout.canvas.y + 9)
        mouse(&state, .release, layout.canvas.x + 20, layout.canvas.y + 9)
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

    @Test func drawingWithTheMouseLeavesNoGaps() {
        var state = Samples.state(.draw)
        #expect(text(state).contains("No drawing yet."))
        let canvas = DrawScreen.Layout(state.room).canvas
        mouse(&state, .press, canvas.x + 2, canvas.y + 10)
        mouse(&state, .drag, canvas.x + 30, canvas.y + 10)
        mouse(&state, .release, canvas.x + 30, canvas.y + 10)
        #expect(state.draw.sketch.drawing.strokes.count == 1)
        let picture = state.draw.sketch.picture(side: 40, penWidth: 1)
        #expect((3...30).allSatisfy { picture[21 * 40 + $0] > 200 })
        #expect(text(state).contains("Prediction: "))
        press(&state, .character("u"))
        #expect(text(state).contains("No drawing yet."))
    }

    @Test func aDragWhosePressWasLostStartsAStroke() {
        var state = Samples.state(.draw)
        let canvas = DrawScreen.Layout(state.room).canvas
        mouse(&state, .drag, canvas.x + 5, canvas.y + 5)
        mouse(&state, .drag, canvas.x + 9, canvas.y + 5)
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [2])
    }

    @Test func drawingWithTheKeyboard() {
        var state = Samples.state(.draw)
        press(&state, .up, .up, .character(" "), .down, .down, .right, .character(" "), .right)
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [4])
        press(&state, .character("e"), .left, .character(" "), .up, .up)
        #expect(state.draw.sketch.drawing.isEmpty, "the eraser went back along the stroke")
        press(&state, .character("u"))
        #expect(!state.draw.sketch.drawing.isEmpty)
        press(&state, .character("c"))
        #expect(state.draw.sketch.isEmpty)
        press(&state, .character("u"))
        #expect(!state.draw.sketch.isEmpty)
    }

    /// What was undone cannot come back over something new.
    @Test func aNewStrokeEndsRedoing() {
        var state = Samples.state(.draw)
        press(&state, .character(" "), .down, .down, .character(" "), .character("u"))
        #expect(state.draw.sketch.isEmpty)
        press(&state, .character(" "), .right, .right, .right, .character(" "))
        let drawn = state.draw.sketch
        press(&state, .character("U"))
        #expect(state.draw.sketch == drawn)
    }

    @Test func thePenHasAWidth() {
        var state = Samples.state(.draw)
        press(&state, .character(" "), .down, .down, .down, .character(" "))
        var ink: [Int] = []
        press(&state, .character("<"), .character("<"), .character("<"))
        for _ in 0..<5 {
            ink.append(state.drawing?.reduce(0) { $0 + Int($1) } ?? 0)
            press(&state, .character(">"))
        }
        #expect(zip(ink, ink.dropFirst()).allSatisfy { $0 < $1 }, "five widths, the network sees each: \(ink)")
    }

    @Test func drawingsAreKeptAndSteppedThrough() {
        var state = Samples.state(.draw)
        press(&state, .character(" "), .down, .enter)
        #expect(state.draw.sketch.isEmpty)
        press(&state, .character(" "), .right, .right, .pageUp)
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [2])
        press(&state, .pageDown)
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [3])
    }

    @Test func aDrawingIsSavedWithItsLabel() throws {
        var state = Samples.state(.draw)
        press(&state, .character("t"))
        #expect(!state.draw.asksForLabel, "there is nothing to save")
        press(&state, .character(" "), .down, .down, .character("t"))
        #expect(text(state).contains("Which digit?"))
        let image = try #require(state.draw.sketch.networkImage(penWidth: 1))
        #expect(state.handle(.key(.character("1"))) == [.save(image: image, label: 1)])
        press(&state, .character("t"), .escape)
        #expect(!state.draw.asksForLabel)
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
