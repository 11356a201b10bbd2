import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import Training

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Make a network's probabilities honest, and have it say what it has never learnt.",
        discussion: "It takes about a second. The weights stay as they are: what was found goes into the metadata of "
            + "the file, where evaluate and classify look for it. Networks that train or teach save have it already.")

    @Argument(help: "The network: .safetensors, .npz, or a checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("Write the network here: .safetensors, .npz or .onnx.", valueName: "file"))
    var save: String

    @Option(help: ArgumentHelp("The data set; without, the one that the file names, or mnist.", valueName: "name"))
    var dataset: String?

    @Option(help: ArgumentHelp("Where to look for data sets first.", valueName: "folder"))
    var data: String?

    @OptionGroup var reading: ModelReadingOptions
    @OptionGroup var hidden: HiddenLayerOptions

    func run() throws {
        try SavedModel.check(save)
        var model = try reading.model(self.model, layers: hidden.layers?.values, activation: hidden.activation)
        let name = dataset ?? model.metadata["dataset"] ?? TrainingOptions.defaultDataset
        let dataset = try DatasetLocation.find(name, dataDirectory: data).load()
        try model.network.check(suits: dataset, file: self.model)
        guard model.network.isFinite else {
            throw ModelFileError(self.model, expected: "finite weights", found: "others: the training diverged")
        }
        let calibration = Calibrator(dataset).calibration(of: model.network)
        model.metadata["dataset"] = dataset.name
        model.metadata.merge(calibration.metadata) { $1 }
        try model.write(to: save, as: ModelFormat(path: save))
        let (before, after) = (
            Honesty(of: model.network, nil, on: dataset.test), Honesty(of: model.network, calibration, on: dataset.test)
        )
        try Output.line(
            "\(dataset.title): calibration \(percent(before.calibrationError)) off before, "
                + "\(percent(after.calibrationError)) after; \(percent(after.refused ?? 0)) of the test images refused")
    }

    private func percent(_ share: Double) -> String { String(format: "%.2f%%", share * 100) }
}
