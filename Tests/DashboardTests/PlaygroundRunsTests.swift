import Datasets
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Training

/// Going back on the playground, forks, and two runs side by side, with the trainers that the program has behind it.
@Suite struct PlaygroundRunsTests {
    private static let sizes = [(80, 24), (120, 40), (200, 55)]

    private static func two(width: Int, height: Int) -> State {
        var state = Samples.state(.playground, width: width, height: height)
        state.playground.take(Samples.playgroundRun(1, others: [Samples.playground], isDouble: true))
        return state
    }

    @Test(arguments: sizes + [(40, 14)]) func picture(size: (Int, Int)) throws {
        var state = Self.two(width: size.0, height: size.1)
        try expectPicture("playground-double", of: state, width: size.0, height: size.1)
        press(&state, "j", "j")
        try expectPicture("playground-past", of: state, width: size.0, height: size.1)
        press(&state, "f", .down)
        try expectPicture("playground-fork", of: state, width: size.0, height: size.1)
    }

    @Test func pictureWithoutColours() throws {
        var state = Self.two(width: 120, height: 40)
        state.appearance = Appearance(glyphs: .braille, colors: .none)
        try expectPicture("playground-double-mono", of: state, width: 120, height: 40)
    }

    /// The border and the points are those of the moment, and of no other.
    @Test func aMomentHasItsBorderAndItsPoints() throws {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(40)
        let before = player.snapshot
        player.press(" ", .enter, " ", .enter)
        player.train(300)
        #expect(player.snapshot.points.count == before.points.count + 1)
        let moment = try #require(player.snapshot.past.last(before: 40))
        while player.state.playground.shown?.step != moment.step { player.press("j") }
        let view = PlaneView(cells: PlaygroundScreen.Layout(player.state.room).plane)
        let picture = try #require(player.state.playground.pictures(in: [view]).first)
        #expect(picture.snapshot.network == moment.network && picture.regions == view.regions(moment.network))
        #expect(picture.snapshot.points == before.points && picture.snapshot.step == moment.step)
        let text = player.text
        #expect(text.contains(" ◂ at step \(moment.step)") && text.contains("0 back to now"))
        player.train(50)
        #expect(player.state.playground.shown?.step == moment.step, "the training goes on without")
        let settings = player.snapshot.configuration
        player.press(.right)
        #expect(player.snapshot.configuration == settings, "in the past the arrows go from moment to moment")
        #expect(player.state.playground.shown?.step ?? 0 > moment.step)
        player.press("0")
        #expect(player.state.playground.shown == nil && !player.text.contains("◂ at step"))
    }

    @Test func theCurveLeadsBackAndTheFilmPlays() throws {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(600)
        let curve = PlaygroundScreen.Layout(player.state.room).curve.inset(dx: 1, dy: 1)
        let plot = Chart.plotArea(in: curve)
        player.take(.mouse(Mouse(.press, x: plot.x + plot.width / 2, y: plot.y + 1)))
        let shown = try #require(player.state.playground.shown)
        #expect(abs(shown.step - 300) < 40)
        let layout = PlaygroundScreen.Layout(player.state.room)
        let step = try #require(layout.step(at: Mouse(.press, x: plot.x + 3, y: plot.y), of: player.state.playground))
        #expect(abs(step - 600 * 3.5 / Double(plot.width)) < 1e-9, "the middle of the cell")
        player.press("K")
        #expect(player.state.frameInterval != nil && player.text.contains("▸▸ at step"))
        var steps = [shown.step]
        while player.state.film.direction != nil, steps.count < 300 {
            player.take(.frame)
            if let shown = player.state.playground.shown { steps.append(shown.step) }
        }
        #expect(steps == steps.sorted() && Set(steps).count == steps.count && steps.count > 5)
        #expect(player.state.playground.shown == nil, "it ends at the present")
        player.press("J", "1")
        #expect(player.state.frameInterval == nil, "the film is the playground's")
    }

