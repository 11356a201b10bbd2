import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// What no network of ours has, and graphs that are none: named, in whole messages.
extension ONNXOperatorTests {
    /// Nodes, the input, and what is said after "expected ".
    private static let refusals: [(input: [Int], nodes: [Protobuf], words: String)] = [
        ([0, 4], [node("Constant", [], "c"), dense], "UNDERSTOOD, found \"n/c\" (Constant)"),
        ([0, 4], [node("Relu", ["W"], "r"), dense], "UNDERSTOOD, found \"n/r\" (Relu)"),
        (
            [0, 4], [node("Transpose", ["W"], "t", integers: ["perm": [0, 0]]), dense],
            "UNDERSTOOD, found \"n/t\" (Transpose)"
        ),
        ([0, 4], [node("Gather", ["W", "one"], "g"), dense], "UNDERSTOOD, found \"n/g\" (Gather)"),
        (
            [0, 4], [node("Add", ["nowhere", "W"], "r"), dense],
            "one value that runs through the graph at \"n/r\" (Add), found another beside it"
        ),
        ([0, 4], [node("Reshape", ["x"])], "UNDERSTOOD, found \"n/y\" (Reshape)"),
        (
            [0, 4], [node("Reshape", ["x", "wide"])],
            "a reshape to rows or to grey images at \"n/y\" (Reshape), found [3, 5]"
        ),
        (
            [0, 4], [node("Reshape", ["x", "mixed"])],
            "a reshape to rows or to grey images at \"n/y\" (Reshape), found [2, -1]"
        ),
        (
            [0, 4], [node("Reshape", ["x", "image"])],
            "images before the first layer at \"n/y\" (Reshape), found a reshape to 3 × 3"
        ),
        (
            [0, 4], [node("MatMul", ["x", "W"], "z"), node("Reshape", ["z", "pairs"])],
            "images before the first layer at \"n/y\" (Reshape), found a reshape to 2 × 2"
        ),
        (
            [0, 4], [node("Transpose", ["x"], integers: ["perm": [0, 2, 3, 1]])],
            "channels put first or last at \"n/y\" (Transpose), found [0, 2, 3, 1]"
        ),
        (
            [0, 1, 4, 4], [node("Transpose", ["x"], integers: ["perm": [0, 3, 1, 2]])],
            "channels put first or last at \"n/y\" (Transpose), found [0, 3, 1, 2]"
        ),
        (
            [0, 1, 2, 4], [node("Reshape", ["x", "colours"])],
            "a reshape to rows or to grey images at \"n/y\" (Reshape), found [-1, 2, 2, 2]"
        ),
        (
            [0, 4], [node("Reshape", ["x", "cube"])],
            "a reshape to rows or to grey images at \"n/y\" (Reshape), found [-1, 2, 2]"
        ),
        ([0, 4], [node("MatMul", ["x", "noweights"])], "weights of two dimensions at \"n/y\" (MatMul), found [0, 2]"),
        (
            [0, 4], [node("Add", ["x", "none"])], "a number for all or one a channel at \"n/y\" (Add), found [0]"
        ),
        (
            [0, 1, 4, 4], [node("Add", ["x", "four"])],
            "a number for all or one a channel at \"n/y\" (Add), found [4]"
        ),
        ([0, 4], [node("Add", ["x", "nan"])], "numbers that 32 bits hold in \"nan\", found nan at index 0"),
        (
            [0, 1, 4, 5],
            [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": [1]])],
            "ceil_mode 0 at \"n/y\" (MaxPool), found 1"
        ),
        (
            [0, 1, 4, 4], [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 2, 2], "strides": [2, 2, 2]])],
            "a square window at \"n/y\" (MaxPool), found [2, 2, 2]"
        ),
        ([0, 4], [node("Flatten", ["x"], integers: ["axis": [2]])], "axis 1 at \"n/y\" (Flatten), found 2"),
        (
            [0, 4], [node("MatMul", ["Wt", "x"])],
            "the weights behind the value at \"n/y\" (MatMul), found before it"
        ),
        ([0, 4], [node("Gemm", ["x", "W"], integers: ["transA": [1]])], "transA 0 at \"n/y\" (Gemm), found 1"),
        ([0, 4], [node("MatMul", ["x", "four"])], "weights of two dimensions at \"n/y\" (MatMul), found [4]"),
        ([0, 4], [node("Gemm", ["x", "W", "three"])], "2 biases at \"n/y\" (Gemm), found 3"),
        ([0, 4], [node("MatMul", ["x"])], "numbers as input 1 at \"n/y\" (MatMul), found none in the file"),
        ([0, 4], [node("MatMul", ["x", "rows"])], "numbers as input 1 at \"n/y\" (MatMul), found none in the file"),
        ([0, 1, 4, 4], [node("MatMul", ["x", "W"])], "rows at \"n/y\" (MatMul), found images of 4 × 4"),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K"], integers: ["group": [2]])],
            "group 1 at \"n/y\" (Conv), found 2"
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K8"])],
            "square kernels of 1 to 7 at \"n/y\" (Conv), found [1, 1, 8, 8]"
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K"], integers: ["kernel_shape": [2, 2]])],
            "kernel_shape [3, 3] at \"n/y\" (Conv), found [2, 2]"
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K"], integers: ["strides": [2, 2]])],
            "strides [1, 1] at \"n/y\" (Conv), found [2, 2]"
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K"], integers: ["dilations": [2, 2]])],
            "dilations [1, 1] at \"n/y\" (Conv), found [2, 2]"
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K"], integers: ["pads": [1, 1, 0, 0]])],
            "pads [1, 1, 1, 1] or none at \"n/y\" (Conv), found [1, 1, 0, 0]"
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K"], texts: ["auto_pad": "ODD"])],
            "pads at \"n/y\" (Conv), found \"ODD\""
        ),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "K2"], texts: ["auto_pad": "SAME_LOWER"])],
            "pads at \"n/y\" (Conv), found \"SAME_LOWER\""
        ),
        ([0, 1, 4, 4], [node("Conv", ["x", "K", "three"])], "2 biases at \"n/y\" (Conv), found 3"),
        (
            [0, 1, 4, 4], [node("Conv", ["x", "Kc"])],
            "a convolution of 4 × 4 at \"n/y\" (Conv), found one of 2 channels"
        ),
        (
            [0, 1, 2, 2], [node("Conv", ["x", "K"])],
            "a layer that fits 2 × 2 at \"n/y\" (Conv), found conv2x3v"
        ),
        (
            [0, 1, 4, 4], [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 3]])],
            "a square window at \"n/y\" (MaxPool), found [2, 3]"
        ),
        ([0, 1, 4, 4], [node("MaxPool", ["x"])], "a square window at \"n/y\" (MaxPool), found []"),
        (
            [0, 1, 4, 4],
            [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 2], "strides": [2, 2], "dilations": [2, 2]])],
            "dilations [1, 1] at \"n/y\" (MaxPool), found [2, 2]"
        ),
        (
            [0, 1, 8, 8], [node("MaxPool", ["x"], integers: ["kernel_shape": [8, 8], "strides": [8, 8]])],
            "a window of 1 to 7 at \"n/y\" (MaxPool), found 8"
        ),
        (
            [0, 1, 5, 5],
            [
                node(
                    "MaxPool", ["x"], integers: ["kernel_shape": [2, 2], "strides": [2, 2]],
                    texts: ["auto_pad": "SAME_UPPER"])
            ], "pooling without padding at \"n/y\" (MaxPool), found some"
        ),
        (
            [0, 1, 4, 4],
            [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 2], "strides": [2, 2], "pads": [1, 1, 1, 1]])],
            "pooling without padding at \"n/y\" (MaxPool), found some"
        ),
        (
            [0, 1, 5, 4],
            [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": [1]])],
            "ceil_mode 0 at \"n/y\" (MaxPool), found 1"
        ),
        (
            [0, 4], [node("MaxPool", ["x"], integers: ["kernel_shape": [2, 2], "strides": [2, 2]])],
            "an image to pool at \"n/y\" (MaxPool), found 4 values"
        ),
        (
            [0, 1, 4, 4],
            [
                node("Mul", ["x", "minus"], "m"),
                node("MaxPool", ["m"], integers: ["kernel_shape": [2, 2], "strides": [2, 2]]),
            ],
            "pooling of what no factor below 0 scales at \"n/y\" (MaxPool), found batch normalisation with one"
        ),
        (
            [0, 4], [node("BatchNormalization", ["x", "four", "four", "four", "five"])],
            "as many of each number at \"n/y\" (BatchNormalization), found others"
        ),
        (
            [0, 4], [node("BatchNormalization", ["x", "five", "five", "five", "five"])],
            "a scale of each of 4 channels at \"n/y\" (BatchNormalization), found of 5"
        ),
        (
            [0, 4], [node("Add", ["x", "square"])],
            "a number for all or one a channel at \"n/y\" (Add), found [2, 2]"
        ),
        (
            [0, 4], [node("Div", ["one", "x"])], "a division by numbers at \"n/y\" (Div), found one of numbers"
        ),
        (
            [0, 2, 2, 1], [node("Flatten", ["x"], "f"), node("Add", ["f", "four"])],
            "channels first in a row of them at \"n/y\" (Add), found last"
        ),
        (
            [0, 4], [node("Softmax", ["x"], integers: ["axis": [2]])],
            "axis 1 or -1 at \"n/y\" (Softmax), found another"
        ),
        (
            [0, 4], [node("MatMul", ["x", "W"], "z"), node("Gelu", ["z"], texts: ["approximate": "tanh"])],
            "GELU itself at \"n/y\" (Gelu), found an approximation"
        ),
        (
            [0, 1, 4, 4],
            [
                node("Conv", ["x", "K"], "z"),
                node("MaxPool", ["z"], "p", integers: ["kernel_shape": [2, 2], "strides": [2, 2]]), node("Gelu", ["p"]),
            ], "GELU before the pooling at \"n/y\" (Gelu), found GELU behind it"
        ),
        (
            [0, 1, 4, 4],
            [
                node("Conv", ["x", "K"], "z"),
                node("MaxPool", ["z"], "p", integers: ["kernel_shape": [2, 2], "strides": [2, 2]]),
                node("Mul", ["p", "minus"]),
            ], "no factor below 0 behind pooling at \"n/y\" (Mul), found batch normalisation with one"
        ),
        (
            [0, 1, 4, 4],
            [
                node("Conv", ["x", "K"], "z", integers: ["pads": [1, 1, 1, 1]]), node("Relu", ["z"], "a"),
                node("BatchNormalization", ["a", "two", "two", "two", "two"], "n"), node("Flatten", ["n"], "f"),
                node("Mul", ["f", "w32"]),
            ], "one scale of channels at \"n/y\" (Mul), found two of different kinds"
        ),
        (
            [0, 4], [node("MatMul", ["x", "huge"], "z"), node("Mul", ["z", "two"])],
            "weights that 32 bits hold once batch normalisation is in them, found others"
        ),
        (
            [0, 4], [node("MatMul", ["x", "W"], "z"), node("Relu", ["z"], "a"), node("Mul", ["a", "two"])],
            "a dense layer without activation at the end, found batch normalisation"
        ),
        (
            [0, 4], [node("Mul", ["x", "four"], "m"), node("Relu", ["m"])],
            "a layer before ReLU at \"n/y\" (Relu), found none"
        ),
        (
            [0, 4],
            [
                node("MatMul", ["x", "W"], "z"), node("Relu", ["z"], "a"), node("Mul", ["a", "two"], "m"),
                node("Relu", ["m"]),
            ],
            "weights before ReLU at \"n/y\" (Relu), found batch normalisation"
        ),
        ([0, 3, 4, 4], [dense], "an input of grey images or of their pixels, found [?, 3, 4, 4]"),
        ([0, 2, 2, 2, 2], [dense], "an input of grey images or of their pixels, found [?, 2, 2, 2, 2]"),
        (
            [0, 1_048_576], [dense],
            "weights for the 1048576 values that come in at \"n/y\" (MatMul), found for 4"
        ),
        ([0, 1_048_577], [dense], "an input of grey images or of their pixels, found [?, 1048577]"),
    ]

    @Test func whatNoNetworkHasIsNamed() throws {
        let understood =
            "Conv, MaxPool, Gemm, MatMul, Add, Sub, Mul, Div, BatchNormalization, Flatten, Reshape, Transpose, Relu, "
            + "LeakyRelu, Tanh, Sigmoid, Gelu, Softmax, Dropout, Identity or Cast"
        for (input, nodes, words) in Self.refusals {
            let words = words.replacing("UNDERSTOOD", with: understood)
            do {
                _ = try read(nodes, input: input)
                Issue.record("read: \(words)")
            } catch { #expect("\(error)" == "\(folder.file("file")): expected \(words)") }
        }
    }

    @Test func whatIsNoGraphIsNamed() throws {
        func problem(_ bytes: [UInt8]) throws -> String {
            do {
                _ = try Model(file: try folder.write(bytes))
                return "read"
            } catch { return "\(error)".replacing("\(folder.file("file")): expected ", with: "") }
        }
        func model(_ change: (inout Protobuf) -> Void) -> [UInt8] {
            var (graph, model) = (Protobuf(), Protobuf())
            graph.add(1, Self.dense)
            graph.add(5, Self.tensor("W", [4, 2]).1)
            change(&graph)
            model.add(1, 8)
            model.add(2, "somebody")
            model.add(7, graph)
            return model.bytes
        }
        #expect(try problem(model { _ in }) == "one input of the graph, found 0")
        #expect(try problem(model { $0.add(15, "sparse") }) == "dense tensors in the graph, found sparse ones")
        for (tensor, words) in [
            (Self.integers("n", [3], [1, 2]), "\"n\" of shape [3], found 2 whole numbers"),
            (Self.integers("n", [-1], [1]), "a shape of \"n\", found [-1]"),
            (
                Self.integers("n", Array(repeating: 1, count: 9), [1]),
                "a shape of \"n\", found [1, 1, 1, 1, 1, 1, 1, 1, …]"
            ),
        ] {
            let said = try problem(model { $0.add(5, tensor) })
            #expect(said == words)
        }
        var (first, second) = (Protobuf(), Protobuf())
        first.add(1, 8)
        first.add(2, "somebody")
        second = first
        for _ in 0..<2 { second.add(7, Protobuf()) }
        #expect(try problem(first.bytes) == "one graph of ONNX, found 0")
        #expect(try problem(second.bytes) == "one graph of ONNX, found 2")
        // A number of Protocol Buffers has at most 10 bytes.
        #expect(
            try problem(first.bytes + [0x18] + Array(repeating: 0xff, count: 12))
                == "a number of Protocol Buffers of at most 10 bytes, found a longer one")
    }
}
