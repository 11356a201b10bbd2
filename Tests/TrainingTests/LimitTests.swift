import Datasets
import NeuralNetwork
import Testing

@testable import Training

/// What settings may be, at both ends of their ranges and just beyond.
struct LimitTests {
    private typealias Change = @Sendable (inout TrainingConfiguration) -> Void

    private static let allowed: [Change] = [
        { $0.epochs = 1 }, { $0.epochs = 1_000_000 }, { $0.batchSize = 1 }, { $0.batchSize = 65_536 },
        { $0.learningRate = .leastNonzeroMagnitude }, { $0.learningRate = 1000 }, { $0.weightDecay = 0 },
        { $0.weightDecay = 1 }, { $0.dropout = 0 }, { $0.dropout = 0.99 }, { $0.validation = 1 },
        { $0.validation = .max }, { $0.earlyStop = 1 }, { $0.earlyStop = 1_000_000 }, { $0.threads = 1 },
        { $0.threads = 1024 },
    ]

    private static let refused: [(change: Change, words: String)] = [
        ({ $0.epochs = 0 }, "epochs: expected a whole number of 1 to 1000000, found 0."),
        ({ $0.epochs = 1_000_001 }, "epochs: expected a whole number of 1 to 1000000, found 1000001."),
        ({ $0.batchSize = 0 }, "batch-size: expected a whole number of 1 to 65536, found 0."),
        ({ $0.batchSize = 65_537 }, "batch-size: expected a whole number of 1 to 65536, found 65537."),
        ({ $0.learningRate = 0 }, "learning-rate: expected a number above 0, up to 1000, found 0.0."),
        ({ $0.learningRate = -0.1 }, "learning-rate: expected a number above 0, up to 1000, found -0.1."),
        ({ $0.learningRate = 1000.5 }, "learning-rate: expected a number above 0, up to 1000, found 1000.5."),
        ({ $0.learningRate = .nan }, "learning-rate: expected a number above 0, up to 1000, found nan."),
        ({ $0.weightDecay = -0.1 }, "weight-decay: expected a number of 0 to 1, found -0.1."),
        ({ $0.weightDecay = 1.5 }, "weight-decay: expected a number of 0 to 1, found 1.5."),
        ({ $0.weightDecay = .nan }, "weight-decay: expected a number of 0 to 1, found nan."),
        ({ $0.dropout = -0.1 }, "dropout: expected a number of 0 to 0.99, found -0.1."),
        ({ $0.dropout = 0.995 }, "dropout: expected a number of 0 to 0.99, found 0.995."),
        ({ $0.validation = 0 }, "validation: expected a whole number from 1 on, found 0."),
        ({ $0.earlyStop = 0 }, "early-stop: expected a whole number of 1 to 1000000, found 0."),
        ({ $0.earlyStop = 1_000_001 }, "early-stop: expected a whole number of 1 to 1000000, found 1000001."),
        ({ $0.threads = 0 }, "threads: expected a whole number of 1 to 1024, found 0."),
        ({ $0.threads = 1025 }, "threads: expected a whole number of 1 to 1024, found 1025."),
    ]

    @Test func settingsHaveLimits() {
        for (index, change) in Self.allowed.enumerated() {
            var configuration = TrainingConfiguration()
            change(&configuration)
            #expect(configuration.problem == nil, "number \(index)")
        }
        for (change, words) in Self.refused {
            var configuration = TrainingConfiguration()
            change(&configuration)
            #expect(configuration.problem?.description == words)
        }
    }

    @Test func distortionsHaveLimits() {
        typealias Part = WritableKeyPath<Distortion, Float>
        let parts: [(name: String, part: Part, limits: ClosedRange<Float>)] = [
            ("rotation", \.rotation, 0...180), ("scale", \.scale, 0...0.5), ("shear", \.shear, 0...1),
            ("shift", \.shift, 0...0.5), ("smoothness", \.smoothness, 1...1000), ("thickness", \.thickness, 0...1),
            ("elasticity", \.elasticity, 0...4),
        ]
        for (name, part, limits) in parts {
            func problem(_ value: Float) -> String? {
                var configuration = TrainingConfiguration()
                configuration.distortion = Distortion()
                configuration.distortion?[keyPath: part] = value
                return configuration.problem?.description
            }
            #expect(problem(limits.lowerBound) == nil && problem(limits.upperBound) == nil, "\(name)")
            for value in [limits.lowerBound - 0.25, limits.upperBound + 0.25, .nan] {
                #expect(problem(value)?.contains("found \(value)") ?? false, "\(name): \(value)")
            }
        }
    }

