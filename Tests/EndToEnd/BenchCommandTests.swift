import Engine
import Foundation
import TestSupport
import Testing

extension EndToEndBeside {
    /// `inkling bench`, once and in haste: that it runs and says everything, not what it says.
    @Suite struct BenchCommandTests {
        private struct Report: Decodable {
            struct Product: Decodable { let name: String, m: Int, k: Int, n: Int, gigaflops, shareOfPeak: Double }
            struct Convolution: Decodable { let name: String, gigaflops, shareOfPeak: Double }
            struct Training: Decodable {
                let network: String, isDistorted: Bool, batchSize: Int, threads: Int, images: Int
                let secondsPerEpoch, samplesPerSecond: Double
            }
            struct Part: Decodable { let name: String, microseconds: Double }
            struct TimeToAccuracy: Decodable {
                let epochs: Int, secondsToFirstEpoch, secondsTo975, testAccuracy: Double
            }
            struct Dashboard: Decodable {
                let framesPerSecond, samplesPerSecond, samplesPerSecondWithout, loss: Double
            }
            let cores: Int
            let kernels, processor: String
            let peakGigaflops, testPassMilliseconds: Double
            let products: [Product]
            let convolutions: [Convolution]
            let distortedPerSecond: Double
            let training: [Training]
            let step: [Part]
            let timeToAccuracy: TimeToAccuracy
            let dashboard: Dashboard
        }

        @Test func tellsEverythingAsJSON() throws {
            let result = try Inkling.run(
                ["bench", "--rounds", "1", "--json", "--data", Inkling.assets], timeout: .seconds(120))
            #expect(result.status == .success)
            #expect(result.lines.count == 1)
            // Progress goes to standard error.
            let parts = result.error.split(separator: "\n").map(String.init)
            #expect(
                parts
                    == [
                        "products", "convolutions, distortions", "epochs, round 1 of 1", "parts of a step, test pass",
                        "time to accuracy", "dashboard",
                    ].map { "measuring: " + $0 })
            let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            #expect(report.peakGigaflops > 1)
            #expect(!report.processor.isEmpty && !report.processor.contains("model name"))
            #expect(report.cores == AvailableCores.count)
            #expect(["AVX-512", "AVX2", "NEON", "portable"].contains(report.kernels))
            #expect(
                report.products.map { "\($0.name) \($0.m) \($0.k) \($0.n)" } == [
                    "forward 64 784 128", "forward 64 128 64", "forward 64 64 10", "weight gradient 784 64 128",
                    "weight gradient and update 784 64 128", "forward 128 784 800", "weight gradient 784 128 800",
                    "square 2048 2048 2048",
                ])
            #expect(report.convolutions.map(\.name) == ["forward", "input gradient", "weight gradient"])
            for (rate, share) in report.products.map({ ($0.gigaflops, $0.shareOfPeak) })
                + report.convolutions.map({ ($0.gigaflops, $0.shareOfPeak) })
            {
                #expect(share > 0.02 && share < 1.1 && rate > 0.1)
            }
            for product in report.products {
                #expect(abs(product.gigaflops / product.shareOfPeak / report.peakGigaflops - 1) < 1e-9)
            }
            #expect(report.distortedPerSecond > 1000 && report.testPassMilliseconds > 0.1)
            checkTraining(report.training)
            #expect(
                report.step.map(\.name) == [
                    "preparation of the images", "forward, first layer", "forward, other layers",
                    "softmax, cross-entropy", "backward", "gradient and update, first layer",
                    "gradient and update, other layers", "gradient and update, biases",
                ])
            // A step of 64 images takes about as long as the epochs say.
            let step: Double = report.step.map(\.microseconds).reduce(0, +) * (60_000 / 64 / 1e6)
            let epoch = report.training[0].secondsPerEpoch
            #expect(report.step.allSatisfy { $0.microseconds > 0 } && step > epoch / 4 && step < 4 * epoch)
            let time = report.timeToAccuracy
            #expect(time.epochs == 4 && time.testAccuracy > 0.975)
            #expect(time.secondsToFirstEpoch > 0 && time.secondsTo975 >= time.secondsToFirstEpoch)
            let dashboard = report.dashboard
            #expect(dashboard.samplesPerSecond > 0 && dashboard.samplesPerSecondWithout > 0 && dashboard.loss < 1)
            #expect(dashboard.framesPerSecond > 1 && dashboard.framesPerSecond < 31)
        }

        /// Each network with one thread and with all.
        private func checkTraining(_ training: [Report.Training]) {
            let lenet = "28x28-conv6x5-pool2-conv16x5v-pool2-120-84-10"
            let expected = [
                "784-128-64-10, 64, 60000", "784-800-10, 128, 60000", "\(lenet), 128, 12800",
                "\(lenet), distorted, 128, 12800", "28x28-conv16x3-pool2-conv32x3-pool2-128-10, 128, 6400",
                "28x28-conv32x3-conv32x3-pool2-conv64x3-conv64x3-pool2-128-10, 128, 1280",
            ]
            let threads = Set([1, AvailableCores.count]).sorted()
            #expect(
                training.map {
                    "\($0.network), \($0.isDistorted ? "distorted, " : "")\($0.batchSize), \($0.images), \($0.threads)"
                } == expected.flatMap { line in threads.map { "\(line), \($0)" } })
            for work in training {
                #expect(work.secondsPerEpoch > 0)
                #expect(abs(work.secondsPerEpoch * work.samplesPerSecond / 60_000 - 1) < 1e-9)
            }
        }

        @Test func tellsWhatMomentsCost() throws {
            struct Moments: Decodable {
                let network: String, batchSize: Int, kept: Int
                let megabytes, samplesPerSecond, samplesPerSecondWithout, loss: Double
            }
            let data = try TemporaryFolder()
            // Under the names of MNIST's files, which are looked for there first.
            try data.writeSmallDataset(count: 80, side: 28)
            let result = try Inkling.run(["bench", "--moments", "--rounds", "1", "--json", "--data", data.path])
            #expect(result.status == .success, "\(result.error)")
            #expect(result.error.split(separator: "\n").allSatisfy { $0.hasPrefix("measuring: moments of ") })
            let moments = try JSONDecoder().decode([Moments].self, from: Data(result.output.utf8))
            #expect(
                moments.map(\.network) == [
                    "784-128-64-10", "28x28-conv6x5-pool2-conv16x5v-pool2-120-84-10", "784-2048-2048-10",
                ])
            #expect(moments.map(\.batchSize) == [64, 128, 64])
            for moments in moments {
                #expect(moments.kept > 0 && moments.megabytes > 0)
                #expect(moments.samplesPerSecond > 0 && moments.samplesPerSecondWithout > 0 && moments.loss < 1)
            }
        }
    }
}