    /// Go back, fork with Adam, see both borders; each goes to the same step.
    @Test func aForkIsHeldAgainstItsRun() throws {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(300)
        while player.state.playground.shown?.step ?? 300 > 150 { player.press("j") }
        let step = try #require(player.state.playground.shown?.step)
        player.press("f")
        #expect(player.text.contains("Go on from step \(step)"))
        let before = player.snapshot
        for _ in 0..<4 { player.press(.right) }
        #expect(player.snapshot.configuration == before.configuration, "the run at hand stays as it is")
        player.press(.enter)
        #expect(player.snapshot.number == 2 && player.snapshot.step == step)
        #expect(player.snapshot.configuration.optimizer == .adam && player.state.playground.shown == nil)
        #expect(player.text.contains("Run 2: adam, rate 0.005"))
        player.train(100)
        #expect(player.snapshot.step == step + 100 && player.snapshot.others[0].step == 300)
        player.press("v")
        player.train(2 * (200 - step) + 200)
        #expect(player.snapshot.step == player.snapshot.others[0].step, "they come to the same step")
        let text = player.text
        #expect(text.contains("Run 2: adam") && text.contains("Run 1: momentum"))
        let planes = PlaygroundScreen.Layout(player.state.room, of: player.state.playground).planes
        let pictures = player.state.playground.pictures(in: planes.map { PlaneView(cells: $0) })
        #expect(pictures.map(\.snapshot.number) == [2, 1])
        #expect(
            pictures[0].snapshot.points == pictures[1].snapshot.points && pictures[0].regions != pictures[1].regions)
        player.press("o")
        #expect(player.snapshot.number == 1 && player.state.playground.configuration.optimizer == .momentum)
        #expect(player.snapshot.beside == player.snapshot.others[0].run)
        player.press("v")
        #expect(!player.state.playground.isDouble)
    }

    @Test func arrowsAndEscapeLeaveTheRunAlone() {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(20)
        let before = player.snapshot.configuration
        player.press("f", .right, .down, .right, .escape)
        #expect(player.snapshot.configuration == before && player.snapshot.others.isEmpty)
        #expect(player.state.playground.fork == nil && player.text.contains("Settings"))
    }

    @Test func aRestartLeavesTheRunBefore() {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(20)
        player.press("r")
        #expect(player.snapshot.number == 2 && player.snapshot.step == 0 && player.snapshot.others[0].step == 20)
        player.press("R", "r")
        #expect(player.snapshot.others.map(\.step) == [20], "those without a step are not worth keeping")
    }

    private static func listed(width: Int, height: Int) -> State {
        var state = Self.two(width: width, height: height)
        press(&state, "l", "e", "w", "i", "d", "e", .enter)
        return state
    }

    @Test(arguments: sizes + [(40, 14)]) func pictureOfTheList(size: (Int, Int)) throws {
        try expectPicture(
            "playground-runs", of: Self.listed(width: size.0, height: size.1), width: size.0, height: size.1)
    }

    @Test func pictureOfTheListWithoutColours() throws {
        var state = Self.listed(width: 80, height: 24)
        state.appearance = Appearance(glyphs: .ascii, colors: .none)
        try expectPicture("playground-runs-mono", of: state, width: 80, height: 24)
    }

    /// The same list as on Train, with the same keys.
    @Test func aListShowsNamesHidesAndDropsRuns() throws {
        var player = PlaygroundPlayer()
        player.press("6", "l")
        #expect(player.state.runChoice == nil, "there is nothing to choose from")
        player.train(20)
        player.press("r")
        player.train(10)
        player.press("R")
        player.train(5)
        player.press("l")
        let rows = player.state.runList.rows
        #expect(rows.map(\.number) == [1, 2, 3] && rows.map(\.words) == ["seed 0", "seed 0", "seed 1"])
        #expect(rows.map(\.time) == ["20", "10", "5"] && rows.map(\.condition) == ["stopped", "stopped", "training"])
        #expect(player.text.contains("3 runs") && player.text.contains("what differs"))
        player.press("x")
        #expect(player.snapshot.others.count == 2, "it trains")
        player.press(.up, "e", "p", "v", .enter, "h")
        #expect(player.text.contains("(hidden) pv: seed 0") && player.state.playground.isOn, "letters of a name")
        #expect(player.state.playground.othersShown.map(\.number) == [1])
        player.press("v")
        #expect(player.state.runChoice == nil && player.text.contains("2 pv: seed 0"), "they stand side by side")
        player.press("l", .up, "x")
        #expect(player.snapshot.others.count == 2, "it trains along")
        player.press("v", "l", .up, "x")
        #expect(player.snapshot.others.map(\.number) == [1] && !player.text.contains("pv"))
        player.press(.up, .enter)
        #expect(player.snapshot.number == 1 && player.state.runChoice == nil)
        player.press("l", .escape, "l", "l", "1")
        #expect(player.state.runChoice == nil, "that of Train is another")
    }

    @Test func theMouseLeavesAloneWhatTheListCovers() {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(20)
        player.press("r", "l")
        let before = player.snapshot.points.count
        player.take(.mouse(Mouse(.press, x: 10, y: 10)))
        #expect(player.snapshot.points.count == before)
    }

    @Test func paceIsSaidAndChanged() {
        var player = PlaygroundPlayer()
        player.press("6")
        player.train(50)
        #expect(player.text.contains("slowed to 6 s for 200 epochs") && player.text.contains(". faster"))
        player.press(",")
        #expect(player.text.contains("slowed to 12 s"))
        player.press("F")
        #expect(player.snapshot.pace == .full && !player.text.contains("slowed"))
        player.press("F")
        #expect(player.snapshot.pace == .usualOfPlayground)
    }
}
