import Datasets

/// A run that is to begin in a session beside those that there were.
public struct NewRun: Sendable, Equatable {
    public indirect enum Start: Sendable, Equatable {
        /// With new weights.
        case new(TrainingConfiguration)
        case fork(Fork)
        /// It waits, so that one can look at it first.
        case resumed(Resumption)
    }

    public let start: Start
    /// How many runs there are with it: they share the memory for moments.
    public let runs: Int
    /// What it is to be trained on, which the settings suit; nil for the data set of the run before.
    public let dataset: Dataset?

    /// - Parameter runs: 1 or more.
    public init(_ start: Start, runs: Int = 1, on dataset: Dataset? = nil) {
        (self.start, self.runs, self.dataset) = (start, runs, dataset)
    }
}

/// A run that goes on from a moment of another one with other settings. What the optimizer remembered is not kept with a
/// moment: it begins afresh.
public struct Fork: Sendable, Equatable {
    /// Of which run of the session.
    public let run: Int
    /// The epochs that were trained until then.
    public let epochs: Double
    /// What the run is at its beginning.
    public let record: RunRecord
    let moment: Moment

    /// - Parameters:
    ///   - snapshot: of the run, looked at as it was at the moment.
    ///   - configuration: the settings from then on. The network stays that of the moment, and there are at least so many
    ///     epochs that one step is left.
    public init(_ snapshot: TrainingSnapshot, _ configuration: TrainingConfiguration) {
        run = snapshot.run
        moment = snapshot.now
        epochs = Double(moment.step) / Double(max(snapshot.batchesPerEpoch, 1))
        record = snapshot.record.forked(at: moment.step, configuration)
    }

    /// The fewest epochs of a run that goes on from a moment.
    public static func fewestEpochs(_ snapshot: TrainingSnapshot) -> Int {
        snapshot.now.step / max(snapshot.batchesPerEpoch, 1) + 1
    }
}

extension RunRecord {
    /// What a run has been that is as this one was after a step, and then has other settings. Where batches have another
    /// size, as many epochs as before have another number of steps: the course is stretched over them.
    func forked(at step: Int, _ configuration: TrainingConfiguration) -> RunRecord {
        var fork = RunRecord(configuration, imagesPerEpoch: imagesPerEpoch)
        let (before, after) = (max(batchesPerEpoch, 1), max(fork.batchesPerEpoch, 1))
        func stretched(_ step: Int) -> Int {
            // An epoch that is under way stays so.
            step / before * after + step % before * after / before
        }
        fork.step = stretched(step)
        fork.history = History(
            loss: history.loss.first(step).stretched(to: fork.step),
            accuracy: history.accuracy.first(step).stretched(to: fork.step))
        fork.epochs = epochs.filter { $0.step <= step }.map { $0.at(step: stretched($0.step)) }
        fork.learningRateChanges = learningRateChanges.filter { $0.step < step }.map {
            LearningRateChange(step: stretched($0.step), learningRate: $0.learningRate)
        }
        fork.histograms = histograms.until(step, at: stretched)
        fork.classAccuracies = classAccuracies.until(step, at: stretched)
        fork.gradientNorms = gradientNorms.until(step, at: stretched)
        // Of an epoch under way, what was trained now is known, not what was at a moment before.
        if step == self.step { fork.tally = tally }
        // Who goes on from a run that ended as it got no better wants to see more of it.
        if fork.hasStoppedEarly { (fork.settings.earlyStop, fork.configuration.earlyStop) = (nil, nil) }
        let fewest = fork.step / after + 1
        fork.settings.epochs = max(configuration.epochs, fewest)
        fork.configuration.epochs = fork.settings.epochs
        return fork
    }
}

extension EpochResult {
    fileprivate func at(step: Int) -> EpochResult {
        EpochResult(
            epoch: epoch, step: step, trainLoss: trainLoss, trainAccuracy: trainAccuracy, testLoss: testLoss,
            testAccuracy: testAccuracy, seconds: seconds, samplesPerSecond: samplesPerSecond)
    }
}
