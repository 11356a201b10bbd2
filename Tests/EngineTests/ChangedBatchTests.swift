import Foundation
import Synchronization
import Testing

@testable import Engine

/// Batches of images that are changed on their way.
@Suite struct ChangedBatchTests {
    /// Turns an image around, in memory that it keeps account of.
    private struct Turn: ImageChange {
        final class Places: Sendable {
            let all = Mutex<[UInt]>([])
        }

        let pixels: Int
        var scratchSize = 1 << 27
        let places = Places()

        func change(
            _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
            scratch: UnsafeMutableRawPointer
        ) {
            // All of it is there to be written to.
            if scratchSize > 0 { scratch.storeBytes(of: 1, toByteOffset: scratchSize - 1, as: UInt8.self) }
            places.all.withLock { $0.append(UInt(bitPattern: scratch)) }
            for index in 0..<pixels { output[index] = image[pixels - 1 - index] }
        }
    }

    /// Three images of 70 pixels, few of them lit.
    private static let images = LabelledImages(
        pixels: (0..<210).map { $0 % 30 == 4 ? UInt8($0) : 0 }, pixelsPerImage: 70, labels: [5, 6, 7])

    @Test func isReadyWhenAllOfItIsMade() {
        let batch = ChangedBatch(of: Self.images, by: Turn(pixels: 70), capacity: 3, threads: 1)
        #expect(batch.step == -1 && batch.count == 0 && !batch.isReady)
        batch.begin(step: 7, epoch: 1, [2, 0, 1])
        #expect(batch.step == 7 && batch.count == 3 && !batch.isReady)
        batch.make(rows: 0..<2, thread: 0)
        #expect(!batch.isReady)
        batch.make(rows: 0..<3, thread: 0)
        #expect(batch.isReady)
        batch.begin(step: 8, epoch: 1, [1, 2])
        #expect(batch.step == 8 && batch.count == 2 && !batch.isReady)
        batch.make(rows: 0..<1, thread: 0)
        batch.make(rows: 1..<2, thread: 0)
        batch.finish()
        #expect(batch.isReady, "whoever had all parts made says so")
    }

    @Test func holdsTheChangedImages() throws {
        let batch = ChangedBatch(of: Self.images, by: Turn(pixels: 70), capacity: 3, threads: 2)
        batch.begin(step: 0, epoch: 0, [2, 0])
        batch.make(rows: 0..<1, thread: 0)
        batch.make(rows: 1..<2, thread: 1)
        let made = batch.batch(making: batch)
        let turned = [2, 0].flatMap { Self.images.pixels[$0 * 70..<($0 + 1) * 70].reversed() }
        #expect(made.count == 2 && made.next === batch)
        #expect(Array(UnsafeBufferPointer(start: made.pixels, count: 140)) == turned)
        #expect(Array(made.labels) == [7, 5])
        let lit = turned.withUnsafeBufferPointer { LitPixels(of: $0, pixelsPerImage: 70) }
        #expect(Array(UnsafeBufferPointer(start: try #require(made.lit), count: 4)) == lit.bits)
    }

    @Test func eachThreadWorksInMemoryOfItsOwn() {
        let turn = Turn(pixels: 70)
        let batch = ChangedBatch(of: Self.images, by: turn, capacity: 3, threads: 2)
        batch.begin(step: 0, epoch: 0, [0, 1, 2])
        batch.make(rows: 0..<2, thread: 0)
        batch.make(rows: 2..<3, thread: 1)
        let places = turn.places.all.withLock { $0 }
        #expect(places.count == 3 && places[0] == places[1] && places[1] != places[2])
        #expect(places.allSatisfy { $0 % 64 == 0 })
    }

    /// 32 MB and more each, which nobody touches: what is not given back shows in the size of the process.
    @Test func memoryIsGivenBack() throws {
        func size() -> Int? {
            // "VmData:   123456 kB"
            guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
            return text.split(separator: "\n").first { $0.hasPrefix("VmData:") }
                .flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
        }
        let images = LabelledImages(pixels: [0], pixelsPerImage: 1, labels: [0])
        guard let before = size() else { return }  // no Linux
        for _ in 0..<128 {
            _ = ChangedBatch(of: images, by: Turn(pixels: 1, scratchSize: 1 << 25), capacity: 1 << 25, threads: 1)
        }
        #expect(try #require(size()) - before < 2 << 30, "4 GB and more were asked for of each kind")
    }
}
