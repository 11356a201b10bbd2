import Files

/// What an ONNX file says: nodes in the order in which they run, and the numbers that they use. Field numbers are those
/// of `onnx.proto3`.
struct ONNXGraph {
    struct Node {
        var operation = ""
        var name = ""
        var domain = ""
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [String: Attribute] = [:]

        /// "\"/fc1/Gemm\" (Gemm)"
        var title: String {
            "\(quoted(name.isEmpty ? outputs.first ?? "" : name)) (\(["", "ai.onnx"].contains(domain) ? "" : domain + ".")\(operation))"
        }
    }

    struct Attribute {
        var float: Float?
        var integer: Int?
        var integers: [Int] = []
        var text: String?
        var constant: Constant?
    }

    enum Constant {
        case tensor(Tensor)
        /// Sizes and axes.
        case integers([Int])
    }

    private(set) var nodes: [Node] = []
    private(set) var constants: [String: Constant] = [:]
    /// With the sizes where they are known, that of the batch first; those that are constants by default left out.
    private(set) var inputs: [(name: String, sizes: [Int?])] = []
    private(set) var outputs: [String] = []
    private(set) var metadata: [String: String] = [:]

    private let file: String

    /// Whether the bytes begin as a model does: field 1, a version below 128, another field. A safetensors file that
    /// begins so has zeros further on, as no header has 16 MiB.
    static func isMagic(_ bytes: [UInt8]) -> Bool {
        bytes.count > 8 && bytes[0] == 0x08 && bytes[1] < 0x80 && bytes[2] != 0 && bytes[3...7].contains { $0 != 0 }
    }

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: for errors.
    init(_ bytes: [UInt8], file: String) throws(ModelFileError) {
        self.file = file
        var graphs: [ArraySlice<UInt8>] = []
        var model = ProtobufReader(bytes[...], file: file)
        try model.readFields { number, value throws(ModelFileError) in
            switch (number, value) {
            case (7, .bytes(let graph)): graphs.append(graph)
            case (14, .bytes(let property)):
                var (key, text) = ("", "")
                var reader = ProtobufReader(property, file: file)
                try reader.readFields { number, value throws(ModelFileError) in
                    if number == 1 { key = ProtobufReader.text(value) }
                    if number == 2 { text = ProtobufReader.text(value) }
                }
                metadata[key] = text
            default: break
            }
        }
        guard graphs.count == 1 else {
            throw ModelFileError(file, expected: "one graph of ONNX", found: "\(graphs.count)")
        }
        try read(graphs[0])
        inputs.removeAll { constants[$0.name] != nil }
    }

    private mutating func read(_ graph: ArraySlice<UInt8>) throws(ModelFileError) {
        var reader = ProtobufReader(graph, file: file)
        try reader.readFields { number, value throws(ModelFileError) in
            guard case .bytes(let bytes) = value else { return }
            switch number {
            case 1: nodes.append(try node(bytes))
            case 5:
                let (name, constant) = try tensor(bytes)
                constants[name] = constant
            case 11: inputs.append(try valueInfo(bytes))
            case 12: outputs.append(try valueInfo(bytes).name)
            case 15:
                throw ModelFileError(file, expected: "dense tensors in the graph", found: "sparse ones")
            default: break
            }
        }
    }

    private func node(_ bytes: ArraySlice<UInt8>) throws(ModelFileError) -> Node {
        var node = Node()
        var reader = ProtobufReader(bytes, file: file)
        try reader.readFields { number, value throws(ModelFileError) in
            switch number {
            case 1: node.inputs.append(ProtobufReader.text(value))
            case 2: node.outputs.append(ProtobufReader.text(value))
            case 3: node.name = ProtobufReader.text(value)
            case 4: node.operation = ProtobufReader.text(value)
            case 5:
                guard case .bytes(let bytes) = value else { break }
                let (name, attribute) = try self.attribute(bytes)
                node.attributes[name] = attribute
            case 7: node.domain = ProtobufReader.text(value)
            default: break
            }
        }
        return node
    }

    private func attribute(_ bytes: ArraySlice<UInt8>) throws(ModelFileError) -> (String, Attribute) {
        var (name, attribute) = ("", Attribute())
        var reader = ProtobufReader(bytes, file: file)
        try reader.readFields { number, value throws(ModelFileError) in
            switch (number, value) {
            case (1, _): name = ProtobufReader.text(value)
            case (2, .fixed32(let bits)): attribute.float = Float(bitPattern: bits)
            case (3, .varint(let bits)): attribute.integer = Int(truncatingIfNeeded: bits)
            case (4, _): attribute.text = ProtobufReader.text(value)
            case (5, .bytes(let bytes)): attribute.constant = try tensor(bytes).constant
            case (8, _): attribute.integers += try ProtobufReader.integers(value, file: file)
            default: break
            }
        }
        return (name, attribute)
    }

