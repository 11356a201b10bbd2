import NeuralNetwork
import Testing

@testable import Training

@Suite struct PlaygroundTrainerTests {
    private func trainer(
        _ set: ToySet, seconds: Double, change: (inout PlaygroundConfiguration) -> Void = { _ in }
    ) -> PlaygroundTrainer {
        var configuration = PlaygroundConfiguration()
        configuration.set = set
        configuration.noise = set.usualNoise
        change(&configuration)
        var trainer = PlaygroundTrainer(configuration: configuration)
        let start = ContinuousClock.now
        while (ContinuousClock.now - start).seconds < seconds { trainer.trainBatch() }
        return trainer
    }

    private func accuracy(_ trainer: PlaygroundTrainer) throws -> Double {
        Double(try #require(trainer.evaluate()).correctCount) / Double(trainer.points.count)
    }

    @Test func separatesTheSpiralWithinTwoSeconds() throws {
        #expect(PlaygroundConfiguration().hiddenLayers == [64])
        #expect(PlaygroundConfiguration().count == 300)
        #expect(PlaygroundConfiguration().noise == 0.2)
        for seed: UInt64 in 0..<3 {
            let trainer = trainer(.spiral, seconds: 2) { $0.seed = seed }
            print("spiral, seed \(seed): \(try accuracy(trainer)) after \(trainer.step) steps")
            #expect(try accuracy(trainer) >= 0.98)
        }
    }
}
