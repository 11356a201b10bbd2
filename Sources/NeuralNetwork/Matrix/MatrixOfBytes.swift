import CKernels

extension Matrix {
    /// The chosen rows of a matrix of bytes `[count × width]`, as floats in 0…1: `[indices × width]`, byte / 255.
    public init(bytes: UnsafeBufferPointer<UInt8>, width: Int, rows indices: some Collection<Int32>) {
        self.init(rows: indices.count, columns: width)
        let count = width == 0 ? 0 : bytes.count / width
        precondition(indices.allSatisfy { $0 >= 0 && $0 < count }, "A row is one of the \(count).")
        withUnsafeMutableElements { elements in
            Array(indices).withUnsafeBufferPointer { indices in
                inkling_gather(
                    bytes.baseAddress, indices.baseAddress, indices.count, width, 1 / 255, elements.baseAddress, width)
            }
        }
    }
}
