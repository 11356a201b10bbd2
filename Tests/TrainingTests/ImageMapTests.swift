import Datasets
import NeuralNetwork
import Testing

@testable import Training

@Suite struct ImageMapTests {
    /// As many images as a map shows, each a bright bar whose place tells the class, under noise.
    private static let images: MappedImages = {
        var generator = RandomGenerator(seed: 5, stream: .points)
        let labels = (0..<MappedImages.most + 20).map { UInt8($0 % 10) }
        let pixels = labels.flatMap { label in
            (0..<784).map { pixel -> UInt8 in
                let bar = pixel % 28 / 2 == 2 + Int(label) ? 150 : 0
                return UInt8(min(max(Double(bar) + 40 * generator.normal(), 0), 255))
            }
        }
        return MappedImages(ImageSet(width: 28, height: 28, pixels: pixels, labels: labels))
    }()

    /// Its last layer is not of zeros: it prefers classes.
    private static let network = Network(sizes: [784, 128, 64, 10], seed: 2, initialization: .xavier)

    private func distance(_ a: ImageMap, _ b: ImageMap) -> Float {
        let extent = a.places.elements.reduce(0) { max($0, abs($1)) }
        return zip(a.places.elements, b.places.elements).reduce(0) { max($0, abs($1.0 - $1.1)) } / extent
    }

    @Test func followsFromTheNetworkAndTheImages() {
        let (images, network) = (Self.images, Self.network)
        #expect(images.count == MappedImages.most)
        let map = ImageMap(of: network, images)
        #expect(map == ImageMap(of: network, MappedImages(images.set)))
        #expect(map.places.rows == 1000 && map.places.columns == 2 && map.predictions.count == 1000)
        #expect(map.share > 0.05 && map.share <= 1)
        let answers = network.logits(images.inputs)
        for row in [0, 499, 999] {
            let logits = answers.row(row)
            #expect(logits[Int(map.predictions[row])] == logits.max())
        }
    }

    /// Neurons have no order: where they stand in the layer decides nothing, not even a sign.
    @Test func theOrderOfTheNeuronsDoesNotMatter() {
        let network = Self.network
        let hidden = network.layers[1]
        var generator = RandomGenerator(seed: 9, stream: .shuffling)
        let map = ImageMap(of: network, Self.images)
        for _ in 0..<5 {
            let order = generator.permutation(count: 64).map(Int.init)
            var shuffled = network
            for (place, neuron) in order.enumerated() {
                for input in 0..<128 { shuffled.layers[1].weights[input, place] = hidden.weights[input, neuron] }
                shuffled.layers[1].biases[0, place] = hidden.biases[0, neuron]
                for output in 0..<10 {
                    shuffled.layers[2].weights[place, output] = network.layers[2].weights[neuron, output]
                }
            }
            #expect(distance(map, ImageMap(of: shuffled, Self.images)) < 1e-2)
        }
    }

    /// A small change of the weights moves the images a little; none of it turns or mirrors the map.
    @Test func aStepMovesItALittle() {
        var network = Self.network
        var generator = RandomGenerator(seed: 4, stream: .points)
        var map = ImageMap(of: network, Self.images)
        for _ in 0..<10 {
            for layer in 0..<2 {
                let weights = network.layers[layer].weights
                network.layers[layer].weights = Matrix(
                    rows: weights.rows, columns: weights.columns,
                    weights.elements.map { $0 + 0.0005 * Float(generator.normal()) })
            }
            let next = ImageMap(of: network, Self.images)
            #expect(distance(map, next) < 0.2)
            map = next
        }
    }

    @Test func anyImageHasAPlace() {
        let map = ImageMap(of: Self.network, Self.images)
        for image in [0, 321, 1010] {
            let place = map.place(of: Self.images.set.inputs([Int32(image)]))
            guard image < map.images.count else {
                #expect(place.across.isFinite && place.up.isFinite)
                continue
            }
            #expect(abs(place.across - map.places[image, 0]) < 1e-3 && abs(place.up - map.places[image, 1]) < 1e-3)
        }
    }

    @Test(arguments: ["", "conv2x3,pool2", "1", "300"]) func allSortsOfNetworksHaveMaps(layers: String) throws {
        let hidden = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
        let network = try Network(
            input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: 1, initialization: .he)
        let few = ImageSet(
            width: 28, height: 28, pixels: Array(Self.images.set.pixels.prefix(784 * 30)),
            labels: Array(Self.images.set.labels.prefix(30)))
        let map = ImageMap(of: network, MappedImages(few))
        #expect(map.places.rows == 30 && map.places.elements.allSatisfy(\.isFinite))
        var broken = network
        broken.layers[0].weights[0, 0] = .nan
        #expect(ImageMap(of: broken, MappedImages(few)).predictions.count == 30)
    }

    /// At most 50 ms for 1,000 images, on one thread.
    @Test func isQuick() {
        let times = (0..<9).map { _ in
            ContinuousClock().measure { _ = ImageMap(of: Self.network, Self.images) }
        }
        print("a map of 1,000 images takes \(times.sorted()[4]), at best \(times.min() ?? .zero)")
        #expect(times.min() ?? .seconds(1) < .milliseconds(50))
    }
}
