import Datasets
import Testing
import Training

@testable import Inkling

struct BenchTests {
    private func report(cores: Int = 2) -> BenchReport {
        BenchReport(
            processor: "A Processor", cores: cores, kernels: "AVX-512", peakGigaflops: 98.7,
            products: [
                .init(name: "forward", m: 64, k: 784, n: 128, gigaflops: 87.65, shareOfPeak: 0.888),
                .init(name: "weight gradient and update", m: 784, k: 64, n: 128, gigaflops: 7, shareOfPeak: 0.07),
            ],
            convolutions: [.init(name: "forward", gigaflops: 90, shareOfPeak: 0.912)], distortedPerSecond: 123_456.7,
            training: [
                .init(
                    network: "784-128-64-10", isDistorted: false, batchSize: 64, threads: 1, images: 60_000,
                    secondsPerEpoch: 0.43217, samplesPerSecond: 138_834.4),
                .init(
                    network: "28×28-conv", isDistorted: true, batchSize: 128, threads: 2, images: 12_800,
                    secondsPerEpoch: 12.5, samplesPerSecond: 4800),
            ],
            step: [.init(name: "forward", microseconds: 100.25), .init(name: "update", microseconds: 50)],
            testPassMilliseconds: 12.34,
            timeToAccuracy: .init(
                epochs: 4, secondsToFirstEpoch: 0.5, secondsTo975: 1.234, secondsTo980: nil, testAccuracy: 0.979),
            dashboard: .init(
                framesPerSecond: 29.6, samplesPerSecond: 97_000, samplesPerSecondWithout: 100_000, loss: 0.0301))
    }

    @Test func isATableForPeople() {
        #expect(
            report().text == """
                A Processor, 2 cores, AVX-512 kernels
                peak of a core  99 GFLOP/s

                product on one core               m × k × n         GFLOP/s   of peak
                forward                     64 × 784 × 128              87.7       89%
                weight gradient and update  784 × 64 × 128               7.0        7%

                convolution 16→32, 3 × 3, on 14 × 14, batch 128     GFLOP/s   of peak
                forward                                                 90.0       91%

                images distorted a second, all cores  123457

                training                                                     batch  threads   s/epoch   samples/s
                784-128-64-10                                                   64        1    0.4322      138834
                28×28-conv, distorted                                          128        2   12.5000        4800

                part of a step, 784-128-64-10, batch 64, one thread     µs
                forward                                              100.2
                update                                                50.0
                all                                                  150.2

                test pass over 10,000 images  12.3 ms
                from process start, 4 epochs: 97.5 % after 1.23 s, 98.0 % after not reached
                dashboard at 30 frames/s takes 3.0 % of the throughput (97000 and 100000 samples/s)
                """)
    }

    @Test func aSingleCoreIsOne() {
        #expect(report(cores: 1).text.hasPrefix("A Processor, 1 core, AVX-512 kernels\n"))
    }

    @Test func theProcessorIsCalledAsLinuxCallsIt() {
        let information = "processor\t: 0\nmodel name\t: A Processor @ 2 GHz\nmodel name\t: Another\n"
        #expect(BenchCommand.processor(information) == "A Processor @ 2 GHz")
        #expect(BenchCommand.processor("processor\t: 0\nmodel\t: 7\n") == "unknown processor")
        #expect(BenchCommand.processor(nil) == "unknown processor")
    }

    /// A product and its sum are two operations.
    @Test func operationsAreCounted() {
        #expect(abs(KernelBench.gigaflops(3_000_000_000, seconds: 2) - 3) < 1e-12)
        // Weights of 3 × 3 around each place of 14 × 14, but for those beyond the border.
        let places = (0..<14).flatMap { y in (0..<14).map { x in (x, y) } }
        let weights = places.map { x, y in
            (-1...1).count { (0..<14).contains(x + $0) } * (-1...1).count { (0..<14).contains(y + $0) }
        }
        #expect(KernelBench.convolutionProducts == 128 * 16 * 32 * weights.reduce(0, +))
    }

    @Test func timesAreInSeconds() {
        let start = ContinuousClock.now
        #expect(Stopwatch.seconds(since: start, now: start + .milliseconds(2_500)) == 2.5)
        let measured = Stopwatch.seconds {
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(5) {}
        }
        #expect(measured >= 0.005 && measured <= Stopwatch.seconds(since: start))
    }

    @Test func momentsAreALine() {
        let moments = BenchReport.Moments(
            network: "784-128-64-10", batchSize: 64, kept: 321, megabytes: 12.34, samplesPerSecond: 99_500,
            samplesPerSecondWithout: 100_000, loss: 0.005)
        #expect(
            moments.text
                == "784-128-64-10: keeping moments takes 0.50 % of the throughput (99500 and 100000 samples/s; "
                + "321 in 12.3 MB)")
    }

    @Test func theMedianIsTheMiddleOne() {
        #expect(Stopwatch.median([3, 1, 2]) == 2 && Stopwatch.median([5]) == 5 && Stopwatch.median([4, 1]) == 4)
        #expect(Stopwatch.median([]).isNaN)
    }

    @Test func theBestIsTheShortestOfAtLeastThree() {
        var runs = 0
        let best = Stopwatch.best(within: 0) {
            runs += 1
            if runs == 2 { return }
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(5) {}
        }
        #expect(runs == 3 && best < 0.005 && best > 0)
        runs = 0
        let start = ContinuousClock.now
        _ = Stopwatch.best(within: 0.02) {
            runs += 1
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(4) {}
        }
        #expect((3...5).contains(runs), "as many as fit")
        #expect(Stopwatch.seconds(since: start) >= 0.02, "in all of the time")
        #expect(Stopwatch.seconds {} < 0.01)
    }

    /// Only every other epoch keeps moments: how many there are at the end does not depend on how fast it goes.
    @Test func momentsAreKeptInTurns() {
        let images = ImageSet(
            width: 28, height: 28, pixels: (0..<784 * 130).map { UInt8(truncatingIfNeeded: $0 &* 37) },
            labels: (0..<130).map { UInt8($0 % 10) })
        let dataset = Dataset(name: "d", train: images, test: images)
        var told: [String] = []
        let losses = MomentsBench.losses(of: dataset, rounds: 1) { told.append($0) }
        #expect(told.count == 3 && told[0] == "moments of 128,64")
        #expect(losses.map(\.network) == ["784-128-64-10", losses[1].network, "784-2048-2048-10"])
        #expect(losses.map(\.batchSize) == [64, 128, 64])
        #expect(losses.map(\.kept) == [17, 4, 2])
        #expect(losses.allSatisfy { $0.megabytes > 0 && $0.samplesPerSecond > 0 && $0.samplesPerSecondWithout > 0 })
    }
}
