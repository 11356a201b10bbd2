import Testing

@testable import Dashboard
@testable import Training

/// What newcomers stumbled over in the lessons.
@Suite struct LessonsStoryTests {
    private func press(_ state: inout State, _ keys: Key...) {
        for key in keys { _ = state.handle(.key(key)) }
    }

    private func text(_ state: State) -> String { render(state, width: state.width, height: state.height).text }

    private func open(_ page: Int, width: Int = 80, height: Int = 24) -> State {
        var state = Samples.state(width: width, height: height)
        press(&state, "7")
        for _ in 1..<page { press(&state, .enter) }
        return state
    }

    /// A page at the ends of all its values leaves its frame and the words beside it alone, and says all it has to.
    @Test(arguments: 1...12, [-30, 0, 30]) func noPageLeavesItsRoom(page: Int, count: Int) {
        var state = open(page)
        let knobs = state.lessons.lesson.knobs.count
        for _ in 0..<knobs {
            for _ in 0..<abs(count) { press(&state, count < 0 ? "<" : ">") }
            press(&state, .down)
        }
        for _ in 0..<(count == 0 ? 0 : 7) { press(&state, " ") }
        // The room of the picture at 80 × 24, once with space around it.
        let room = Rect(x: 39, y: 3, width: 39, height: 18)
        var grid = CellGrid(width: 120, height: 40)
        state.lessons.lesson.draw(in: room, on: &grid)
        for y in 0..<grid.height {
            for x in 0..<grid.width where !room.contains(x: x, y: y) {
                #expect(grid[x, y] == Cell(), "\(page): \(grid[x, y].character) at \(x), \(y)")
            }
        }
    }

    @Test func valuesChangeByOneAndByTen() {
        let keys: [(Key, Int)] = [
            (.left, -1), ("-", -1), (.right, 1), ("+", 1), ("=", 1), ("<", -10), (.shiftLeft, -10), (">", 10),
            (.shiftRight, 10),
        ]
        for (key, steps) in keys {
            var state = open(1)
            let chosen = state.lessons.chosen
            var knob = state.lessons.lesson.knobs[chosen]
            press(&state, key)
            knob.turn(by: steps)
            #expect(state.lessons.lesson.knobs[chosen] == knob, "\(key)")
        }
    }

    /// The longer bar is the larger share, whichever is the true one.
    @Test func barsOfSharesCompare() {
        var grid = CellGrid(width: 39, height: 18)
        var lesson = CrossEntropyLesson()
        for _ in 0..<2 { lesson.knobs[0].turn(by: -1) }  // Shares of 1 and 4 are equal now.
        lesson.draw(in: grid.bounds, on: &grid)
        func bar(_ row: Int) -> Int { (18..<39).count { "▏▎▍▌▋▊▉█".unicodeScalars.contains(grid[$0, row].character) } }
        #expect(bar(0) == bar(1) && bar(0) > 2)
        #expect(bar(2) < bar(1))
    }

    /// The curve of a rate that is far too large ends in arrows, and its mark stands at the upper edge.
    @Test func aCurveBeyondItsChartSaysSo() {
        var state = open(9)
        press(&state, .up, .right, " ", " ")
        let text = text(state)
        #expect(text.contains("↑"))
        #expect(text.contains("○"))
    }

    @Test func solvedPagesAreMarkedAndStaySo() throws {
        var state = open(1)
        for _ in 0..<8 { press(&state, .left) }
        press(&state, .right)
        #expect(state.lessons.isSolved(0))
        func header(_ state: State) -> String {
            String(text(state).split(separator: "\n")[1].suffix(24))
        }
        #expect(header(state).contains("✓ ○ ○"), "also while it is open")
        press(&state, .enter)
        #expect(header(state).contains("✓ ● ○"))
        press(&state, .backspace, "x", .right)
        #expect(state.lessons.isSolved(0), "what was done stays done")
        // In the next session.
        let kept = Preferences(state.preferences.text)
        let next = State(preferences: kept, screen: .lessons)
        #expect(next.lessons.isSolved(0) && !next.lessons.isSolved(1))
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 55)]) func aDotOpensItsPage(size: (width: Int, height: Int)) throws {
        var state = open(1, width: size.width, height: size.height)
        let lines = text(state).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let y = try #require(lines.firstIndex { $0.contains("Lesson 1 of 12") })
        let dots = Array(lines[y]).indices.filter { "●○✓".contains(Array(lines[y])[$0]) }
        #expect(dots.count == 12)
        for (page, x) in dots.enumerated().reversed() {
            _ = state.handle(.mouse(Mouse(.press, x: x, y: y)))
            #expect(state.lessons.page == page)
        }
        press(&state, .end)
        #expect(state.lessons.page == 11)
        press(&state, .home)
        #expect(state.lessons.page == 0)
    }

    @Test func pageTenNamesTheKeyThatTrains() {
        var state = Samples.state(snapshot: Samples.snapshot(step: 0, phase: .paused))
        press(&state, "7", .end, .pageUp, .pageUp)
        #expect(text(state).contains("untested: p trains it"))
    }

    /// Two neurons a column, a line for each weight between them.
    @Test func pageEightDrawsItsNetwork() {
        let state = open(8, width: 120, height: 40)
        let lines = text(state).split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.contains("input") && $0.contains("hidden") && $0.contains("shares") })
        let drawn = text(state).unicodeScalars.count { BrailleCanvas.dots(of: $0) != nil }
        #expect(drawn > 30)
    }

    @Test func pageThreeIsLightOnALightBackground() {
        var state = open(3)
        press(&state, " ", " ", " ", "b")
        let grid = render(state, width: 80, height: 24)
        let papers = grid.cells.map(\.style.paper).compactMap { paper -> Int? in
            guard case .region = paper else { return nil }
            return Palette.color(of: paper, for: state.appearance)
        }
        #expect(papers.count > 100)
        #expect(papers.allSatisfy { [255, 195, 153, 117, 75, 230, 223, 222, 215].contains($0) })
    }

    @Test func theFirstSessionPointsToTheLessons() {
        for (width, height) in [(40, 14), (80, 24), (120, 40), (200, 55)] {
            var state = State(preferences: Preferences(nil), width: width, height: height)
            _ = state.handle(.snapshot(Samples.snapshot()))
            #expect(text(state).contains("New here? 7 opens twelve short lessons"))
            press(&state, "2")
            #expect(!text(state).contains("New here?"), "on the opening screen only")
            press(&state, "1")
            _ = state.handle(.mouse(Mouse(.press, x: 3, y: 1)))
            #expect(state.screen == .lessons)
            press(&state, "1")
            #expect(!text(state).contains("New here?"), "once they were opened")
        }
        #expect(!Preferences("").isNewcomer && Preferences(nil).isNewcomer)
    }

    @Test func inASCIIKeysHaveTheirNames() {
        var state = Samples.state(.lessons)
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        #expect(text(state).contains("up down choose") && text(state).contains("left right change"))
        for screen in State.Screen.allCases {
            state.screen = screen
            for entry in state.hints([.enter, .up, .left]) + Help.rows(state).flatMap({ $0 }) {
                let isName = entry.keys.allSatisfy(\.isASCII) || entry.keys.contains("…")
                #expect(isName, "\(entry.keys) on \(screen)")
            }
        }
    }
}
