import Datasets
import NeuralNetwork

/// The images that maps show, the first of a set, and where they lie by their pixels alone. Made once: it takes longer
/// than a map.
public struct MappedImages: Sendable, Equatable {
    /// The most images on a map.
    public static let most = 1000

    public let set: ImageSet
    public let count: Int
    /// `[count × pixels]`, 0…1
    let inputs: Matrix
    /// By the pixels alone, `[count × 2]`, both columns of length 1; maps are turned towards it.
    let places: Matrix

    public init(_ set: ImageSet) {
        self.set = set
        count = min(set.count, Self.most)
        inputs = set.inputs(0..<Int32(count))
        let coordinates = PrincipalPlane(of: inputs).coordinates(of: inputs)
        var squares: [Float] = [0, 0]
        for row in 0..<count { for axis in 0..<2 { squares[axis] += coordinates[row, axis] * coordinates[row, axis] } }
        let scales = squares.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
        places = coordinates.multiplied(by: Matrix(rows: 2, columns: 2, [scales[0], 0, 0, scales[1]]))
    }
}

/// How alike images are to a network: each is placed by what the last hidden layer makes of it, along the two main
/// directions of all of them. A network without hidden layers has but the pixels.
///
/// It follows from the network and the images alone: the plane is turned towards the map of the pixels, not towards the
/// map shown before.
public struct ImageMap: Sendable, Equatable {
    public let images: MappedImages
    public let network: Network
    /// Where each image lies, `[count × 2]`, across and up
    public let places: Matrix
    /// The most probable class of each image, the lowest where some are equal, `[count]`
    public let predictions: [UInt8]
    private let plane: PrincipalPlane

    /// The share of all squared distances between the images that the map shows, 0…1.
    public var share: Double { plane.share }

    /// - Parameter network: one that reads the images.
    public init(of network: Network, _ images: MappedImages) {
        self.network = network
        self.images = images
        let hidden = Self.lastHidden(images.inputs, of: network)
        let principal = PrincipalPlane(of: hidden)
        plane = principal.turned(towards: images.places, from: principal.coordinates(of: hidden))
        places = plane.coordinates(of: hidden)
        let logits = network.layers[network.layers.count - 1].forward(hidden).output
        predictions = (0..<logits.rows).map { row in
            let values = logits.row(row)
            return UInt8(values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 })
        }
    }

    /// Where any image lies, one of the map's or another.
    ///
    /// - Parameter input: `[1 × pixels]`, 0…1
    public func place(of input: Matrix) -> (across: Float, up: Float) {
        let place = plane.coordinates(of: Self.lastHidden(input, of: network))
        return (place[0, 0], place[0, 1])
    }

    /// `[batch × inputs]` → `[batch × inputs of the last layer]`
    private static func lastHidden(_ inputs: Matrix, of network: Network) -> Matrix {
        network.layers.dropLast().reduce(inputs) { $1.forward($0).output }
    }
}
