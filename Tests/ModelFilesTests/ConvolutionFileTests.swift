import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// Networks of convolutions, in files and back.
@Suite struct ConvolutionFileTests {
    private let folder: TemporaryFolder
    private let network: Network

    init() throws {
        folder = try TemporaryFolder()
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
        let small = try Network(
            input: Shape(height: 3, width: 3), hidden: hidden, classes: 4, seed: 0, initialization: .xavier)
        #expect(small.tensors.map(\.name) == ["0.weight", "0.bias", "3.weight", "3.bias", "5.weight", "5.bias"])
        try Model(network: small).write(to: folder.file("m"), as: .safetensors)
        #expect(try Model(file: folder.file("m")).network == small)
    }

    @Test(arguments: [ModelFormat.safetensors, .npz]) func comesBackTheSame(format: ModelFormat) throws {
        try Model(network: network).write(to: folder.file("m"), as: format)
        #expect(try Model(file: folder.file("m")).network == network)
    }

    /// Poolings before the first weights, between them and before the last.
    @Test(arguments: ["pool2,conv2x3,pool2,5", "pool2,pool3,5", "conv2x3,pool2,pool2", "pool2", "conv2x2v,conv3x1,4,3"])
    func layersMayStandInAnyOrder(layers: String) throws {
        let hidden = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
        let other = try Network(
            input: Shape(height: 13, width: 12), hidden: hidden, classes: 3, seed: 1, initialization: .xavier)
        for format in ModelFormat.allCases {
            try Model(network: other).write(to: folder.file("m"), as: format)
            let read = try Model(file: folder.file("m"))
            #expect(read.network == other && HiddenLayer.list(read.network.hiddenLayers) == layers)
        }
    }

