import Datasets
import Engine
import NeuralNetwork

/// Images that are like none of a data set: what people draw that is no digit, noise, and images of the data set in pieces.
struct StrangeImages: Sendable {
    let dataset: Dataset
    let seed: UInt64

    private enum Kind: Sendable {
        case doodle(Doodle)
        case noise
        /// Pieces of images of the data set, or two of them over each other.
        case montage
    }

    /// Drawn from in equal shares. Pieces of digits are strokes, too, and often look like a digit; a data set of unknown
    /// things may hold letters.
    private var kinds: [Kind] {
        let doodles: [Doodle] =
            switch dataset.name {
            case "mnist": [.letter, .letter, .letter, .scribble, .scribble, .scribble, .figure, .figure, .face, .dots]
            case "fashion-mnist": [.letter, .scribble, .figure, .face, .dots]
            default: [.scribble, .scribble, .face, .dots]
            }
        return doodles.map(Kind.doodle) + [.noise] + (dataset.name == "mnist" ? [] : [.montage, .montage, .montage])
    }

    /// `[count × height × width]`
    func pixels(count: Int, _ pool: WorkerPool) -> [UInt8] {
        let kinds = kinds
        return Self.pixels(count: count, size: dataset.train.pixelsPerImage, pool) { index in
            var generator = RandomGenerator(seed: seed, stream: .strangeImages, index: index)
            return image(kinds[generator.uniform(below: kinds.count)], &generator)
        }
    }

    /// Digits of a plain shape, drawn with a pen, `[labels.count × height × width]`.
    func digits(_ labels: [UInt8], _ pool: WorkerPool) -> [UInt8] {
        Self.pixels(count: labels.count, size: dataset.train.pixelsPerImage, pool) { index in
            var generator = RandomGenerator(seed: seed, stream: .strangeImages, index: 1 << 32 | index)
            let drawing = Doodle.digit(Int(labels[index]), using: &generator)
            return image(of: drawing, &generator)
        }
    }

    /// Images made on several threads, each from its number alone.
    private static func pixels(
        count: Int, size: Int, _ pool: WorkerPool, _ image: @escaping @Sendable (Int) -> [UInt8]
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initializedCount in
            // Safe, because each block writes its own image, and all are done before `run` returns.
            nonisolated(unsafe) let buffer = buffer
            pool.run(blocks: count) { index, _ in
                for (place, value) in image(index).enumerated() { buffer[index * size + place] = value }
            }
            initializedCount = count * size
        }
    }

    private func image(_ kind: Kind, _ generator: inout RandomGenerator) -> [UInt8] {
        switch kind {
        case .doodle(let doodle): image(of: doodle.drawing(using: &generator), &generator)
        case .noise: noise(&generator)
        case .montage: montage(&generator)
        }
    }

    /// Drawn with a pen as thin or thick as on Draw, as large as the images of the data set.
    private func image(of drawing: Drawing, _ generator: inout RandomGenerator) -> [UInt8] {
        let (height, width) = (dataset.train.height, dataset.train.width)
        let image =
            drawing.networkImage(penRadius: 0.8 + 0.9 * generator.uniform()) ?? Array(repeating: 0, count: 28 * 28)
        if height == 28, width == 28 { return image }
        return (0..<height * width).map { image[$0 / width * 28 / height * 28 + $0 % width * 28 / width] }
    }

    private func noise(_ generator: inout RandomGenerator) -> [UInt8] {
        let (height, width) = (dataset.train.height, dataset.train.width)
        let kind = generator.uniform(below: 4)
        if kind == 0 { return (0..<height * width).map { _ in UInt8(generator.uniform(below: 256)) } }
        if kind == 1 {
            let share = 0.03 + 0.57 * generator.uniform()
            return (0..<height * width).map { _ in generator.uniform() < share ? 255 : 0 }
        }
        // Clouds, or spots: random numbers some pixels apart, and between them.
        let distance = 2 + generator.uniform(below: 6)
        let columns = width / distance + 2
        let knots = (0..<columns * (height / distance + 2)).map { _ in generator.uniform() }
        let level = 0.35 + 0.4 * generator.uniform()
        return (0..<height * width).map { pixel in
            let (y, x) = (pixel / width, pixel % width)
            let knot = y / distance * columns + x / distance
            let (down, right) = (
                Double(y % distance) / Double(distance), Double(x % distance) / Double(distance)
            )
            let above = knots[knot] * (1 - right) + knots[knot + 1] * right
            let below = knots[knot + columns] * (1 - right) + knots[knot + columns + 1] * right
            let value = above * (1 - down) + below * down
            return kind == 2 ? UInt8(255 * value) : value > level ? 255 : 0
        }
    }

    private func montage(_ generator: inout RandomGenerator) -> [UInt8] {
        let train = dataset.train
        let (height, width) = (train.height, train.width)
        let images = (0..<4).map { _ in Array(train.image(generator.uniform(below: train.count))) }
        switch generator.uniform(below: 3) {
        case 0: return zip(images[0], images[1]).map { max($0, $1) }
        case 1:
            let (down, right) = (generator.uniform(below: height), generator.uniform(below: width))
            return (0..<height * width).map { pixel in
                images[0][(pixel / width + down) % height * width + (pixel % width + right) % width]
            }
        default:
            // Quarters of four images, each in any place.
            let quarters = generator.permutation(count: 4).map(Int.init)
            return (0..<height * width).map { pixel in
                let (y, x) = (pixel / width, pixel % width)
                let place = (2 * y < height ? 0 : 2) + (2 * x < width ? 0 : 1)
                let (down, right) = (quarters[place] / 2 * height / 2, quarters[place] % 2 * width / 2)
                return images[place][(y + down) % height * width + (x + right) % width]
            }
        }
    }
}
