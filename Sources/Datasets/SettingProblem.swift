/// A setting that is out of its limits: its name, what is expected, what was found.
public struct SettingProblem: Error, Sendable, Equatable {
    public let name, expected, found: String

    public init(name: String, expected: String, found: String) {
        (self.name, self.expected, self.found) = (name, expected, found)
    }
}
