import Datasets
import ModelFiles
import NeuralNetwork

extension Trainer {
    /// What a model file says of the network.
    public var modelMetadata: [String: String] {
        var metadata = [
            "format": "pt",
            "dataset": dataset.name,
            "layers": network.sizesDescription,
            "activation": network.activation.rawValue,
            "input": "pixel/255",
            "seed": "\(record.configuration.seed)",
            "epochs": "\(record.epochsTrained)",
        ]
        // Of the test images alone, not of those that choices were made by.
        if let finalTest = record.finalTest {
            metadata["testAccuracy"] = "\(finalTest.accuracy)"
        } else if let evaluation, evaluation.step == record.step, dataset.validationCount == nil {
            metadata["testAccuracy"] = "\(evaluation.accuracy)"
        }
        if dataset.classNames != (0..<dataset.classNames.count).map(String.init) {
            metadata["classes"] = dataset.classNames.joined(separator: "\n")
        }
        return metadata
    }
}
