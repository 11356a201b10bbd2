import Datasets
import Files
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles
@testable import Training

/// Mutated files: whatever stands in them, a reader returns or throws. A trap ends the tests.
///
/// Some thousand each time; `INKLING_FUZZ=1000000` for as many as that.
@Suite struct FuzzTests {
    private static let count = ProcessInfo.processInfo.environment["INKLING_FUZZ"].flatMap { Int($0) } ?? 4000

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder(inMemory: true) }

    /// Runs `read` over mutations of `seeds` and expects that some are refused and some are not.
    ///
    /// - Parameters:
    ///   - name: of the file.
    ///   - said: the digest of what the first are refused with; nil where libraries or times are in the seeds.
    ///   - file: what to write of a mutation.
    private func fuzz(
        _ seeds: [[UInt8]], seed: UInt64, name: String = "file", saying said: String? = nil,
        _ file: ([UInt8]) -> [UInt8] = { $0 }, _ read: (String) throws -> Void
    ) throws {
        var mutator = Mutator(seeds: seeds, seed: seed)
        let path = folder.file(name)
        var (accepted, refused) = (0, 0)
        var slowest = Duration.zero
        var messages = Digest()
        for number in 0..<Self.count {
            let bytes = file(mutator.next())
            // No new file each time: that is what would take the time.
            try write(bytes, to: path)
            let start = ContinuousClock.now
            do {
                try read(path)
                accepted += 1
            } catch {
                let message = "\(error)"
                #expect(message.hasPrefix(folder.path) && message.contains(": expected "))
                if number < 2000 { messages.take("\(number)" + message.dropFirst(folder.path.count)) }
                refused += 1
            }
            slowest = max(slowest, .now - start)
        }
        print("fuzz: \(Self.count) inputs, \(refused) refused, \(accepted) taken, the slowest in \(slowest)")
        #expect(refused > 0 && accepted > 0)
        #expect(slowest < .seconds(1))
        if let said, Self.count >= 2000 { #expect(messages.words == said) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(Foundation.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    @Test func safetensors() throws {
        let small = makeNetwork([2, 3, 2])
        let halves = Tensor(name: "0.weight", shape: [1, 2], elementType: .f16, bytes: [0, 60, 0, 64])
        try fuzz(
            [
                Safetensors(tensors: small.tensors, metadata: ["input_mean": "0.1", "input_std": "0.3"]).encoded(),
                Safetensors(tensors: [halves, Tensor(name: "0.bias", shape: [1], doubles: [1])]).encoded(),
            ], seed: 1, saying: "73f2e5149b35861"
        ) { _ = try Model(file: $0) }
    }

    /// Files that say how convolutions follow each other, and others of which the caller knows.
    @Test func convolutions() throws {
        let hidden = ["conv2x3", "pool2", "5"].compactMap(HiddenLayer.init)
        let image = Shape(height: 6, width: 6)
        let small = try Network(input: image, hidden: hidden, classes: 3, seed: 1)
        let told = Safetensors(tensors: small.tensors, metadata: small.structureMetadata).encoded()
        try fuzz([told], seed: 5, saying: "88b4bb5535b6caf2") { _ = try Model(file: $0) }
        let untold = Safetensors(tensors: small.tensors).encoded()
        try fuzz([untold, told], seed: 6, saying: "4208864ed266fd46") {
            _ = try Model(file: $0, layers: hidden, image: image)
        }
    }

    @Test func onnx() throws {
        let convolutions = try Network(
            input: Shape(height: 6, width: 6), hidden: ["conv2x3", "pool2", "5"].compactMap(HiddenLayer.init),
            classes: 3, seed: 1)
        let folder = try TemporaryFolder()
        let seeds = try [makeNetwork([4, 3, 2]), convolutions].map { network in
            try Model(network: network).write(to: folder.file("m"), as: .onnx)
            return try folder.bytes(of: "m")
        }
        try fuzz(seeds, seed: 7, saying: "9d0bfad3ff67a6fa") { _ = try Model(file: $0) }
    }

    /// Mutations of the pickle within a whole archive, whose checksums would notice them first.
    @Test func pickles() throws {
        let tensors = makeNetwork([2, 3, 2]).tensors
        let seeds = [PyTorchFileTests.pickle(tensors), PyTorchFileTests.pickle(tensors, wrapped: true)]
        let whole = { PyTorchFileTests.archive($0, tensors) }
        try fuzz(seeds, seed: 9, saying: "fbdef05f0c391eab", whole) { _ = try Model(file: $0) }
        try fuzz(seeds.map(whole), seed: 10, saying: "64ca408e6355fd11") { _ = try Model(file: $0) }
    }

    /// Batch normalisation, kernels, columns of biases.
    @Test func otherNames() throws {
        func tensors(_ shapes: [(String, [Int])]) -> [UInt8] {
            NPZ.encoded(
                shapes.map { name, shape in
                    Tensor(name: name, shape: shape, floats: Array(repeating: 0.5, count: shape.reduce(1, *)))
                }, compressed: false)
        }
        let normalized = [
            ("0.weight", [2, 3]), ("1.weight", [2]), ("1.bias", [2]), ("1.running_mean", [2]), ("1.running_var", [2]),
            ("3.weight", [3, 2]),
        ]
        let whole = tensors(normalized)
        try fuzz(
            [
                Safetensors(tensors: try ModelContents(RandomAccessFile(try folder.write(whole, to: "bn"))).tensors)
                    .encoded(),
                Safetensors(tensors: [
                    Tensor(name: "arr_0", shape: [2, 2], floats: [1, 2, 3, 4]),
                    Tensor(name: "arr_1", shape: [1, 2], floats: [1, 2]),
                ]).encoded(),
                Safetensors(tensors: [
                    Tensor(name: "conv/kernel", shape: [1, 1, 1, 2], floats: [1, 2]),
                    Tensor(name: "theta1", shape: [1, 3], floats: [1, 2, 3]),
                ]).encoded(),
                tensors([("Theta1", [2, 3]), ("Theta2", [2, 3])]),
            ], seed: 8, saying: "559b4c158c559cdd"
        ) { _ = try Model(file: $0) }
    }

    @Test func npz() throws {
        let small = makeNetwork([2, 3, 2])
        var archive = ZipWriter()
        for tensor in small.tensors { archive.add(tensor.name + ".npy", NPY.encoded(tensor), compressed: false) }
        try fuzz(
            [
                NPZ.encoded(small.tensors, compressed: false), NPZ.encoded(small.tensors, compressed: true),
                NPY.encoded(Tensor(name: "", shape: [2, 2], floats: [1, 2, 3, 4])),
                archive.finished(comment: Array("comment of 9 bytes at 70".utf8)),
            ], seed: 2
        ) { _ = try Model(file: $0) }
    }

    @Test func idxAndPictures() throws {
        let idx: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (1...12).map { $0 * 20 }
        let picture = GreyImage(width: 4, height: 3, pixels: (0..<12).map { $0 * 20 })
        try fuzz(
            [
                idx, try #require(PNG.encoded(picture)), Array("P5 4 3 255\n".utf8) + picture.pixels,
                Array("P2\n2 2\n9 1 2 3 9\n".utf8),
            ], seed: 3
        ) { file in
            for image in try GreyImage.images(inFile: file) { _ = image.withBrightInk().networkImage() }
        }
    }

    @Test(arguments: [
        [PictureFiles.Kind.jpeg, .progressiveJPEG], [.gif, .interlacedGIF], [.webP, .losslessWebP],
        [.tiff, .tiledTIFF], [.bmp, .topDownBMP, .bmpOf32Bits, .bmpOf16Bits, .bmpOf1Bit], [.interlacedPNG],
    ]) func pictureFiles(kinds: [PictureFiles.Kind]) throws {
        // A thick stroke from corner to corner.
        let pixels = (0..<24 * 20).map { (place: Int) -> UInt8 in
            let distance = abs(place % 24 - place / 24)
            return UInt8(max(230 - distance * 60, 9))
        }
        let files = kinds.flatMap { kind in
            [1, 6].map { PictureFiles.file(kind, width: 24, height: 20, pixels: pixels, orientation: $0) }
        }
        try fuzz(files, seed: 7) { file in
            for image in try GreyImage.images(inFile: file) { _ = PictureReading(of: image).digits }
        }
    }

    @Test func strokes() throws {
        let line = "{\"strokes\": [[[1, 2.5], [3e2, -4]], [[0, 0]]]}\n"
        try fuzz(
            [
                Array((line + "\n" + line).utf8), Array("{\"strokes\":[[[1,1]]],\"x\":null}".utf8),
                Array("[{\"strokes\":[[[1,1,0],[2,3,9]]],\n\"label\":1}]".utf8),
            ], seed: 5, saying: "51956107f0f73cc"
        ) {
            file in
            for result in try StrokesFile(path: file).drawings() { _ = try result.get().networkImage() }
        }
    }

    @Test func checkpoints() throws {
        let images = ImageSet(width: 2, height: 1, pixels: [0, 255, 255, 0], labels: [1, 2])
        let dataset = Dataset(name: "pairs", train: images, test: images)
        var configuration = TrainingConfiguration()
        configuration.hiddenLayers = [2]
        configuration.batchSize = 1
        configuration.threads = 1
        configuration.optimizer = .adam
        let trainer = Trainer(dataset: dataset, configuration: configuration)
        for _ in 0..<3 { _ = trainer.trainBatch() }
        trainer.scaleLearningRate(by: 0.5)
        try Checkpoint.write(trainer, to: folder.file("checkpoint"))
        try fuzz([try folder.bytes(of: "checkpoint")], seed: 6) { file in
            let resumed = try Checkpoint(file: file).trainer(on: dataset, threads: 1)
            _ = resumed.trainBatch()
        }
    }

    @Test func logsAndEvents() throws {
        let line = #"{"epoch":1,"step":5,"testLoss":0.5,"testAccuracy":null,"trainLoss":1,"seconds":2}"# + "\n"
        let events = [false, true].flatMap { asTensors in
            (1...3).map { Events.event(step: $0, ["val_loss": 0.5, "acc": 0.9], asTensors: asTensors) }
        }
        try fuzz(
            [Array((line + line).utf8), events.flatMap { Events.record($0) }], seed: 7, saying: "4810d46b7213dba6"
        ) {
            _ = try EarlierRun(path: $0)
        }
        // A checksum that fits, so that what stands behind it is read.
        let path = folder.file("events")
        try fuzz(events.map(\.bytes), seed: 8, saying: "7607687b50fc0698") { file in
            let bytes = Events.record(try Array(Data(contentsOf: URL(fileURLWithPath: file))))
            try write(Events.record(events[0]) + bytes, to: path)
            do { _ = try EarlierRun(path: path) } catch let error as ModelFileError {
                throw ModelFileError(file, expected: error.expected, found: error.found)
            }
        }
    }

    /// What is not read as the bundled data sets are. Of a folder of pictures, the pictures are mutated above.
    @Test func dataSets() throws {
        func load(_ file: String) throws {
            _ = try DatasetLocation.find(file, environment: [:], executablePath: nil).load(cache: nil)
        }
        func array(_ descr: String, _ shape: String, _ bytes: [UInt8]) -> [UInt8] {
            let text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }\n"
            return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + bytes
        }
        func archive(_ type: String, _ pixels: [UInt8], compressed: Bool) -> [UInt8] {
            var archive = ZipWriter()
            archive.add("x_train.npy", array(type, "2, 1, 2", pixels), compressed: compressed)
            archive.add("y_train.npy", array("|u1", "2,", [0, 1]), compressed: compressed)
            return archive.finished()
        }
        try fuzz(
            [
                archive("|u1", [1, 2, 3, 4], compressed: false),
                archive("<f4", [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 0, 0, 0, 0, 63], compressed: true),
            ], seed: 7, name: "file.npz", { $0 }, load)
        try fuzz(
            [
                Array("label,p0,p1,p2,p3\n1,0,2,3,255\n0,4,5,6,7\n".utf8),
                Array("0;0.5;1;0;2\r\n0;0.25;0;0;1\r\n".utf8),
            ], seed: 8, name: "file.csv", saying: "cd133a7731e6291f", { $0 }, load)
    }

    @Test func numbersAndNames() throws {
        let labels = try folder.write([0, 0, 12, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], to: "labels")
        try fuzz(
            [
                [0, 0, 13, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 63, 128, 0, 0],
                [0, 0, 11, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 200, 0, 3],
                [0, 0, 9, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 100, 3],
            ], seed: 9, saying: "3cbd934d3ca84f09"
        ) { _ = try ImageSet(imagesFile: $0, labelsFile: labels) }
        let set = folder.file("set")
        try FileManager.default.createDirectory(atPath: set, withIntermediateDirectories: true)
        try folder.write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8], to: "set/train-images-idx3-ubyte")
        try folder.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], to: "set/train-labels-idx1-ubyte")
        for (name, seed) in [
            ("set/classes.txt", Array("cat\ndog\n".utf8)), ("set/a-mapping.txt", Array("0 48\n1 49\n".utf8)),
        ] {
            try fuzz([seed], seed: 10, name: name) { _ in
                _ = try DatasetLocation.find(set, environment: [:], executablePath: nil).load(cache: nil)
            }
            try FileManager.default.removeItem(atPath: folder.file(name))
        }
    }

    @Test func labels() throws {
        let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8, 9]
        let good = try folder.write(images, to: "images")
        try fuzz([[0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2]], seed: 4, saying: "e26f66d98960854e") { file in
            _ = try ImageSet(imagesFile: good, labelsFile: file)
        }
    }
}

