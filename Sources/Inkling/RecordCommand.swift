import ArgumentParser

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Watch a network learn, and record the screen.",
        discussion: """
            The recording is an asciicast, version 2, as `asciinema play` plays it; the training is that of \
            `inkling dashboard`, with all of its options.
            """)

    @Argument(help: ArgumentHelp("The recording.", valueName: "file.cast"))
    var file: String

    @OptionGroup var dashboard: DashboardCommand

    func run() throws { try dashboard.show(recordingTo: file) }
}
