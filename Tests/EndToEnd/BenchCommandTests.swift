import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `inkling bench`, once and in haste: that it runs and says everything, not what it says.
    @Suite struct BenchCommandTests {
        private struct Report: Decodable {
            struct Product: Decodable { let gigaflops, shareOfPeak: Double }
            struct Convolution: Decodable { let name: String, gigaflops, shareOfPeak: Double }
            struct Training: Decodable { let network: String, isDistorted: Bool, threads: Int, secondsPerEpoch: Double }
            struct Part: Decodable { let name: String, microseconds: Double }
            struct TimeToAccuracy: Decodable { let secondsTo975, testAccuracy: Double }
            struct Dashboard: Decodable { let samplesPerSecond, samplesPerSecondWithout: Double }
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
            let result = try Inkling.run(["bench", "--rounds", "1", "--json"], timeout: .seconds(120))
            #expect(result.status == .success)
            #expect(result.lines.count == 1)
            // Progress goes to standard error.
            let parts = result.error.split(separator: "\n").map(String.init)
            for part in [
                "products", "convolutions, distortions", "parts of a step, test pass", "time to accuracy", "dashboard",
            ] { #expect(parts.contains("measuring: " + part), "\(part)") }
            let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            #expect(report.peakGigaflops > 1)
            #expect(!report.processor.isEmpty && !report.processor.contains("model name"))
            #expect(report.products.allSatisfy { $0.gigaflops > 0.1 && $0.shareOfPeak > 0 && $0.shareOfPeak < 1.1 })
            #expect(report.convolutions.map(\.name) == ["forward", "input gradient", "weight gradient"])
            #expect(report.convolutions.allSatisfy { $0.gigaflops > 0.1 && $0.shareOfPeak < 1.1 })
            #expect(report.distortedPerSecond > 1000)
            #expect(
                Set(report.training.map(\.network)) == [
                    "784-128-64-10", "784-800-10", "28x28-conv6x5-pool2-conv16x5v-pool2-120-84-10",
                    "28x28-conv16x3-pool2-conv32x3-pool2-128-10",
                    "28x28-conv32x3-conv32x3-pool2-conv64x3-conv64x3-pool2-128-10",
                ])
            #expect(Set(report.training.map(\.isDistorted)) == [true, false])
            #expect(report.training.allSatisfy { $0.secondsPerEpoch > 0 })
            #expect(report.step.count == 8 && report.step.allSatisfy { $0.microseconds > 0 })
            #expect(report.timeToAccuracy.testAccuracy > 0.97)
            #expect(report.dashboard.samplesPerSecond > 0 && report.dashboard.samplesPerSecondWithout > 0)
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
