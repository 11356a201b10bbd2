/// Memory for a matrix of one row an image, which kernels write into from several threads, each its own rows.
struct RowMemory {
    /// `[rows × stride]`, kept alive here; only `base` is used.
    private let storage: Matrix
    let base: UnsafeMutablePointer<Float>
    /// Floats from one row to the next.
    let stride: Int

    init(rows: Int, columns: Int) {
        // Rows begin on cache lines, and not a multiple of 1 KiB apart, as such rows compete for the same cache sets.
        let aligned = (columns + 15) / 16 * 16
        stride = aligned % 256 == 0 ? aligned + 16 : aligned
        var storage = Matrix(rows: rows, columns: stride)
        base = storage.mutableElementsPointer()
        self.storage = storage
    }

    func row(_ row: Int) -> UnsafeMutablePointer<Float> { base + row * stride }
}
