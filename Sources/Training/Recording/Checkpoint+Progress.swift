extension Checkpoint {
    /// What the metadata of a checkpoint say of the record.
    struct Progress: Codable {
        let configuration: TrainingConfiguration
        /// Those at the beginning; nil in files from before there was a difference.
        let settings: TrainingConfiguration?
        let step: Int
        /// Of the optimizer, which begins afresh where a run goes on from another; nil in files from before there was that.
        let optimizerSteps: Int?
        let learningRateChanges: [LearningRateChange]
        let tally: Tally
        /// How often the accuracy of each class and the gradient of each layer were told; nil in older files.
        let tests, looks: Int?
        /// Of the network kept in `inkling.best.`; nil where there is none.
        let bestEpoch: Int?
        /// The epoch whose network is the run's; nil where it is the last one's.
        let keptEpoch: Int?
        /// nil where the test images were not asked yet.
        let finalTest: FinalTest?

        init(of record: RunRecord, optimizerSteps: Int, bestEpoch: Int?) {
            configuration = record.configuration
            settings = record.settings
            step = record.step
            self.optimizerSteps = optimizerSteps
            learningRateChanges = record.learningRateChanges
            tally = record.tally
            (tests, looks) = (record.classAccuracies.count, record.gradientNorms.count)
            (self.bestEpoch, keptEpoch) = (bestEpoch, record.keptEpoch)
            finalTest = record.finalTest
        }
    }
}
