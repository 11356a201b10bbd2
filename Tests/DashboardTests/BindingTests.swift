import Testing

@testable import Dashboard

/// Walks the tables of keys: what works, what the help says and what the screens show is the same.
@Suite struct BindingTests {
    /// Each screen in the states in which its keys differ, after the keys given.
    static func states(_ screen: State.Screen) -> [State] {
        let stories: [[Key]] =
            switch screen {
            case .train:
                [
                    ["d"], ["d", .pageDown], [], ["j"], ["v"], ["v", "v", .left], ["K"], ["l"], [.up, .up, .left],
                    [.up, .up, .left, .left, .pageUp],
                ]
            case .confusion:
                [[], ["j"], ["j", "j"], ["j", "j", "c"], ["d", "j", "j"], ["K"], [.down, .right], ["v"]]
            case .mistakes: [[], ["j"], ["K"], [.enter], [.down, .right], [.pageDown], ["T", "P"], ["s", .end]]
            case .draw:
                [
                    [], ["j"], ["K"], [" ", .down], [" ", .down, .enter, " ", .up],
                    [" ", .down, .enter, " ", .up, .pageUp],
                    [" ", .down, "u"], ["e"], ["<"], [">"], ["s"], ["d", "L"], ["d", "L", ")"], ["z"],
                    ["z", "d", "L", "d"], ["z", "d", "L", "d", .enter], ["a"], ["a", .up, .home], ["a", "c"],
                    ["a", "t", "3"], [" ", .down, "t", "3"],
                ]
            case .network:
                [
                    [], ["j"], ["K"], [.down], ["l", "l"], ["v"], ["v", .right, .down], ["v", .pageDown], ["v", "v"],
                    ["v", .enter, .right], ["v", "v", .down], ["v", "v", "v"], ["v", "v", "v", .down],
                    ["4", " ", .down, "5", .right], ["v", "v", "v", "v"], ["v", "v", "v", "v", .right],
                ]
            case .playground:
                [
                    [], [.enter], [.down, .down], [.enter, .left, .down], [.down, .down, .down, .right], ["j"],
                    ["j", "j"], ["K"], ["f"], ["j", "f", .down],
                ]
            case .lessons:
                [[], [.right], [.down], [.enter], [.enter, .enter, .right]]
                    + [9, 10, 11].map { Array(repeating: .enter, count: $0) }
            }
        return [Samples.snapshot(), Samples.observed, Samples.convolutional].flatMap { snapshot in
            stories.map { keys in
                var state = Samples.state(snapshot: snapshot)
                _ = state.handle(.hand(Samples.drawings, folder: "/drawings"))
                state.playground.take(Samples.secondPlayground)
                _ = state.handle(.key(.character(Unicode.Scalar(UInt8(48 + screen.rawValue)))))
                for key in keys { play(&state, .key(key)) }
                return state
            }
        }
    }

    private static let allKeys: [Key] =
        (32..<127).map { .character(Unicode.Scalar(UInt8($0))) } + [
            .up, .down, .left, .right, .enter, .escape, .tab, .backTab, .backspace, .delete, .home, .end, .pageUp,
            .pageDown,
        ]

    /// Whether the key changes or asks for something in one of the states.
    private static func works(_ key: Key, in states: [State]) -> Bool {
        states.contains { before in
            var state = before
            return !state.handle(.key(key)).isEmpty || state != before
        }
    }

    /// The keys of a label: "PgUp PgDn", "arrows", "1 … 7".
    private static func keys(of label: String) -> [Key] {
        let names: [String: [Key]] = [
            "↑": [.up], "↓": [.down], "←": [.left], "→": [.right], "up": [.up], "down": [.down], "left": [.left],
            "right": [.right], "↑↓": [.up, .down], "←→": [.left, .right], "arrows": [.up, .down, .left, .right],
            "PgUp": [.pageUp], "PgDn": [.pageDown], "Home": [.home], "End": [.end], "Enter": [.enter], "⏎": [.enter],
            "Esc": [.escape], "Backspace": [.backspace], "space": [" "], "Space": [" "], "Tab": [.tab],
            "iohl": ["i", "o", "h", "l"], "IOHL": ["I", "O", "H", "L"],
            "Shift-Tab": [.backTab], "…": ["2", "3", "4", "5", "6"],
        ]
        return label.split(separator: " ").flatMap { name in
            names[String(name)] ?? (name.unicodeScalars.count == 1 ? name.unicodeScalars.map(Key.character) : [])
        }
    }

