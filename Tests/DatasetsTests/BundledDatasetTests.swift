import CZlib
import Datasets
import Testing

/// The two data sets that come with the program are whole, and are read as their authors meant them.
@Suite struct BundledDatasetTests {
    /// `Assets` of this package, three folders above this file.
    let assets = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Assets"

    func load(_ name: String) throws -> Dataset {
        try DatasetLocation.find(name, dataDirectory: assets).load()
    }

    func expect(_ set: ImageSet, count: Int, pixelChecksum: UInt, labelChecksum: UInt) {
        #expect((set.count, set.width, set.height, set.pixels.count) == (count, 28, 28, count * 784))
        // CRC-32 of the elements, from files whose MD5 is that of the official ones.
        #expect(crc32(0, set.pixels, uInt(set.pixels.count)) == pixelChecksum)
        #expect(crc32(0, set.labels, uInt(set.labels.count)) == labelChecksum)
    }

    func histogram(_ set: ImageSet) -> [Int] {
        set.labels.reduce(into: [Int](repeating: 0, count: 10)) { $0[Int($1)] += 1 }
    }

    @Test func mnist() throws {
        let mnist = try load("mnist")
        #expect((mnist.name, mnist.title) == ("mnist", "MNIST"))
        #expect(mnist.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
        expect(mnist.train, count: 60_000, pixelChecksum: 0xf363_9b56, labelChecksum: 0xba07_e8ef)
        expect(mnist.test, count: 10_000, pixelChecksum: 0xe4ca_5f57, labelChecksum: 0xee86_04d9)
        #expect(mnist.train.labels.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        #expect(mnist.test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
        #expect(histogram(mnist.train) == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        #expect(histogram(mnist.test) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    }

    @Test func fashionMNIST() throws {
        let fashion = try load("fashion-mnist")
        #expect((fashion.name, fashion.title) == ("fashion-mnist", "Fashion-MNIST"))
        #expect(
            fashion.classNames == [
                "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
                "Ankle boot",
            ])
        expect(fashion.train, count: 60_000, pixelChecksum: 0xae65_dccd, labelChecksum: 0x2ed6_e46a)
        expect(fashion.test, count: 10_000, pixelChecksum: 0x1272_8439, labelChecksum: 0x242b_c73f)
        #expect(fashion.train.labels.prefix(10) == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5])
        #expect(histogram(fashion.train) == [Int](repeating: 6000, count: 10))
        #expect(histogram(fashion.test) == [Int](repeating: 1000, count: 10))
    }
}