    /// Images too large to distort are trained on all the same, as they are.
    @Test func imagesToDistortHaveLimits() {
        func problem(height: Int, width: Int, distorts: Bool = true) -> String? {
            let images = ImageSet(
                width: width, height: height, pixels: Array(repeating: 0, count: width * height), labels: [0])
            var configuration = TrainingConfiguration()
            configuration.distortion = distorts ? .handwriting : nil
            return configuration.imageProblem(on: Dataset(name: "d", train: images, test: images))?.description
        }
        let most = Distorter.sides.upperBound
        #expect(problem(height: most, width: most) == nil && problem(height: 1, width: most) == nil)
        #expect(
            problem(height: most + 1, width: 3)
                == "distort: expected images of at most \(most) pixels a side, found \(most + 1) × 3.")
        #expect(
            problem(height: 3, width: most + 1)
                == "distort: expected images of at most \(most) pixels a side, found 3 × \(most + 1).")
        #expect(problem(height: 3, width: most + 1, distorts: false) == nil)
    }

    @Test func pacesHaveLimits() {
        #expect(Pace("full") == .full && Pace("86400") == .seconds(86_400) && Pace("0.001") == .seconds(0.001))
        for text in ["0", "-1", "86400.5", "nan", "inf", "Full", ""] { #expect(Pace(text) == nil, "\(text)") }
    }

    @Test func intervalsOfCheckpointsHaveLimits() {
        typealias Interval = CheckpointRecorder.Interval
        #expect(Interval("1") == .epochs(1) && Interval("0.5s") == .seconds(0.5) && Interval("30s") == .seconds(30))
        for text in ["0", "-1", "0s", "-1s", "s", "", "1.5", "infs", "nans", "1 s x"] {
            #expect(Interval(text) == nil, "\(text)")
        }
    }

    @Test func sweepsHaveLimits() throws {
        let rates = try SweepOption("learning-rate", ["0.1", "0.2"], scale: .logarithmic)
        func words(_ options: [SweepOption], draws: Int? = nil, seeds: Int = 1) -> String {
            do {
                return "\(try SweepPlan(options, draws: draws, seed: 0, seeds: seeds).runs.count) runs"
            } catch { return error.description }
        }
        #expect(words([rates], seeds: 1000) == "2000 runs")
        for seeds in [0, 1001] {
            #expect(words([rates], seeds: seeds) == "seeds: expected a whole number of 1 to 1000, found \(seeds).")
        }
        #expect(words([rates], draws: 1) == "1 runs")
        for draws in [0, 100_001] {
            #expect(
                words([rates], draws: draws) == "draws: expected a whole number of 1 to 100000, found \(draws).")
        }
        let many = try SweepOption("seed", (0..<1000).map(String.init))
        let some = try SweepOption("epochs", (1...100).map(String.init))
        #expect(words([many, some]) == "100000 runs")
        for plan in [words([many, some], seeds: 2), words([many, some, rates])] {
            #expect(plan == "seeds: expected at most 100000 runs in all, found 200000.")
        }
    }

    /// A calibration that a file tells is taken where its numbers go together.
    @Test func calibrationsHaveLimits() throws {
        func isTaken(
            height: Int = 2, width: Int = 3, sizes: [Int] = [6, 3], scales: [Float] = [1],
            temperatures: [Float] = [1, 2],
            limits: [Float] = [0, 1, 2], bytes: Int? = nil, biases: Int? = nil
        ) -> Bool {
            let count = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
            let weights = String(repeating: "A", count: ((bytes ?? count) * 4 + 2) / 3)
            let padded = weights + String(repeating: "=", count: (4 - weights.count % 4) % 4)
            let outputs = sizes.dropFirst().reduce(0, +)
            let text = """
                {"biases":\(Array(repeating: 0, count: biases ?? outputs)),"height":\(height),"limits":\(limits),\
                "scales":\(scales),"sizes":\(sizes),"temperatures":\(temperatures),"weights":"\(padded)","width":\(width)}
                """
            return Calibration(metadata: [Calibration.metadataKey: text]) != nil
        }
        #expect(
            isTaken() && isTaken(height: 1, width: 1, sizes: [1, 3]) && isTaken(sizes: [6, 2, 5], scales: [1, 1]))
        for (height, width) in [(0, 3), (2, 0), (-2, -3), (1 << 14 + 1, 1), (1, 1 << 14 + 1)] {
            #expect(!isTaken(height: height, width: width), "\(height) × \(width)")
        }
        // The largest image, as small as the judge sees it.
        let most = 1 << 14
        let side = Judge.shrinkage(height: most, width: 1)
        #expect(isTaken(height: most, width: 1, sizes: [(most + side - 1) / side, 3]))
        #expect(isTaken(height: 1, width: most, sizes: [(most + side - 1) / side, 3]))
        #expect(!isTaken(height: most + 1, width: 1, sizes: [(most + side) / side, 3]))
        #expect(!isTaken(height: 1, width: most + 1, sizes: [(most + side) / side, 3]))
        #expect(
            !isTaken(sizes: [5, 3]) && !isTaken(sizes: [6]) && !isTaken(sizes: [6, 4]) && !isTaken(sizes: [6, 1]))
        #expect(isTaken(sizes: [6, 4096, 3], scales: [1, 1]) && !isTaken(sizes: [6, 4097, 3], scales: [1, 1]))
        #expect(!isTaken(sizes: [6, 0, 3], scales: [1, 1]) && !isTaken(scales: [1, 1]) && !isTaken(scales: []))
        #expect(!isTaken(temperatures: [1]) && !isTaken(temperatures: [0, 1]) && !isTaken(temperatures: [1, -1]))
        #expect(!isTaken(limits: [0, 1]) && !isTaken(bytes: 21) && !isTaken(bytes: 15))
        #expect(!isTaken(biases: 2) && !isTaken(biases: 4))
    }
}
