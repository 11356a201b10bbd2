import Files
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Names and shapes that people who follow tutorials give their arrays.
@Suite struct OtherNamesTests {
    private let network = makeNetwork([6, 5, 4, 3])

    /// Weights `[in, out]` and biases of that shape, by names in which % is the number of the layer.
    private func tensors(
        _ weights: String, _ biases: String, counting numbers: [String] = ["1", "2", "3"], transposed: Bool = false,
        biasShape: (Int) -> [Int] = { [$0] }
    ) -> [Tensor] {
        zip(numbers, network.layers).flatMap { number, layer in
            let (rows, columns, elements) = (layer.inputs, layer.outputs, layer.weights.elements)
            return [
                transposed
                    ? Tensor(
                        name: weights.replacing("%", with: number), transposed: elements, rows: rows, columns: columns)
                    : Tensor(name: weights.replacing("%", with: number), shape: [rows, columns], floats: elements),
                Tensor(
                    name: biases.replacing("%", with: number), shape: biasShape(columns), floats: layer.biases.elements),
            ]
        }
    }

    private func expectNetwork(_ tensors: [Tensor], location: SourceLocation = #_sourceLocation) throws {
        for format in ModelFormat.allCases where format != .onnx {
            let folder = try TemporaryFolder()
            let bytes =
                format == .npz ? NPZ.encoded(tensors, compressed: false) : Safetensors(tensors: tensors).encoded()
            let read = try Model(file: try folder.write(bytes)).network
            #expect(read == network, sourceLocation: location)
        }
    }

    @Test(arguments: [("W%", "b%"), ("w%", "B%"), ("W_%", "b_%"), ("weights%", "bias%"), ("fc%/weights", "fc%/biases")])
    func biasesAreRowsOrColumns(weights: String, biases: String) throws {
        try expectNetwork(tensors(weights, biases) { [1, $0] })
        try expectNetwork(tensors(weights, biases, transposed: true) { [$0, 1] })
        try expectNetwork(tensors(weights, biases) { [$0, 1] })
        try expectNetwork(tensors(weights, biases))
    }

    /// Where shapes do not tell, a row of biases stands for rows of inputs, a column for columns.
    @Test func biasesTellOfSquareWeights() throws {
        let weights = Tensor(name: "W1", shape: [2, 2], floats: [1, 2, 3, 4])
        let input = Matrix(rows: 1, columns: 2, [1, 0])
        for (shape, expected) in [([1, 2], [1, 2]), ([2, 1], [1, 3]), ([2], [1, 3])] as [([Int], [Float])] {
            let biases = Tensor(name: "b1", shape: shape, floats: [0, 0])
            #expect(try Network(tensors: [weights, biases], file: "file").logits(input).elements == expected)
        }
        let kernel = [weights.renamed("dense/kernel"), Tensor(name: "dense/bias", shape: [2], floats: [0, 0])]
        #expect(try Network(tensors: kernel, file: "file").logits(input).elements == [1, 2])
        #expect(try Network(tensors: kernel, layout: .outIn, file: "file").logits(input).elements == [1, 3])
    }

    @Test func arraysWithoutNamesComeInOrder() throws {
        func arrays(_ tensors: [Tensor]) -> [Tensor] { tensors.enumerated().map { $1.renamed("arr_\($0)") } }
        let named = tensors("W%", "b%")
        try expectNetwork(arrays(named).reversed())
        try expectNetwork(arrays(tensors("W%", "b%", transposed: true) { [$0, 1] }))
        let (weights, biases) = (named.filter { $0.name.hasPrefix("W") }, named.filter { $0.name.hasPrefix("b") })
        try expectNetwork(arrays(weights + biases))
        expectProblem("file", saying: "5 arrays", "3 and 2") {
            _ = try Network(tensors: arrays(weights + biases.dropLast()), file: "file")
        }
    }

    @Test(arguments: [
        ("dense%/kernel", "dense%/bias", ["", "_1", "_2"]),
        ("sequential/dense%/kernel:0", "sequential/dense%/bias:0", ["", "_1", "_2"]),
        ("params/Dense_%/kernel", "params/Dense_%/bias", ["0", "1", "2"]),
        ("params.Dense_%.kernel", "params.Dense_%.bias", ["0", "1", "2"]),
        ("Dense_%.kernel", "Dense_%.bias", ["9", "10", "11"]),
        ("mlp/~/linear_%/w", "mlp/~/linear_%/b", ["0", "1", "2"]),
    ]) func kernelsOfKerasFlaxAndHaiku(weights: String, biases: String, numbers: [String]) throws {
        try expectNetwork(tensors(weights, biases, counting: numbers).shuffled())
    }

