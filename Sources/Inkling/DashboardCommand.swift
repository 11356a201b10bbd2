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
        let playground = options.toySet.map(options.playgroundConfiguration)
        var images = options
        if playground != nil { images.dataset = TrainingOptions.defaultDataset }
        let location = try images.locateDataset()
        let configuration = playground == nil ? options.configuration : TrainingConfiguration()
        let loop = try MainActor.assumeIsolated {
            try EventLoop(startsPaused: paused, playground: playground) {
                Trainer(dataset: try location.load(), configuration: configuration)
            }
        }
        try MainActor.assumeIsolated { try loop.run() }
    }
}
