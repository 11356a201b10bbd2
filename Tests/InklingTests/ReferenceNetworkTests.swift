import Datasets
import Testing

@testable import Inkling

/// The network of PyTorch that others are compared with.
struct ReferenceNetworkTests {
    private func dataset(_ name: String, side: Int = 28, classNames: [String]? = nil) -> Dataset {
        let images = ImageSet(
            width: side, height: side, pixels: (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0) },
            labels: [1, 2, 3])
        return Dataset(name: name, train: images, test: images, classNames: classNames)
    }

    @Test func isTestedOnTheImagesThatItLearntToRead() throws {
        let digits = try #require(ReferenceNetwork.evaluation(on: dataset("mnist")))
        let clothes = try #require(ReferenceNetwork.evaluation(on: dataset("fashion-mnist")))
        #expect(digits.count == 3 && clothes.count == 3 && digits.loss != clothes.loss, "each has its own")
        #expect(ReferenceNetwork.evaluation(on: dataset("letters")) == nil)
        #expect(ReferenceNetwork.evaluation(on: dataset("mnist", side: 27)) == nil)
        #expect(ReferenceNetwork.evaluation(on: dataset("mnist", classNames: (0..<11).map(String.init))) == nil)
    }
}
