@testable import Training

extension TrainingJob {
    /// Begins another run from the settings of the one at hand but the seed.
    mutating func restart(seed: UInt64) {
        var settings = trainer.settings
        settings.seed = seed
        handle(.begin(NewRun(.new(settings))))
    }
}
