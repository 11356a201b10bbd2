import TestSupport
import Testing

@testable import Datasets

/// Tests that read data sets in a folder of their own.
protocol FindsDatasets {
    var root: TemporaryFolder { get }
}

extension FindsDatasets {
    func load(
        _ name: String, _ reading: DatasetReading = DatasetReading(), cache: DatasetCache? = nil
    ) throws -> Dataset {
        try DatasetLocation.find(
            root.path + "/" + name, reading: reading, environment: [:], executablePath: nil
        ).load(cache: cache)
    }

    /// Why one cannot be read, without the folder.
    func message(_ name: String, _ reading: DatasetReading = DatasetReading()) throws -> String {
        let error = try #require(throws: DatasetError.self) { try load(name, reading) }
        return error.description.replacing(root.path + "/", with: "")
    }

    /// Three images of 2 × 3 under EMNIST's names.
    func writeEMNIST(_ split: String, labels: [UInt8], mapping: String? = nil) throws {
        for set in ["train", "test"] {
            let stem = "emnist/emnist-\(split)-\(set)"
            try root.write(root.gzip(Sample.images(count: 3)), to: "\(stem)-images-idx3-ubyte.gz")
            try root.write(root.gzip(Sample.idx([3], labels)), to: "\(stem)-labels-idx1-ubyte.gz")
        }
        if let mapping { try write(mapping, to: "emnist/emnist-\(split)-mapping.txt") }
    }

    func write(_ text: String, to name: String) throws { try root.write(Array(text.utf8), to: name) }
}
