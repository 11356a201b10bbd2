/// What `inkling bench` measures. The properties' names are those of `--json`.
struct BenchReport: Encodable {
    /// A matrix product [m × k] · [k × n] on one core.
    struct Product: Encodable {
        let name: String
        let m, k, n: Int
        let gigaflops: Double
        /// Of the core's peak, 0…1.
        let shareOfPeak: Double
    }

    /// A way of the convolution 16→32 of 3 × 3 on images of 14 × 14, batch 128, on one core.
    struct Convolution: Encodable {
        let name: String
        /// Without the zeros beyond the image, which are not multiplied: 9 % fewer than where all nine weights count at
        /// every place, as many programs have it.
        let gigaflops: Double
        /// Of the core's peak, 0…1.
        let shareOfPeak: Double
    }

    /// Epochs of 60,000 images, the test left out.
    struct Training: Encodable {
        let network: String
        let isDistorted: Bool
        let batchSize, threads: Int
        /// That were trained on in each round; the seconds are those of an epoch of 60,000 such.
        let images: Int
        let secondsPerEpoch, samplesPerSecond: Double
    }

    /// A part of a step of 784-128-64-10 at batch 64 on one thread.
    struct Part: Encodable {
        let name: String
        let microseconds: Double
    }

    /// From the start of a new process `inkling train`, reading the data included.
    struct TimeToAccuracy: Encodable {
        let epochs: Int
        let secondsToFirstEpoch: Double
        /// nil when the accuracy was not reached.
        let secondsTo975, secondsTo980: Double?
        let testAccuracy: Double
    }

    struct Dashboard: Encodable {
        let framesPerSecond, samplesPerSecond, samplesPerSecondWithout: Double
        /// The share of the throughput that the dashboard takes, 0…1.
        let loss: Double
    }

    /// What a run's past costs while it trains.
    struct Moments: Encodable {
        let network: String
        /// How many are kept at the end, and what they take.
        let batchSize, kept: Int
        let megabytes: Double
        let samplesPerSecond, samplesPerSecondWithout: Double
        /// The share of the throughput that keeping them takes, 0…1.
        let loss: Double
    }

    let processor: String
    let cores: Int
    let kernels: String
    /// Of one core: fused multiply-adds between registers.
    let peakGigaflops: Double
    let products: [Product]
    let convolutions: [Convolution]
    /// Images of MNIST distorted as for training, on all cores.
    let distortedPerSecond: Double
    let training: [Training]
    let step: [Part]
    let testPassMilliseconds: Double
    let timeToAccuracy: TimeToAccuracy
    let dashboard: Dashboard
}
