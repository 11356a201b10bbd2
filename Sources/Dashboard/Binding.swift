/// Keys of a screen that belong together: what they do, and what is said of them.
///
/// Each screen has one table of these, and one more holds the keys of all screens. Handling, the help and the hints
/// on the screens read the tables and nothing else, so that they cannot disagree.
struct Binding: Sendable {
    typealias Effect = @Sendable (inout State) -> [Action]
    typealias Change = @Sendable (inout State) -> Void

    /// What the help calls the keys.
    let label: String
    /// The same with single blanks.
    let shortLabel: String
    /// What the help says of them; nil where another row names them.
    let help: String?
    let hint: Hint?
    /// Whether the keys do something now. Of two bindings with the same key, at most one is active.
    let isActive: @Sendable (State) -> Bool
    /// What each key does; empty for a row of the help about the mouse.
    let effects: [(key: Key, effect: Effect)]

    init(
        _ label: String, _ help: String?, hint: Hint? = nil,
        when isActive: @escaping @Sendable (State) -> Bool = { _ in true }, effects: [(key: Key, effect: Effect)]
    ) {
        (self.label, self.help, self.hint, self.isActive, self.effects) = (label, help, hint, isActive, effects)
        shortLabel = label.replacing("  ", with: " ")
    }

    /// Keys that ask for something to be done outside of the state.
    init(
        _ label: String, _ help: String?, hint: Hint? = nil,
        when isActive: @escaping @Sendable (State) -> Bool = { _ in true }, ask effects: KeyValuePairs<Key, Effect>
    ) {
        self.init(label, help, hint: hint, when: isActive, effects: effects.map { ($0.key, $0.value) })
    }

    /// Keys that only change the state.
    init(
        _ label: String, _ help: String?, hint: Hint? = nil,
        when isActive: @escaping @Sendable (State) -> Bool = { _ in true }, change changes: KeyValuePairs<Key, Change>
    ) {
        self.init(label, help, hint: hint, when: isActive, effects: changes.map { ($0.key, Self.effect($0.value)) })
    }

    static func effect(_ change: @escaping Change) -> Effect {
        { state in
            change(&state)
            return []
        }
    }

    /// A row of the help about the mouse.
    init(mouse help: String) { self.init("mouse", help, change: [:]) }

    func effect(of key: Key) -> Effect? { effects.first { $0.key == key }?.effect }

    /// What a screen says of the keys, in a word or two.
    struct Hint: Sendable, ExpressibleByStringLiteral {
        /// What the screen calls the keys; nil for what the help calls them.
        let label: String?
        /// nil to leave it out now.
        let words: @Sendable (State) -> String?

        init(_ label: String? = nil, words: @escaping @Sendable (State) -> String?) {
            (self.label, self.words) = (label, words)
        }

        init(_ label: String, _ words: String) { self.init(label) { _ in words } }

        init(stringLiteral words: String) { self.init { _ in words } }
    }
}

extension State {
    /// The keys of the screen in view, then those of all screens.
    var bindings: [Binding] { ownBindings + Self.commonBindings }

    /// Those of the screen in view, or of what lies over it.
    var ownBindings: [Binding] {
        let over = screen == .train ? train.dialog?.bindings : runChoice.map { _ in RunChoice.bindings }
        return over ?? screen.content.bindings
    }

    /// The binding that a key has now; nil where it does nothing.
    func binding(of key: Key) -> Binding? {
        func first(of bindings: [Binding]) -> Binding? {
            bindings.first { $0.effects.contains { $0.key == key } && $0.isActive(self) }
        }
        return first(of: ownBindings) ?? first(of: Self.commonBindings)
    }

    /// What to show of the given keys, in this order. The table has the words; keys that do nothing now are left out.
    func hints(_ keys: Key...) -> [Keys.Entry] { hints(keys) }

    func hints(_ keys: [Key]) -> [Keys.Entry] {
        var entries: [Keys.Entry] = []
        for key in keys {
            guard let binding = binding(of: key), let hint = binding.hint, let words = hint.words(self) else {
                continue
            }
            let label = KeyNames.text(
                hint.label ?? binding.shortLabel, appearance.glyphs)
            // Two keys may do the same.
            if !entries.contains(where: { $0.keys == label && $0.words == words }) { entries.append((label, words)) }
        }
        return entries
    }
}
