import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Test a network from a file on a data set's test images.")

    @Argument(help: "The network: .safetensors, .npz, or a checkpoint.")
    var file: String

    @Option(help: ArgumentHelp("The data set; without, the one that the file names, or mnist.", valueName: "name"))
    var dataset: String?

    @Option(help: ArgumentHelp("Where to look for data sets first.", valueName: "folder"))
    var data: String?

    @OptionGroup var reading: ModelReadingOptions
    @OptionGroup var hidden: ActivationOption

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let model = try reading.model(file, activation: hidden.activation)
        let name = dataset ?? model.metadata["dataset"] ?? "mnist"
        let dataset = try DatasetLocation.find(name, dataDirectory: data).load()
        try model.network.check(suits: dataset, file: file)
        let evaluation = Evaluation(of: model.network, on: dataset.test)
        if json {
            print(try JSONLine(EvaluationLine(evaluation)).text)
        } else {
            print("network        \(model.network.sizesDescription), \(model.network.parameterCount) parameters")
            print("data set       \(dataset.title), \(evaluation.count) test images")
            print(String(format: "test loss      %.6f", evaluation.loss))
            print(String(format: "test accuracy  %.2f%%", evaluation.accuracy * 100), terminator: "")
            print(", \(evaluation.correct) correct")
        }
    }
}

/// What `evaluate --json` prints.
private struct EvaluationLine: Encodable {
    let testLoss, testAccuracy: Double
    let correct, count: Int

    init(_ evaluation: Evaluation) {
        testLoss = evaluation.loss
        testAccuracy = evaluation.accuracy
        correct = evaluation.correct
        count = evaluation.count
    }
}
