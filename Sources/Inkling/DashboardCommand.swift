import ArgumentParser
import Foundation
import Training

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Watch a network learn. (default)")

    @OptionGroup var options: TrainingOptions

    @Flag(help: "Do not start to train by itself.")
    var paused = false

    func run() throws {
        let location = try options.locateDataset()
        let configuration = options.configuration
        let loop = try MainActor.assumeIsolated {
            try EventLoop(startsPaused: paused) {
                Trainer(dataset: try location.load(), configuration: configuration)
            }
        }
        try MainActor.assumeIsolated { try loop.run() }
    }
}
