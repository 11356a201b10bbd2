import ArgumentParser
import Foundation
import Training

struct LessonsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lessons", abstract: "Twelve short pages, from one neuron to networks that read handwriting.",
        discussion: "It is the dashboard, open at screen 7; the network there waits until p starts its training.\n\n"
            + ScreenOptions.discussion)

    @OptionGroup var options: TrainingOptions
    @OptionGroup var screen: ScreenOptions
    @OptionGroup var hand: HandOptions

    func run() throws {
        let location = try options.locateDataset()
        let configuration = options.configuration
        try MainActor.assumeIsolated {
            try EventLoop(
                startsPaused: true, screen: .lessons, options: screen, hand: hand.hand ?? .usual,
                dataDirectory: options.source.data, datasets: options.datasets(beside: location),
                recorders: TrainingRecorders([])
            ) { progress in
                try configuration.makeTrainer(for: try location.load(progress: progress))
            }.run()
        }
    }
}
