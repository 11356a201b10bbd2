import ArgumentParser
import Dashboard
import Foundation
import Synchronization
import Training

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Watch a network learn.",
        discussion: ScreenOptions.discussion)

    @OptionGroup var options: TrainingOptions
    @OptionGroup var start: StartingPoint
    @OptionGroup var recording: RecordingOptions
    @OptionGroup var screen: ScreenOptions
    @OptionGroup var hand: HandOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Show earlier runs beside this one: logs of --log, checkpoints, and files or folders of events for "
                + "TensorBoard, also of other programs.", valueName: "file ..."))
    var compare: [String] = []

    @Flag(help: "Do not start to train by itself.")
    var paused = false

    func validate() throws {
        guard compare.count <= State.mostEarlierRuns else {
            throw ValidationError(
                "--compare: expected at most \(State.mostEarlierRuns) files, as eight runs have room beside each other, "
                    + "found \(compare.count).")
        }
    }

    func run() throws { try show(recordingTo: nil) }

    /// Shows the dashboard until it is left.
    ///
    /// - Parameter cast: the file for a recording of the session; nil for none.
    func show(recordingTo cast: String?) throws {
        try TrainingRanks.run(options, start) { leader in
            let terminal = leader.flatMap { _ in SessionTerminal() }
            defer { terminal?.giveBack() }
            try show(recordingTo: cast, leader: leader)
        }
    }

    /// - Parameter leader: of the ranks that train along; nil for none.
    private func show(recordingTo cast: String?, leader: RankLeader?) throws {
        let playground = options.toySet.map(options.playgroundConfiguration)
        let images = try options.imageOptions()
        let source = try start.trainerSource(images, leader: leader)
        let earlier = try compare.map { try EarlierRun(path: $0) }
        let problems = Mutex<[String]>([])
        let recorders = try recording.recorders(resuming: start.resume, at: source.step) { problem in
            problems.withLock { $0.append(problem) }
        }
        defer {
            // The screen is the dashboard's until it is closed.
            problems.withLock { $0 }.forEach(warn)
        }
        let castRecorder = try cast.map { path in
            // Before a file is begun that would stay empty.
            try Terminal.check()
            return try recording.castRecorder(path) { problem in problems.withLock { $0.append(problem) } }
        }
        let loop = try MainActor.assumeIsolated {
            try EventLoop(
                startsPaused: paused, startsPlayground: !paused, options: screen, hand: hand.hand ?? .usual,
                dataDirectory: options.source.data, playground: playground,
                datasets: images.datasets(beside: source.location),
                recorders: recorders, castRecorder: castRecorder, earlierRuns: earlier,
                // The shell knows of mpirun alone.
                canStop: leader == nil, makeTrainer: source.makeTrainer)
        }
        try MainActor.assumeIsolated {
            try loop.run()
            if let farewell = loop.farewell { try Output.line(farewell) }
        }
    }
}
