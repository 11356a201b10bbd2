import Datasets
import Foundation
import NeuralNetwork
import Testing

@testable import Training

/// Teaching a hand that writes unlike the data set.
@Suite struct TeachingTests {
    /// Upright strokes at ten places stand for ten classes.
    private static let dataset: Dataset = {
        let labels = (0..<1000).map { UInt8($0 % 10) }
        let pixels = labels.enumerated().flatMap { number, label in
            (0..<784).map { pixel -> UInt8 in
                let (x, y) = (pixel % 28, pixel / 28)
                return x / 2 == 2 + Int(label) && (4 + number % 5..<20 + number % 5).contains(y) ? 200 : 0
            }
        }
        let images = ImageSet(width: 28, height: 28, pixels: pixels, labels: labels)
        return Dataset(name: "strokes", train: images, test: images)
    }()

    /// The person writes the classes as strokes that lie: the network cannot know.
    private static let drawings: LabelledDrawings = {
        let labels = (0..<20).map { UInt8($0 % 10) }
        let pixels = labels.enumerated().flatMap { number, label in
            (0..<784).map { pixel -> UInt8 in
                let (x, y) = (pixel % 28, pixel / 28)
                return y / 2 == 2 + Int(label) && (4 + number / 10..<24).contains(x) ? 220 : 0
            }
        }
        return LabelledDrawings(images: ImageSet(width: 28, height: 28, pixels: pixels, labels: labels))
    }()

    private static func network(_ layers: String) throws -> Network {
        var configuration = TrainingConfiguration()
        configuration.hiddenLayers = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
        configuration.epochs = 10
        let trainer = Trainer(dataset: dataset, configuration: configuration)
        while !trainer.isFinished { _ = trainer.trainBatch() }
        return trainer.network
    }

    @Test(arguments: ["32,16", "conv4x5,pool2,16"]) func itLearnsTheHandAndForgetsNothing(layers: String) throws {
        let network = try Self.network(layers)
        var shares: [Double] = []
        let outcome = Teaching().outcome(network, Self.drawings, among: Self.dataset) { share, _ in
            shares.append(share)
        }
        #expect(outcome.right.before < 8, "\(outcome.right)")
        #expect(outcome.right.after >= 18, "\(outcome.right)")
        #expect(outcome.testAccuracy.after >= outcome.testAccuracy.before - 0.003, "\(outcome.testAccuracy)")
        #expect(outcome.readings == Evaluation(of: outcome.network, on: Self.drawings.images).predictions)
        #expect(shares == shares.sorted() && shares.last == 1)
    }

    @Test func fewDrawingsAreSeenOften() {
        let counts = [1, 26, 27, 28, 9000, 13_500, 13_501, 27_000, 60_000]
        #expect(counts.map(Teaching.repeats) == [1000, 1000, 1000, 964, 3, 2, 1, 1, 1])
    }

    @Test func theThreadsDoNotMatter() throws {
        let network = try Self.network("16")
        let networks = [1, 2].map { threads in
            var teaching = Teaching()
            teaching.threads = threads
            return teaching.teach(network, Self.drawings, among: Self.dataset)
        }
        #expect(networks[0] == networks[1])
        DigestTests.expect("996e0d242e70ce99", of: networks[0])
    }

    /// Each drawing here has one twin, so that the others teach it; without its twin nobody does.
    @Test func whatIsLeftOutIsNotTaught() throws {
        let network = try Self.network("32,16")
        let twins = Teaching().rightWhenLeftOut(network, Self.drawings, among: Self.dataset, parts: 20)
        #expect(twins >= 15)
        let alone = Teaching().rightWhenLeftOut(
            network, Self.drawings.chosen { $0 < 10 }, among: Self.dataset, parts: 10)
        #expect(alone <= 4)
    }

    @Test func withoutDrawingsNothingChanges() {
        let network = Network(sizes: [784, 10], seed: 1)
        #expect(Teaching().teach(network, .none, among: Self.dataset) == network)
    }
}
