import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import Training

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Make a network's probabilities honest, and have it say what it has never learnt.",
        discussion:
            "It takes some tenths of a second, and two more the first time for a data set. The weights stay as they "
            + "are: what was found goes into the metadata of the file, where evaluate and classify look for it. "
            + "Networks that train or teach save have it already.")

    @Argument(help: "The network: .safetensors, .npz, or a checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("Write the network here: .safetensors, .npz or .onnx.", valueName: "file"))
    var save: String

    @OptionGroup var images: SavedNetworkDataset
    @OptionGroup var reading: SavedNetworkOptions

    func run() throws {
        try SavedModel.check(save)
        var model = try reading.model(self.model)
        let dataset = try images.load(for: model, self.model)
        let calibration = Calibrator(dataset, judges: .usual).calibration(of: model.network)
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
