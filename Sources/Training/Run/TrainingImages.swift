import Datasets
import Engine

/// The images of a data set as trainers take them. Any number of trainers may share them, also at the same time.
public struct TrainingImages: Sendable {
    let train, test: LabelledImages

    public init(of dataset: Dataset) {
        (train, test) = (dataset.train.labelledImages, dataset.test.labelledImages)
    }
}
