import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Training

struct TeachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teach", abstract: "Teach a network your hand: a second of training on your drawings.",
        discussion: "Drawings are a folder as the dashboard keeps it, or a file with lines of "
            + "{\"strokes\": [[[x, y], …], …], \"label\": 7}. Images of the data set are mixed with them, so that "
            + "nothing is forgotten. What is said of the network afterwards is found by leaving each drawing out once: "
            + "it is then read by a network that was taught the others.")

    @Argument(help: "The network: .safetensors, .npz, .pt, .onnx, or a checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("A folder or a file with drawings. (default: those kept on Draw)", valueName: "path"))
    var drawings: String?

    @Option(help: ArgumentHelp("Write the taught network here: .safetensors, .npz or .onnx.", valueName: "file"))
    var save: String?

    @OptionGroup var images: SavedNetworkDataset

    @Option(help: "Decides which images are mixed with the drawings, and how all are distorted.")
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "For the test afterwards, into how many parts to cut the drawings, each of which is left out once; 0 for no "
                + "test. (default: as many as drawings)", valueName: "parts"))
    var leaveOut: Int?

    @OptionGroup var reading: SavedNetworkOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard leaveOut ?? 0 >= 0 else {
            throw ValidationError("--leave-out: expected 0 or more, found \(leaveOut ?? 0).")
        }
    }

    func run() throws {
        if let save { try SavedModel.check(save) }
        var model = try reading.model(self.model)
        let dataset = try images.load(for: model, self.model)
        let path =
            drawings ?? DrawingArchive(environment: ProcessInfo.processInfo.environment, dataset: dataset).folder
        let drawings = try LabelledDrawings(at: path, size: dataset.train.shape, classes: dataset.classNames.count)
        guard dataset.train.shape == drawings.images.shape else {
            throw DatasetError(
                path,
                .imageSize(
                    expected: [dataset.train.height, dataset.train.width],
                    found: [drawings.images.height, drawings.images.width]))
        }
        var teaching = Teaching()
        teaching.seed = seed
        let start = ContinuousClock.now
        var end = start
        let progress = isatty(STDERR_FILENO) == 1
        let outcome = teaching.outcome(model.network, drawings, among: dataset) { share, _ in
            end = .now
            if progress { standardError("\rteaching … \(Int(share * 100)) %") }
        }
        let parts = min(leaveOut ?? drawings.count, drawings.count)
        let right =
            parts == 0
            ? nil
            : teaching.rightWhenLeftOut(model.network, drawings, among: dataset, parts: parts) { share in
                if progress { standardError("\r\u{1B}[Kleaving drawings out … \(Int(share * 100)) %") }
            }
        if progress { standardError("\r\u{1B}[K") }
        model.network = outcome.network
        model.metadata["testAccuracy"] = "\(outcome.testAccuracy.after)"
        model.metadata["drawings"] = "\(drawings.count)"
        if save != nil {
            model.metadata.merge(
                Calibrator(dataset, judges: .usual).calibration(of: model.network).metadata
            ) { $1 }
        }
        if let save { try model.write(to: save, as: ModelFormat(path: save)) }
        let line = TeachingLine(
            outcome, drawings: drawings.count, rightWhenLeftOut: right,
            seconds: Stopwatch.seconds(since: start, now: end))
        try Output.line(json ? try JSONLine(line).text : line.text(dataset: dataset.title))
    }

    private func standardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// What `teach` prints.
struct TeachingLine: Encodable {
    let drawings: Int
    /// Drawings read right before and after; the latter by networks that were taught the others.
    let rightBefore: Int
    let rightWhenLeftOut: Int?
    /// Those that were taught, by the network itself.
    let rightAfter: Int
    let testAccuracyBefore, testAccuracyAfter: Double
    /// Of the teaching, without the tests.
    let seconds: Double

    init(_ outcome: TeachingOutcome, drawings: Int, rightWhenLeftOut: Int?, seconds: Double) {
        self.seconds = seconds
        self.drawings = drawings
        self.rightWhenLeftOut = rightWhenLeftOut
        (rightBefore, rightAfter) = (outcome.right.before, outcome.right.after)
        (testAccuracyBefore, testAccuracyAfter) = (outcome.testAccuracy.before, outcome.testAccuracy.after)
    }

    func text(dataset: String) -> String {
        let leftOut = rightWhenLeftOut.map { ", each left out once: \($0)" } ?? ""
        let accuracies = String(
            format: "before: %.2f%%, after: %.2f%%", testAccuracyBefore * 100, testAccuracyAfter * 100)
        return """
            drawings       \(drawings)
            read right     before: \(rightBefore), after: \(rightAfter)\(leftOut)
            test accuracy  \(accuracies), on \(dataset)
            time           \(String(format: "%.2f s", seconds))
            """
    }
}
