import Files

/// One array in NumPy's format (`numpy.lib.format`): a magic number, a Python dictionary as text, the elements.
enum NPY {
    /// Whether the bytes begin as an array of NumPy does.
    static func isMagic(_ bytes: some Collection<UInt8>) -> Bool { NPYHeader.isMagic(bytes) }

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: what the tensor is to be called.
    ///   - file: for errors.
    static func tensor(_ bytes: [UInt8], name: String, file: String) throws(ModelFileError) -> Tensor {
        let header = try NPYHeader(bytes, name: name, file: file)
        guard let elementType = header.elementType else {
            throw ModelFileError(
                file, expected: "descr '<f2', '<f4' or '<f8' of \(quoted(name))",
                found: "\(header.type)" + ElementType.remark(onName: "i\(8 * header.type.size)"))
        }
        // A dense layer has two dimensions, a convolution four.
        let dimensions = header.shape.count
        guard dimensions <= 2 || dimensions == 4 && !header.fortranOrder else {
            throw ModelFileError(
                file, expected: "descr and shape of \(quoted(name)) with at most two dimensions, or four in C order",
                found: description(ofShape: header.shape))
        }
        return Tensor(
            name: name, shape: header.shape, elementType: elementType, bytes: rowMajor(bytes, header, elementType))
    }

    /// The file for a tensor.
    static func encoded(_ tensor: Tensor) -> [UInt8] {
        let sizes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
        let header = "{'descr': '<f\(tensor.elementType.size)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The elements begin at a multiple of 64 bytes, after a line feed.
        let padding = (64 - (10 + header.utf8.count + 1) % 64) % 64
        let text = Array(header.utf8) + Array(repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
        return NPYHeader.magic + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text + tensor.bytes
    }

    /// The elements little-endian, the last dimension running fastest.
    private static func rowMajor(_ bytes: [UInt8], _ header: NPYHeader, _ type: ElementType) -> [UInt8] {
        let isBigEndian = header.type.isBigEndian
        guard isBigEndian || header.fortranOrder else { return Array(bytes[header.start...]) }
        var elements = stride(from: header.start, to: bytes.count, by: type.size).map { bytes[$0..<$0 + type.size] }
        if header.fortranOrder, header.shape.count == 2 {
            elements = transpose(elements, rows: header.shape[1], columns: header.shape[0])
        }
        return isBigEndian ? elements.flatMap { $0.reversed() } : elements.flatMap { $0 }
    }
}

extension NPYHeader {
    /// nil for what weights are not written in.
    fileprivate var elementType: ElementType? {
        guard type.kind == .float else { return nil }
        return type.size == 2 ? .f16 : type.size == 4 ? .f32 : .f64
    }
}