    @Test func sidesOfImagesHaveLimits() {
        for (text, height, width) in [("28x20", 28, 20), ("1x1", 1, 1), ("1024x1024", 1024, 1024)] {
            #expect(Shape(image: text) == Shape(height: height, width: width))
        }
        for text in [
            "0x1", "1x0", "1025x1", "1x1025", "-1x1", "28", "28x28x1", "x28", "28x", "x", "28xx28", "x28x28", "28x28x",
            "ax2", "2xa", "",
        ] { #expect(Shape(image: text) == nil, "\(text)") }
    }

    /// At most 64 layers before the last, and words for all of them.
    @Test func whatMetadataSayMakesSense() throws {
        func structure(_ network: String, image: String? = "9x8") throws(ModelFileError) -> ImageStructure? {
            var metadata = ["network": network]
            metadata["image"] = image
            return try ImageStructure(metadata: metadata, file: "file")
        }
        let most = Array(repeating: "pool1", count: 64).joined(separator: ",")
        #expect(try structure(most)?.hidden.count == 64 && structure("5")?.image == Shape(height: 9, width: 8))
        #expect(try ImageStructure(metadata: ["image": "9x8"], file: "file") == nil)
        let words = "an image such as 28x28 and the layers of a network in the metadata, found "
        for network in [most + ",5", "", "conv2x3,,5", ",5", "5,", "pool2,x"] {
            expectProblem("file", saying: words + "\"9x8\" and \"\(network.prefix(60))") { _ = try structure(network) }
        }
        expectProblem("file", saying: words + "\"9\" and \"5\"") { _ = try structure("5", image: "9") }
        expectProblem("file", saying: words + "\"\" and \"5\"") { _ = try structure("5", image: nil) }
        #expect(ImageStructure(hidden: nil, image: nil) == nil && ImageStructure(hidden: [5, 3], image: nil) == nil)
        let convolution = ["conv2x3", "5"].compactMap(HiddenLayer.init)
        #expect(ImageStructure(hidden: convolution, image: nil)?.image == Shape(height: 28, width: 28))
        #expect(ImageStructure(hidden: convolution, image: Shape(height: 9, width: 8))?.image.height == 9)
    }

    /// The biases are those of the same layer.
    @Test func biasesOfAnotherNumberAreNamed() throws {
        let tensors = network.tensors.map {
            $0.name == "3.bias" ? Tensor(name: $0.name, shape: [15], floats: Array($0.floats.dropLast())) : $0
        }
        try Safetensors(tensors: tensors).write(to: folder.file("m"))
        let words =
            "\"3.weight\" [16, 6, 5, 5] where the layers conv6x5,pool2,conv16x5v,pool2,120,84 read images of 28 × 28, "
            + "found [16, 6, 5, 5] with other biases"
        expectProblem(folder.file("m"), saying: words) {
            _ = try Model(file: folder.file("m"), layers: network.hiddenLayers)
        }
    }

    @Test func weightsAloneDoNotTellTheRest() throws {
        try Safetensors(tensors: network.tensors, metadata: [:]).write(to: folder.file("m"))
        expectProblem(
            folder.file("m"),
            saying: "--layers with what lies between the weights: pool2 for MaxPool2d(2), v behind a convolution "
                + "without padding, as in conv6x5,pool2,conv16x5v,pool2,120,84, "
                + "found weights alone: conv6x5, conv16x5, 120, 84, 10"
        ) { _ = try Model(file: folder.file("m")) }
        let read = try Model(file: folder.file("m"), layers: network.hiddenLayers, activation: .tanh)
        #expect(read.network == network)
    }

    /// What the file says and what the caller says must agree.
    @Test func whatIsAskedForMustBeInTheFile() throws {
        let file = folder.file("m")
        try Model(network: network).write(to: file, as: .safetensors)
        let image = Shape(height: 28, width: 28)
        #expect(try Model(file: file, layers: network.hiddenLayers, image: image).network == network)
        expectProblem(file, saying: "hidden layers conv6x5,84 as --layers", "found conv6x5,pool2,conv16x5v,") {
            _ = try Model(file: file, layers: ["conv6x5", "84"].compactMap(HiddenLayer.init))
        }
        expectProblem(file, saying: "images of 32 × 32 as --image says, found one for 28 × 28") {
            _ = try Model(file: file, image: Shape(height: 32, width: 32))
        }
        try Model(network: makeNetwork([784, 5, 3])).write(to: file, as: .safetensors)
        #expect(try Model(file: file, layers: [5], image: image).network.hiddenLayers == [5])
        expectProblem(file, saying: "hidden layers 6 as --layers says, found 5") {
            _ = try Model(file: file, layers: [6])
        }
        expectProblem(file, saying: "images of 32 × 32 as --image says, found one for 784 pixels") {
            _ = try Model(file: file, image: Shape(height: 32, width: 32))
        }
    }

    @Test(arguments: [
        ("conv6x5,pool2,conv16x5,pool2,120,84", "\"7.weight\" [120, 784] where the layers conv6x5", "[120, 400]"),
        ("conv6x3,pool2,conv16x5v,pool2,120,84", "\"0.weight\" [6, 1, 3, 3]", "[6, 1, 5, 5]"),
        ("conv6x5,pool2,conv16x5v,pool2,120", "no more weights", "\"11.weight\" [10, 84]"),
        ("conv6x5,pool2,conv16x5v,pool2,120,84,84", "\"11.weight\" [84, 84]", "[10, 84]"),
        ("conv6x5,pool2,conv16x5v,pool2,120,84,10", "weights [classes, 10]", "none left"),
        ("pool7,pool7,pool7", "layers that fit images of 28 × 28", "pool7: expected an image of at least 7 × 7"),
        ("conv6x5,pool2", "[classes, 1176]", "\"3.weight\""),
    ]) func layersThatDisagreeAreNamed(layers: String, expected: String, found: String) throws {
        try Safetensors(tensors: network.tensors).write(to: folder.file("m"))
        let hidden = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
        expectProblem(folder.file("m"), saying: expected, found) {
            _ = try Model(file: folder.file("m"), layers: hidden)
        }
    }

    @Test func theLayoutOfConvolutionsIsPyTorchs() throws {
        try Model(network: network).write(to: folder.file("m"), as: .safetensors)
        #expect(try Model(file: folder.file("m"), layout: .outIn).network == network)
        expectProblem(
            folder.file("m"), saying: "weights out-in, as convolutions have them, found --layout in-out"
        ) { _ = try Model(file: folder.file("m"), layout: .inOut) }
    }

    // MARK: - PyTorch

    /// The state of a network in PyTorch, and what it gave there:
    ///
    ///     net = nn.Sequential(
    ///         nn.Conv2d(1, 2, 3, padding=1), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(2, 3, 2), nn.Tanh(),
    ///         nn.Flatten(), nn.Linear(27, 5), nn.Tanh(), nn.Linear(5, 3))
    ///     count = 0
    ///     with torch.no_grad():
    ///         for p in net.parameters():
    ///             p.copy_(((torch.arange(count, count + p.numel()) * 37 % 101 - 50) / 64).reshape(p.shape))
    ///             count += p.numel()
    ///         x = (torch.arange(128) * 29 % 53 / 53).reshape(2, 1, 8, 8)
    ///         print(net(x))
    ///     safetensors.torch.save_file(net.state_dict(), "m")
    private static func tensorsOfPyTorch(named names: [String]) -> [Tensor] {
        let shapes = [[2, 1, 3, 3], [2], [3, 2, 2, 2], [3], [5, 27], [5], [3, 5], [3]]
        var count = 0
        return zip(names, shapes).map { name, shape in
            let size = shape.reduce(1, *)
            defer { count += size }
            return Tensor(
                name: name, shape: shape, floats: (count..<count + size).map { Float($0 * 37 % 101 - 50) / 64 })
        }
    }

    private static let inputs = Matrix(rows: 2, columns: 64, (0..<128).map { Float($0 * 29 % 53) / 53 })
    private static let namesOfSequential = [
        "0.weight", "0.bias", "3.weight", "3.bias", "6.weight", "6.bias", "8.weight", "8.bias",
    ]
    private static let layersOfPyTorch = ["conv2x3", "pool2", "conv3x2v", "5"].compactMap(HiddenLayer.init)

    @Test(
        arguments: [
            namesOfSequential,
            [
                "features.0.weight", "features.0.bias", "features.3.weight", "features.3.bias", "classifier.1.weight",
                "classifier.1.bias", "classifier.3.weight", "classifier.3.bias",
            ],
            [
                "module.conv1.weight", "module.conv1.bias", "module.conv2.weight", "module.conv2.bias",
                "module.mid.weight",
                "module.mid.bias", "module.head.weight", "module.head.bias",
            ],
        ], [false, true]) func aNetworkOfPyTorchGivesWhatItGaveThere(names: [String], asNPZ: Bool) throws
    {
        let tensors = Self.tensorsOfPyTorch(named: names)
        let bytes = asNPZ ? NPZ.encoded(tensors, compressed: false) : Safetensors(tensors: tensors).encoded()
        let file = try folder.write(bytes)
        let model = try Model(
            file: file, layers: Self.layersOfPyTorch, image: Shape(height: 8, width: 8), activation: .tanh)
        let expected: [Float] = [
            -1.569892168045044, -1.0508694648742676, 0.14467507600784302, -1.5318093299865723, -0.9998824596405029,
            0.23249545693397522,
        ]
        let logits = model.network.logits(Self.inputs).elements
        #expect(zip(logits, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(logits)")
        // Written again, it says by itself what PyTorch's file did not, and `load_state_dict` takes it.
        try model.write(to: file, as: .safetensors)
        #expect(try Model(file: file).network == model.network)
        let written = try Safetensors(file: file).tensors
        for tensor in Self.tensorsOfPyTorch(named: Self.namesOfSequential) { #expect(written.contains(tensor)) }
        #expect(written.count == tensors.count)
    }

    /// `nn.Conv2d(…, bias=False)`
    @Test func aLayerMayLackItsBiases() throws {
        let file = try folder.write(
            Safetensors(tensors: network.tensors.filter { $0.name != "3.bias" && $0.name != "9.bias" }).encoded())
        let read = try Model(file: file, layers: network.hiddenLayers, activation: .tanh).network
        #expect(read == network, "they were zero")
    }

    @Test(arguments: [
        ["network": "conv6x5,pool2,conv16x5v,pool2,120,84"], ["image": "28x28", "network": "conv6x5,pool2,84"],
        ["image": "28x28", "network": "conv6x5,pool7,pool7,pool7"], ["image": "28x28", "network": "conv6x99"],
        ["image": "1000000000x28", "network": "conv6x5"],
        ["image": "28x28", "network": "conv6x3,pool2,conv16x5v,pool2,120,84"],
    ]) func metadataThatDoNotFitAreRefused(metadata: [String: String]) throws {
        try Safetensors(tensors: network.tensors, metadata: metadata).write(to: folder.file("m"))
        #expect(throws: ModelFileError.self) { try Model(file: folder.file("m")) }
    }
}
