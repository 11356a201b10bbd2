import CKernels
import NeuralNetwork

/// The images of a batch as a first layer of neurons reads them.
struct PixelInput {
    private enum Form {
        /// The images themselves, and which of their pixels are lit: the bits by pixel, `[pixels × capacity/64, up]`.
        case sparse(columnBits: UnsafeMutablePointer<UInt64>)
        /// `[rows × pixels]` floats in 0…1.
        case dense(RowMemory)
    }

    /// A pixel of 255 is an input of 1.
    static let scale: Float = 1 / 255

    let pixels: Int
    private let form: Form
    private let profile: StepProfile?
    private var sparseBatch = inkling_sparse_batch()
    private var images: ImageBatch?

    /// - Parameters:
    ///   - pixels: of an image.
    ///   - skipsZeros: whether batches come with their lit pixels, so that others are skipped. The results are the same.
    init(pixels: Int, skipsZeros: Bool, _ options: StageOptions) {
        self.pixels = pixels
        profile = options.profile
        form =
            skipsZeros
            ? .sparse(columnBits: .allocate(capacity: pixels * ((options.capacity + 63) / 64)))
            : .dense(RowMemory(rows: options.capacity, columns: pixels))
    }

    func deallocate() {
        switch form {
        case .sparse(let columnBits): columnBits.deallocate()
        case .dense(let memory): memory.deallocate()
        }
    }

    /// The images must stay where they are until the end of the step.
    mutating func begin(_ images: ImageBatch) {
        precondition(images.pixelsPerImage == pixels, "The network has an input for each pixel.")
        self.images = images
        guard case .sparse(let columnBits) = form else { return }
        precondition(images.lit != nil, "Images of which zeros are skipped come with their lit pixels.")
        sparseBatch = inkling_sparse_batch(
            rows: images.count, pixels: pixels, images: images.pixels, lit: images.lit, indices: images.indices,
            column_bits: columnBits)
    }

    /// Whether some rows have to be gathered before neurons read them.
    var gathersImages: Bool {
        if case .dense = form { true } else { false }
    }

    /// Makes the input of some images of the batch.
    func gather(rows: Range<Int>) {
        guard case .dense(let input) = form, let part = images?[rows] else { return }
        inkling_gather(
            part.pixels, part.indices, part.count, pixels, Self.scale, input.row(rows.lowerBound), input.stride)
        profile?.add(.images)
    }

    /// The sums of some neurons for some images.
    ///
    /// - Parameters:
    ///   - weights: `[pixels × neurons]`
    ///   - biases: `[neurons]`
    ///   - sums: from the first row of the batch.
    func forward(
        rows: Range<Int>, neurons: Int, weights: UnsafePointer<Float>?, biases: UnsafePointer<Float>?, relu: Bool,
        sums: UnsafeMutablePointer<Float>, stride: Int
    ) {
        switch form {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_forward(
                    batch, rows.lowerBound, rows.upperBound, Self.scale, neurons, weights, neurons, biases, relu, sums,
                    stride)
            }
        case .dense(let input):
            inkling_multiply(
                rows.count, neurons, pixels, input.row(rows.lowerBound), input.stride, 1, weights, neurons, biases,
                false, relu, sums + rows.lowerBound * stride, stride)
        }
    }

    /// Finds what the gradient of some of the pixels, 64 a word, needs to know about the images.
    func prepareGradient(words: Range<Int>) {
        withUnsafePointer(to: sparseBatch) { inkling_sparse_transpose($0, words.lowerBound, words.upperBound) }
        profile?.add(.images)
    }

    /// Asks for some images of the batch to come, as many as are known.
    func prefetchUpcoming(rows: Range<Int>) {
        guard case .sparse = form, let images, let indices = images.indices else { return }
        var upcoming = sparseBatch
        upcoming.indices = indices + images.count
        inkling_sparse_prefetch(
            &upcoming, min(rows.lowerBound, images.upcomingCount), min(rows.upperBound, images.upcomingCount))
    }

    /// Weight gradient and update of some neurons in one, for some of the pixels; all rows must be through, and the
    /// gradient prepared.
    ///
    /// - Parameters:
    ///   - sumsGradient: `[rows × neurons]`
    ///   - place: the neurons' weights and velocities, `[pixels × neurons]`.
    func update(
        pixels: Range<Int>, neurons: Int, sumsGradient: UnsafeMutablePointer<Float>, stride: Int, sgd: inkling_sgd,
        _ place: ParameterPlace
    ) {
        switch form {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_weight_update(
                    batch, pixels.lowerBound, pixels.upperBound, Self.scale, neurons, sumsGradient, stride, sgd,
                    place.moments.first, place.values, neurons)
            }
        case .dense(let input):
            inkling_weight_update(
                images?.count ?? 0, pixels.lowerBound, pixels.upperBound, neurons, input.base, input.stride,
                sumsGradient, stride, sgd, place.moments.first, place.values, neurons)
        }
    }

    /// The weight gradient of some neurons, for some of the pixels; all rows must be through, and the gradient prepared.
    ///
    /// - Parameters:
    ///   - sumsGradient: `[rows × neurons]`
    ///   - gradient: `[pixels × neurons]`
    func gradient(
        pixels: Range<Int>, neurons: Int, sumsGradient: UnsafeMutablePointer<Float>, stride: Int,
        _ gradient: UnsafeMutablePointer<Float>
    ) {
        switch form {
        case .sparse:
            withUnsafePointer(to: sparseBatch) { batch in
                inkling_sparse_weight_gradient(
                    batch, pixels.lowerBound, pixels.upperBound, Self.scale, neurons, sumsGradient, stride, gradient,
                    neurons)
            }
        case .dense(let input):
            inkling_multiply(
                pixels.count, neurons, images?.count ?? 0, input.base + pixels.lowerBound, 1, input.stride,
                sumsGradient, stride, nil, false, false, gradient + pixels.lowerBound * neurons, neurons)
        }
    }
}
