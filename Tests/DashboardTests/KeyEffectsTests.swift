import Foundation
import NeuralNetwork
import Testing

@testable import Dashboard
@testable import Datasets
@testable import Training

/// Each key of each table by what it changes or asks for, recorded like the pictures: a key that is wired to another
/// change, or goes the other way, shows as another line.
@Suite struct KeyEffectsTests {
    @Test(arguments: State.Screen.allCases) func eachKeyDoesWhatIsRecorded(screen: State.Screen) throws {
        let states = BindingTests.states(screen)
        // On Network also those of convolutions, which come last.
        let kinds =
            screen == .network
            ? [states.prefix(states.count / 3), states.suffix(states.count / 3)] : [states.prefix(states.count / 3)]
        try expectPicture("keys-\(screen)", Self.table(kinds.flatMap { $0 }))
    }

    /// What lies over the curves.
    @Test func keysOfTheDialogs() throws {
        var states: [State] = []
        for keys: [Key] in [["c"], ["c", .up], ["c", .up, "h"], ["f"], ["f", .down, .right], ["A"], ["A", .down]] {
            var state = RunsTests.state(3)
            state.datasets = [Samples.location("mnist"), Samples.location("fashion-mnist")]
            press(&state, keys)
            states.append(state)
        }
        try expectPicture("keys-dialogs", Self.table(states))
    }

    /// What each key does, in the order of the tables; a line that was there before is left out.
    private static func table(_ states: [State]) -> String {
        var (seen, lines): (Set<String>, [String]) = ([], [])
        func add(_ line: String) { if seen.insert(line).inserted { lines.append(line) } }
        for (number, state) in states.enumerated() {
            let before = Facts(of: state)
            // Those of all screens once are enough, and where the past is in view.
            let showsAll = [.train, .playground, .lessons].contains(state.screen) && (number < 2 || state.isInPast)
            let all = showsAll ? state.bindings : state.ownBindings
            for binding in all where binding.isActive(state) {
                let words = binding.hint?.words(state).map { " (\($0))" } ?? ""
                add("\(binding.hint?.label ?? binding.label)\(words): \(binding.help ?? "–")")
                for (key, effect) in binding.effects {
                    var after = state
                    let actions = effect(&after)
                    let effects = Facts(of: after).differences(from: before) + actions.map(Self.words)
                    add("    \(Self.name(key)): " + (effects.isEmpty ? "–" : effects.joined(separator: "; ")))
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func name(_ key: Key) -> String {
        if case .character(let scalar) = key { scalar == " " ? "space" : String(scalar) } else { "\(key)" }
    }

    private static func words(_ action: Action) -> String {
        let facts = Facts(of: action).all
        let words = facts.prefix(6).map { $0.value.isEmpty ? $0.path : "\($0.path) \($0.value)" }
        return "asks " + words.joined(separator: ", ") + (facts.count > 6 ? " …" : "")
    }
}

/// All that something holds, by the names of its parts.
private struct Facts {
    private(set) var all: [(path: String, value: String)] = []
    private var values: [String: String] = [:]

    init(of value: Any) {
        add(value, "")
        values = Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    /// What there is not much to say of, and what is said of it in a few words.
    private static let leaves = Set(
        ([
            Moment.self, TrainingSnapshot.self, PlaygroundSnapshot.self, Dataset.self, DatasetLocation.self,
            TeachingOutcome.self, LabelledDrawings.self, Drawing.self, [UInt8].self, Double.self, Float.self,
            ClosedRange<Double>.self,
            TrainingConfiguration.self, Network.self, Evaluation.self, ImageMap.self, SmoothCurves.self,
            Comparison.self, Calibration.self,
        ] as [Any.Type]).map { ObjectIdentifier($0) })

    /// Without a look at what it is itself.
    private init(parts value: Any) {
        for child in Mirror(reflecting: value).children { add(child.value, child.label ?? "") }
        values = Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    func differences(from others: Facts) -> [String] {
        var found = all.compactMap { path, value -> String? in
            let other = others.values[path]
            return other == value ? nil : other.map { "\(path) \($0) → \(value)" } ?? "\(path) \(value)"
        }
        found += others.all.compactMap { path, value in values[path] == nil ? "\(path) \(value) → nothing" : nil }
        return found.count > 5 ? found.prefix(5) + ["…"] : found
    }

    private mutating func add(_ value: Any, _ path: String) {
        func say(_ text: String) { all.append((path, text)) }
        if Self.leaves.contains(ObjectIdentifier(type(of: value))) {
            switch value {
            case let moment as Moment: return say("step \(moment.step)")
            case let snapshot as TrainingSnapshot: return say("run \(snapshot.run) at \(snapshot.step)")
            case let snapshot as PlaygroundSnapshot: return say("run \(snapshot.run) at \(snapshot.step)")
            case let dataset as Dataset: return say(dataset.name)
            case let location as DatasetLocation: return say(location.name)
            case let outcome as TeachingOutcome: return say("\(outcome.right.after) right")
            case let drawings as LabelledDrawings: return say(drawings.images.labels.map(String.init).joined())
            case let drawing as Drawing:
                let end = drawing.strokes.last?.last.map { String(format: " to %.3f %.3f", $0.x, $0.y) } ?? ""
                return say("\(drawing.strokes.count) strokes, \(drawing.strokes.joined().count) points" + end)
            case let pixels as [UInt8]: return say("\(pixels.count) of \(pixels.reduce(0) { $0 + Int($1) })")
            case let number as Double: return say(String(format: "%.5g", number))
            case let range as ClosedRange<Double>:
                return say(String(format: "%.4f to %.4f", range.lowerBound, range.upperBound))
            case let number as Float: return say(String(format: "%.5g", number))
            case let settings as TrainingConfiguration:
                let usual = Facts(parts: TrainingConfiguration())
                return say(Facts(parts: settings).differences(from: usual).joined(separator: ", "))
            default: return
            }
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            if let child = mirror.children.first { add(child.value, path) } else { say("nil") }
        // In no order of their own.
        case .set, .dictionary: say("\(mirror.children.count)")
        case .collection:
            let items = Array(mirror.children)
            guard items.count <= 8 else { return say("\(items.count) items") }
            say("\(items.count)")
            for (index, item) in items.enumerated() { add(item.value, "\(path)[\(index)]") }
        case .enum:
            guard let child = mirror.children.first else { return say("\(value)") }
            add(child.value, [path, child.label ?? ""].filter { !$0.isEmpty }.joined(separator: "."))
        case .struct, .tuple:
            if mirror.children.isEmpty { return say("\(value)") }
            for child in mirror.children {
                add(child.value, [path, child.label ?? ""].filter { !$0.isEmpty }.joined(separator: "."))
            }
        case .class: return
        default: say("\(value)")
        }
    }
}
