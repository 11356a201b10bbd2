@testable import Training

extension TrainingJob {
    /// Paused at the beginning of a run on halves of images.
    init(
        _ configuration: TrainingConfiguration = makeConfiguration(), recorders: TrainingRecorders = TrainingRecorders()
    ) {
        self.init(Trainer(dataset: makeHalves(), configuration: configuration), recorders: recorders)
    }

    /// Does all steps that there are to do.
    mutating func runToItsEnd() { while isRunning { _ = step(now: .now) } }

    /// Begins another run from the settings of the one at hand but the seed.
    mutating func restart(seed: UInt64) {
        var settings = trainer.settings
        settings.seed = seed
        handle(.begin(NewRun(.new(settings))))
    }
}
