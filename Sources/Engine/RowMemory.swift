/// Memory for a matrix of one row an image, which kernels write into from several threads, each its own rows.
///
/// Just an address, as counting references from several threads costs microseconds a step: whoever makes it lets go of
/// it with `deallocate`.
struct RowMemory {
    /// `[rows × stride]`, on a cache line.
    let base: UnsafeMutablePointer<Float>
    /// Floats from one row to the next.
    let stride: Int

    /// Memory full of zeros.
    init(rows: Int, columns: Int) {
        // Rows begin on cache lines, and not a multiple of 1 KiB apart, as such rows compete for the same cache sets.
        let aligned = (columns + 15) / 16 * 16
        stride = aligned % 256 == 0 ? aligned + 16 : aligned
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(rows * stride, 1) * 4, alignment: 64)
        base = bytes.bindMemory(to: Float.self, capacity: rows * stride)
        base.initialize(repeating: 0, count: rows * stride)
    }

    /// Memory from a cache line's start, so that blocks of whole lines do not take them from each other.
    static func allocate<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
        UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
            .bindMemory(to: Element.self, capacity: count)
    }

    func deallocate() { UnsafeMutableRawPointer(base).deallocate() }

    func row(_ row: Int) -> UnsafeMutablePointer<Float> { base + row * stride }
}
