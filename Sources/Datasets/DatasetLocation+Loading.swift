import Dispatch
import Foundation
import NeuralNetwork
import Synchronization

extension DatasetLocation {
    /// Reads and checks the files.
    ///
    /// - Parameters:
    ///   - cache: where to keep what takes long to read; nil for nowhere.
    ///   - progress: told how far it is.
    /// - Throws: `DatasetError` when a file is not as it should be, or the images of both sets differ in size.
    public func load(
        cache: DatasetCache? = .usual, progress: ReadingProgress = { _ in }
    ) throws(DatasetError) -> Dataset {
        var contents = try contents(cache, progress)
        let expected = [contents.train.height, contents.train.width]
        if let test = contents.test, [test.height, test.width] != expected {
            throw DatasetError(testFile ?? test.file, .imageSize(expected: expected, found: [test.height, test.width]))
        }
        if liesOnItsSide {
            contents.train.transpose()
            contents.test?.transpose()
        }
        if let share = reading.testShare {
            guard contents.test == nil else {
                throw DatasetError(
                    folder, .contents(expected: "no test images where --test-share sets some apart", found: "some"))
            }
            let count = Int((share * Double(contents.train.count)).rounded())
            guard (1..<contents.train.count).contains(count) else {
                throw DatasetError(
                    folder,
                    .contents(
                        expected: "a --test-share that leaves images for both sets",
                        found: "\(count) of \(contents.train.count) to test on"))
            }
            var generator = RandomGenerator(seed: 0, stream: .testShare)
            let places = generator.permutation(count: contents.train.count).prefix(count).map { Int($0) }
            let (test, train) = contents.train.parted(Set(places))
            (contents.train, contents.test) = (train, test)
        }
        let names = try names(contents)
        func images(_ set: LabelledPixels) throws(DatasetError) -> ImageSet {
            try set.imageSet(firstLabel: names.firstLabel, classes: names.names.count)
        }
        let train = try images(contents.train)
        var test: ImageSet?
        if let set = contents.test { test = try images(set) }
        return Dataset(
            name: name, train: train, test: test, classNames: names.names, hasNames: names.areGiven,
            folder: URL(fileURLWithPath: folder).standardizedFileURL.path, reading: reading)
    }

    private func contents(
        _ cache: DatasetCache?, _ progress: ReadingProgress
    ) throws(DatasetError) -> DatasetCache.Contents {
        func kept(
            _ sources: [String], _ read: () throws(DatasetError) -> DatasetCache.Contents
        ) throws(DatasetError) -> DatasetCache.Contents {
            if let cache { try cache.contents(of: sources, read) } else { try read() }
        }
        switch files {
        case .idx(let train, let test):
            return try pair(train, test)
        case .archive(let path):
            return try kept([path]) { () throws(DatasetError) in
                let (train, test) = try KerasArchive.read(path, progress: progress)
                return .init(train: train, test: test)
            }
        case .csv(let train, let test):
            return try kept([train] + (test.map { [$0] } ?? [])) { () throws(DatasetError) in
                let most = test == nil ? 1 : 0.8
                guard let images = try CSVTable(file: train, progress: { progress($0 * most) }).images else {
                    throw DatasetError(
                        train, .contents(expected: "a label in each row, beside the pixels", found: "pixels alone"))
                }
                // The test set of a competition has no labels; then nothing can be tested on it.
                var tests: LabelledPixels?
                if let test { tests = try CSVTable(file: test, progress: { progress(most + $0 * (1 - most)) }).images }
                return .init(train: images, test: tests)
            }
        case .pictures(let train, let test):
            return try kept([train] + (test.map { [$0] } ?? [])) { () throws(DatasetError) in
                let (trainSet, testSet, names) = try PictureFolder.read(train: train, test: test, progress: progress)
                return .init(train: trainSet, test: testSet, names: names)
            }
        }
    }

    /// Both pairs at once, as inflating takes time; but what is wrong with the training set is told first.
    private func pair(
        _ train: DatasetFiles.IDXPair, _ test: DatasetFiles.IDXPair?
    ) throws(DatasetError) -> DatasetCache.Contents {
        let pairs = [train] + (test.map { [$0] } ?? [])
        let results = Mutex([Result<LabelledPixels, DatasetError>?](repeating: nil, count: pairs.count))
        DispatchQueue.concurrentPerform(iterations: pairs.count) { index in
            let result = Result { () throws(DatasetError) in
                try LabelledPixels(imagesFile: pairs[index].images, labelsFile: pairs[index].labels)
            }
            results.withLock { $0[index] = result }
        }
        let sets = results.withLock { $0 }.compactMap { $0 }
        return .init(train: try sets[0].get(), test: sets.count > 1 ? try sets[1].get() : nil)
    }

    /// What the test images come from.
    private var testFile: String? {
        switch files {
        case .idx(_, let test): test?.images
        case .archive(let path): path
        case .csv(_, let test), .pictures(_, let test): test
        }
    }

    private var liesOnItsSide: Bool {
        if let isTransposed = reading.isTransposed { return isTransposed }
        switch files {
        case .idx(let train, _):
            return DatasetReading.isTransposed(named: [
                name, URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent,
                URL(fileURLWithPath: train.images).lastPathComponent,
            ])
        case .csv(let train, _):
            return DatasetReading.isTransposed(named: [name, URL(fileURLWithPath: train).lastPathComponent])
        case .archive, .pictures: return false
        }
    }

    /// From a file beside the data, from the folders of pictures, from the name, or from the labels.
    private func names(_ contents: DatasetCache.Contents) throws(DatasetError) -> ClassNames {
        let labels = contents.train.labels + (contents.test?.labels ?? [])
        let file = files.namesFile
        if let folders = contents.names {
            guard let file else {
                return ClassNames(folders.enumerated().map { ClassNames.shown($1, label: $0) })
            }
            // Names in place of those of the folders, in their order.
            let names = try ClassNames(file: file, labels: labels)
            guard names.names.count == folders.count else {
                throw DatasetError(
                    file,
                    .contents(
                        expected: "the names of \(folders.count) classes, as many as folders",
                        found: "\(names.names.count)"))
            }
            return names
        }
        if let file { return try ClassNames(file: file, labels: labels) }
        return Self.isKnown(name) ? ClassNames(Dataset.classNames(of: name)) : ClassNames(numbers: labels)
    }
}