    /// The keys that the help names: those of the labels and, where they have names of their own, those of the words.
    private static func named(in rows: [Keys.Entry]) -> [Key] {
        let inWords: Set = [
            "Space", "Tab", "Shift-Tab", "PgUp", "PgDn", "Home", "End", "Enter", "Esc", "Backspace", "arrows", "+", "-",
        ]
        return rows.flatMap { row in
            let words = row.words.split { " :;,".contains($0) }.map(String.init)
            return keys(of: row.keys) + words.filter { inWords.contains($0) }.flatMap(keys(of:))
        }
    }

    @Test(arguments: State.Screen.allCases) func theHelpNamesWhatWorksAndNothingElse(screen: State.Screen) {
        let states = Self.states(screen)
        let named = Set(Self.named(in: Help.rows(states[0]).flatMap { $0 }))
        let own = Key.character(Unicode.Scalar(UInt8(48 + screen.rawValue)))
        for key in Self.allKeys where key != "=" && key != own {
            #expect(named.contains(key) == Self.works(key, in: states), "\(key) on \(screen)")
        }
        #expect(Self.works("=", in: states) == Self.works("+", in: states), "+ without Shift is =")
    }

    @Test(arguments: State.Screen.allCases) func noKeyMeansTwoThings(screen: State.Screen) {
        for state in Self.states(screen) {
            for key in Self.allKeys {
                let bindings = state.bindings.filter { $0.isActive(state) && $0.effect(of: key) != nil }
                #expect(bindings.count <= 1, "\(key) on \(screen): \(bindings.map(\.label))")
            }
            let labels = Help.rows(state).flatMap { $0 }.map(\.keys)
            #expect(Set(labels).count == labels.count, "\(labels)")
        }
    }

    @Test(arguments: State.Screen.allCases) func whatIsSaidOfKeysIsSaidOfTheirOwn(screen: State.Screen) {
        let states = Self.states(screen)
        for binding in states[0].bindings {
            let own = Set(binding.effects.map(\.key))
            if binding.effects.isEmpty {
                #expect(binding.label == "mouse")
            } else {
                #expect(!own.isDisjoint(with: Self.keys(of: binding.label)), "\(binding.label) on \(screen)")
            }
            guard let label = binding.hint?.label else { continue }
            #expect(!own.isDisjoint(with: Self.keys(of: label)), "\(label) on \(screen)")
        }
        for state in states {
            for binding in state.bindings where binding.isActive(state) {
                guard let key = binding.effects.first?.key else { continue }
                for hint in state.hints(key) {
                    let shown = Self.keys(of: hint.keys)
                    #expect(!shown.isEmpty && shown.allSatisfy { state.binding(of: $0) != nil }, "\(hint) on \(screen)")
                }
            }
        }
    }

    @Test(arguments: State.Screen.allCases, [(80, 24), (40, 14)])
    func theHelpIsWhole(screen: State.Screen, size: (Int, Int)) {
        var state = Samples.state(screen, width: size.0, height: size.1)
        var pages = ""
        _ = state.handle(.key("?"))
        while state.helpPage != nil, pages.count < 100_000 {
            pages += text(state)
            #expect(text(state).contains("any key: more") == (Help.page(after: state.helpPage ?? 0, state) != nil))
            _ = state.handle(.key(" "))
        }
        for row in Help.rows(state).flatMap({ $0 }) {
            let words = size.0 == 80 ? row.words : ""
            #expect(pages.contains("│  \(row.keys.fitted(to: 9)) \(words)"), "\(row) on \(screen)")
        }
    }

    /// The two keys that always help are on every screen at every size, apart from the tabs.
    @Test func helpAndQuitAreAlwaysNamed() {
        for width in smallestSize.width...200 {
            for screen in State.Screen.allCases {
                let bar = render(Samples.state(screen), width: width, height: 24).text.prefix { $0 != "\n" }
                #expect(bar.hasSuffix(width < 57 ? " q ?" : " q quit  ? help"), "\(screen) at \(width): \(bar)")
                let places = State.Screen.allCases.compactMap { screen in
                    (0..<width).first { TabBar.screen(at: $0, width: width) == screen }
                }
                #expect(places.count == State.Screen.allCases.count && places == places.sorted())
            }
        }
    }

    @Test func fiveEpochsMoreAreNotForThePlayground() {
        var state = Samples.state(.playground)
        #expect(state.handle(.key("m")).isEmpty)
        #expect(!Help.rows(state).flatMap { $0 }.contains { $0.keys.split(separator: " ").contains("m") })
    }
}
