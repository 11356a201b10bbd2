import NeuralNetwork
import Testing

@testable import Engine

/// Where a step says that its time goes, which `inkling bench` prints.
@Suite struct StepProfileTests {
    private static let shape = Shape(height: 12, width: 10)

    /// Of several steps; and how long they took, all together.
    private static func profile(hidden: [HiddenLayer]) throws -> (of: [StepProfile.Part: Duration], whole: Duration) {
        let network = try Network(
            input: shape, hidden: hidden, classes: 4, seed: 3, activation: .relu, initialization: .xavier)
        let images = LabelledImages(
            pixels: (0..<64 * shape.count).map { UInt8($0 * 7 % 256) }, pixelsPerImage: shape.count,
            labels: (0..<64).map { UInt8($0 % 4) })
        let profile = StepProfile()
        let step = TrainingStep(
            for: network, batchSize: 32, skipsZeros: false, pool: WorkerPool(exactly: 1), profile: profile)
        let source = BatchSource(images, batchSize: 32, seed: 2, threads: 1)
        var learner = Learner(network, Optimizer(.adam, for: network))
        let start = ContinuousClock.now
        for number in 0..<8 { source.withBatch(step: number) { _ = step.train(&learner, on: $0, learningRate: 0.01) } }
        return (profile.durations, .now - start)
    }

    /// Each part of a network's steps takes time, no other does, and no time is counted twice.
    @Test(
        arguments: [
            ([8, 6], [.firstForward, .forward, .images, .loss, .backward, .firstUpdate, .update, .biases]),
            (
                [.convolution(channels: 3, kernel: 3, padding: .same), .maxPool(size: 2), 6],
                [
                    .images, .convolution, .pool, .forward, .loss, .backward, .convolutionBackward, .convolutionUpdate,
                    .update, .biases,
                ]
            ),
        ] as [([HiddenLayer], Set<StepProfile.Part>)])
    func eachPartHasItsTime(hidden: [HiddenLayer], parts: Set<StepProfile.Part>) throws {
        let (durations, whole) = try Self.profile(hidden: hidden)
        #expect(Set(durations.filter { $0.value > .zero }.keys) == parts)
        #expect(durations.values.reduce(.zero, +) <= whole)
    }
}
