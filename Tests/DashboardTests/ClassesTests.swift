import Datasets
import NeuralNetwork
import TestSupport
import Testing

@testable import Dashboard
@testable import Training

/// Screens of two classes and of many, and of images of other sizes.
@Suite struct ClassesTests {
    static let sizes = [(80, 24), (120, 40)]

    /// By the numbers of classes, and of pixels on a side.
    private static let snapshots = Kept<[Int], TrainingSnapshot>()

    private static func snapshot(_ classes: Int, side: Int = 28) -> TrainingSnapshot {
        snapshots.value([classes, side]) { _ in
            let dataset = Samples.makeDataset(classes: classes, side: side)
            return Samples.observedSnapshot(sizes: [side * side, 24, classes], dataset: dataset)
        }
    }

    private static func state(_ screen: State.Screen, _ classes: Int, _ size: (Int, Int), side: Int = 28) -> State {
        Samples.state(screen, snapshot: snapshot(classes, side: side), width: size.0, height: size.1)
    }

    @Test(arguments: [2, 26, 47], [State.Screen.train, .confusion, .mistakes, .draw, .network]) func picture(
        classes: Int, screen: State.Screen
    ) throws {
        for size in Self.sizes {
            var state = Self.state(screen, classes, size)
            // Something to read, and a class that is not the first.
            if screen == .draw { draw(&state) }
            if screen == .confusion { press(&state, Array(repeating: .down, count: classes / 2)) }
            try expectPicture("\(screen)-\(classes)-classes", of: state, width: size.0, height: size.1)
        }
    }

    @Test(arguments: [2, 26, 47]) func whyAndMap(classes: Int) throws {
        for size in Self.sizes {
            var state = Self.state(.network, classes, size)
            press(&state, "v", "v", "v")
            try expectPicture("why-\(classes)-classes", of: state, width: size.0, height: size.1)
            press(&state, "v")
            play(&state, .key(.left))
            try expectPicture("map-\(classes)-classes", of: state, width: size.0, height: size.1)
        }
    }

    /// The weights, how they came about, and a large image.
    @Test(arguments: [2, 26, 47]) func otherViews(classes: Int) throws {
        for size in Self.sizes {
            var state = Self.state(.network, classes, size)
            press(&state, "v")
            try expectPicture("weights-\(classes)-classes", of: state, width: size.0, height: size.1)
            press(&state, "v")
            try expectPicture("histograms-\(classes)-classes", of: state, width: size.0, height: size.1)
            state = Self.state(.mistakes, classes, size)
            press(&state, .enter)
            try expectPicture(
                "lessons-\(classes)-classes", of: Self.state(.lessons, classes, size), width: size.0, height: size.1)
            try expectPicture("mistake-enlarged-\(classes)-classes", of: state, width: size.0, height: size.1)
        }
    }

    /// It has points of its own: it is the same beside any data set.
    @Test func thePlaygroundShowsNothingOfTheClasses() {
        for size in Self.sizes {
            let grids = [2, 10, 26, 47, 62].map { classes in
                render(Self.state(.playground, classes, size), width: size.0, height: size.1).text
            }
            #expect(Set(grids).count == 1 && !grids[0].isEmpty)
        }
    }

    /// Without colours all is told by signs.
    @Test func confusionWithoutColours() throws {
        var state = Self.state(.confusion, 47, (80, 24))
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        try expectPicture("confusion-47-classes-ascii", of: state, width: 80, height: 24)
    }

    /// Every cell can be chosen, and is in view with its heads then.
    @Test(arguments: [2, 10, 26, 47, 62, 256]) func theMatrixFollowsTheChoice(classes: Int) {
        let names = classes == 256 ? (0..<256).map(String.init) : Samples.names(classes)
        for (width, height) in Self.sizes + [(40, 14), (200, 55)] {
            let room = Rect(x: 0, y: 1, width: width, height: height - 2)
            for label in 0..<classes where label % 5 == 0 || label == classes - 1 {
                let layout = ConfusionScreen.Layout(room, names: names, chosen: (label, classes - 1 - label))
                #expect(layout.rows.contains(label) && layout.columns.contains(classes - 1 - label))
                #expect(layout.table.maxX <= layout.side.x)
                #expect(layout.table.maxY <= height - 1)
                let cell = layout.cell(label, classes - 1 - label)
                let found = layout.cell(at: Mouse(.press, x: cell.x, y: cell.y))
                #expect(found?.label == label && found?.prediction == classes - 1 - label)
            }
        }
    }