    /// The name of an input or output and its sizes, those that have no number nil.
    private func valueInfo(_ bytes: ArraySlice<UInt8>) throws(ModelFileError) -> (name: String, sizes: [Int?]) {
        var (name, sizes): (String, [Int?]) = ("", [])
        /// The messages in the field of that number.
        func messages(_ field: Int, in bytes: ArraySlice<UInt8>) throws(ModelFileError) -> [ArraySlice<UInt8>] {
            var messages: [ArraySlice<UInt8>] = []
            var reader = ProtobufReader(bytes, file: file)
            try reader.readFields { number, value throws(ModelFileError) in
                if number == field, case .bytes(let bytes) = value { messages.append(bytes) }
            }
            return messages
        }
        name = ProtobufReader.text(.bytes(try messages(1, in: bytes).first ?? []))
        // type, its tensor, the tensor's shape, its dimensions
        for type in try messages(2, in: bytes).prefix(1) {
            for tensor in try messages(1, in: type).prefix(1) {
                for shape in try messages(2, in: tensor).prefix(1) {
                    for dimension in try messages(1, in: shape) {
                        var size: Int?
                        var reader = ProtobufReader(dimension, file: file)
                        try reader.readFields { number, value throws(ModelFileError) in
                            if number == 1, case .varint(let bits) = value { size = Int(exactly: bits) }
                        }
                        sizes.append(size)
                    }
                }
            }
        }
        return (name, sizes)
    }

    // MARK: - Tensors

    /// Numbers of `TensorProto.DataType` and what they are called.
    private static let typeNames = [
        1: "float", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 8: "string", 9: "bool",
        10: "float16", 11: "double", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16",
        17: "float8e4m3fn", 18: "float8e4m3fnuz", 19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4",
    ]

    private static let floatTypes: [Int: ElementType] = [1: .f32, 10: .f16, 11: .f64, 16: .bf16]

    private func tensor(_ bytes: ArraySlice<UInt8>) throws(ModelFileError) -> (name: String, constant: Constant) {
        var (name, type, isExternal) = ("", 0, false)
        var shape: [Int] = []
        var raw: [UInt8]?
        var (fixed, integers): ([UInt8], [Int]) = ([], [])
        var reader = ProtobufReader(bytes, file: file)
        try reader.readFields { number, value throws(ModelFileError) in
            switch number {
            case 1: shape += try ProtobufReader.integers(value, file: file)
            case 2: type = try ProtobufReader.integers(value, file: file).first ?? 0
            case 4, 10: fixed += try ProtobufReader.fixedBytes(value, file: file)
            case 5, 7: integers += try ProtobufReader.integers(value, file: file)
            case 8: name = ProtobufReader.text(value)
            case 9: raw = try ProtobufReader.fixedBytes(value, file: file)
            case 13: isExternal = true
            case 14: isExternal = isExternal || value == .varint(1)
            default: break
            }
        }
        guard !isExternal else {
            throw ModelFileError(
                file, expected: "the numbers of \(quoted(name)) in the file",
                found: "data in another file; onnx.save(onnx.load(FILE), FILE) puts all into one")
        }
        guard shape.count <= 8, shape.allSatisfy({ $0 >= 0 }) else {
            throw ModelFileError(
                file, expected: "a shape of \(quoted(name))", found: description(ofShape: shape))
        }
        if type == 6 || type == 7 {
            let size = type == 6 ? 4 : 8
            let values =
                raw.map { raw in
                    stride(from: 0, to: raw.count - raw.count % size, by: size).map {
                        Self.integer(raw[$0..<$0 + size])
                    }
                } ?? integers
            guard product(shape) == values.count, raw.map({ $0.count % size == 0 }) ?? true else {
                throw ModelFileError(
                    file, expected: "\(quoted(name)) of shape \(description(ofShape: shape))",
                    found: "\(values.count) whole numbers")
            }
            return (name, .integers(values))
        }
        guard let elementType = Self.floatTypes[type] else {
            let found = Self.typeNames[type] ?? "type \(type)"
            throw ModelFileError(
                file, expected: "\(quoted(name)) in float, double, float16 or bfloat16",
                found: found + ElementType.remark(onName: found))
        }
        // Half precision lies in the lower bits of int32 where it is not raw.
        let halves = { integers.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8 & 0xff)] } }
        let data = raw ?? (elementType.size == 2 ? halves() : fixed)
        guard product(shape + [elementType.size]) == data.count else {
            throw ModelFileError(
                file, expected: "\(quoted(name)) of shape \(description(ofShape: shape)) in \(elementType.rawValue)",
                found: "\(data.count) bytes for it")
        }
        return (name, .tensor(Tensor(name: name, shape: shape, elementType: elementType, bytes: data)))
    }

    /// Little-endian, of 4 or 8 bytes.
    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return bytes.count == 4
            ? Int(Int32(truncatingIfNeeded: bits)) : Int(truncatingIfNeeded: bits)
    }
}
