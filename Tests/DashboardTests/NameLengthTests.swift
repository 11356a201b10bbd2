import DashboardTestSupport
import Datasets
import Testing

@testable import Dashboard
@testable import Training

/// Classes with names of all lengths: what is written out, what is cut, and where numbers stand for names.
@Suite struct NameLengthTests {
    @Test(arguments: [State.Screen.confusion, .mistakes, .draw, .network, .train]) func looksAsItDid(
        screen: State.Screen
    ) throws {
        let lines = [2, 10, 26, 101].flatMap { classes in
            [1, 2, 3, 4, 5, 8, 15, 30].map { length in
                var looks = ScreenDigest()
                for start in Self.states(screen, classes: classes, length: length) {
                    for (width, height) in [(80, 24), (62, 19), (70, 30), (100, 33), (120, 40), (160, 45), (200, 55)] {
                        var state = start
                        _ = state.handle(.resize(width: width, height: height))
                        looks.take(render(state, width: width, height: height))
                    }
                }
                return "\(classes) of \(length): \(looks.words)"
            }
        }
        try expectLooks("names-\(screen)", lines)
    }

    /// The words above the matrix, for as many classes as there may be, in windows of all widths.
    @Test func headingsLookAsTheyDid() throws {
        let lines = (2...62).map { classes in
            let start = Samples.state(
                .confusion, snapshot: Samples.snapshot(step: 1000, dataset: Samples.makeDataset(classes: classes)))
            var looks = ScreenDigest()
            for width in 60...140 {
                var state = start
                _ = state.handle(.resize(width: width, height: 24 + width % 13))
                looks.take(render(state, width: state.width, height: state.height))
            }
            return "\(classes): \(looks.words)"
        }
        try expectLooks("headings-confusion", lines)
    }

    /// As the screen is at first, and with its keys that look closer.
    private static func states(_ screen: State.Screen, classes: Int, length: Int) -> [State] {
        let made = Samples.makeDataset(classes: min(classes, 62))
        let names = (0..<classes).map { number in
            String(("\(number)" + String(repeating: "abcdefgh", count: 4)).suffix(length - 1)) + "\(number % 10)"
        }
        let dataset = Dataset(name: "names", train: made.train, test: made.test, classNames: names)
        let snapshot = Samples.observedSnapshot(sizes: [784, 24, classes], dataset: dataset)
        let first = Samples.state(screen, snapshot: snapshot)
        let keys: [Key] = screen == .network ? ["v", "v", "v", "v"] : [.enter, .enter]
        return keys.reduce(into: [first]) { states, key in
            var state = states[states.count - 1]
            press(&state, key)
            if state.screen == screen { states.append(state) }
        }
    }
}
