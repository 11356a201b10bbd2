/// One array in NumPy's format (`numpy.lib.format`): a magic number, a Python dictionary as text, the elements.
enum NPY {
    /// In bytes; the dictionary of a real array has about a hundred. NumPy draws the same line.
    static let largestHeader = 10_000

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Whether the bytes begin as an array of NumPy does.
    static func isMagic(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: magic) }

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: what the tensor is to be called.
    ///   - file: for errors.
    static func tensor(_ bytes: [UInt8], name: String, file: String) throws(ModelFileError) -> Tensor {
        guard bytes.count >= 10, isMagic(bytes), (1...3).contains(bytes[6]) else {
            throw ModelFileError(
                file, expected: "\(quoted(name)) to be an array of NumPy, version 1 to 3", found: "other bytes")
        }
        // Version 1 gives the length of the dictionary in two bytes, later ones in four.
        let lengthSize = bytes[6] == 1 ? 2 : 4
        let length = bytes[8...].prefix(lengthSize).reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthSize + length
        guard bytes.count >= 8 + lengthSize, length <= largestHeader, start <= bytes.count else {
            throw ModelFileError(
                file, expected: "a dictionary within \(quoted(name))", found: "one of \(length) bytes")
        }
        let text = bytes[(8 + lengthSize)..<start]
        guard let header = NPYHeader(String(decoding: text, as: UTF8.self)) else {
            let dictionary = String(decoding: text, as: UTF8.self)
            throw ModelFileError(
                file, expected: "descr '<f2', '<f4' or '<f8', fortran_order and shape of \(quoted(name))",
                found: quoted(dictionary) + NPYHeader.remark(on: dictionary))
        }
        guard product(header.shape + [header.elementType.size]) == bytes.count - start else {
            throw ModelFileError(
                file,
                expected: "\(quoted(name)) of shape \(description(ofShape: header.shape)) in "
                    + header.elementType.rawValue,
                found: "\(bytes.count - start) bytes for it")
        }
        return Tensor(
            name: name, shape: header.shape, elementType: header.elementType,
            bytes: rowMajor(Array(bytes[start...]), header))
    }

    /// The file for a tensor.
    static func encoded(_ tensor: Tensor) -> [UInt8] {
        let sizes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
        let header = "{'descr': '<f\(tensor.elementType.size)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The elements begin at a multiple of 64 bytes, after a line feed.
        let padding = (64 - (10 + header.utf8.count + 1) % 64) % 64
        let text = Array(header.utf8) + Array(repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
        return magic + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text + tensor.bytes
    }

    /// The elements little-endian, the last dimension running fastest.
    private static func rowMajor(_ bytes: [UInt8], _ header: NPYHeader) -> [UInt8] {
        guard header.isBigEndian || header.fortranOrder else { return bytes }
        let size = header.elementType.size
        var elements = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<$0 + size] }
        if header.fortranOrder, header.shape.count == 2 {
            elements = transpose(elements, rows: header.shape[1], columns: header.shape[0])
        }
        return header.isBigEndian ? elements.flatMap { $0.reversed() } : elements.flatMap { $0 }
    }
}

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (128, 784), }`, the keys in any order.
struct NPYHeader: Equatable {
    let elementType: ElementType
    let isBigEndian: Bool
    let fortranOrder: Bool
    /// At most two dimensions: a dense layer has no more.
    let shape: [Int]

    init?(_ text: String) {
        guard let descr = text.firstMatch(of: /['"]descr['"]\s*:\s*['"]([<>=])f([248])['"]/),
            let order = text.firstMatch(of: /['"]fortran_order['"]\s*:\s*(True|False)/),
            let sizes = text.firstMatch(of: /['"]shape['"]\s*:\s*\(([0-9, ]*)\)/)
        else { return nil }
        let parts = sizes.1.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        shape = parts.compactMap { Int($0) }
        guard shape.count == parts.count, shape.count <= 2 || shape.count == 4 && order.1 == "False" else { return nil }
        elementType = descr.2 == "2" ? .f16 : descr.2 == "4" ? .f32 : .f64
        isBigEndian = descr.1 == ">"
        fortranOrder = order.1 == "True"
    }

    /// What to say of a kind of elements that is not read.
    static func remark(on text: String) -> String {
        guard let descr = text.firstMatch(of: /['"]descr['"]\s*:\s*['"][<>=|]?([a-zA-Z])([0-9]{0,4})['"]/) else {
            return ""
        }
        switch (descr.1, Int(descr.2)) {
        case ("i", let size?), ("u", let size?): return ElementType.remark(onName: "i\(size * 8)")
        case ("O", _): return ", a pickle of Python; numpy.savez(FILE, W1=W1, b1=b1, W2=W2, b2=b2) saves plain arrays"
        case ("V", 2): return ", perhaps bfloat16; astype(\"float32\") saves what is read"
        default: return ""
        }
    }
}
