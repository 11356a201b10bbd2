import Datasets
import Foundation
import NeuralNetwork
import Testing
import Training

@testable import ModelFiles

/// The networks trained in PyTorch give here what they gave there.
@Suite struct PyTorchModelTests {
    private struct Expected: Decodable {
        let dataset: String
        let correct: Int
        let loss: Double
        let firstLogits: [Float]

        enum CodingKeys: String, CodingKey {
            case dataset
            case correct = "correct_of_10000"
            case loss = "mean_cross_entropy"
            case firstLogits = "first_logits"
        }
    }

    private let models = packageFolder + "/Assets/models"

    @Test(arguments: [
        ("pytorch-mnist-128-64", ["safetensors", "npz"]), ("pytorch-fashion-128-64", ["safetensors"]),
    ]) func givesWhatPyTorchGave(name: String, types: [String]) throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: models + "/expected.json"))
        let expected = try #require(try JSONDecoder().decode([String: Expected].self, from: json)[name])
        let dataset = try DatasetLocation.find(expected.dataset, dataDirectory: packageFolder + "/Assets").load()
        for type in types {
            let network = try Model(file: "\(models)/\(name).\(type)").network
            let evaluation = Evaluation(of: network, on: dataset.test)
            #expect(evaluation.correct == expected.correct)
            #expect(abs(evaluation.loss - expected.loss) < 1e-5)
            let logits = network.logits(dataset.test.inputs([0])).elements
            #expect(zip(logits, expected.firstLogits).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }
}
