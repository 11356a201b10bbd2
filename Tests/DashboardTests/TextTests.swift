import TestSupport
import Testing

@testable import Dashboard
@testable import Training

/// Texts on all screens at all widths: none touches another, is cut, is covered or lies over a frame.
@Suite struct TextTests {
    /// What a person may have on a screen, as the keys that lead there.
    private static func stories(_ screen: State.Screen) -> [[Key]] {
        switch screen {
        case .train: [[], ["d"], ["d", .pageDown], ["j"], ["K"], [.left], ["l", .up], ["f"], ["A"], ["?"]]
        case .confusion: [[], ["j"], ["K"], ["v", .down, .right], ["?"]]
        case .mistakes: [[], ["j", "j"], [.enter], ["T"], ["T", "P"], ["T", "P", .enter], ["?"]]
        case .draw:
            [
                [], ["j", " ", .down], [" ", .down, .down], [" ", .down, "t"], ["d", "L", ")"], ["z"],
                ["z", "d", "L", "d", .enter],
                ["z"] + Array(repeating: ["d", "L", "d", .enter, .enter], count: 10).joined().dropLast(), ["?"],
                ["?", " "],
            ]
        case .network:
            [
                [], ["j"], ["j", "v", "v"], [.down], ["v"], ["v", .down], ["v", .enter, .down], ["v", "v"],
                ["v", "v", "v"], ["v", "v", "v", "v"], ["?"],
            ]
        case .playground: [[], [.enter], ["j"], ["K"], ["f"], ["?"]]
        // Its pages have tests of their own.
        case .lessons: [["?"]]
        }
    }

    static func faults(_ state: State, width: Int, height: Int) -> [String] {
        var grid = CellGrid(width: width, height: height)
        grid.log = TextLog(width: width, height: height)
        draw(state, on: &grid)
        return grid.log?.faults ?? []
    }

    private static let widths = 40...200

    /// As high as windows of the width are.
    private static func height(_ width: Int) -> Int { width < 100 ? 24 : width < 160 ? 40 : 55 }

    static func expectNone(_ what: String, _ state: State) {
        var state = state
        for width in widths {
            let height = height(width)
            _ = state.handle(.resize(width: width, height: height))
            let faults = faults(state, width: width, height: height)
            #expect(faults.isEmpty, "\(what) at \(width) × \(height)")
        }
    }

    /// By the names of data sets; one of dense layers, and one of convolutions.
    private static let snapshots = Kept<String, [TrainingSnapshot]>()

    @Test(arguments: State.Screen.allCases, ["mnist", "fashion-mnist"])
    func textsStandApart(screen: State.Screen, name: String) {
        let snapshots = Self.snapshots.value(name) { name in
            let dataset = Samples.makeDataset(name: name)
            return [Samples.observedSnapshot(dataset: dataset), Samples.convolutionalSnapshot(dataset: dataset)]
        }
        for snapshot in snapshots.prefix(screen == .train || screen == .network ? 2 : 1) {
            for keys in Self.stories(screen) {
                var state = Samples.state(screen, snapshot: snapshot)
                for key in keys { play(&state, .key(key)) }
                Self.expectNone("\(name), \(screen), \(keys), \(snapshot.now.network.hiddenLayers)", state)
            }
        }
    }

    @Test(arguments: State.Screen.allCases) func textsStandApartAtTheStartAndTheEnd(screen: State.Screen) {
        for snapshot in [
            nil, Samples.snapshot(step: 0, phase: .paused), Samples.snapshot(step: 4690, phase: .finished),
        ] {
            Self.expectNone("\(screen), \(snapshot?.step ?? -1)", Samples.state(screen, snapshot: snapshot))
        }
    }

    @Test(arguments: State.Screen.allCases) func whatCameOfARequestIsWhole(screen: State.Screen) {
        let notice = "Saved as 7: 12 in /home/somebody/with/a/long/way/to/it/.local/share/inkling/drawings"
        var state = Samples.state(screen)
        _ = state.handle(.notice(notice))
        if screen != .lessons { Self.expectNone("notice", state) }
        for (width, height) in [(40, 14), (80, 24), (120, 40)] {
            let text = render(state, width: width, height: height).text.filter { !$0.isWhitespace }
            #expect(text.hasSuffix(notice.filter { $0 != " " }), "\(width) × \(height)")
        }
        _ = state.handle(.key(.escape))
        #expect(!render(state, width: 80, height: 24).text.contains("Saved"), "until the next key")
    }

    /// The test can fail: texts that meet, are cut, covered, or drawn over a frame.
    @Test func faultsAreFound() {
        func faults(_ draw: (inout CellGrid) -> Void) -> Int {
            var grid = CellGrid(width: 20, height: 5)
            grid.log = TextLog(width: 20, height: 5)
            draw(&grid)
            return grid.log?.faults.count ?? 0
        }
        #expect(faults { $0.write("one two", x: 1, y: 1) } == 0)
        #expect(faults { $0.write([("one", .plain), ("two", .value)], x: 1, y: 1) } == 0)
        #expect(faults { $0.write("one two", x: 1, y: 1, limit: 5) } == 1)
        #expect(faults { $0.write("one two", x: 15, y: 1) } == 1)
        #expect(
            faults {
                $0.write("one", x: 1, y: 1)
                $0.write("two", x: 4, y: 1)
            } == 1)
        #expect(
            faults {
                $0.write("one", x: 1, y: 1)
                $0[2, 1] = Cell("▲")
            } == 1)
        #expect(
            faults {
                Panel.draw("one", in: $0.bounds, on: &$0)
                $0.write("two", x: 17, y: 2)
            } == 1)
    }
}