    @Test func theMostProbableComeFirst() throws {
        var grid = CellGrid(width: 30, height: 4)
        let names = Samples.names(47)
        var probabilities = [Float](repeating: 0.001, count: 47)
        (probabilities[40], probabilities[11], probabilities[3]) = (0.6, 0.2, 0.1)
        ProbabilityBars.draw(
            probabilities, names: names, in: Rect(x: 0, y: 0, width: 30, height: 4), on: &grid
        ) { _ in nil }
        let lines = grid.text.split(separator: "\n").map { String($0.prefix(1)) }
        #expect(lines == [names[40], names[11], names[3], names[0]])
        // Where all have room, they stand in their order.
        grid = CellGrid(width: 30, height: 60)
        ProbabilityBars.draw(
            probabilities, names: names, in: Rect(x: 0, y: 0, width: 30, height: 60), on: &grid
        ) { _ in nil }
        #expect(grid.text.split(separator: "\n").map { String($0.prefix(1)) } == names)
    }

    /// A letter is told by its key, a class by its number.
    @Test func whatADrawingIs() {
        func answer(_ names: [String], _ keys: Key...) -> (label: UInt8?, asks: Bool) {
            var state = DrawState()
            state.togglePen()
            state.movePen(dx: 3, dy: 3)
            state.askForLabel()
            var label: UInt8?
            for key in keys where state.asksForLabel { label = state.takeLabel(key, names: names) }
            return (label, state.asksForLabel)
        }
        let letters = Samples.names(47)
        #expect(answer(letters, "A").label == 10)
        #expect(answer(letters, "a").label == 36)
        #expect(answer(Samples.names(26), "b").label == 1, "without a small one the large one is meant")
        #expect(answer(letters, .escape) == (nil, false))
        let things = (0..<30).map { "thing \($0)" }
        #expect(answer(things, "2", "7").label == 27)
        #expect(answer(things, "2").asks)
        #expect(answer(things, "2", .enter).label == 2)
        #expect(answer(things, "7").label == 7)
        #expect(answer(things, "2", .backspace, "5").label == 5)
        #expect(answer(things, "3", "0").label == 3, "no other number begins so")
        let clothes = Dataset.classNames(of: "fashion-mnist")
        #expect(answer(clothes, "9").label == 9 && answer(clothes, "0").label == 0)
    }

    /// Nothing is drawn outside of its room, whatever the size of the images.
    @Test(arguments: [8, 16, 20, 32, 48, 64], State.Screen.allCases) func imagesOfOtherSizes(
        side: Int, screen: State.Screen
    ) throws {
        for size in Self.sizes + [(200, 55), (40, 14)] {
            var state = Self.state(screen, 10, size, side: side)
            if screen == .draw {
                draw(&state)
                #expect(state.drawing?.count == side * side)
                #expect(DrawScreen.reading(state) != nil)
            }
            for _ in 0..<5 {
                let grid = render(state, width: size.0, height: size.1)
                #expect(grid.cells.count == size.0 * size.1)
                if screen == .network { play(&state, .key("v")) }
                if screen == .mistakes { press(&state, .enter) }
            }
        }
        if [8, 64].contains(side), [.mistakes, .draw, .network].contains(screen) {
            var state = Self.state(screen, 10, (80, 24), side: side)
            if screen == .draw { draw(&state) }
            try expectPicture("\(screen)-of-\(side)", of: state, width: 80, height: 24)
        }
    }

    /// A drawing fills the same part of an image of any size.
    @Test func drawingsOfOtherSizes() throws {
        let drawing = Drawing(strokes: [[.init(x: 0, y: 0), .init(x: 0.5, y: 1)]])
        let usual = try #require(drawing.networkImage()).reduce(0) { $0 + Double($1) } / 784
        for side in [14, 28, 56] {
            let image = try #require(drawing.networkImage(size: Shape(height: side, width: side)))
            #expect(image.count == side * side)
            #expect(abs(image.reduce(0) { $0 + Double($1) } / Double(side * side) - usual) < usual / 5, "\(side)")
        }
    }

    private func draw(_ state: inout State) {
        press(&state, " ", .shiftDown, .shiftRight, .shiftDown, " ")
    }
}
