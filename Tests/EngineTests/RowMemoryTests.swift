import NeuralNetwork
import Testing

@testable import Engine

/// How what a step works on lies in memory.
@Suite struct RowMemoryTests {
    /// Cache lines have 16 floats; a distance of 1 KiB or a multiple of it is avoided.
    @Test(arguments: [
        (1, 16), (16, 16), (17, 32), (240, 240), (241, 272), (255, 272), (256, 272), (257, 272), (512, 528), (768, 784),
    ]) func rowsBeginOnCacheLines(columns: Int, stride: Int) {
        let memory = RowMemory(rows: 3, columns: columns)
        defer { memory.deallocate() }
        #expect(memory.stride == stride)
        for row in 0..<3 {
            #expect(UInt(bitPattern: memory.row(row)) % 64 == 0)
            #expect(memory.row(row) - memory.base == row * stride)
        }
    }

    @Test func numbersBeginOnCacheLines() {
        for count in [0, 1, 100] {
            let bytes: UnsafeMutablePointer<UInt8> = RowMemory.allocate(count)
            #expect(UInt(bitPattern: bytes) % 64 == 0)
            bytes.deallocate()
        }
    }

    /// Also where it was used before.
    @Test func isFullOfZeros() {
        for _ in 0..<100 {
            let used = RowMemory(rows: 3, columns: 20)
            for place in 0..<3 * used.stride { used.base[place] = 1 }
            used.deallocate()
            let memory = RowMemory(rows: 3, columns: 20)
            defer { memory.deallocate() }
            #expect((0..<3 * memory.stride).allSatisfy { memory.base[$0] == 0 })
        }
    }

    // MARK: - Shards

    /// Each costs sums of the second layer's size, so there are few where that is large.
    @Test(arguments: [
        ([9, 63, 3], 1), ([9, 64, 3], 2), ([9, 255, 3], 2), ([9, 256, 3], 4), ([9, 511, 3], 4), ([9, 512, 3], 8),
        ([9, 512, 512, 3], 8), ([9, 512, 513, 3], 2), ([9, 63, 513, 3], 1), ([9, 600], 1),
    ]) func theFirstLayerHasShards(sizes: [Int], count: Int) {
        let shards = Shard.shards(of: Network(sizes: sizes, seed: 0))
        #expect(shards.count == count)
        #expect(shards.flatMap(\.neurons) == Array(0..<sizes[1]))
        #expect(shards.allSatisfy { $0.panels.flatMap(\.self) == Array($0.neurons) })
        #expect(shards.flatMap(\.panels).allSatisfy { $0.count <= 128 })
    }

    /// Of whole cache lines, but for the last.
    @Test func shardsAndPanelsAreCutAtCacheLines() throws {
        let shards = Shard.shards(of: Network(sizes: [9, 300, 3], seed: 0))
        #expect(shards.map(\.neurons) == [0..<64, 64..<144, 144..<224, 224..<300])
        #expect(shards.map(\.panels) == [[0..<64], [64..<144], [144..<224], [224..<300]])
        let wide = Shard.shards(of: Network(sizes: [9, 1100, 3], seed: 0))
        #expect(wide.map(\.neurons.lowerBound) == [0, 128, 272, 400, 544, 688, 816, 960])
        #expect(wide[0].panels == [0..<128] && wide[1].panels == [128..<192, 192..<272])
        #expect(wide[7].panels == [960..<1024, 1024..<1100])
        let convolutional = try Network(
            input: Shape(height: 4, width: 4), hidden: [.maxPool(size: 2), 100], classes: 3, seed: 0)
        #expect(Shard.shards(of: convolutional).isEmpty, "the first layer is not dense")
        #expect(Shard.whole(outputs: 300) == [Shard(neurons: 0..<300, panels: [0..<300])])
    }

    // MARK: - Lit pixels

    @Test func eachPixelHasABit() {
        #expect([1, 64, 65, 128, 784].map(LitPixels.words) == [1, 1, 2, 2, 13])
        var pixels = [UInt8](repeating: 0, count: 140)
        for place in [0, 63, 64, 69, 70 + 1] { pixels[place] = 1 }
        let lit = pixels.withUnsafeBufferPointer { LitPixels(of: $0, pixelsPerImage: 70) }
        let bits: [UInt64] = [1 | 1 << 63, 1 | 1 << 5, 1 << 1, 0]
        #expect(lit.bits == bits)
    }

    /// Worth it from 45 % of the pixels on.
    @Test(arguments: [(0, false), (44, false), (45, true), (100, true)])
    func zerosAreSkippedWhereThereAreMany(zeros: Int, isWorthIt: Bool) {
        let pixels = (0..<100).map { UInt8($0 < zeros ? 0 : 1) }
        #expect((LabelledImages(pixels: pixels, pixelsPerImage: 100, labels: [0]).lit != nil) == isWorthIt)
    }

    /// Of 250 images every second is looked at, of 199 each.
    @Test(arguments: [(250, 0, true), (250, 1, false), (199, 0, true), (199, 1, true)])
    func someImagesFromAllOverTheSetDecide(count: Int, dark: Int, isWorthIt: Bool) {
        let pixels = (0..<count).map { UInt8($0 % 2 == dark ? 0 : 1) }
        let images = LabelledImages(
            pixels: pixels, pixelsPerImage: 1, labels: Array(repeating: 0, count: count))
        #expect((images.lit != nil) == isWorthIt)
        #expect(LabelledImages(pixels: [], pixelsPerImage: 4, labels: []).lit == nil)
    }
}
