import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct FormatTests {
    @Test func whatIsNoModelIsCalledWhatItIs() throws {
        let folder = try TemporaryFolder()
        for (start, words) in [
            ([0x80, 4, 0x95, 9, 0, 0, 0, 0, 0], "a pickle of Python; numpy.savez("),
            ([0x80, 2] + "}q\0X\0\0\0".utf8, "a pickle"), ([0x80, 5] + "}q\0X\0\0\0".utf8, "a pickle"),
            ([0x80, 1] + "}q\0X\0\0\0".utf8, "other bytes"), ([0x80, 6] + "}q\0X\0\0\0".utf8, "other bytes"),
            (Array("\u{1c}\0\0\0TFL3\0".utf8), "TensorFlow Lite"), (Array("GGUF\u{3}\0\0\0\0".utf8), "other bytes"),
        ] as [([UInt8], String)] {
            let file = try folder.write(start + Array(repeating: 0, count: 50))
            expectProblem(file, saying: "expected a model", words) { _ = try Model(file: file) }
        }
    }

    @Test func checksumsAreThoseOfTheStandard() {
        // RFC 3720, B.4.
        #expect(CRC32C.checksum(Array(repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(CRC32C.checksum(Array(repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(CRC32C.checksum(0..<32) == 0x46dd_794e)
        #expect(CRC32C.checksum("123456789".utf8) == 0xe306_9283)
        // Turned by 15 bits to the right, and a constant added, as TensorFlow masks them.
        #expect(CRC32C.masked("123456789".utf8) == 0xc78a_b0e5)
    }

    @Test(arguments: [
        (Activation.relu, "Relu"), (.leakyReLU, "LeakyRelu"), (.tanh, "Tanh"), (.sigmoid, "Sigmoid"),
    ]) func onnxNamesTheActivation(activation: Activation, operation: String) throws {
        let network = Network(sizes: [4, 3, 2], seed: 0, activation: activation)
        let bytes = Data(ONNX.encoded(Model(network: network), softmax: false))
        // A node's name is the operation and what it gives.
        #expect(bytes.range(of: Data("\(operation)/activation0".utf8)) != nil)
        #expect(bytes.range(of: Data("y\(operation)/activation0".utf8)) == nil)
    }

    @Test func messagesAreThoseOfTheStandard() {
        // protobuf.dev/programming-guides/encoding: field 1 is 150; field 2 is "testing".
        var message = Protobuf()
        message.add(1, 150)
        message.add(2, "testing")
        #expect(message.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
        var negative = Protobuf()
        negative.add(1, -1)
        #expect(negative.bytes == [0x08] + Array(repeating: 0xff, count: 9) + [0x01])
        var packed = Protobuf()
        packed.add(6, [1.0])
        packed.add(2, Float(-2))
        #expect(packed.bytes == [0x32, 8, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x15, 0, 0, 0, 0xc0])
    }
}
