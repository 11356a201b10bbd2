import DashboardTestSupport
import NeuralNetwork
import Testing

@testable import Dashboard

/// Walks that stay on a screen, from each of its views, with its own keys and the mouse, in windows of many sizes: they look
/// as they did when they were recorded. Whoever changes a screen records them anew.
@Suite struct StrollTests {
    private static let steps = 120
    private static let sizes = [
        (80, 24), (120, 40), (200, 55), (64, 20), (81, 31), (97, 27), (110, 60), (133, 33), (151, 44), (176, 25),
    ]

    @Test(arguments: State.Screen.allCases) func looksAsItDid(screen: State.Screen) throws {
        let lines = Self.starts(screen).enumerated().map { number, start in
            var generator = RandomGenerator(seed: 1, stream: .shuffling, index: number)
            var looks = ScreenDigest()
            var state = start
            for _ in 0..<Self.steps {
                // Windows that people have, and any others.
                let (width, height) =
                    generator.uniform(below: 2) == 0
                    ? Self.sizes[generator.uniform(below: Self.sizes.count)]
                    : (60 + generator.uniform(below: 141), 18 + generator.uniform(below: 43))
                Self.take(&state, .resize(width: width, height: height), &looks)
                Self.take(&state, Self.event(state, &generator), &looks)
                if state.frameInterval != nil { Self.take(&state, .frame, &looks) }
                if state.screen != screen { state = start }
                looks.take(render(state, width: state.width, height: state.height))
            }
            return "\(number) \(looks.words)"
        }
        try expectLooks("stroll-\(screen)", lines)
    }

    /// In windows of all widths and heights, as there is room for less and less: the views at hand, and the help over them.
    @Test(arguments: State.Screen.allCases) func everyWidthAndHeight(screen: State.Screen) throws {
        let states = Self.starts(screen)
        let views = stride(from: states.count / 3, to: states.count, by: states.count / 12).map { states[$0] }
        let lines = views.enumerated().map { number, view in
            var looks = ScreenDigest()
            for (width, height) in (40...200).map({ ($0, 24 + $0 % 17) }) + (14...60).map({ (120 - $0 % 41, $0) }) {
                var state = view
                Self.take(&state, .resize(width: width, height: height), &looks)
                looks.take(render(state, width: width, height: height))
                if number == 0 {
                    _ = state.handle(.key("?"))
                    looks.take(render(state, width: width, height: height))
                }
            }
            return "\(number) \(looks.words)"
        }
        try expectLooks("sizes-\(screen)", lines)
    }

    private static func starts(_ screen: State.Screen) -> [State] {
        let states = BindingTests.states(screen)
        guard screen == .lessons else { return states }
        return states
            + (0..<12).map { page in
                var state = states[0]
                for _ in 0..<page { _ = state.handle(.key(.enter)) }
                return state
            }
    }

    /// Mostly a key of the screen's own; in lessons seldom one that turns the page.
    private static func event(_ state: State, _ generator: inout RandomGenerator) -> Event {
        if generator.uniform(below: 6) == 0 {
            let kinds: [Mouse.Kind] = [.press, .drag, .release, .wheelUp, .wheelDown]
            return .mouse(
                Mouse(
                    kinds[generator.uniform(below: kinds.count)], x: generator.uniform(below: state.width),
                    y: generator.uniform(below: state.height)))
        }
        let active: [Key] = state.ownBindings.filter { $0.isActive(state) }.flatMap { $0.effects.map(\.key) }
        let keys = active.filter { key in
            state.screen != .lessons || key != .enter && key != .backspace || generator.uniform(below: 9) == 0
        }
        return .key(keys.isEmpty ? .escape : keys[generator.uniform(below: keys.count)])
    }

    /// What it asks for comes at once.
    private static func take(_ state: inout State, _ event: Event, _ looks: inout ScreenDigest) {
        for action in state.handle(event) {
            looks.take(action)
            switch action {
            case .map(let request): _ = state.handle(request.event())
            case .readReference: _ = state.handle(.reference(state.snapshot?.now.evaluation))
            case .compare(let distortion): _ = state.handle(.comparison(Samples.comparison(distortion)))
            case .teach(let task): _ = state.handle(.taught(task, Samples.outcome(of: task)))
            default: break
            }
        }
    }
}
