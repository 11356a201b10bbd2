import Files
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct NPZTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file of NumPy with this dictionary.
    private func npy(_ dictionary: String, _ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let length = dictionary.utf8.count
        let size = [UInt8(length & 255), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(dictionary.utf8) + elements
    }

    private func zip(_ entries: [(name: String, bytes: [UInt8])], compressed: Bool = false) -> [UInt8] {
        var archive = ZipWriter()
        for entry in entries { archive.add(entry.name, entry.bytes, compressed: compressed) }
        return archive.finished()
    }

    @Test(arguments: [false, true]) func aNetworkComesBackToTheLastBit(compressed: Bool) throws {
        let model = Model(network: makeNetwork())
        try model.write(to: folder.file("model"), as: .npz, compressed: compressed)
        #expect(try Model(file: folder.file("model")).network == model.network)
    }

    @Test(arguments: Activation.allCases) func theActivationStays(activation: Activation) throws {
        let model = Model(
            network: makeNetwork().with(activation), metadata: ["dataset": "é\"\n"])
        try model.write(to: folder.file("model"), as: .npz)
        let read = try Model(file: folder.file("model"))
        #expect(read.network == model.network)
        #expect(read.metadata["dataset"] == "é\"\n")
        #expect(!read.isActivationGuessed)
        #expect(try Model(file: folder.file("model"), activation: activation).network == model.network)
        let other = activation == .gelu ? Activation.tanh : .gelu
        expectProblem(folder.file("model"), saying: other.rawValue, activation.rawValue) {
            _ = try Model(file: folder.file("model"), activation: other)
        }
    }

    /// An archive of NumPy, whoever commented on it.
    @Test(arguments: ["", "made by hand", "{\"activation\": 3}", "{\"a\":\"b\"} x"])
    func whereTheFileDoesNotSayTheCallerDoes(comment: String) throws {
        let network = makeNetwork()
        var archive = ZipWriter()
        for tensor in network.tensors { archive.add(tensor.name + ".npy", NPY.encoded(tensor), compressed: false) }
        let file = try folder.write(archive.finished(comment: Array(comment.utf8)))
        let guessed = try Model(file: file)
        #expect(guessed.network.activation == .relu && guessed.isActivationGuessed)
        let told = try Model(file: file, activation: .tanh)
        #expect(told.network.activation == .tanh && !told.isActivationGuessed)
    }

    @Test func compressionShrinksWhatIsAlike() throws {
        let network = Network(sizes: [1, 10_000], seed: 0)  // a last layer of zeros
        #expect(NPZ.encoded(network.tensors, compressed: true).count < 2_000)
        #expect(NPZ.encoded(network.tensors, compressed: false).count > 80_000)
    }

    /// What a file says of itself stands in the comment of the archive, which has at most 65,535 bytes.
    @Test(arguments: [60_000, 65_536, 200_000]) func aLongCommentStandsBeforeTheDirectory(count: Int) throws {
        let (network, long) = (makeNetwork([2, 3, 2]), String(repeating: "é", count: count / 2))
        let file = folder.file("long.npz")
        try Model(network: network, metadata: ["classes": long, "dataset": "pets"]).write(to: file, as: .npz)
        let read = try Model(file: file)
        #expect(read.metadata["classes"] == long && read.metadata["dataset"] == "pets")
        #expect(read.network.parameters == network.parameters)
        let reader = try ZipReader(RandomAccessFile(file))
        #expect(reader.entries.map(\.name).sorted() == network.tensors.map { $0.name + ".npy" }.sorted())
        // A place that is not in the file.
        var bytes = try folder.bytes(of: "long.npz")
        guard count > 0xffff, let place = bytes.indices.last(where: { bytes[$0...].starts(with: "comment of".utf8) })
        else { return }
        bytes[place + 11] = UInt8(ascii: "9")
        let damaged = try folder.write(bytes)
        expectProblem(damaged, saying: "the comment of the archive") { _ = try Model(file: damaged) }
    }

    @Test func readsEveryOrderOfElements() throws {
        let expected: [Float] = [1, 2, 3, 4, 5, 6]  // [2 × 3], row-major
        func big(_ values: [Float]) -> [UInt8] {
            values.flatMap { value in [24, 16, 8, 0].map { UInt8(value.bitPattern >> $0 & 255) } }
        }
        let little = Tensor(name: "", shape: [6], floats: expected).bytes
        let fortran = Tensor(name: "", shape: [6], floats: [1, 4, 2, 5, 3, 6]).bytes
        for bytes in [
            npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", little),
            npy("{'shape':(2,3),\"fortran_order\":False,'descr':'=f4'}\n", little, version: 2),
            npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", fortran),
            npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }", big(expected), version: 3),
            npy("{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", big([1, 4, 2, 5, 3, 6])),
            npy(
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
                Tensor(name: "", shape: [6], doubles: expected.map(Double.init)).bytes),
            npy(
                "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }",
                [0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 0, 0x46]),
        ] {
            let tensor = try NPY.tensor(bytes, name: "a", file: "file")
            #expect(tensor.shape == [2, 3])
            #expect(tensor.floats == expected)
        }
    }

    /// The elements begin at the next multiple of 64 bytes, behind a line feed.
    @Test func arraysAreWrittenAsNumPyWritesThem() throws {
        for (shape, sizes) in [([], "()"), ([3], "(3,)"), ([1, 20], "(1, 20)"), ([1, 1, 1, 1], "(1, 1, 1, 1)")] {
            let tensor = Tensor(name: "", shape: shape, doubles: [Double](repeating: 1, count: shape.reduce(1, *)))
            let dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': \(sizes), }"
            let text = dictionary + String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n"
            #expect(NPY.encoded(tensor) == npy(text, tensor.bytes), "\(sizes)")
        }
        // Ten bytes stand before the dictionary.
        for digits in 0..<64 {
            let shape = [0] + (0..<digits).map { _ in 1 }
            let bytes = NPY.encoded(Tensor(name: "", shape: shape, floats: []))
            let header = try NPYHeader(bytes, name: "", file: "")
            let length =
                "{'descr': '<f4', 'fortran_order': False, 'shape': (), }".count + (digits == 0 ? 2 : 3 * digits + 1)
            #expect(bytes.count == (10 + length + 1 + 63) / 64 * 64 && bytes.last == UInt8(ascii: "\n"))
            #expect(header.start == bytes.count && header.shape == shape)
        }
    }

    /// Dense layers have two dimensions, convolutions four, which lie in C order.
    @Test func otherDimensionsAreNamed() throws {
        func tensor(_ shape: String, _ order: String) throws -> Tensor {
            let bytes = npy("{'descr': '|f2', 'fortran_order': \(order), 'shape': \(shape), }", [0, 0x3c])
            return try NPY.tensor(bytes, name: "a", file: "file")
        }
        for shape in ["()", "(1,)", "(1, 1)"] {
            for order in ["True", "False"] { #expect(try tensor(shape, order).floats == [1]) }
        }
        #expect(try tensor("(1, 1, 1, 1)", "False").shape == [1, 1, 1, 1])
        for (shape, order, found) in [
            ("(1, 1, 1)", "False", "[1, 1, 1]"), ("(1, 1, 1, 1)", "True", "[1, 1, 1, 1]"),
            ("(1, 1, 1, 1, 1)", "False", "[1, 1, 1, 1, 1]"),
        ] {
            expectProblem(
                "file",
                saying: "descr and shape of \"a\" with at most two dimensions, or four in C order, found \(found)"
            ) { _ = try tensor(shape, order) }
        }
        expectProblem(
            "file",
            saying: "descr '<f2', '<f4' or '<f8' of \"a\", found whole numbers of 16 bits, whole numbers of 16 bits, as"
        ) {
            _ = try NPY.tensor(
                npy("{'descr': '<i2', 'fortran_order': False, 'shape': (1,), }", [0, 0]), name: "a", file: "file")
        }
    }

    /// Names without the end that NumPy gives them; counters of whole numbers are passed over.
    @Test func entriesNeedNoEnding() throws {
        let weights = NPY.encoded(Tensor(name: "", shape: [1, 2], floats: [3, 4]))
        let counter = npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", [UInt8](repeating: 0, count: 8))
        let file = try folder.write(zip([("0.weight", weights), ("1.num_batches_tracked.npy", counter)]))
        let model = try Model(file: file)
        #expect(model.network.layers[0].weights.elements == [3, 4] && !model.isActivationGuessed, "there is none")
    }

    @Test func aSingleArrayIsALayerWithoutBiases() throws {
        let file = try folder.write(NPY.encoded(Tensor(name: "", shape: [1, 2], floats: [3, 4])))
        #expect(try Model(file: file).network.logits(Matrix(rows: 1, columns: 2, [1, 10])).elements == [43])
    }

    @Test(arguments: [
        "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'shape': (1,), }", "", "{",
    ]) func anotherDictionaryIsNamed(dictionary: String) throws {
        let file = try folder.write(npy(dictionary, [0, 0, 0, 0]))
        expectProblem(file, saying: "descr") { _ = try Model(file: file) }
    }

    /// What to do about arrays that hold no floats.
    @Test(arguments: [
        ("<i4", "whole numbers of 32 bits"), ("<u2", "unsigned numbers of 16 bits"),
        ("|O", ", a pickle of Python; numpy.savez(FILE, W1=W1, b1=b1, W2=W2, b2=b2) saves plain arrays"),
        ("|V2", ", perhaps bfloat16; astype(\"float32\") saves what is read"),
    ]) func whatToDoAboutOtherElementsIsSaid(descr: String, words: String) throws {
        let bytes = npy("{'descr': '\(descr)', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0])
        expectProblem(try folder.write(bytes), saying: words) { _ = try Model(file: folder.file("file")) }
    }

    @Test(arguments: ["(2,)", "(4294967296, 4294967296)", "()"]) func aWrongShapeIsNamed(shape: String) throws {
        let elements: [UInt8] = [0, 0]
        let file = try folder.write(npy("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }", elements))
        expectProblem(file, saying: "2 bytes for it") { _ = try Model(file: file) }
    }

    @Test(arguments: ["../0.weight.npy", "/0.weight.npy", "a/../../b.npy", "a\\b.npy", ""])
    func namesThatLeadElsewhereAreRefused(name: String) throws {
        let file = try folder.write(zip([(name, [1])]))
        expectProblem(file, saying: "lead nowhere else") { _ = try Model(file: file) }
    }

    @Test func anEntryTwiceIsRefused() throws {
        let array = NPY.encoded(Tensor(name: "", shape: [1, 1], floats: [1]))
        let file = try folder.write(zip([("0.weight.npy", array), ("0.weight.npy", array)]))
        expectProblem(file, saying: "twice") { _ = try Model(file: file) }
    }

    @Test func aBombIsRefusedBeforeItIsUnpacked() throws {
        let zeros = NPY.encoded(Tensor(name: "", shape: [5000, 5000], floats: Array(repeating: 0, count: 25_000_000)))
        let file = try folder.write(zip([("0.weight.npy", zeros)], compressed: true))
        #expect(try folder.bytes(of: "file").count < 200_000)
        expectProblem(file, saying: "when unpacked") { _ = try Model(file: file) }
    }

    @Test func aLiarAboutItsSizeIsRefused() throws {
        let array = NPY.encoded(Tensor(name: "", shape: [100, 1], floats: Array(repeating: 0, count: 100)))
        let whole = zip([("0.weight.npy", array)], compressed: true)
        // The size unpacked stands 24 bytes into the directory's entry, whose signature is "PK\u{1}\u{2}".
        let entry = try #require(whole.indices.first { whole[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
        for size in [0, array.count - 1, array.count + 1, 1 << 24] {
            var bytes = whole
            for index in 0..<4 { bytes[entry + 24 + index] = UInt8(size >> (8 * index) & 255) }
            let file = try folder.write(bytes)
            expectProblem(file, saying: "when unpacked") { _ = try Model(file: file) }
        }
    }

    @Test func aFlippedBitIsNoticed() throws {
        var bytes = zip([("0.weight.npy", NPY.encoded(Tensor(name: "", shape: [1, 1], floats: [1])))])
        bytes[160] ^= 1  // among the elements, behind 30 bytes of header, 12 of name and 128 of dictionary
        let file = try folder.write(bytes)
        expectProblem(file, saying: "checksum") { _ = try Model(file: file) }
    }

    @Test(arguments: [false, true]) func everyTruncationIsNoticed(compressed: Bool) throws {
        let whole = NPZ.encoded(makeNetwork([2, 2]).tensors, compressed: compressed)
        for count in 0..<whole.count {
            let file = try folder.write(Array(whole[..<count]))
            expectProblem(file) { _ = try Model(file: file) }
        }
    }

    @Test func sizesOfZip64StandInTheDirectory() throws {
        let array = NPY.encoded(Tensor(name: "", shape: [1, 1], floats: [7]))
        let plain = zip([("0.weight.npy", array)])
        let start = try #require(plain.indices.first { plain[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
        let directory = Array(plain[start..<(plain.count - 22)])
        // The same entry with its three numbers in an extra field.
        func u64(_ value: Int) -> [UInt8] { littleEndian(value, 8) }
        let extra = [1, 0, 24, 0] + u64(array.count) + u64(array.count) + u64(0)
        var entry = directory
        for range in [20..<28, 42..<46] {
            entry.replaceSubrange(range, with: Array(repeating: 0xff, count: range.count))
        }
        entry[30] = UInt8(extra.count)
        entry += extra
        let record: [UInt8] =
            [0x50, 0x4b, 6, 6] + u64(44) + [45, 0, 45, 0] + Array(repeating: 0, count: 8) + u64(1) + u64(1)
            + u64(entry.count) + u64(start)
        let locator: [UInt8] = [0x50, 0x4b, 6, 7, 0, 0, 0, 0] + u64(start + entry.count) + [1, 0, 0, 0]
        let end: [UInt8] = [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + Array(repeating: 0xff, count: 12) + [0, 0]
        let file = try folder.write(plain[..<start] + entry + record + locator + end)
        #expect(try Model(file: file).network.layers[0].weights.elements == [7])
    }
}
