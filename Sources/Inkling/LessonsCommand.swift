import ArgumentParser
import Foundation
import Training

struct LessonsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lessons", abstract: "Ten short pages, from one neuron to a network that reads handwriting.",
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
                startsPaused: true, screen: .lessons, background: screen.background, hand: hand.hand ?? .usual,
                recorders: TrainingRecorders([])
            ) {
                try configuration.makeTrainer(for: try location.load())
            }.run()
        }
    }
}