/// Good files with a few faults: flipped bits, odd bytes, numbers at the edge, parts cut, doubled or from elsewhere.
private struct Mutator {
    private let seeds: [[UInt8]]
    private var generator: RandomGenerator

    init(seeds: [[UInt8]], seed: UInt64) {
        self.seeds = seeds
        generator = RandomGenerator(seed: seed, stream: .shuffling)
    }

    mutating func next() -> [UInt8] {
        var bytes = seeds[generator.uniform(below: seeds.count)]
        for _ in 0..<1 + generator.uniform(below: 4) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = generator.uniform(below: bytes.count)
        switch generator.uniform(below: 9) {
        case 0: bytes[place] ^= 1 << UInt8(generator.uniform(below: 8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 2:
            let edges: [UInt64] = [
                0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 62, .max,
            ]
            let edge = edges[generator.uniform(below: edges.count)]
            let size = 1 << generator.uniform(below: 4)
            for index in 0..<size where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: edge >> (8 * UInt64(index)))
            }
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.uniform(below: 16)))
        case 5:
            bytes.insert(
                contentsOf: bytes[place..<min(bytes.count, place + 1 + generator.uniform(below: 64))], at: place)
        case 6: bytes[place] = UInt8(ascii: "9")
        case 7:
            let words = ["[", "{", "\"", ",", "}", "99999999999999999999", "-1", "\\u", "..", "True", "PK\u{1}\u{2}"]
            bytes.insert(contentsOf: Array(words[generator.uniform(below: words.count)].utf8), at: place)
        default:
            let other = seeds[generator.uniform(below: seeds.count)]
            bytes = Array(bytes[..<place]) + other.dropFirst(generator.uniform(below: other.count))
        }
    }
}
