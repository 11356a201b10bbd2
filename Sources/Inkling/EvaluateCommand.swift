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

    @Option(help: ArgumentHelp("The data set; without, the one that the file names, or mnist.", valueName: "name"))
    var dataset: String?

    @Option(help: ArgumentHelp("Where to look for data sets first.", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Test on drawings in place of the test images: a folder as Draw keeps it, or a file with lines of strokes "
                + "and labels.", valueName: "path"))
    var drawings: String?

    @OptionGroup var reading: ModelReadingOptions
    @OptionGroup var hidden: HiddenLayerOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let model = try reading.model(file, layers: hidden.layers?.values, activation: hidden.activation)
        if let drawings { return try evaluate(model.network, onDrawings: drawings) }
        let name = dataset ?? model.metadata["dataset"] ?? "mnist"
        let dataset = try DatasetLocation.find(name, dataDirectory: data).load()
        try model.network.check(suits: dataset, file: file)
        let evaluation = Evaluation(of: model.network, on: dataset.test)
        if json {
            try Output.line(
                try JSONLine(EvaluationLine(evaluation, isTestedOnTraining: dataset.isTestedOnTraining)).text)
        } else {
            try Output.line(
                "network        \(model.network.sizesDescription), \(model.network.parameterCount) parameters")
            try Output.line(
                "data set       \(dataset.title), \(evaluation.count) \(dataset.isTestedOnTraining ? "training" : "test") images"
            )
            try printResult(evaluation)
        }
    }

    private func evaluate(_ network: Network, onDrawings path: String) throws {
        let drawings = try LabelledDrawings(at: path).images
        guard network.inputs == drawings.pixelsPerImage, network.outputs == 10 else {
            throw ModelFileError(
                file, expected: "a network of 784 inputs and 10 outputs for drawings", found: network.sizesDescription)
        }
        let evaluation = Evaluation(of: network, on: drawings)
        if json {
            try Output.line(try JSONLine(EvaluationLine(evaluation, isTestedOnTraining: false)).text)
        } else {
            try Output.line("drawings       \(evaluation.count)")
            try printResult(evaluation)
        }
    }

    private func printResult(_ evaluation: Evaluation) throws {
        try Output.line(String(format: "test loss      %.6f", evaluation.loss))
        try Output.line(String(format: "test accuracy  %.2f%%", evaluation.accuracy * 100), terminator: "")
        try Output.line(", \(evaluation.correct) correct")
    }
}

/// What `evaluate --json` prints.
private struct EvaluationLine: Encodable {
    let testLoss, testAccuracy: JSONNumber
    let correct, count: Int
    /// "train" where the training images stand in for test images.
    let testedOn: String?

    init(_ evaluation: Evaluation, isTestedOnTraining: Bool) {
        testLoss = JSONNumber(evaluation.loss)
        testAccuracy = JSONNumber(evaluation.accuracy)
        testedOn = isTestedOnTraining ? "train" : nil
        correct = evaluation.correct
        count = evaluation.count
    }
}
