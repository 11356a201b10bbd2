import Datasets
import Foundation
import ModelFiles
import Training

/// The network that PyTorch trained on a bundled data set; it lies in `models` beside the data set's folder.
enum ReferenceNetwork {
    private static let files = [
        "mnist": "pytorch-mnist-128-64.safetensors", "fashion-mnist": "pytorch-fashion-128-64.safetensors",
    ]

    /// Its test, some tenths of a second; nil where there is no such file or it is for other images.
    static func evaluation(on dataset: Dataset) -> Evaluation? {
        guard let file = files[dataset.name], let location = try? DatasetLocation.find(dataset.name) else { return nil }
        let folder = URL(fileURLWithPath: location.folder).deletingLastPathComponent().appendingPathComponent("models")
        guard let model = try? Model(file: folder.appendingPathComponent(file).path),
            model.network.inputs == dataset.test.pixelsPerImage,
            model.network.outputs == dataset.classNames.count
        else { return nil }
        return Evaluation(of: model.network, on: dataset.test)
    }
}
