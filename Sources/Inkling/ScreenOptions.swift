import ArgumentParser
import Dashboard

/// How the dashboard looks.
struct ScreenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The terminal's background, light or dark. (default: what b chose before, else what the terminal says)",
            valueName: "name"))
    var background: Appearance.Background?

    static let discussion = """
        What b and g choose and which lessons are done is kept in $XDG_CONFIG_HOME/inkling/settings, else in \
        ~/.config/inkling/settings.
        """
}

extension Appearance.Background: ExpressibleByArgument {}
