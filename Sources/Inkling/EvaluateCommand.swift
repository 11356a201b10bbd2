import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Test a network from a file on a data set's test images.")

    @Argument(help: "The network: .safetensors, .npz, .pt, .onnx, or a checkpoint.")
    var file: String

    @OptionGroup var images: SavedNetworkDataset

    @Option(
        help: ArgumentHelp(
            "Test on drawings in place of the test images: a folder as Draw keeps it, or a file with lines of strokes "
                + "and labels.", valueName: "path"))
    var drawings: String?

    @OptionGroup var reading: SavedNetworkOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let model = try reading.model(file)
        if let drawings { return try evaluate(model, onDrawings: drawings) }
        let dataset = try images.load(for: model, file)
        let evaluation = Evaluation(of: model.network, on: dataset.test)
        let honesty = Honesty(of: model.network, Calibration(metadata: model.metadata), on: dataset.test)
        if json {
            try Output.line(
                try JSONLine(EvaluationLine(evaluation, honesty, isTestedOnTraining: dataset.isTestedOnTraining)).text)
        } else {
            try Output.line(
                "network        \(model.network.sizesDescription), \(model.network.parameterCount) parameters")
            try Output.line(
                "data set       \(dataset.title), \(evaluation.count) \(dataset.isTestedOnTraining ? "training" : "test") images"
            )
            try Output.line(Self.text(evaluation, honesty))
        }
    }

    private func evaluate(_ model: Model, onDrawings path: String) throws {
        let network = model.network
        guard let size = network.imageSize, network.outputs <= 256 else {
            throw ModelFileError(
                file, expected: "a network that takes square images and knows at most 256 classes",
                found: network.sizesDescription)
        }
        let drawings = try LabelledDrawings(at: path, size: size, classes: network.outputs).images
        // Of a folder the labels are not known before.
        if let label = drawings.labels.first(where: { $0 >= network.outputs }) {
            throw DatasetError(
                path, .contents(expected: "drawings of \(network.outputs) classes", found: "one of class \(label)"))
        }
        let evaluation = Evaluation(of: network, on: drawings)
        let honesty = Honesty(of: network, Calibration(metadata: model.metadata), on: drawings)
        if json {
            try Output.line(try JSONLine(EvaluationLine(evaluation, honesty, isTestedOnTraining: false)).text)
        } else {
            try Output.line("drawings       \(evaluation.count)")
            try Output.line(Self.text(evaluation, honesty))
        }
    }

    /// What the test came to, in three lines.
    static func text(_ evaluation: Evaluation, _ honesty: Honesty) -> String {
        let refused = honesty.refused.map { String(format: "refused: %.2f%%", $0 * 100) }
        return String(
            format: """
                test loss      %.6f
                test accuracy  %.2f%%, %d correct
                calibration    %.2f%% off; %@
                """, evaluation.loss, evaluation.accuracy * 100, evaluation.correct, honesty.calibrationError * 100,
            refused ?? "not calibrated")
    }
}

/// What `evaluate --json` prints.
struct EvaluationLine: Encodable {
    let testLoss, testAccuracy: JSONNumber
    let correct, count: Int
    /// 0…1, see `Honesty`.
    let calibrationError: JSONNumber
    let calibrated: Bool
    /// The share said to be like nothing learnt, 0…1; nil where the network was not calibrated.
    let refused: Double?
    /// "train" where the training images stand in for test images.
    let testedOn: String?

    init(_ evaluation: Evaluation, _ honesty: Honesty, isTestedOnTraining: Bool) {
        calibrationError = JSONNumber(honesty.calibrationError)
        (calibrated, refused) = (honesty.refused != nil, honesty.refused)
        testLoss = JSONNumber(evaluation.loss)
        testAccuracy = JSONNumber(evaluation.accuracy)
        testedOn = isTestedOnTraining ? "train" : nil
        correct = evaluation.correct
        count = evaluation.count
    }
}
