/// A matrix of 32-bit floats `[rows × columns]`, row-major, a value with copy-on-write storage.
///
/// The elements start on a 64-byte boundary, the width of a cache line and of the widest vector registers.
public struct Matrix: Sendable {
    public let rows: Int
    public let columns: Int
    fileprivate var storage: AlignedFloats

    public var count: Int { rows * columns }

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "A matrix has no negative size: [\(rows) × \(columns)].")
        self.rows = rows
        self.columns = columns
        storage = AlignedFloats(count: rows * columns)
    }

    /// A matrix with the given elements in row-major order.
    public init(rows: Int, columns: Int, _ elements: some Collection<Float>) {
        precondition(elements.count == rows * columns, "\(elements.count) elements do not fill [\(rows) × \(columns)].")
        self.init(rows: rows, columns: columns)
        _ = UnsafeMutableBufferPointer(start: storage.base, count: count).update(fromContentsOf: elements)
    }

    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(contains(row, column), "Element (\(row), \(column)) is outside of [\(rows) × \(columns)].")
            return storage.base[row * columns + column]
        }
        set {
            precondition(contains(row, column), "Element (\(row), \(column)) is outside of [\(rows) × \(columns)].")
            makeUnique()
            storage.base[row * columns + column] = newValue
        }
    }

    /// The elements in row-major order.
    public var elements: [Float] { withUnsafeElements { Array($0) } }

    public func row(_ index: Int) -> [Float] {
        precondition(contains(index, 0) || columns == 0, "Row \(index) is outside of [\(rows) × \(columns)].")
        return withUnsafeElements { Array($0[index * columns..<(index + 1) * columns]) }
    }

    public func withUnsafeElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        // The storage must outlive the call, whatever the optimiser thinks of its last use.
        try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: storage.base, count: count)) }
    }

    public mutating func withUnsafeMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        makeUnique()
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: storage.base, count: count))
        }
    }

    /// Where the elements are, for kernels that read several matrices at a time. Valid until the matrix is changed or let
    /// go of; the caller makes sure that it is not.
    package var elementsPointer: UnsafePointer<Float> { UnsafePointer(storage.base) }

    /// Where the elements are, for kernels that write to several matrices at a time. Valid until the matrix is copied,
    /// changed by others or let go of; the caller makes sure that it is not.
    package mutating func mutableElementsPointer() -> UnsafeMutablePointer<Float> {
        makeUnique()
        return storage.base
    }

    private func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < rows && column >= 0 && column < columns
    }

    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage) { storage = AlignedFloats(copying: storage) }
    }
}

extension Matrix: Equatable {
    public static func == (a: Matrix, b: Matrix) -> Bool {
        guard a.rows == b.rows, a.columns == b.columns else { return false }
        if a.storage === b.storage { return true }
        return a.withUnsafeElements { a in b.withUnsafeElements { b in a.elementsEqual(b) } }
    }
}

/// Floats on a 64-byte boundary. Sendable because a `Matrix` writes to it only while it holds the sole reference.
private final class AlignedFloats: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    private let count: Int

    /// All zero.
    convenience init(count: Int) {
        self.init(uninitialized: count)
        base.initialize(repeating: 0, count: count)
    }

    convenience init(copying other: AlignedFloats) {
        self.init(uninitialized: other.count)
        base.initialize(from: other.base, count: count)
    }

    private init(uninitialized count: Int) {
        self.count = count
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
        base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
