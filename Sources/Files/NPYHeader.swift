/// What stands before the elements of an array in NumPy's format (`numpy.lib.format`): a magic number and a Python
/// dictionary as text, `{'descr': '<f4', 'fortran_order': False, 'shape': (128, 784), }`, the keys in any order.
package struct NPYHeader: Equatable, Sendable {
    package let type: NumberType
    package let fortranOrder: Bool
    package let shape: [Int]
    /// Where the elements begin; the array ends with them.
    package let start: Int

    /// In bytes; the dictionary of a real array has about a hundred. NumPy draws the same line.
    package static let largest = 10_000

    package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Whether the bytes begin as an array of NumPy does.
    package static func isMagic(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: magic) }

    /// - Parameters:
    ///   - bytes: the whole array; as many elements as the shape says follow the header.
    ///   - name: of the array, for errors, as is `file`.
    package init(_ bytes: [UInt8], name: String, file: String) throws(FileError) {
        guard bytes.count >= 10, Self.isMagic(bytes), (1...3).contains(bytes[6]) else {
            throw FileError(
                file, expected: "\(quoted(name)) to be an array of NumPy, version 1 to 3", found: "other bytes")
        }
        // Version 1 gives the length of the dictionary in two bytes, later ones in four.
        let lengthSize = bytes[6] == 1 ? 2 : 4
        let length = bytes[8...].prefix(lengthSize).reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthSize + length
        guard length <= Self.largest, start <= bytes.count else {
            throw FileError(file, expected: "a dictionary within \(quoted(name))", found: "one of \(length) bytes")
        }
        let text = bytes[(8 + lengthSize)..<start]
        guard let dictionary = NPYDictionary(String(decoding: text, as: UTF8.self)) else {
            throw FileError(
                file, expected: "descr of numbers, fortran_order and shape of \(quoted(name))",
                found: quoted(String(decoding: text.prefix(60), as: UTF8.self))
                    + Self.remark(on: String(decoding: text, as: UTF8.self)))
        }
        (type, fortranOrder, shape) = (dictionary.type, dictionary.fortranOrder, dictionary.shape)
        self.start = start
        guard product(shape + [type.size]) == bytes.count - start else {
            throw FileError(
                file, expected: "\(quoted(name)) of shape \(description(ofShape: shape)) in \(type)",
                found: "\(bytes.count - start) bytes for it")
        }
    }
}

extension NPYHeader {
    /// What to say of a kind of elements that is not read.
    private static func remark(on dictionary: String) -> String {
        guard let descr = dictionary.firstMatch(of: /['"]descr['"]\s*:\s*['"][<>=|]?([a-zA-Z])([0-9]{0,4})['"]/) else {
            return ""
        }
        return switch (descr.1, descr.2) {
        case ("O", _): ", a pickle of Python; numpy.savez(FILE, W1=W1, b1=b1, W2=W2, b2=b2) saves plain arrays"
        case ("V", "2"): ", perhaps bfloat16; astype(\"float32\") saves what is read"
        default: ""
        }
    }
}

extension NumberType: CustomStringConvertible {
    /// "32-bit floats"
    package var description: String {
        switch kind {
        case .unsigned: size == 1 ? "bytes" : "unsigned numbers of \(8 * size) bits"
        case .signed: "whole numbers of \(8 * size) bits"
        case .float: "floats of \(8 * size) bits"
        }
    }
}

private struct NPYDictionary {
    let type: NumberType
    let fortranOrder: Bool
    let shape: [Int]

    // Read once, as an archive may have many thousand arrays; nothing changes them, so threads may share them.
    private nonisolated(unsafe) static let descr = /['"]descr['"]\s*:\s*['"]([<>=|])(f[248]|[iu][1248]|b1)['"]/
    private nonisolated(unsafe) static let order = /['"]fortran_order['"]\s*:\s*(True|False)/
    private nonisolated(unsafe) static let shape = /['"]shape['"]\s*:\s*\(([0-9, ]*)\)/

    init?(_ text: String) {
        guard let descr = text.firstMatch(of: Self.descr),
            let order = text.firstMatch(of: Self.order),
            let sizes = text.firstMatch(of: Self.shape),
            let size = descr.2.last?.wholeNumberValue
        else { return nil }
        let parts = sizes.1.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        shape = parts.compactMap { Int($0) }
        guard shape.count == parts.count else { return nil }
        let kind: NumberType.Kind = descr.2.hasPrefix("f") ? .float : descr.2.hasPrefix("i") ? .signed : .unsigned
        type = NumberType(kind, size: size, isBigEndian: descr.1 == ">")
        fortranOrder = order.1 == "True"
    }
}
