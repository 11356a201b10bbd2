import Datasets
import Testing

@testable import Dashboard

/// What users do on the canvas, played through events.
@Suite struct DrawStoryTests {
    @Test func drawingWithTheMouseLeavesNoGaps() {
        var state = Samples.state(.draw)
        #expect(text(state).contains("No drawing yet."))
        canvasMouse(&state, .press, 2, 10)
        canvasMouse(&state, .drag, 30, 10)
        canvasMouse(&state, .release, 30, 10)
        #expect(state.draw.sketch.drawing.strokes.count == 1)
        let picture = state.draw.sketch.picture(side: 40, penWidth: 1)
        #expect((3...30).allSatisfy { picture[21 * 40 + $0] > 200 })
        #expect(text(state).contains("Prediction: "))
        press(&state, .character("u"))
        #expect(text(state).contains("No drawing yet."))
    }

    /// Two pixels of the canvas lie in a cell, one above the other.
    @Test func theMouseDrawsInTheMiddleOfACell() {
        let layout = DrawScreen.Layout(Rect(x: 0, y: 2, width: 80, height: 20))
        let (side, canvas) = (Double(layout.pixels), layout.canvas)
        #expect(
            layout.point(Mouse(.press, x: canvas.x, y: canvas.y))
                == Drawing.Point(x: 0.5 / side, y: 1 / side))
        #expect(
            layout.point(Mouse(.press, x: canvas.maxX - 1, y: canvas.maxY - 1))
                == Drawing.Point(x: (side - 0.5) / side, y: (side - 1) / side))
    }

    /// Strokes and the picture below them alike; the rest of the picture stays.
    @Test func theEraserTakesThePictureToo() {
        let pixels = [UInt8](repeating: 200, count: 28 * 28)
        var sketch = Sketch(base: pixels)
        sketch.drawing = Drawing(strokes: [[Drawing.Point(x: 0.1, y: 0.5), Drawing.Point(x: 0.9, y: 0.5)]])
        sketch.erase(from: Drawing.Point(x: 0, y: 0.5), to: Drawing.Point(x: 1, y: 0.5), radius: 0.1)
        #expect(sketch.drawing.isEmpty)
        let base = sketch.base ?? []
        #expect(base.count == pixels.count)
        for (index, pixel) in base.enumerated() {
            let distance = abs(Double(index / 28) + 0.5 - 14)
            if distance <= 2 { #expect(pixel == 0, "row \(index / 28)") }
            if distance >= 4 { #expect(pixel == 200, "row \(index / 28)") }
        }
    }

    @Test func aDragWhosePressWasLostStartsAStroke() {
        var state = Samples.state(.draw)
        canvasMouse(&state, .drag, 5, 5)
        canvasMouse(&state, .drag, 9, 5)
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

    @Test func aDrawingIsTaughtWithItsLabel() throws {
        var state = Samples.state(.draw)
        press(&state, .character("t"))
        #expect(!state.draw.asksForLabel, "there is nothing to teach")
        press(&state, .character(" "), .down, .down, .character("t"))
        #expect(text(state).contains("Which digit?"))
        let image = try #require(state.draw.sketch.networkImage(penWidth: 1))
        #expect(
            state.handle(.key(.character("1"))) == [
                .edit(.add(image: image, label: 1, strokes: state.draw.sketch.drawing))
            ])
        press(&state, .character("t"), .escape)
        #expect(!state.draw.asksForLabel)
    }
}
