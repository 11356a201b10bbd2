import Files
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Files of `torch.save`, which no Python reads here.
@Suite struct PyTorchFileTests {
    private let folder: TemporaryFolder
    private let network = makeNetwork([3, 4, 2])

    init() throws { folder = try TemporaryFolder() }

    /// A pickle of protocol 2 with an ordered dictionary of these tensors, each with a storage of its own, as
    /// `torch.save` writes it.
    static func pickle(_ tensors: [Tensor], strides: [String: [Int]] = [:], wrapped: Bool = false) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [0x58] + littleEndian(text.utf8.count) + Array(text.utf8) }
        func tuple(_ numbers: [Int]) -> [UInt8] {
            let items = numbers.flatMap { number -> [UInt8] in [0x4a] + littleEndian(number) }
            return [0x28] + items + [0x74]
        }
        func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
        var memo = 0
        func remembered() -> [UInt8] {
            memo += 1
            return [0x71, UInt8(memo - 1)]
        }
        let types: [ElementType: String] = [.f32: "Float", .f64: "Double", .f16: "Half", .bf16: "BFloat16"]
        var pickle: [UInt8] = [0x80, 2]
        if wrapped {
            // {"epoch": 3, "loss": 0.5, "model_state_dict": …
            pickle += [0x7d] + remembered() + [0x28] + text("epoch") + [0x4b, 3] + text("loss")
            pickle += [0x47, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0] + text("model_state_dict")
        }
        pickle += global("collections", "OrderedDict") + remembered() + [0x29, 0x52] + remembered() + [0x28]
        for (index, tensor) in tensors.enumerated() {
            let strides = strides[tensor.name] ?? tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
            let storage =
                [0x28] + text("storage") + global("torch", (types[tensor.elementType] ?? "") + "Storage")
                + text("\(index)") + text("cpu") + [0x4b, UInt8(tensor.bytes.count / tensor.elementType.size), 0x74]
            pickle += text(tensor.name) + remembered() + global("torch._utils", "_rebuild_tensor_v2") + [0x28]
            pickle += storage + remembered() + [0x51, 0x4b, 0] + tuple(tensor.shape) + tuple(strides) + [0x89]
            pickle += global("collections", "OrderedDict") + [0x29, 0x52, 0x74, 0x52] + remembered()
        }
        return pickle + [0x75] + (wrapped ? [0x75] : []) + [0x2e]
    }

    /// The archive around it.
    static func archive(_ pickle: [UInt8], _ tensors: [Tensor], more: [String: [UInt8]] = [:]) -> [UInt8] {
        var archive = ZipWriter()
        archive.add("model/data.pkl", pickle, compressed: false)
        archive.add("model/byteorder", Array("little".utf8), compressed: false)
        for (index, tensor) in tensors.enumerated() {
            archive.add("model/data/\(index)", tensor.bytes, compressed: false)
        }
        for (name, bytes) in more { archive.add(name, bytes, compressed: false) }
        return archive.finished()
    }

    @Test(arguments: [false, true]) func aStateDictionaryIsRead(wrapped: Bool) throws {
        let tensors = network.tensors
        let file = try folder.write(Self.archive(Self.pickle(tensors, wrapped: wrapped), tensors))
        #expect(try Model(file: file).network == network)
    }

    @Test func stridesAndTypesAreThoseOfTheFile() throws {
        let expected: [Float] = [1, 2, 3, 4, 5, 6]
        let columns = Tensor(name: "0.weight", shape: [2, 3], floats: [1, 4, 2, 5, 3, 6])
        let turned = Self.archive(Self.pickle([columns], strides: ["0.weight": [1, 2]]), [columns])
        let halves = Tensor(
            name: "0.weight", shape: [2, 3], elementType: .f16,
            bytes: [0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 0, 0x46])
        let doubles = Tensor(name: "0.weight", shape: [2, 3], doubles: expected.map(Double.init))
        for bytes in [
            turned, Self.archive(Self.pickle([halves]), [halves]), Self.archive(Self.pickle([doubles]), [doubles]),
        ] {
            let layer = try Model(file: try folder.write(bytes)).network.layers[0]
            #expect(layer.weights.elements == [1, 4, 2, 5, 3, 6], "[inputs × outputs]")
        }
    }

    @Test(
        arguments: [
            (Array("cos\nsystem\n(S'true'\ntR.".utf8), "\"os.system\", which is not run"),
            (Array("c__main__\nNet\n.".utf8), "\"__main__.Net\""),
            (Array("ctorch\nFloatStorage\n)R.".utf8), "FloatStorage"),
            ([0x80, 2, 0x7d, 0x2e], "no tensor"), ([0x80, 2, 0x7d], "the end of the pickle"),
            ([0x80, 2, 0x49], "opcode 73"), ([0x80, 2, 0x2e], "a value in the pickle"), ([0x80, 2, 0x74], "a mark"),
            ([0x80, 2, 0x68, 1], "remembered"), ([0x58, 0xff, 0xff, 0xff, 0xff], "4294967295 bytes"),
            ([0x28, 0x51], "a value"),
        ] as [([UInt8], String)]) func otherPicklesAreRefused(pickle: [UInt8], words: String) throws
    {
        try expectRefused(pickle, saying: words)
    }

    /// By a test of their own: arguments are printed, byte by byte.
    @Test func endlessPicklesAreRefused() throws {
        try expectRefused([0x29] + Array(repeating: 0x85, count: 100_000), saying: "deep at most")
        try expectRefused(Array(repeating: 0x28, count: 2 << 20), saying: "at most 1048576 bytes")
    }

    private func expectRefused(_ pickle: [UInt8], saying words: String) throws {
        expectProblem(try folder.write(Self.archive(pickle, [])), saying: words) {
            _ = try Model(file: folder.file("file"))
        }
    }

    /// Names from the stack and long whole numbers, as protocol 4 has them.
    @Test func laterProtocolsAreRead() throws {
        let tensors = [Tensor(name: "0.weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])]
        func replaced(_ pickle: [UInt8], _ old: [UInt8], by new: [UInt8]) throws -> [UInt8] {
            let start = try #require((0..<pickle.count - old.count).first { pickle[$0...].starts(with: old) })
            return Array(pickle[..<start]) + new + pickle[(start + old.count)...]
        }
        func short(_ text: String) -> [UInt8] { [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) }
        let plain = Self.pickle(tensors)
        let named = try replaced(
            plain, Array("ctorch\nFloatStorage\n".utf8), by: short("torch") + short("FloatStorage") + [0x93])
        // The shape (2, 3): its first number as LONG1 of one byte, of two, of eight.
        let shape: [UInt8] = [0x28, 0x4a, 2, 0, 0, 0, 0x4a, 3, 0, 0, 0, 0x74]
        let longs = try [[2], [2, 0], [2, 0, 0, 0, 0, 0, 0, 0]].map { (bytes: [UInt8]) in
            try replaced(
                plain, shape, by: [0x28, 0x8a, UInt8(bytes.count)] + bytes + [0x4a, 3, 0, 0, 0, 0x74])
        }
        for pickle in [plain, named] + longs {
            let read = try Model(file: try folder.write(Self.archive(pickle, tensors))).network
            #expect(read.layers[0].weights.elements == [1, 4, 2, 5, 3, 6])
        }
        for (bytes, words) in [([0xfe], "-2"), ([0xfe, 0xff], "-2"), ([], "0, 3")] as [([UInt8], String)] {
            let pickle = try replaced(
                plain, shape, by: [0x28, 0x8a, UInt8(bytes.count)] + bytes + [0x4a, 3, 0, 0, 0, 0x74])
            #expect(throws: ModelFileError.self, "\(words)") {
                try Model(file: try folder.write(Self.archive(pickle, tensors)))
            }
        }
        // No name is made of other things.
        expectProblem(
            try folder.write(Self.archive([0x80, 4, 0x4b, 1, 0x4b, 1, 0x93, 0x2e], [])), saying: "a name", "none"
        ) { _ = try Model(file: folder.file("file")) }
    }

    @Test func numbersOfOtherKindsAreNamed() throws {
        let tensors = [Tensor(name: "0.weight", shape: [1, 2], floats: [1, 2])]
        var archive = ZipWriter()
        archive.add("model/data.pkl", Self.pickle(tensors), compressed: false)
        archive.add("model/byteorder", Array("big".utf8), compressed: false)
        archive.add("model/data/0", tensors[0].bytes, compressed: false)
        expectProblem(
            try folder.write(archive.finished()), saying: "numbers in little-endian order", "found others"
        ) { _ = try Model(file: folder.file("file")) }
        var pickle = Self.pickle(tensors)
        let old = Array("ctorch\nFloatStorage\n".utf8)
        let start = try #require((0..<pickle.count - old.count).first { pickle[$0...].starts(with: old) })
        pickle.replaceSubrange(start..<start + old.count, with: Array("ctorch\nLongStorage\n".utf8))
        expectProblem(
            try folder.write(Self.archive(pickle, tensors)),
            saying: "\"0.weight\" in float, double, half or bfloat16, found \"torch.LongStorage\""
        ) { _ = try Model(file: folder.file("file")) }
    }

    /// Values within values, as deep as is read and one deeper.
    @Test func valuesHaveADepth() throws {
        let tensors = [Tensor(name: "0.weight", shape: [1, 2], floats: [1, 2])]
        // Members of a dictionary: a name, then dictionaries within each other.
        func archive(dictionaries: Int, tuples: Int) throws -> String {
            var value: [UInt8] = [0x29] + Array(repeating: 0x85, count: tuples)
            for _ in 0..<dictionaries { value = [0x7d, 0x58, 1, 0, 0, 0, 0x61] + value + [0x73] }
            let pickle = Self.pickle(tensors).dropLast(2)  // without its last u and .
            return try folder.write(
                Self.archive(Array(pickle) + [0x58, 1, 0, 0, 0, 0x62] + value + [0x75, 0x2e], tensors))
        }
        let deepest = 16
        for (dictionaries, tuples) in [(0, deepest - 1), (deepest - 1, 0), (5, deepest - 6)] {
            #expect(try Model(file: archive(dictionaries: dictionaries, tuples: tuples)).network.parameterCount == 3)
            expectProblem(folder.file("file"), saying: "values \(deepest) deep at most", "deeper ones") {
                _ = try Model(file: archive(dictionaries: dictionaries, tuples: tuples + 1))
            }
        }
    }

    /// Sharing may make a small file large, many times over.
    @Test func numbersOutsideOfAStorageAreRefused() throws {
        let tensor = network.tensors[0]
        for strides in [[4, 1], [3, 2], [Int(Int32.max), 1]] {
            let pickle = Self.pickle([tensor], strides: ["0.weight": strides])
            expectProblem(try folder.write(Self.archive(pickle, [tensor])), saying: "\"0.weight\"", "48 bytes") {
                _ = try Model(file: folder.file("file"))
            }
        }
        let wide = Tensor(name: "0.weight", shape: [1, 100], floats: Array(repeating: 1, count: 100))
        let repeated = Self.pickle([wide, Tensor(name: "x.weight", shape: [0, 0], floats: [])])
        let large = Self.pickle(
            [Tensor(name: "0.weight", shape: [1, 1], floats: [1])], strides: ["0.weight": [0, 0]])
        #expect(throws: ModelFileError.self) { try Model(file: try folder.write(Self.archive(repeated, []))) }
        #expect(throws: ModelFileError.self) { try Model(file: try folder.write(Self.archive(large, []))) }
    }

    @Test func programsAndOldFilesAreCalledSo() throws {
        let tensors = network.tensors
        let program = Self.archive(Self.pickle(tensors), tensors, more: ["model/constants.pkl": [0x2e]])
        expectProblem(try folder.write(program), saying: "TorchScript", "torch.save") {
            _ = try Model(file: folder.file("file"))
        }
        let big = Self.archive(Self.pickle(tensors), tensors, more: ["model/.": []])
        expectProblem(try folder.write(big), saying: "lead nowhere else") { _ = try Model(file: folder.file("file")) }
        expectProblem(
            try folder.write([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]), saying: "before PyTorch 1.6"
        ) { _ = try Model(file: folder.file("file")) }
    }

    /// An archive without a folder, as some write it, and without a word on the order of bytes.
    @Test func theFolderMayBeLeftOut() throws {
        let tensors = [Tensor(name: "0.weight", shape: [1, 2], floats: [3, 4])]
        var archive = ZipWriter()
        archive.add("data/0", tensors[0].bytes, compressed: false)
        archive.add("data.pkl", Self.pickle(tensors), compressed: false)
        #expect(try Model(file: try folder.write(archive.finished())).network.layers[0].weights.elements == [3, 4])
        var other = ZipWriter()
        other.add("data.pkl", Self.pickle(tensors), compressed: false)
        expectProblem(try folder.write(other.finished()), saying: "the numbers of \"0.weight\", found no such entry") {
            _ = try Model(file: folder.file("file"))
        }
    }

    /// Of a tensor whose numbers are all one: as many bytes as twice those of the archive's entries, over all tensors.
    @Test func sharedNumbersHaveALimit() throws {
        let one = Tensor(name: "0.weight", shape: [1, 1], elementType: .f16, bytes: [0, 0x3c])
        func file(_ counts: [Int]) throws -> String {
            // The shape is in the pickle, the storage holds one number.
            let tensors = counts.indices.map { one.renamed("\(2 * $0).weight") }
            var pickle = Self.pickle(
                tensors, strides: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, [0, 0]) }))
            for count in counts {
                let shape: [UInt8] = [0x28, 0x4a, 1, 0, 0, 0, 0x4a, 1, 0, 0, 0, 0x74]
                let place = try #require(pickle.indices.first { pickle[$0...].starts(with: shape) })
                pickle[place + 7] = UInt8(count & 255)
                pickle[place + 8] = UInt8(count >> 8)
            }
            return try folder.write(Self.archive(pickle, tensors))
        }
        let entries = try ZipReader(RandomAccessFile(file([300]))).entries.reduce(0) { $0 + $1.size }
        #expect(try Model(file: try file([entries])).network.inputs == entries)
        let words = "\"0.weight\" of shape [1, \(entries + 1)] within its storage, found 2 bytes"
        expectProblem(folder.file("file"), saying: words) { _ = try Model(file: try file([entries + 1])) }
        // Two of which each takes a little more than half.
        let half = try ZipReader(RandomAccessFile(file([300, 300]))).entries.reduce(0) { $0 + $1.size } / 2 + 1
        expectProblem(folder.file("file"), saying: "\"2.weight\" of shape [1, \(half)] within its storage") {
            _ = try Model(file: try file([half, half]))
        }
    }

    @Test func elementsAreGatheredByTheirStrides() {
        let storage = [UInt8](10..<22)
        func gathered(_ shape: [Int], _ strides: [Int], offset: Int = 0, size: Int = 2, limit: Int = 100) -> [UInt8]? {
            PickledTensor(type: "", key: "", offset: offset, shape: shape, strides: strides)
                .gathered(from: storage, size: size, atMost: limit)
        }
        #expect(gathered([], []) == [10, 11] && gathered([], [], offset: 5) == [20, 21])
        #expect(
            gathered([2, 3], [3, 1]) == storage && gathered([6], [1], size: 1, limit: 6) == [10, 11, 12, 13, 14, 15])
        #expect(gathered([2, 2], [1, 2], offset: 1) == [12, 13, 16, 17, 14, 15, 18, 19])
        #expect(gathered([2, 1, 2], [0, 9, 5]) == [10, 11, 20, 21, 10, 11, 20, 21])
        #expect(gathered([0, 7], [7, 1]) == [] && gathered([3, 0], [9, 9], offset: 99) == [])
        #expect(gathered([6], [1], limit: 12) == storage && gathered([6], [1], limit: 11) == nil)
        #expect(gathered(Array(repeating: 1, count: 8), Array(repeating: 0, count: 8)) == [10, 11])
        for (shape, strides, offset) in [
            ([7], [1], 0), ([6], [1], 1), ([2, 3], [4, 1], 0), ([], [], 6), ([], [], -1), ([2], [1, 1], 0),
            ([-1], [1], 0), ([-1, -2], [1, 1], 0), ([2], [-1], 1), ([3], [.max], 0), ([2, 2], [.max, .max], 0),
            ([2], [1], .max), (Array(repeating: 1, count: 9), Array(repeating: 0, count: 9), 0),
        ] as [([Int], [Int], Int)] {
            #expect(gathered(shape, strides, offset: offset) == nil, "\(shape) \(strides) \(offset)")
        }
    }
}
