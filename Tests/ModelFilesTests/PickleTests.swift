import TestSupport
import Testing

@testable import ModelFiles

/// Opcodes of Python's `pickletools`, one by one.
@Suite struct PickleTests {
    /// A value in words; what is said, behind "expected ", where there is none.
    private func value(_ bytes: [UInt8]) -> String {
        do throws(ModelFileError) {
            return Self.words(try Pickle.value(bytes, file: "file"))
        } catch { return "\(error.expected), found \(error.found)" }
    }

    private static func words(_ value: Pickle.Value) -> String {
        switch value {
        case .none: "None"
        case .integer(let number): "\(number)"
        case .text(let text): "'\(text)'"
        case .tuple(let values, _): "(" + values.map(words).joined(separator: ", ") + ")"
        case .list: "[…]"
        case .dictionary(let dictionary):
            "{" + dictionary.members.map { "'\($0.key)': \(words($0.value))" }.joined(separator: ", ") + "}"
        case .global(let name): name
        case .storage(let type, let key): "storage(\(type), '\(key)')"
        case .tensor(let tensor):
            "tensor(\(tensor.type), '\(tensor.key)', \(tensor.offset), \(tensor.shape), \(tensor.strides))"
        case .other: "…"
        }
    }

    private static func text(_ text: String) -> [UInt8] { [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) }
    private static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    private static let end: [UInt8] = [0x2e]
    private static let a = text("a")

