import Dispatch
import Foundation
import Synchronization

/// Pictures in a folder for each class.
///
/// Pictures of one size from 8 × 8 to 64 × 64 are taken as they are, light ink on black: all are turned around where most
/// have a light border. Others are cropped, scaled and centred as MNIST's were.
enum PictureFolder {
    /// Of pictures that are taken as they are, in pixels.
    static let sides = 8...64

    private static let endings: Set = ["png", "pgm", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff"]

    /// Whether there are at least two folders with pictures.
    static func hasClasses(_ folder: String) -> Bool {
        classes(folder).lazy.filter { !pictures(DatasetFiles.join(folder, $0)).isEmpty }.prefix(2).count == 2
    }

    /// The folders in a folder: by number where all names are numbers, else in alphabetical order.
    static func classes(_ folder: String) -> [String] {
        let names = DatasetFiles.fileNames(in: folder, folders: true).filter { $0 != "__MACOSX" }
        let numbers = names.map { Int($0) }
        guard !numbers.contains(nil) else { return names }
        return names.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
    }

    /// The pictures of a folder, in alphabetical order.
    static func pictures(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { !$0.hasPrefix(".") && endings.contains(URL(fileURLWithPath: $0).pathExtension.lowercased()) }
            .sorted().map { DatasetFiles.join(folder, $0) }
    }

    /// Reads the pictures of both sets; the names of the classes are those of the folders to learn from.
    static func read(
        train: String, test: String?, progress: ReadingProgress
    ) throws(DatasetError) -> (train: LabelledPixels, test: LabelledPixels?, names: [String]) {
        let names = classes(train)
        guard names.count <= LabelledPixels.mostClasses else {
            throw DatasetError(
                train,
                .contents(
                    expected: "folders for at most \(LabelledPixels.mostClasses) classes", found: "\(names.count)"))
        }
        var files: [(path: String, label: Int)] = []
        for (label, name) in names.enumerated() {
            files += pictures(DatasetFiles.join(train, name)).map { ($0, label) }
        }
        let trainCount = files.count
        if let test {
            for name in classes(test) {
                let folder = DatasetFiles.join(test, name)
                guard let label = names.firstIndex(of: name) else {
                    throw DatasetError(
                        folder, .contents(expected: "a class that \(train) has a folder of, too", found: "none"))
                }
                files += pictures(folder).map { ($0, label) }
            }
        }
        let readings = try readings(of: files.map(\.path), progress)
        let (width, height, pixels) = try pixels(of: readings, files.map(\.path))
        let size = width * height
        func set(_ range: Range<Int>, _ folder: String) -> LabelledPixels {
            LabelledPixels(
                width: width, height: height, pixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]),
                labels: files[range].map(\.label), file: folder)
        }
        let testSet = test.flatMap { files.count > trainCount ? set(trainCount..<files.count, $0) : nil }
        return (set(0..<trainCount, train), testSet, names)
    }

    /// A picture: as it is where it is small, else as MNIST's were made.
    private enum Reading {
        case small(GreyImage)
        case centred([UInt8])
    }

    /// The one picture of a file.
    private static func picture(_ path: String) throws(DatasetError) -> GreyImage {
        let images = try GreyImage.images(inFile: path)
        guard let image = images.first, images.count == 1 else {
            throw DatasetError(path, .picture(expected: "one picture", found: "\(images.count)"))
        }
        return image
    }

    private static func centred(_ image: GreyImage, _ path: String) throws(DatasetError) -> [UInt8] {
        guard let pixels = image.withBrightInk().networkImage() else {
            throw DatasetError(path, .picture(expected: "a picture with something on it", found: "pixels all alike"))
        }
        return pixels
    }

    /// On all cores; of several pictures that cannot be read the first is told.
    private static func readings(
        of paths: [String], _ progress: ReadingProgress
    ) throws(DatasetError) -> [Reading] {
        let atOnce = 64
        let blocks = (paths.count + atOnce - 1) / atOnce
        let results = Mutex([Result<[Reading], DatasetError>?](repeating: nil, count: blocks))
        let done = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: blocks) { block in
            let result = Result { () throws(DatasetError) -> [Reading] in
                var readings: [Reading] = []
                for path in paths[block * atOnce..<min((block + 1) * atOnce, paths.count)] {
                    let image = try picture(path)
                    let isSmall = sides.contains(image.width) && sides.contains(image.height)
                    readings.append(isSmall ? .small(image) : .centred(try centred(image, path)))
                }
                return readings
            }
            results.withLock { $0[block] = result }
            let count = done.add(1, ordering: .relaxed).newValue
            progress(Double(count) / Double(blocks))
        }
        var all: [Reading] = []
        for result in results.withLock({ $0 }) {
            if let result { all += try result.get() }
        }
        return all
    }

    private static func pixels(
        of readings: [Reading], _ paths: [String]
    ) throws(DatasetError) -> (width: Int, height: Int, pixels: [UInt8]) {
        var small: [GreyImage] = []
        for case .small(let image) in readings { small.append(image) }
        if let first = small.first, small.count == readings.count,
            small.allSatisfy({ $0.width == first.width && $0.height == first.height })
        {
            let isLight = 2 * small.count(where: \.hasLightBorder) > small.count
            let pixels = small.flatMap { isLight ? $0.pixels.map { 255 - $0 } : $0.pixels }
            return (first.width, first.height, pixels)
        }
        var pixels: [UInt8] = []
        for (reading, path) in zip(readings, paths) {
            switch reading {
            case .small(let image): pixels += try centred(image, path)
            case .centred(let image): pixels += image
            }
        }
        return (28, 28, pixels)
    }
}

extension GreyImage {
    /// Whether the middle one of the pixels at the border is lighter than grey.
    fileprivate var hasLightBorder: Bool {
        let rows = pixels.prefix(width) + pixels.suffix(width)
        let columns = (0..<height).flatMap { row -> [UInt8] in [pixels[row * width], pixels[row * width + width - 1]] }
        let border = (rows + columns).sorted()
        return border[border.count / 2] > 127
    }
}
