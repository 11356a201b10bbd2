import Files
import ModelFiles
import Training

/// Writing what a training came to.
enum SavedModel {
    /// Throws when a model could not be written there: better now than after the training.
    static func check(_ path: String) throws(ModelFileError) {
        _ = try ModelFormat(path: path)
        try WholeFile.check(path)
    }

    /// With what makes its probabilities honest.
    static func write(_ trainer: Trainer, to path: String) throws(ModelFileError) {
        trainer.calibrate(judges: .usual)
        try trainer.model.write(to: path, as: ModelFormat(path: path))
    }
}
