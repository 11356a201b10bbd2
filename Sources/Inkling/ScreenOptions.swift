import ArgumentParser
import Dashboard
import Training

/// How the dashboard looks.
struct ScreenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The terminal's background, light or dark. (default: what b chose before, else what the terminal says)",
            valueName: "name"))
    var background: Appearance.Background?

    @Option(
        help: ArgumentHelp(
            "How long a run lasts where the machine would be faster, in seconds, or full for as fast as it goes; with "
                + "points of the plane its first \(PlaygroundConfiguration.usualEpochs) epochs. "
                + "(default: \(Pace.usual.text), with points \(Pace.usualOfPlayground.text))", valueName: "seconds"))
    var pace: Pace?

    static let discussion = """
        What b and g choose and which lessons are done is kept in $XDG_CONFIG_HOME/inkling/settings, else in \
        ~/.config/inkling/settings; a line "pace = full" there is another default of --pace.
        """
}

extension Appearance.Background: ExpressibleByArgument {}

extension Pace: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { text }
}