    /// Kernels `[h, w, in, out]`, images place by place before the first dense layer.
    @Test func convolutionsOfKeras() throws {
        let hidden = ["conv2x3", "pool2", "conv3x2v", "5"].compactMap(HiddenLayer.init)
        let network = try Network(
            input: Shape(height: 8, width: 8), hidden: hidden, classes: 3, seed: 1, initialization: .xavier)
        let names = ["conv2d", "conv2d_1", "dense", "dense_1"]
        var tensors: [Tensor] = []
        for (name, layer) in zip(names, network.layers.filter { !$0.parameters.isEmpty }) {
            let (inputs, outputs) = (layer.weights.rows, layer.weights.columns)
            var kernel = Tensor(name: name + "/kernel", shape: [inputs, outputs], floats: layer.weights.elements)
            if case .convolution(let convolution) = layer {
                let (k, channels) = (convolution.kernel, convolution.input.channels)
                kernel = kernel.reshaped([channels, k, k, outputs]).permuted([1, 2, 0, 3])
            } else if inputs == 27 {
                kernel = kernel.reshaped([3, 9, outputs]).permuted([1, 0, 2]).reshaped([inputs, outputs])
            }
            tensors += [kernel, Tensor(name: name + "/bias", shape: [outputs], floats: layer.biases.elements)]
        }
        let read = try Network(
            tensors: tensors, hidden: hidden, image: Shape(height: 8, width: 8), file: "file")
        #expect(read == network)
    }

    @Test(arguments: [false, true]) func theBiasesAreAColumnOfTheta(transposed: Bool) throws {
        let tensors = network.layers.enumerated().map { index, layer in
            let (rows, columns) = (layer.inputs + 1, layer.outputs)
            let elements = layer.biases.elements + layer.weights.elements
            return transposed
                ? Tensor(name: "Theta\(index + 1)", shape: [rows, columns], floats: elements)
                : Tensor(name: "Theta\(index + 1)", transposed: elements, rows: rows, columns: columns)
        }
        try expectNetwork(tensors)
    }

    /// What is no float is called what it is.
    @Test func otherNumbersAreNamed() throws {
        let folder = try TemporaryFolder()
        var bytes = Safetensors(tensors: [Tensor(name: "0.weight", shape: [1, 1], floats: [1])]).encoded()
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("F32".utf8)) })
        bytes[place] = UInt8(ascii: "I")
        expectProblem(try folder.write(bytes), saying: "\"I32\", whole numbers of 32 bits, as quantised") {
            _ = try Model(file: folder.file("file"))
        }
        for (descr, words) in [
            ("|i1", "whole numbers of 8 bits"), ("<u2", "whole numbers of 16 bits"), ("|O", "a pickle of Python"),
            ("|V2", "perhaps bfloat16"),
        ] {
            let header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (1, 1), }"
            let file =
                [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + [0, 0]
            expectProblem(try folder.write(file), saying: words) { _ = try Model(file: folder.file("file")) }
        }
    }

    @Test(arguments: ["HDF5", "archive"]) func filesOfKerasAreCalledSo(kind: String) throws {
        let folder = try TemporaryFolder()
        var archive = ZipWriter()
        archive.add("model.weights.h5", [1], compressed: false)
        let bytes = kind == "HDF5" ? [0x89] + Array("HDF\r\n\u{1a}\n\0\0\0".utf8) : archive.finished()
        expectProblem(try folder.write(bytes), saying: "HDF5 of Keras", "numpy.savez") {
            _ = try Model(file: folder.file("file"))
        }
    }

    @Test func whatIsNoModelIsToldWhatIs() throws {
        let folder = try TemporaryFolder()
        expectProblem(try folder.write(Array("<!DOCTYPE html>".utf8)), saying: "safetensors", ".npz", ".npy") {
            _ = try Model(file: folder.file("file"))
        }
    }
}
