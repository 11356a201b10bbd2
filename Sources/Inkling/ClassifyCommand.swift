import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Training

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Read drawings, each a line of JSON.",
        discussion: "A line is {\"strokes\": [[[x, y], …], …]}, x to the right, y down, in any unit. The network is "
            + "trained first, which takes a moment.")

    @Option(help: ArgumentHelp("A file with drawings, or - for standard input.", valueName: "file"))
    var strokes: String

    @Flag(help: "Print one JSON object for each drawing.")
    var json = false

    @Option(help: ArgumentHelp("Read with this network; without, one is trained first.", valueName: "file"))
    var model: String?

    @OptionGroup var reading: ModelReadingOptions
    @OptionGroup var options: TrainingOptions

    func run() throws {
        let drawings = try StrokesFile(path: strokes).drawings()
        let network = try model.map { try reading.model($0).network } ?? trainedNetwork()
        guard network.inputs == 784 else {
            throw ModelFileError(
                model ?? "", expected: "a network of 784 inputs, 28 × 28 pixels", found: network.sizesDescription)
        }
        for drawing in drawings {
            guard let image = drawing.networkImage() else { continue }
            let input = Matrix(rows: 1, columns: image.count, image.map { Float($0) / 255 })
            let probabilities = SoftmaxCrossEntropy.softmax(network.logits(input)).elements
            let answer = Answer(probabilities)
            print(json ? try answer.json() : answer.text)
        }
    }

    /// The default network, trained for as long as it takes to be good.
    private func trainedNetwork() throws -> Network {
        var configuration = options.configuration
        configuration.epochs = min(configuration.epochs, 3)
        let dataset = try options.locateDataset().load()
        guard dataset.train.pixelsPerImage == 784 else {
            throw ValidationError("--dataset: expected images of 28 × 28 pixels, found \(dataset.title).")
        }
        var trainer = Trainer(dataset: dataset, configuration: configuration)
        let progress = ProgressLine()
        while !trainer.isFinished {
            _ = trainer.trainBatch()
            progress.show(trainer)
        }
        progress.clear()
        return trainer.network
    }
}

/// What the network makes of a drawing.
private struct Answer: Encodable {
    let prediction: Int
    let probabilities: [Float]

    init(_ probabilities: [Float]) {
        self.probabilities = probabilities
        prediction = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    }

    var text: String { "Prediction: \(prediction) (\(String(format: "%.1f", probabilities[prediction] * 100))%)" }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
