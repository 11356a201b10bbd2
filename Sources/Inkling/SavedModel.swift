import ModelFiles
import Training

/// Writing what a training came to.
enum SavedModel {
    /// Throws when a model could not be written there: better now than after the training.
    static func check(_ path: String) throws(ModelFileError) {
        _ = try ModelFormat(path: path)
        try WholeFile.check(path)
    }

    static func write(_ trainer: Trainer, to path: String) throws(ModelFileError) {
        try Model(network: trainer.network, metadata: metadata(of: trainer)).write(
            to: path, as: ModelFormat(path: path))
    }

    private static func metadata(of trainer: Trainer) -> [String: String] {
        var metadata = [
            "dataset": trainer.dataset.name,
            "layers": trainer.network.sizesDescription,
            "input": "pixel/255",
            "seed": "\(trainer.configuration.seed)",
            "epochs": "\(Double(trainer.step) / Double(trainer.batchesPerEpoch))",
        ]
        if let evaluation = trainer.evaluation { metadata["testAccuracy"] = "\(evaluation.accuracy)" }
        return metadata
    }
}