    @Test func eachOpcodeIsUnderstood() {
        let cases: [([UInt8], String)] = [
            ([0x4e], "None"), ([0x88], "…"), ([0x89], "…"), ([0x5d], "[…]"), ([0x8f], "[…]"), ([0x7d], "{}"),
            ([0x29], "()"),
            ([0x80, 4, 0x4e], "None"), ([0x95, 1, 2, 3, 4, 5, 6, 7, 8, 0x4e], "None"),
            // Whole numbers of one byte, two, four and of as many as one says.
            ([0x4b, 200], "200"), ([0x4d, 1, 2], "513"), ([0x4a, 1, 2, 0, 0], "513"),
            ([0x4a, 0xfe, 0xff, 0xff, 0xff], "-2"), ([0x8a, 0], "0"), ([0x8a, 1, 0x7f], "127"),
            ([0x8a, 1, 0x80], "-128"),
            ([0x8a, 2, 1, 2], "513"), ([0x8a, 2, 0, 0xff], "-256"),
            ([0x8a, 8, 1, 0, 0, 0, 0, 0, 0, 0], "1"), ([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], "\(Int.min)"),
            ([0x8a, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], "…"),
            ([0x47, 1, 2, 3, 4, 5, 6, 7, 8], "…"),
            ([0x58, 2, 0, 0, 0, 0xc3, 0xa9], "'é'"), ([0x8c, 2, 0xc3, 0xa9], "'é'"),
            // Tuples, lists, sets and dictionaries.
            ([0x4b, 1, 0x85], "(1)"), ([0x4b, 1, 0x4b, 2, 0x86], "(1, 2)"),
            ([0x4b, 1, 0x4b, 2, 0x4b, 3, 0x87], "(1, 2, 3)"), ([0x28, 0x4b, 1, 0x4b, 2, 0x74], "(1, 2)"),
            ([0x28, 0x74], "()"),
            ([0x5d, 0x4b, 1, 0x61], "[…]"), ([0x5d, 0x28, 0x4b, 1, 0x4b, 2, 0x65], "[…]"),
            ([0x8f, 0x28, 0x4b, 1, 0x4b, 2, 0x90], "[…]"),
            ([0x7d] + Self.a + [0x4b, 1, 0x73], "{'a': 1}"),
            ([0x7d, 0x28] + Self.a + [0x4b, 1] + Self.text("b") + [0x4b, 2, 0x75], "{'a': 1, 'b': 2}"),
            ([0x7d, 0x4b, 1, 0x4b, 2, 0x73], "{}"),
            // What is remembered, by a number of one byte, of four, or the next one.
            ([0x4b, 1, 0x71, 7, 0x4b, 2, 0x68, 7, 0x86], "(2, 1)"),
            ([0x4b, 1, 0x72, 7, 1, 0, 0, 0x4b, 2, 0x6a, 7, 1, 0, 0, 0x86], "(2, 1)"),
            ([0x4b, 1, 0x94, 0x4b, 2, 0x94, 0x68, 1, 0x68, 0, 0x86], "(2, 1)"),
            ([0x7d, 0x94, 0x68, 0, 0x86], "({}, …)"),
            // A state that is passed over.
            ([0x7d, 0x4b, 1, 0x62], "{}"),
            (Self.global("torch", "FloatStorage"), "torch.FloatStorage"),
            (Self.text("torch") + Self.text("HalfStorage") + [0x93], "torch.HalfStorage"),
            (Self.global("collections", "OrderedDict") + [0x29, 0x52], "{}"),
        ]
        for (bytes, words) in cases { #expect(value(bytes + Self.end) == words, "\(bytes)") }
    }

    @Test func everyKnownNameIsTaken() {
        for name in ["Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"] {
            #expect(value(Self.global("torch", name + "Storage") + Self.end) == "torch.\(name)Storage")
        }
        for name in ["_rebuild_tensor_v2", "_rebuild_parameter"] {
            #expect(value(Self.global("torch._utils", name) + Self.end) == "torch._utils.\(name)")
        }
    }

    private static let storage =
        [0x28] + text("storage") + global("torch", "FloatStorage") + text("key") + text("cpu") + [0x4b, 9, 0x74, 0x51]

    /// `_rebuild_tensor_v2` with these arguments.
    private static func tensor(_ arguments: [[UInt8]]) -> [UInt8] {
        global("torch._utils", "_rebuild_tensor_v2") + [0x28] + arguments.joined() + [0x74, 0x52]
    }

    private static let arguments: [[UInt8]] = [
        storage, [0x4b, 5], [0x4b, 2, 0x4b, 3, 0x86], [0x4b, 3, 0x4b, 1, 0x86], [0x89], [0x7d],
    ]
    private static let tensorWords = "tensor(torch.FloatStorage, 'key', 5, [2, 3], [3, 1])"

    @Test func tensorsAreRebuilt() {
        #expect(value(Self.storage + Self.end) == "storage(torch.FloatStorage, 'key')")
        #expect(value(Self.tensor(Self.arguments) + Self.end) == Self.tensorWords)
        #expect(value(Self.tensor(Array(Self.arguments.prefix(4))) + Self.end) == Self.tensorWords)
        let parameter = Self.global("torch._utils", "_rebuild_parameter") + [0x28] + Self.tensor(Self.arguments)
        #expect(value(parameter + [0x88, 0x7d, 0x74, 0x52] + Self.end) == Self.tensorWords)
        let words = "a tensor of torch, found other arguments"
        #expect(value(Self.tensor(Array(Self.arguments.prefix(3))) + Self.end) == words)
        for index in 0..<4 {
            var arguments = Self.arguments
            arguments[index] = [0x4e]
            #expect(value(Self.tensor(arguments) + Self.end) == words, "\(index)")
        }
    }

    @Test func storagesHaveFiveParts() {
        let parts: [[UInt8]] = [
            Self.text("storage"), Self.global("torch", "FloatStorage"), Self.text("key"), Self.text("cpu"), [0x4b, 9],
        ]
        let words = "a storage of torch, found another reference"
        func reference(_ parts: [[UInt8]]) -> String { value([0x28] + parts.joined() + [0x74, 0x51] + Self.end) }
        #expect(reference(parts) == "storage(torch.FloatStorage, 'key')")
        #expect(reference(Array(parts.dropLast())) == words && reference(parts + [[0x4e]]) == words)
        for index in 0..<3 {
            var other = parts
            other[index] = index == 0 ? Self.text("module") : [0x4b, 1]
            #expect(reference(other) == words, "\(index)")
        }
        #expect(value([0x4b, 1, 0x51] + Self.end) == words)
    }

    @Test func whatMakesNoSenseIsNamed() {
        let function = "a function that makes a tensor, found "
        let cases: [([UInt8], String)] = [
            ([], "the end of the pickle, found none"), ([0x2e], "a value in the pickle, found none"),
            ([0x28, 0x2e], "a value in the pickle, found none"), ([0x74], "a mark in the pickle, found none"),
            ([0x4b, 1, 0x86], "a value in the pickle, found none"),
            ([0x71, 0], "a value to remember, found none"), ([0x28, 0x94], "a value to remember, found none"),
            ([0x68, 0], "a value that was remembered, found none"),
            ([0x4b], "1 bytes more of the pickle, found 0"), ([0x4a, 1, 2, 3], "4 bytes more of the pickle, found 3"),
            ([0x95, 1, 2, 3, 4, 5, 6, 7], "8 bytes more of the pickle, found 7"),
            ([0x47, 1, 2, 3, 4, 5, 6, 7], "8 bytes more of the pickle, found 7"),
            (Array("ctorch\nFloatStorage".utf8), "the end of a line, found none"),
            ([0x7d, 0x28] + Self.a + [0x75], "keys and values of a dictionary, found others"),
            ([0x4e, 0x28] + Self.a + [0x4b, 1, 0x75], "keys and values of a dictionary, found others"),
            (Self.global("torch", "FloatStorage") + [0x29, 0x52], function + "\"torch.FloatStorage\""),
            (
                Self.global("torch._utils", "_rebuild_parameter") + [0x29, 0x52],
                function + "\"torch._utils._rebuild_parameter\""
            ),
            (Self.global("torch", "FloatStorage") + [0x4e, 0x52], "a function and its arguments, found others"),
            ([0x4e, 0x29, 0x52], "a function and its arguments, found others"),
            (Self.a + [0x4b, 1, 0x93], "a name, found none"), ([0x4b, 1] + Self.a + [0x93], "a name, found none"),
            (
                Self.global("os", "system"),
                "a dictionary of tensors, as torch.save(model.state_dict(), FILE) writes it, "
                    + "found the class or function \"os.system\", which is not run"
            ),
            ([0x49], "a dictionary of tensors, as torch.save(model.state_dict(), FILE) writes it, found opcode 73"),
        ]
        for (bytes, words) in cases { #expect(value(bytes) == words, "\(bytes)") }
    }

    @Test func theLargestIsOneMiB() {
        func pickle(_ count: Int) -> [UInt8] {
            let length = count - 7
            return [0x4e, 0x58] + littleEndian(length)
                + [UInt8](repeating: 0x61, count: length) + Self.end
        }
        #expect(value(pickle(1 << 20)).count == (1 << 20) - 7 + 2)
        #expect(value(pickle(1 << 20 + 1)) == "a pickle of at most 1048576 bytes, found 1048577")
    }

    /// What is deepest in a dictionary counts, wherever it stands.
    @Test(arguments: [true, false]) func theDeepestMemberCounts(isFirst: Bool) {
        func nested(_ tuples: Int) -> [UInt8] {
            let deep = Self.a + [0x29] + [UInt8](repeating: 0x85, count: tuples - 1) + [0x73]
            let flat = Self.a + [0x4b, 1, 0x73]
            return [0x7d] + (isFirst ? deep + flat : flat + deep) + [0x85] + Self.end
        }
        #expect(!value(nested(15)).contains("deep"))
        #expect(value(nested(16)) == "values 16 deep at most, found deeper ones")
    }
}
