import Files

/// The header of a safetensors file: a JSON object of known form, so read without recursion, whatever the nesting.
///
///     {"__metadata__": {"key": "value", …}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}
struct SafetensorsHeader {
    struct Entry: Equatable {
        let name: String
        /// nil for a counter of whole numbers, which is passed over.
        let elementType: ElementType?
        let shape: [Int]
        /// In bytes from the end of the header.
        let range: Range<Int>
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    init(_ json: [UInt8], file: String) throws(ModelFileError) {
        var scanner = JSONScanner(json, file: file)
        var names: Set<String> = []
        try scanner.object { scanner, name throws(ModelFileError) in
            guard names.insert(name).inserted else {
                throw ModelFileError(file, expected: "each name once", found: "\(quoted(name)) twice")
            }
            if name == "__metadata__" {
                metadata = try Self.metadata(&scanner, file)
            } else {
                entries.append(try Self.entry(name, &scanner, file))
            }
        }
        try scanner.end()
    }

    private static func metadata(
        _ scanner: inout JSONScanner, _ file: String
    ) throws(ModelFileError) -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.object { scanner, key throws(ModelFileError) in
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
                throw ModelFileError(file, expected: "each key of __metadata__ once", found: "\(quoted(key)) twice")
            }
        }
        return metadata
    }

    private static func entry(
        _ name: String, _ scanner: inout JSONScanner, _ file: String
    ) throws(ModelFileError) -> Entry {
        var elementType: ElementType?
        var (isTyped, size) = (false, 8)
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key throws(ModelFileError) in
            switch key {
            case "dtype" where !isTyped:
                let dtype = try scanner.string()
                elementType = ElementType(rawValue: dtype)
                (isTyped, size) = (true, elementType?.size ?? 8)
                guard elementType != nil || dtype == "I64" && StoredTensorName.isCounter(name) else {
                    throw ModelFileError(
                        file, expected: "dtype F64, F32, F16 or BF16 for \(quoted(name))",
                        found: quoted(dtype) + ElementType.remark(onName: dtype))
                }
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            default:
                throw ModelFileError(
                    file, expected: "dtype, shape and data_offsets of \(quoted(name)), each once", found: quoted(key))
            }
        }
        guard isTyped, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw ModelFileError(
                file, expected: "dtype, shape and data_offsets [begin, end] of \(quoted(name))",
                found: offsets.map(description(ofShape:)) ?? "not all of them")
        }
        let entry = Entry(name: name, elementType: elementType, shape: shape, range: offsets[0]..<offsets[1])
        guard product(shape + [size]) == entry.range.count else {
            throw ModelFileError(
                file,
                expected: "\(quoted(name)) of shape \(description(ofShape: shape)) in "
                    + (elementType?.rawValue ?? "I64"),
                found: "\(entry.range.count) bytes for it")
        }
        return entry
    }
}
