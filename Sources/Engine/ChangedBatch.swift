import CKernels

/// Changes images on their way into a batch, such as by distorting them.
public protocol ImageChange: Sendable {
    /// Bytes of memory that `change` needs to work in.
    var scratchSize: Int { get }

    /// Makes what a sample is to look like in an epoch, both counted from 0. It depends on nothing else.
    ///
    /// - Parameters:
    ///   - image: `[pixels]`
    ///   - output: `[pixels]`, apart from the image.
    ///   - scratch: `scratchSize` bytes from a cache line's start, nobody else's during the call.
    func change(
        _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
        scratch: UnsafeMutableRawPointer)
}

/// Memory for a batch of changed images, made block by block by whoever has time.
final class ChangedBatch: @unchecked Sendable {
    /// Of the run; -1 before the first.
    private(set) var step = -1
    private(set) var count = 0
    /// Whether all images are made.
    private(set) var isReady = false

    private let images: LabelledImages
    private let change: any ImageChange
    private let pixels: UnsafeMutablePointer<UInt8>
    private let labels: UnsafeMutablePointer<UInt8>
    /// nil where the images come without.
    private let lit: UnsafeMutablePointer<UInt64>?
    private let scratch: [UnsafeMutableRawPointer]
    /// Which images, `[count]`.
    private let samples: UnsafeMutablePointer<Int32>
    private var epoch = 0

    init(of images: LabelledImages, by change: any ImageChange, capacity: Int, threads: Int) {
        self.images = images
        self.change = change
        pixels = RowMemory.allocate(capacity * images.pixelsPerImage)
        labels = RowMemory.allocate(capacity)
        samples = RowMemory.allocate(capacity)
        lit = images.lit.map { _ in RowMemory.allocate(capacity * LitPixels.words(images.pixelsPerImage)) }
        scratch = (0..<threads).map { _ in
            .allocate(byteCount: max(change.scratchSize, 1), alignment: 64)
        }
    }

    deinit {
        pixels.deallocate()
        labels.deallocate()
        samples.deallocate()
        lit?.deallocate()
        for memory in scratch { memory.deallocate() }
    }

    /// Which images are to be made.
    func begin(step: Int, epoch: Int, _ samples: ArraySlice<Int32>) {
        (self.step, self.epoch, count, isReady) = (step, epoch, samples.count, false)
        for (row, sample) in samples.enumerated() {
            self.samples[row] = sample
            labels[row] = images.labels[Int(sample)]
        }
    }

    /// Makes some images. All are ready once somebody has made each.
    func make(rows: Range<Int>, thread: Int) {
        let size = images.pixelsPerImage
        images.pixels.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            for row in rows {
                let sample = Int(samples[row])
                change.change(
                    source + sample * size, into: pixels + row * size, epoch: epoch, sample: sample,
                    scratch: scratch[thread])
            }
        }
        if let lit {
            inkling_find_lit(
                rows.count, size, pixels + rows.lowerBound * size, lit + rows.lowerBound * LitPixels.words(size))
        }
        if rows.count == count { isReady = true }
    }

    /// All blocks are made that are needed here.
    func finish() { isReady = true }

    /// - Parameter next: the batch to make while this one trains.
    func batch(making next: ChangedBatch) -> ImageBatch {
        let size = images.pixelsPerImage
        var batch = ImageBatch(
            pixels: UnsafeBufferPointer(start: pixels, count: count * size), pixelsPerImage: size,
            lit: lit.map { UnsafeBufferPointer(start: $0, count: count * LitPixels.words(size)) },
            labels: UnsafeBufferPointer(start: labels, count: count))
        batch.next = next
        return batch
    }
}
