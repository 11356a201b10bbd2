/// Values that are being set, and which of them is chosen.
struct SettingsChoice<Values: Settable>: Sendable, Equatable {
    var values: Values
    private(set) var chosen = 0

    init(_ values: Values, chosen: Int = 0) {
        self.values = values
        choose(chosen)
    }

    var rows: [SettingsList.Row] { Values.settings.map { ($0.name, $0.value(values)) } }
    /// Of the chosen one.
    var meaning: String { Values.settings[chosen].meaning }

    mutating func choose(by count: Int) { choose(chosen + count) }

    mutating func choose(_ place: Int) { chosen = min(max(place, 0), Values.settings.count - 1) }

    mutating func change(by step: Int) { Values.settings[chosen].change(&values, step) }
}
