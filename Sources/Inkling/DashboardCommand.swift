import ArgumentParser
import Foundation
import Training

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Watch a network learn. (default)")

    @OptionGroup var options: TrainingOptions
    @OptionGroup var start: StartingPoint

    @Flag(help: "Do not start to train by itself.")
    var paused = false

    func run() throws {
        let location = try options.locateDataset()
        let source = try start.trainerSource(options)
        let loop = try MainActor.assumeIsolated {
            try EventLoop(startsPaused: paused) {
                try source.makeTrainer(dataset: try location.load())
            }
        }
        try MainActor.assumeIsolated { try loop.run() }
    }
}
