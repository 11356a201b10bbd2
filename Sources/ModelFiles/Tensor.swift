import Files

/// How the numbers of a tensor are stored, by the names of safetensors.
public enum ElementType: String, Sendable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"

    /// In bytes.
    public var size: Int {
        switch self {
        case .f64: 8
        case .f32: 4
        case .f16, .bf16: 2
        }
    }

    /// What to say of a kind of numbers that weights are not read in: ", whole numbers of 8 bits, as …"
    static func remark(onName name: String) -> String {
        guard let match = name.wholeMatch(of: /(?i)(u?i(?:nt)?|f|float)([0-9]+)(_.*)?/) else { return "" }
        if match.1.lowercased().hasPrefix("f") { return ", numbers of \(match.2) bits; float32 is read" }
        return ", whole numbers of \(match.2) bits, as quantised networks have them; float32 is read"
    }
}

/// A named array of numbers, as files hold it: row-major, little-endian.
public struct Tensor: Sendable, Equatable {
    public let name: String
    public let shape: [Int]
    public let elementType: ElementType
    /// As many as the product of `shape` times the size of an element.
    public let bytes: [UInt8]

    public init(name: String, shape: [Int], elementType: ElementType, bytes: [UInt8]) {
        precondition(
            bytes.count == shape.reduce(elementType.size, *), "The bytes of a tensor are those of its elements.")
        self.name = name
        self.shape = shape
        self.elementType = elementType
        self.bytes = bytes
    }

    public init(name: String, shape: [Int], floats: [Float]) {
        let bytes = floats.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
        self.init(name: name, shape: shape, elementType: .f32, bytes: bytes)
    }

    public init(name: String, shape: [Int], doubles: [Double]) {
        let bytes = doubles.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
        self.init(name: name, shape: shape, elementType: .f64, bytes: bytes)
    }

    public func renamed(_ name: String) -> Tensor {
        Tensor(name: name, shape: shape, elementType: elementType, bytes: bytes)
    }

    /// The same elements in another shape of as many.
    func reshaped(_ shape: [Int]) -> Tensor {
        Tensor(name: name, shape: shape, elementType: elementType, bytes: bytes)
    }

    /// The dimensions in another order, as 32-bit numbers; `axes[i]` is the present place of the i-th.
    func permuted(_ axes: [Int]) -> Tensor {
        let (values, sizes) = (floats, axes.map { shape[$0] })
        let strides = axes.map { shape[($0 + 1)...].reduce(1, *) }
        var (place, offset): ([Int], Int) = (Array(repeating: 0, count: axes.count), 0)
        var elements: [Float] = []
        elements.reserveCapacity(values.count)
        while elements.count < values.count {
            elements.append(values[offset])
            // As an odometer counts: the last dimension runs fastest.
            for axis in axes.indices.reversed() {
                place[axis] += 1
                offset += strides[axis]
                if place[axis] < sizes[axis] { break }
                offset -= strides[axis] * sizes[axis]
                place[axis] = 0
            }
        }
        return Tensor(name: name, shape: sizes, floats: elements)
    }

    /// The elements, row-major, rounded to 32 bits where they have more.
    public var floats: [Float] {
        switch elementType {
        case .f64: words(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .f32: words(UInt32.self) { Float(bitPattern: $0) }
        case .f16: words(UInt16.self, Float.init(half:))
        case .bf16: words(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        }
    }

    /// The elements, row-major; exact.
    public var doubles: [Double] {
        elementType == .f64 ? words(UInt64.self) { Double(bitPattern: $0) } : floats.map(Double.init)
    }

    /// `matrix`'s rows as columns, which is PyTorch's `[outputs, inputs]`.
    init(name: String, transposed matrix: [Float], rows: Int, columns: Int) {
        self.init(name: name, shape: [columns, rows], floats: transpose(matrix, rows: rows, columns: columns))
    }

    private func words<Word: FixedWidthInteger, Value>(_: Word.Type, _ convert: (Word) -> Value) -> [Value] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: Word.bitWidth / 8).map { offset in
                convert(Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)))
            }
        }
    }
}

/// `elements [rows × columns]` → `[columns × rows]`, both row-major.
func transpose<Element>(_ elements: [Element], rows: Int, columns: Int) -> [Element] {
    var transposed: [Element] = []
    transposed.reserveCapacity(elements.count)
    for column in 0..<columns {
        for row in 0..<rows { transposed.append(elements[row * columns + column]) }
    }
    return transposed
}
