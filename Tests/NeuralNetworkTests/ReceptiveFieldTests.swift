import Testing

@testable import NeuralNetwork

/// What a place looks at, by the formula and by asking the gradient which pixels have a say.
@Suite struct ReceptiveFieldTests {
    private static let layers = [
        "conv6x5,pool2,conv16x5v,pool2,12", "conv2x3,conv3x4,5", "pool3,conv2x2v", "conv4x1,pool2,conv2x7",
    ]

    private func network(_ layers: String, seed: UInt64) throws -> Network {
        try Network(
            input: Shape(height: 20, width: 17),
            hidden: layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }, classes: 3, seed: seed,
            activation: .tanh)
    }

    @Test(arguments: layers) func outsideNoPixelHasASayAndTheBorderHas(layers: String) throws {
        let network = try network(layers, seed: 1)
        // The last layer begins at zero and hears nothing yet.
        for layer in network.layers.indices.dropLast() {
            let shape = network.layers[layer].output
            for (row, column) in [(0, 0), (shape.height - 1, shape.width - 1), (shape.height / 2, shape.width / 3)] {
                let field = network.receptiveField(row: row, column: column, layer: layer)
                // Pooling passes on one of its places only: over many images each of them.
                var heard = Set<Int>()
                for image in 0..<60 {
                    var generator = RandomGenerator(seed: UInt64(image), stream: .shuffling)
                    let input = Matrix(rows: 1, columns: 340, (0..<340).map { _ in Float(generator.uniform()) })
                    var one = Matrix(rows: 1, columns: shape.count)
                    one[0, row * shape.width + column] = 1
                    let gradient = network.inputGradient(of: one, atLayer: layer, passes: network.forward(input))
                    heard.formUnion(gradient.elements.indices.filter { gradient.elements[$0] != 0 })
                }
                let rows = heard.map { $0 / 17 }
                let columns = heard.map { $0 % 17 }
                #expect(rows.min() == field.rows.lowerBound && rows.max() == field.rows.upperBound - 1)
                #expect(columns.min() == field.columns.lowerBound && columns.max() == field.columns.upperBound - 1)
            }
        }
    }

    @Test func lenetLooksAtMoreFromLayerToLayer() throws {
        let network = try network("conv6x5,pool2,conv16x5v,pool2", seed: 0)
        let sides = (0..<4).map { network.receptiveField(row: 1, column: 1, layer: $0).rows }
        // A place of the first layer in the corner looks over the edge; 2 of its rows make one after pooling.
        #expect(sides == [0..<4, 0..<6, 0..<14, 2..<18])
    }

    @Test func thePartsOfAPlaceAndTheBiasAreItsSum() throws {
        var generator = RandomGenerator(seed: 2, stream: .shuffling)
        for padding in [Convolution.Padding.same, .valid] {
            var convolution = Convolution(
                input: Shape(height: 6, width: 5, channels: 3), channels: 4, kernel: 3, padding: padding,
                using: &generator)
            convolution.biases = Matrix(rows: 1, columns: 4, [0.5, -1, 2, 0])
            let values = (0..<90).map { _ in Float(generator.normal()) }
            let sums = convolution.sums(of: Matrix(rows: 1, columns: 90, values)).elements
            let (height, width) = (convolution.output.height, convolution.output.width)
            var total = [Float](repeating: 0, count: 4)
            for place in 0..<height * width {
                let (row, column) = (place / width, place % width)
                let parts = convolution.parts(of: values, rows: row..<row + 1, columns: column..<column + 1)
                for output in 0..<4 {
                    let sum = (0..<3).reduce(convolution.biases[0, output]) { $0 + parts[$1, output] }
                    #expect(abs(sum - sums[output * height * width + place]) < 1e-4)
                    total[output] += sum - convolution.biases[0, output]
                }
            }
            let all = convolution.parts(of: values, rows: 0..<height, columns: 0..<width)
            for output in 0..<4 {
                #expect(abs((0..<3).reduce(0) { $0 + all[$1, output] } - total[output]) < 1e-3)
            }
        }
    }

    @Test func aFilterIsThePatternOfOneChannelOnAnother() {
        let convolution = Convolution(
            input: Shape(height: 4, width: 4, channels: 2), kernel: 2, padding: .valid,
            weights: Matrix(rows: 8, columns: 2, (0..<16).map(Float.init)), biases: Matrix(rows: 1, columns: 2))
        #expect(convolution.filter(from: 1, to: 0) == [8, 10, 12, 14])
    }
}
