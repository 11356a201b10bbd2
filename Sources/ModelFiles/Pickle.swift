import Files

/// Reads a pickle of Python without running anything: only what `torch.save` writes for a dictionary of tensors. Every
/// other opcode, and every class or function that is not one of the few known, is refused.
///
/// Opcodes are those of Python's `pickletools`, protocols 2 to 4.
struct Pickle {
    indirect enum Value {
        case none
        case integer(Int)
        case text(String)
        case tuple([Value], depth: Int)
        /// What a list or a set holds is of no interest here.
        case list
        case dictionary(PickledDictionary)
        case global(String)
        /// `torch.FloatStorage` and so on, and the name of its entry in the archive.
        case storage(type: String, key: String)
        case tensor(PickledTensor)
        /// A number, or what else may be passed over.
        case other

        /// How deep values lie within it, so that nothing recurses far when they go.
        fileprivate var depth: Int {
            switch self {
            case .tuple(_, let depth): depth
            case .dictionary(let dictionary): dictionary.depth
            default: 0
            }
        }
    }

    private enum Item {
        case mark
        case value(Value)
    }

    /// What no pickle of a network comes near.
    static let largest = 1 << 20
    private static let deepest = 16

    /// The functions and classes that are known; nothing of them is run.
    private static let globals: Set<String> = [
        "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter",
        "torch.FloatStorage", "torch.DoubleStorage", "torch.HalfStorage", "torch.BFloat16Storage",
        "torch.LongStorage", "torch.IntStorage", "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage",
        "torch.BoolStorage",
    ]

    private let file: String
    private var rest: ArraySlice<UInt8>
    private var stack: [Item] = []
    private var memo: [Int: Value] = [:]

    /// The value of a pickle.
    static func value(_ bytes: [UInt8], file: String) throws(ModelFileError) -> Value {
        guard bytes.count <= largest else {
            throw ModelFileError(file, expected: "a pickle of at most \(largest) bytes", found: "\(bytes.count)")
        }
        var pickle = Pickle(file: file, rest: bytes[...])
        while let code = pickle.rest.popFirst() {
            if code == UInt8(ascii: ".") { return try pickle.pop() }
            try pickle.run(code)
        }
        throw pickle.problem("the end of the pickle", "none")
    }

    private init(file: String, rest: ArraySlice<UInt8>) {
        (self.file, self.rest) = (file, rest)
    }

    private func problem(_ expected: String, _ found: String) -> ModelFileError {
        ModelFileError(file, expected: expected, found: found)
    }

    // MARK: - Opcodes

