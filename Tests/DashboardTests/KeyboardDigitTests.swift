import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Dashboard

/// Drawing with the keyboard alone.
@Suite struct KeyboardDigitTests {
    /// At most this many keys a digit, with the ways to where it begins.
    private static let mostKeys = 25

    @Test(arguments: 0...9) func aDigitTakesFewKeysAndIsReadRight(digit: Int) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Assets/models/pytorch-mnist-128-64.safetensors").path
        let network = try Model(file: file).network
        let snapshot = Samples.snapshot().with(network: network, statistics: [], histograms: .init())
        var state = Samples.state(.draw, snapshot: snapshot)
        let keys = DigitKeys.presses(digit).map(Key.init)
        press(&state, keys)
        let reading = try #require(DrawScreen.reading(state)).probabilities
        print("\(digit): \(keys.count) keys, \(DigitKeys.texts[digit]), \(Format.percent(Double(reading[digit])))")
        #expect(keys.count <= Self.mostKeys)
        #expect(DrawScreen.best(reading) == digit, "\(reading)")
    }

    @Test func thePenShowsFromTheStart() {
        var state = Samples.state(.draw)
        #expect(text(state).contains("○"))
        canvasMouse(&state, .press, 2, 2)
        canvasMouse(&state, .release, 2, 2)
        #expect(!text(state).contains("○"), "the mouse has a pointer of its own")
        press(&state, .up)
        #expect(text(state).contains("○"))
    }

    @Test func stepsAndStridesInAllDirections() {
        let ways: [(keys: [Key], x: Double, y: Double)] = [
            ([.left], -1, 0), ([.right], 1, 0), ([.up], 0, -1), ([.down], 0, 1), (["i"], -1, -1), (["o"], 1, -1),
            (["h"], -1, 1), (["l"], 1, 1), (["s", .shiftLeft], -1, 0), (["s", "I"], -1, -1),
            ([.shiftLeft], -4, 0), ([.shiftRight], 4, 0), ([.shiftUp], 0, -4), ([.shiftDown], 0, 4), (["I"], -4, -4),
            (["O"], 4, -4), (["H"], -4, 4), (["L"], 4, 4), (["s", "l"], 4, 4), (["s", .up, "s"], 0, -4),
        ]
        for (keys, x, y) in ways {
            var state = Samples.state(.draw)
            press(&state, keys)
            let pen = state.draw.pen.point
            #expect(abs(pen.x - 0.5 - x / 28) < 1e-9 && abs(pen.y - 0.5 - y / 28) < 1e-9, "\(keys)")
        }
        var state = Samples.state(.draw)
        press(&state, Array(repeating: "L", count: 9))
        #expect(state.draw.pen.point == Drawing.Point(x: 1, y: 1), "no further than the edge")
    }

    @Test func aLineGoesFromPointToPoint() {
        var state = Samples.state(.draw)
        press(&state, "d", "L", .shiftDown)
        #expect(state.draw.sketch.isEmpty, "it is only stretched")
        #expect(text(state).contains("×") && text(state).contains("line here"))
        press(&state, "d", "H", "d")
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [3], "the second goes on from the first")
        press(&state, .escape, .up, "d", .up, "d", .escape)
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [3, 2])
        press(&state, "u")
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [3], "a line is undone as a whole")
        press(&state, "d", .right, .escape, "u", "u")
        #expect(state.draw.sketch.isEmpty, "what was only stretched has left nothing")
    }

    @Test func enterEndsTheLineBeforeTheDrawing() {
        var state = Samples.state(.draw)
        press(&state, "d", .down, .enter)
        #expect(state.draw.sketch.drawing.strokes.map(\.count) == [2] && state.draw.pen.hold == .up)
        press(&state, .enter)
        #expect(state.draw.sketch.isEmpty)
        press(&state, "d", .down, "d", .enter)
        #expect(state.draw.sketch.isEmpty, "the next line had not gone anywhere")
    }

    @Test func theStretchedLineIsSeenBeforeItIsDrawn() {
        var state = Samples.state(.draw)
        func brightest(_ state: State) -> Int {
            let canvas = DrawScreen.Layout(state.room).canvas
            let grid = render(state, width: 80, height: 24)
            return (0..<canvas.height).flatMap { y in (0..<canvas.width).map { (x: $0, y: y) } }.map { place -> Int in
                guard case .grey(let level) = grid[canvas.x + place.x, canvas.y + place.y].style.ink else { return 0 }
                return Int(level)
            }.max() ?? 0
        }
        press(&state, "d", .shiftDown, .shiftDown)
        let stretched = brightest(state)
        #expect((8...14).contains(stretched), "half as bright as ink: \(stretched)")
        press(&state, "d")
        #expect(brightest(state) == 23)
    }

    @Test func bendingEndsAtMostOfACircle() {
        var state = Samples.state(.draw)
        press(&state, "(")
        #expect(state.draw.pen == Pen(), "there is nothing to bend")
        press(&state, ["d", .shiftDown] + Array(repeating: ")", count: 9))
        let start = Drawing.Point(x: 0.5, y: 0.5)
        #expect(state.draw.pen.hold == .line(from: start, bends: 3))
        press(&state, Array(repeating: "(", count: 9))
        #expect(state.draw.pen.hold == .line(from: start, bends: -3))
    }

    @Test(arguments: [(0.3, 0.2, 0.3, 0.8), (0.3, 0.8, 0.35, 0.2), (0.1, 0.5, 0.9, 0.4), (0.9, 0.4, 0.1, 0.5)])
    func anArcIsPartOfACircle(x0: Double, y0: Double, x1: Double, y1: Double) {
        let (start, end) = (Drawing.Point(x: x0, y: y0), Drawing.Point(x: x1, y: y1))
        let (middleX, middleY) = ((x0 + x1) / 2, (y0 + y1) / 2)
        let half = hypot(x1 - x0, y1 - y0) / 2
        #expect(Arc(start: start, end: end, bend: 0).points == [start, end])
        for bend in [-1.5, -1, -0.5, 0.5, 1, 1.5] {
            let points = Arc(start: start, end: end, bend: bend).points
            #expect(points.first == start && points.last == end)
            let top = points[points.count / 2]
            let height = abs(bend) * half
            #expect(abs(hypot(top.x - middleX, top.y - middleY) - height) < 1e-9)
            let isSteep = abs(y1 - y0) > abs(x1 - x0)
            #expect((isSteep ? top.x - middleX : top.y - middleY) * bend > 0, ") is to the right, or down")
            let radius = (half * half + height * height) / (2 * height)
            let centre = Drawing.Point(
                x: top.x + (middleX - top.x) * radius / height, y: top.y + (middleY - top.y) * radius / height)
            #expect(points.allSatisfy { abs(hypot($0.x - centre.x, $0.y - centre.y) - radius) < 1e-9 })
            #expect(zip(points, points.dropFirst()).allSatisfy { hypot($0.x - $1.x, $0.y - $1.y) < 1.0 / 50 })
        }
    }
}

extension Key {
    fileprivate init(_ press: DigitKeys.Press) {
        switch press {
        case .character(let character): self = .character(character.unicodeScalars.first ?? " ")
        case .shiftUp: self = .shiftUp
        case .shiftDown: self = .shiftDown
        case .shiftLeft: self = .shiftLeft
        case .shiftRight: self = .shiftRight
        }
    }
}
