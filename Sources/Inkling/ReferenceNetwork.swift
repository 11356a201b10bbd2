import Datasets
import Foundation
import ModelFiles
import Training

/// The network that PyTorch trained on a bundled data set; it comes with the program, in `models`.
enum ReferenceNetwork {
    private static let files = [
        "mnist": "pytorch-mnist-128-64.safetensors", "fashion-mnist": "pytorch-fashion-128-64.safetensors",
    ]

    /// Its test, some tenths of a second; nil where there is no such file or it is for other images.
    static func evaluation(on dataset: Dataset) -> Evaluation? {
        guard let name = files[dataset.name],
            let file = DatasetLocation.assetFolders(named: "models").map({ "\($0)/\(name)" })
                .first(where: FileManager.default.fileExists), let model = try? Model(file: file),
            model.network.inputs == dataset.test.pixelsPerImage,
            model.network.outputs == dataset.classNames.count
        else { return nil }
        return Evaluation(of: model.network, on: dataset.test)
    }
}
