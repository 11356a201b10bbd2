import CKernels
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// What a seed comes to, to the last bit: digests of the weights after two epochs on images of the bundled data sets.
/// A change of the arithmetic, its order or the use of chance shows here; whoever means it takes the digests anew, from
/// the failures. One process for each set of kernels, as the choice is one for the whole process.
@Suite struct DigestTests {
    /// The same for all that multiply and add in one rounding, whatever the width of their vectors.
    private static let fused = [
        "digests of defaults: 9a0d11775c19a03c 31b9f3481329fa50 fb09ad2d63ba0edb",
        "digests of 800: 5f28935cf2a55f97 79f8a16e89f4f647 43703a9e65d2c9ca",
        "digests of 64: ac9549cf2299e9cd 5d0cf19e872f04a3 b623fccd8cfe6fe3",
        "digests of none: f1472ed0a9a5b8c2 a8102f7e8093da26 fda36474742f997",
        "digests of adam: b985fa2b42a2d11e 19c3530be5eb30f1 4d634dff18a02b7a",
        "digests of dropout: da917f79c0fbbffc d718c172317ccbf4 e060b1ca9476d3f",
        "digests of fashion-mnist: 802c53aed0f62d01 ab5adbe98ced04dd 9955ff4cd0cf2720",
    ]

    @Test(.enabled(if: inkling_kernels_supported("avx512"))) func avx512() async throws {
        let process = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try DigestTests.printDigests("avx512")
        }
        expect(Self.fused, from: try #require(process))
    }

    @Test(.enabled(if: inkling_kernels_supported("avx2"))) func avx2() async throws {
        let process = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try DigestTests.printDigests("avx2")
        }
        expect(Self.fused, from: try #require(process))
    }

    @Test(.enabled(if: inkling_kernels_supported("portable"))) func portable() async throws {
        let process = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try DigestTests.printDigests("portable")
        }
        expect(
            [
                "digests of defaults: 251bdaf7744b3535 c4c1f6aaebc4c4cc e9fbefcec30df62d",
                "digests of 800: 56f70a33fce9f7c1 7fbbc9fd5137103a 5abaec644b401235",
                "digests of 64: d1382bbd281eba83 6ca844ae946df5b0 2584cc59c7727e9e",
                "digests of none: d0a4ffb963bd6ec9 c8e40460bf582fd3 2b228ad19614c6cc",
                "digests of adam: 462ba9e585da690a a77e997e323e7ae9 290042bf438a7c9b",
                "digests of dropout: 2830d98a011fa17 bf65820c22a126c8 bf0b1da3b22a652c",
                "digests of fashion-mnist: 288220596d5af26e 86e2b0f8ed4a12ee 4cb85afad8326d6f",
            ],
            from: try #require(process))
    }

    private func expect(_ digests: [String], from process: ExitTest.Result) {
        let output = String(decoding: process.standardOutputContent, as: UTF8.self)
        let found = output.split(separator: "\n").filter { $0.hasPrefix("digests of ") }.map(String.init)
        #expect(found == digests)
    }

    private static func configurations() -> [(name: String, configuration: TrainingConfiguration)] {
        let defaults = TrainingConfiguration(dataset: "mnist")
        func with(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
            var configuration = defaults
            change(&configuration)
            return configuration
        }
        return [
            ("defaults", defaults),
            ("800", with { ($0.hiddenLayers, $0.batchSize) = ([800], 128) }),
            ("64", with { $0.hiddenLayers = [64] }),
            ("none", with { $0.hiddenLayers = [] }),
            ("adam", TrainingConfiguration(dataset: "mnist", optimizer: .adam)),
            ("dropout", with { $0.dropout = 0.2 }),
            ("fashion-mnist", TrainingConfiguration(dataset: "fashion-mnist")),
        ]
    }

    /// A line for each configuration, with the digests of the seeds 0, 1 and 2.
    static func printDigests(_ kernels: String) throws {
        precondition(inkling_kernels_select(kernels), "This processor runs \(kernels).")
        let assets = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Assets"
        for (name, configuration) in configurations() {
            let source = name == "fashion-mnist" ? name : "mnist"
            let whole = try DatasetLocation.find(source, dataDirectory: assets).load()
            let images = ImageSet(
                width: 28, height: 28, pixels: Array(whole.train.pixels.prefix(8000 * 784)),
                labels: Array(whole.train.labels.prefix(8000)))
            let tests = ImageSet(width: 28, height: 28, pixels: Array(repeating: 0, count: 784), labels: [0])
            let digests = (UInt64(0)...2).map { seed in
                var configuration = configuration
                (configuration.seed, configuration.epochs) = (seed, 2)
                let trainer = Trainer(
                    dataset: Dataset(name: source, train: images, test: tests), configuration: configuration)
                while !trainer.isFinished { _ = trainer.trainBatch() }
                return digest(trainer.network)
            }
            print("digests of \(name): \(digests.joined(separator: " "))")
        }
    }

    private static func digest(_ network: Network) -> String {
        digest(network.tensors.flatMap { $0.doubles.map { Float($0) } })
    }

    static func digest(_ numbers: [Float]) -> String {
        var digest = Digest()
        digest.take(numbers)
        return digest.words
    }

    /// Of a network that was trained by other means, in one process and so with one set of kernels: those that multiply
    /// and add in one rounding agree.
    static func expect(
        _ digest: String, of network: Network, _ others: [Float] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard kernelsAreFused else { return }
        let numbers = network.tensors.flatMap { $0.doubles.map { Float($0) } }
        #expect(self.digest(numbers + others) == digest, sourceLocation: sourceLocation)
    }
}