    private mutating func run(_ code: UInt8) throws(ModelFileError) {
        switch Unicode.Scalar(code) {
        case "\u{80}": _ = try take(1)  // the protocol
        case "\u{95}": _ = try take(8)  // a frame
        case "(": stack.append(.mark)
        case "N": push(.none)
        case "\u{88}", "\u{89}": push(.other)  // True, False
        case "K": push(.integer(try number(1)))
        case "M": push(.integer(try number(2)))
        case "J": push(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case "\u{8a}": try longInteger()
        case "G":
            _ = try take(8)
            push(.other)
        case "X": push(.text(try text(try number(4))))
        case "\u{8c}": push(.text(try text(try number(1))))
        case "]", "\u{8f}": push(.list)
        case "}": push(.dictionary(PickledDictionary()))
        case ")": push(.tuple([], depth: 0))
        case "\u{85}": try pushTuple(of: 1)
        case "\u{86}": try pushTuple(of: 2)
        case "\u{87}": try pushTuple(of: 3)
        case "t": try pushTuple(popToMark())
        case "a": _ = try pop()
        case "e", "\u{90}": _ = try popToMark()
        case "s":
            let value = try pop()
            try setItems([try pop(), value])
        case "u": try setItems(try popToMark())
        case "c": try pushGlobal(try line(), try line())
        case "\u{93}":
            let (name, module) = (try pop(), try pop())
            guard case (.text(let module), .text(let name)) = (module, name) else { throw problem("a name", "none") }
            try pushGlobal(module, name)
        case "Q": try persistentID()
        case "R": try reduce()
        case "b": _ = try pop()  // a state, such as the metadata of a dictionary
        case "q": try memorize(try number(1))
        case "r": try memorize(try number(4))
        case "\u{94}": try memorize(memo.count)
        case "h": try recall(try number(1))
        case "j": try recall(try number(4))
        default:
            throw problem(
                "a dictionary of tensors, as torch.save(model.state_dict(), FILE) writes it", "opcode \(code)")
        }
    }

    private mutating func push(_ value: Value) { stack.append(.value(value)) }

    private mutating func pop() throws(ModelFileError) -> Value {
        guard case .value(let value)? = stack.popLast() else { throw problem("a value in the pickle", "none") }
        return value
    }

    private mutating func popToMark() throws(ModelFileError) -> [Value] {
        var values: [Value] = []
        while let item = stack.popLast() {
            guard case .value(let value) = item else { return values.reversed() }
            values.append(value)
        }
        throw problem("a mark in the pickle", "none")
    }

    private mutating func pushTuple(of count: Int) throws(ModelFileError) {
        var values: [Value] = []
        for _ in 0..<count { values.append(try pop()) }
        try pushTuple(values.reversed())
    }

    private mutating func pushTuple(_ values: [Value]) throws(ModelFileError) {
        push(.tuple(values, depth: try depth(around: values)))
    }

    private func depth(around values: [Value]) throws(ModelFileError) -> Int {
        let depth = 1 + (values.map(\.depth).max() ?? 0)
        guard depth <= Self.deepest else { throw problem("values \(Self.deepest) deep at most", "deeper ones") }
        return depth
    }

    private mutating func setItems(_ items: [Value]) throws(ModelFileError) {
        guard case .value(.dictionary(let dictionary))? = stack.last, items.count % 2 == 0 else {
            throw problem("keys and values of a dictionary", "others")
        }
        dictionary.depth = max(dictionary.depth, try depth(around: items))
        for index in stride(from: 0, to: items.count, by: 2) {
            if case .text(let key) = items[index] { dictionary.members.append((key, items[index + 1])) }
        }
    }

    private mutating func pushGlobal(_ module: String, _ name: String) throws(ModelFileError) {
        let whole = "\(module).\(name)"
        guard Self.globals.contains(whole) else {
            throw problem(
                "a dictionary of tensors, as torch.save(model.state_dict(), FILE) writes it",
                "the class or function \(quoted(whole)), which is not run")
        }
        push(.global(whole))
    }

    /// ('storage', torch.FloatStorage, '0', 'cpu', 200)
    private mutating func persistentID() throws(ModelFileError) {
        guard case .tuple(let parts, _) = try pop(), parts.count == 5, case .text("storage") = parts[0],
            case .global(let type) = parts[1], case .text(let key) = parts[2]
        else { throw problem("a storage of torch", "another reference") }
        push(.storage(type: type, key: key))
    }

    private mutating func reduce() throws(ModelFileError) {
        let arguments = try pop()
        guard case .global(let function) = try pop(), case .tuple(let parts, _) = arguments else {
            throw problem("a function and its arguments", "others")
        }
        switch function {
        case "collections.OrderedDict": push(.dictionary(PickledDictionary()))
        case "torch._utils._rebuild_parameter" where !parts.isEmpty: push(parts[0])
        case "torch._utils._rebuild_tensor_v2":
            // storage, offset, size, stride, requires_grad, backward_hooks
            guard parts.count >= 4, case .storage(let type, let key) = parts[0], case .integer(let offset) = parts[1],
                case .tuple(let sizes, _) = parts[2], case .tuple(let strides, _) = parts[3]
            else { throw problem("a tensor of torch", "other arguments") }
            let integers = { (values: [Value]) in
                values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
            }
            push(
                .tensor(
                    PickledTensor(
                        type: type, key: key, offset: offset, shape: integers(sizes), strides: integers(strides))))
        default: throw problem("a function that makes a tensor", quoted(function))
        }
    }

    /// A dictionary is remembered as nothing of interest, so that it lies in one place only: none can hold itself.
    private mutating func memorize(_ key: Int) throws(ModelFileError) {
        guard case .value(let value)? = stack.last else { throw problem("a value to remember", "none") }
        if case .dictionary = value { memo[key] = .other } else { memo[key] = value }
    }

    private mutating func recall(_ key: Int) throws(ModelFileError) {
        guard let value = memo[key] else { throw problem("a value that was remembered", "none") }
        push(value)
    }

    // MARK: - Arguments

    private mutating func take(_ count: Int) throws(ModelFileError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw problem("\(count) bytes more of the pickle", "\(rest.count)") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Little-endian, of at most 4 bytes.
    private mutating func number(_ count: Int) throws(ModelFileError) -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Of as many bytes as one says; what has more than 8 is no number that a tensor has.
    private mutating func longInteger() throws(ModelFileError) {
        let bytes = try take(try number(1))
        guard bytes.count <= 8, let last = bytes.last else { return push(bytes.isEmpty ? .integer(0) : .other) }
        let start: UInt64 = last >= 0x80 ? .max : 0
        push(.integer(Int(truncatingIfNeeded: bytes.reversed().reduce(start) { $0 << 8 | UInt64($1) })))
    }

    private mutating func text(_ count: Int) throws(ModelFileError) -> String {
        String(decoding: try take(count), as: UTF8.self)
    }

    private mutating func line() throws(ModelFileError) -> String {
        guard let end = rest.firstIndex(of: 0x0a) else { throw problem("the end of a line", "none") }
        let bytes = try take(end - rest.startIndex)
        rest = rest.dropFirst()
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Members in order, those whose names are text.
final class PickledDictionary {
    fileprivate(set) var members: [(key: String, value: Pickle.Value)] = []
    fileprivate var depth = 0
}

/// Where the numbers of a tensor lie, in elements of a storage.
struct PickledTensor {
    /// "torch.FloatStorage"
    let type: String
    let key: String
    let offset: Int
    let shape, strides: [Int]
}
