/// A setting that is out of its limits: its name, what is expected, what was found.
public struct SettingProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public let name, expected, found: String

    public init(name: String, expected: String, found: String) {
        (self.name, self.expected, self.found) = (name, expected, found)
    }

    /// "epochs: expected a whole number of 1 to 1000000, found 0."
    public var description: String { "\(name): expected \(expected), found \(found)." }
}
