import Foundation
import NeuralNetwork
import Testing

@testable import ModelFiles

/// Networks of convolutions, in files and back.
@Suite struct ConvolutionFileTests {
    private let scratch: Scratch
    private let network: Network

    init() throws {
        scratch = try Scratch()
        network = try Network(
            input: Shape(height: 28, width: 28),
            hidden: ["conv6x5", "pool2", "conv16x5v", "pool2", "120", "84"].compactMap(HiddenLayer.init), classes: 10,
            seed: 3, activation: .tanh, initialization: .xavier)
    }

    @Test func namesAndShapesAreThoseOfTheSameSequential() {
        #expect(
            network.tensors.map { "\($0.name) \($0.shape)" } == [
                "0.weight [6, 1, 5, 5]", "0.bias [6]", "3.weight [16, 6, 5, 5]", "3.bias [16]", "7.weight [120, 400]",
                "7.bias [120]", "9.weight [84, 120]", "9.bias [84]", "11.weight [10, 84]", "11.bias [10]",
            ])
    }

    /// Also of a single place Flatten makes rows.
    @Test func aMapOfOnePlaceIsFlattenedToo() throws {
        let hidden = ["conv2x3v", "7"].compactMap(HiddenLayer.init)
        let small = try Network(input: Shape(height: 3, width: 3), hidden: hidden, classes: 4, seed: 0)
        #expect(small.tensors.map(\.name) == ["0.weight", "0.bias", "3.weight", "3.bias", "5.weight", "5.bias"])
        try Model(network: small).write(to: scratch.file("m"), as: .safetensors)
        #expect(try Model(file: scratch.file("m")).network == small)
    }

    @Test(arguments: [ModelFormat.safetensors, .npz]) func comesBackTheSame(format: ModelFormat) throws {
        try Model(network: network).write(to: scratch.file("m"), as: format)
        #expect(try Model(file: scratch.file("m")).network == network)
    }

    @Test func weightsAloneDoNotTellTheRest() throws {
        try Safetensors(tensors: network.tensors, metadata: [:]).write(to: scratch.file("m"))
        let error = #expect(throws: ModelFileError.self) { try Model(file: scratch.file("m")) }
        #expect("\(try #require(error))".contains("metadata that say what lies between convolutions"))
    }

    @Test(arguments: [
        ["network": "conv6x5,pool2,conv16x5v,pool2,120,84"], ["image": "28x28", "network": "conv6x5,pool2,84"],
        ["image": "28x28", "network": "conv6x5,pool7,pool7,pool7"], ["image": "28x28", "network": "conv6x99"],
        ["image": "1000000000x28", "network": "conv6x5"],
        ["image": "28x28", "network": "conv6x3,pool2,conv16x5v,pool2,120,84"],
    ]) func metadataThatDoNotFitAreRefused(metadata: [String: String]) throws {
        try Safetensors(tensors: network.tensors, metadata: metadata).write(to: scratch.file("m"))
        #expect(throws: ModelFileError.self) { try Model(file: scratch.file("m")) }
    }
}
