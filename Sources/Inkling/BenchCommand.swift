import ArgumentParser
import CKernels
import Datasets
import Engine
import Foundation
import NeuralNetwork
import Training

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure what this machine does.",
        discussion: "Other programs that run meanwhile change the figures. Results go to standard output, progress to "
            + "standard error.")

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Measure what keeping moments of a run's past costs, and nothing else.")
    var moments = false

    @Option(parsing: .unconditional, help: "How often each thing is measured; the result is the median.")
    var rounds = 5

    @Option(help: ArgumentHelp("Where to look for MNIST first.", valueName: "folder"))
    var data: String?

    func validate() throws {
        guard (1...100).contains(rounds) else {
            throw ValidationError("--rounds: expected a whole number of 1 to 100, found \(rounds).")
        }
    }

    func run() throws {
        let dataset = try DatasetLocation.find("mnist", dataDirectory: data).load()
        if moments {
            let losses = MomentsBench.losses(of: dataset, rounds: rounds, progress: progress)
            return try show(losses, losses.map(\.text).joined(separator: "\n"))
        }
        progress("products")
        let (peak, products) = KernelBench.products(rounds: rounds)
        progress("convolutions, distortions")
        let convolutions = KernelBench.convolutions(rounds: rounds)
        let distortedPerSecond = TrainingBench.distortedPerSecond(of: dataset, rounds: rounds)
        let training = TrainingBench.epochs(of: dataset, rounds: rounds, progress: progress)
        progress("parts of a step, test pass")
        let step = TrainingBench.parts(of: dataset)
        let testPass = TrainingBench.testPass(of: dataset, rounds: rounds)
        progress("time to accuracy")
        let timeToAccuracy = try TrainingBench.timeToAccuracy(
            options: data.map { ["--data", $0] } ?? [], rounds: rounds)
        progress("dashboard")
        let dashboard = try TrainingBench.dashboard(of: dataset, rounds: rounds)
        let report = BenchReport(
            processor: Self.processor, cores: AvailableCores.count,
            kernels: String(cString: inkling_kernels_name()),
            peakGigaflops: peak, products: products, convolutions: convolutions,
            distortedPerSecond: distortedPerSecond, training: training, step: step, testPassMilliseconds: testPass,
            timeToAccuracy: timeToAccuracy, dashboard: dashboard)
        try show(report, report.text)
    }

    private func show(_ report: some Encodable, _ text: String) throws {
        try Output.line(json ? JSONLine(report).text : text)
    }

    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("measuring: \(text)\n".utf8))
    }

    /// What Linux calls the processor, else its architecture.
    private static var processor: String { processor(try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) }

    /// - Parameter information: of /proc/cpuinfo; nil where there is none.
    static func processor(_ information: String?) -> String {
        let lines = information?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return name?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
    }
}

extension BenchReport.Moments {
    var text: String {
        network
            + String(
                format: ": keeping moments takes %.2f %% of the throughput (%.0f and %.0f samples/s; %d in %.1f MB)",
                loss * 100, samplesPerSecond, samplesPerSecondWithout, kept, megabytes)
    }
}

extension BenchReport {
    /// For people.
    var text: String {
        var lines = ["\(processor), \(cores) core\(cores == 1 ? "" : "s"), \(kernels) kernels"]
        lines.append(String(format: "peak of a core  %.0f GFLOP/s\n", peakGigaflops))
        lines.append("product on one core               m × k × n         GFLOP/s   of peak")
        for product in products {
            let shape = "\(product.m) × \(product.k) × \(product.n)"
            lines.append(
                padded(product.name, 28) + padded(shape, 22)
                    + String(format: "%10.1f %8.0f%%", product.gigaflops, product.shareOfPeak * 100))
        }
        lines.append("\nconvolution 16→32, 3 × 3, on 14 × 14, batch 128     GFLOP/s   of peak")
        for way in convolutions {
            lines.append(
                padded(way.name, 50) + String(format: "%10.1f %8.0f%%", way.gigaflops, way.shareOfPeak * 100))
        }
        lines.append(String(format: "\nimages distorted a second, all cores  %.0f", distortedPerSecond))
        lines.append("\n" + padded("training", 61) + "batch  threads   s/epoch   samples/s")
        for run in training {
            lines.append(
                padded(run.network + (run.isDistorted ? ", distorted" : ""), 61)
                    + String(
                        format: "%5d %8d %9.4f %11.0f", run.batchSize, run.threads, run.secondsPerEpoch,
                        run.samplesPerSecond))
        }
        lines.append("\npart of a step, 784-128-64-10, batch 64, one thread     µs")
        for part in step { lines.append(padded(part.name, 50) + String(format: "%8.1f", part.microseconds)) }
        lines.append(padded("all", 50) + String(format: "%8.1f", step.reduce(0) { $0 + $1.microseconds }))
        lines.append(String(format: "\ntest pass over 10,000 images  %.1f ms", testPassMilliseconds))
        func seconds(_ value: Double?) -> String { value.map { String(format: "%.2f s", $0) } ?? "not reached" }
        lines.append(
            "from process start, \(timeToAccuracy.epochs) epochs: 97.5 % after \(seconds(timeToAccuracy.secondsTo975)), "
                + "98.0 % after \(seconds(timeToAccuracy.secondsTo980))")
        lines.append(
            String(
                format: "dashboard at %.0f frames/s takes %.1f %% of the throughput (%.0f and %.0f samples/s)",
                dashboard.framesPerSecond, dashboard.loss * 100, dashboard.samplesPerSecond,
                dashboard.samplesPerSecondWithout))
        return lines.joined(separator: "\n")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
