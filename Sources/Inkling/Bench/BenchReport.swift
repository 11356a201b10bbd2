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

    /// Epochs of 60,000 images, the test left out.
    struct Training: Encodable {
        let network: String
        let batchSize, threads: Int
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

    let processor: String
    let cores: Int
    let kernels: String
    /// Of one core: fused multiply-adds between registers.
    let peakGigaflops: Double
    let products: [Product]
    let training: [Training]
    let step: [Part]
    let testPassMilliseconds: Double
    let timeToAccuracy: TimeToAccuracy
    let dashboard: Dashboard
}
