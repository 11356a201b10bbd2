/// Images as files hold them, with labels as they stand there: what a reader reads, before it is known what the classes
/// are.
struct LabelledPixels: Sendable, Equatable {
    var width: Int, height: Int
    /// `[count × height × width]`, row-major, 0…255
    var pixels: [UInt8]
    /// `[count]`, 0…256
    var labels: [Int]
    /// What the labels come from, for errors.
    var file: String

    static let mostClasses = 256

    var count: Int { labels.count }

    /// - Throws: `DatasetError` that names the first label which is of no class.
    func imageSet(firstLabel: Int, classes: Int) throws(DatasetError) -> ImageSet {
        let known = firstLabel..<firstLabel + classes
        if let index = labels.firstIndex(where: { !known.contains($0) }) {
            throw DatasetError(file, .label("\(labels[index])", index: index, expected: known))
        }
        return ImageSet(
            width: width, height: height, pixels: pixels, labels: labels.map { UInt8($0 - firstLabel) })
    }

    /// Exchanges rows and columns: images that lay on their side stand upright. In place, as there may be a hundred
    /// megabytes.
    mutating func transpose() {
        let (size, width, height) = (width * height, width, height)
        var image = [UInt8](repeating: 0, count: size)
        pixels.withUnsafeMutableBufferPointer { pixels in
            for start in stride(from: 0, to: pixels.count - size + 1, by: size) {
                for y in 0..<height { for x in 0..<width { image[x * height + y] = pixels[start + y * width + x] } }
                for place in 0..<size { pixels[start + place] = image[place] }
            }
        }
        (self.width, self.height) = (height, width)
    }

    /// Those in the places and the others, both in their order.
    func parted(_ places: Set<Int>) -> (chosen: LabelledPixels, others: LabelledPixels) {
        func part(_ indices: [Int]) -> LabelledPixels {
            var part = self
            let size = width * height
            part.pixels = []
            part.pixels.reserveCapacity(indices.count * size)
            for index in indices { part.pixels += pixels[index * size..<(index + 1) * size] }
            part.labels = indices.map { labels[$0] }
            return part
        }
        return (part(labels.indices.filter(places.contains)), part(labels.indices.filter { !places.contains($0) }))
    }
}

extension LabelledPixels {
    /// Reads a pair of IDX files, each plain or compressed with gzip, whatever its name.
    init(imagesFile: String, labelsFile: String) throws(DatasetError) {
        // The labels come first: they are small, so a bad pair is refused before the images are read.
        let labels = try IDX.labels(file: labelsFile)
        let images = try IDX(file: imagesFile, dimensions: 3)
        guard images.shape[0] == labels.count else {
            throw DatasetError(labelsFile, .labelCount(expected: images.shape[0], found: labels.count))
        }
        self.init(
            width: images.shape[2], height: images.shape[1], pixels: images.bytes, labels: labels, file: labelsFile)
    }
}
