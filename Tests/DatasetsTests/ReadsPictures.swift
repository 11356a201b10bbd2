import TestSupport
import Testing

@testable import Datasets

/// Tests that read pictures from files in a folder of their own.
protocol ReadsPictures {
    var folder: TemporaryFolder { get }
}

extension ReadsPictures {
    func read(_ bytes: [UInt8]) throws -> GreyImage {
        try #require(GreyImage.images(inFile: folder.write(bytes, to: "picture")).first)
    }
}
