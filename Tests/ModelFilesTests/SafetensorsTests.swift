import Files
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles

/// A file with this header, padded with zeros where `data` is a number of bytes.
private func safetensors(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(header.utf8)
        + Array(repeating: 0, count: data)
}

@Suite struct SafetensorsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aNetworkComesBackToTheLastBit() throws {
        let model = Model(
            network: makeNetwork(), metadata: ["dataset": "mnist", "with \"quotes\"\n": "¼ \\ \u{1F58B}"])
        try model.write(to: folder.file("model"), as: .safetensors)
        let read = try Model(file: folder.file("model"))
        #expect(read.network == model.network)
        #expect(read.metadata == model.metadata.merging(["format": "pt", "activation": "relu"]) { $1 })
    }

    @Test func theFileIsLaidOutAsPyTorchWritesIt() throws {
        try Model(network: makeNetwork()).write(to: folder.file("model"), as: .safetensors)
        let file = try Safetensors(file: folder.file("model"))
        #expect(file.tensors.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
        #expect(file.tensors.map(\.shape) == [[4, 5], [4], [3, 4], [3]])
        #expect(file.tensors[0].floats[1] == makeNetwork().layers[0].weights[1, 0], "transposed")
        #expect(try folder.bytes(of: "model")[0] % 8 == 0, "the numbers begin at a multiple of eight bytes")
    }

    /// The first bytes of such a file are "PK", as those of a zip archive.
    @Test func aHeaderOf19280BytesIsNoArchive() throws {
        let network = makeNetwork()
        var metadata = ["padding": ""]
        let length = { (bytes: [UInt8]) in Int(bytes[0]) | Int(bytes[1]) << 8 }
        let missing = 0x4b50 - length(Safetensors(tensors: network.tensors, metadata: metadata).encoded())
        metadata["padding"] = String(repeating: "x", count: missing)
        let bytes = Safetensors(tensors: network.tensors, metadata: metadata).encoded()
        #expect(bytes.starts(with: Array("PK".utf8)))
        #expect(try Model(file: try folder.write(bytes)).network == network)
    }

    @Test func readsEveryFloatType() throws {
        // 1, −2.5, 65504 (the largest half), 2⁻²⁴ (the smallest half) where the type has them.
        let halves: [UInt16] = [0x3c00, 0xc100, 0x7bff, 0x0001]
        let bytes = halves.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(
            Tensor(name: "", shape: [4], elementType: .f16, bytes: bytes).floats == [1, -2.5, 65504, 0x1p-24])
        #expect(
            Tensor(name: "", shape: [2], elementType: .bf16, bytes: [0x80, 0x3f, 0x20, 0xc0]).floats == [1, -2.5])
        let doubles = [0.1, -2.5, .infinity]
        #expect(Tensor(name: "", shape: [3], doubles: doubles).doubles == doubles)
        #expect(Tensor(name: "", shape: [3], doubles: doubles).floats == [0.1, -2.5, .infinity])
        let minusZero = Tensor(name: "", shape: [2], elementType: .f16, bytes: [0, 0x80, 0, 0x7c]).floats
        #expect(minusZero[0].sign == .minus && minusZero[1] == .infinity)
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func everyHalfIsWhatTheMachineTakesItFor() {
            for bits in 0...UInt16.max {
                let (own, machines) = (Float(half: bits), Float(Float16(bitPattern: bits)))
                #expect(own.bitPattern == machines.bitPattern || own.isNaN && machines.isNaN, "\(bits)")
            }
        }
    #endif

    @Test func wideElementsComeFirstAndStayAligned() throws {
        let file = Safetensors(tensors: [
            Tensor(name: "floats", shape: [3], floats: [1, 2, 3]), Tensor(name: "doubles", shape: [1], doubles: [4]),
        ])
        try file.write(to: folder.file("file"))
        let read = try Safetensors(file: folder.file("file"))
        #expect(read.tensors.map(\.name) == ["doubles", "floats"])
        #expect(read["doubles"]?.doubles == [4])
        #expect(read["floats"]?.floats == [1, 2, 3])
    }

    @Test(
        arguments: [
            ("{}", UInt64.max, 0, "18446744073709551615"),
            ("{}", 200_000_000, 0, "a length of 200000000"),
            ("{}", 3, 0, "a length of 3"),
            ("{}", nil, 4, "0 bytes of data"),
            ("", nil, 0, "found the end"),
            ("{} x", nil, 0, "end of the header"),
            ("# Words", 8_000_000_000, 0, "a checkpoint or another safetensors file"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, nil, 4, "end within the 4 bytes"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, nil, 12, "8 bytes of data"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, nil, 4, "4 bytes for it"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#, nil, 8, "data_offsets [begin, end]"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, nil, 8, "begin at byte 0"),
            (#"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, nil, 8, "found \"I64\""),
            (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, nil, 4, "found \"-\""),
            (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, nil, 4, "\"]\""),
            (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, nil, 4, "below 2^63"),
            (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, nil, 4, "4 bytes for it"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, nil, 4, "bytes for it"),
            (#"{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}"#, nil, 4, "each once"),
            (#"{"a":{"dtype":"F32","shape":[1]}}"#, nil, 4, "not all of them"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, nil, 4, "found [0]"),
            (#"{"a":{"dtype":{},"shape":[1],"data_offsets":[0,4]}}"#, nil, 4, "found \"{\""),
            (#"{"__metadata__":{"a":1}}"#, nil, 0, "found \"1\""),
            (#"{"__metadata__":{"a":"1","a":"2"}}"#, nil, 0, "\"a\" twice"),
            (#"{"__metadata__":{"a":"\ud800"}}"#, nil, 0, "surrogate"),
            (#"{"__metadata__":{"a":"\uzzzz"}}"#, nil, 0, "hexadecimal"),
            ("{\"a\nb\":{}}", nil, 0, "control character"),
        ] as [(String, UInt64?, Int, String)])
    func aHostileHeaderIsNamed(header: String, length: UInt64?, data: Int, words: String) throws {
        let file = try folder.write(safetensors(header, data: data, length: length))
        expectProblem(file, saying: words) { _ = try Safetensors(file: file) }
    }

    /// Escapes of JSON, also of characters beyond U+FFFF.
    @Test func escapesAreUnderstood() throws {
        let header = #"{"__metadata__":{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}}"#
        let read = try Safetensors(file: try folder.write(safetensors(header)))
        #expect(read.metadata == ["a": "\"\\/\u{8}\u{c}\n\r\té😀"])
        for escape in [#"\ud83d\u0041"#, #"\ud83dx"#, #"\ude00"#] {
            let file = try folder.write(safetensors(#"{"__metadata__":{"a":"\#(escape)"}}"#))
            expectProblem(file, saying: "a character behind \\u", "half of a surrogate pair") {
                _ = try Safetensors(file: file)
            }
        }
    }

    @Test func whatCannotBeReadAgainIsNotWritten() throws {
        let words = String(repeating: "x", count: 1 << 22)
        expectProblem(folder.file("m"), saying: "a header of at most 4194304 bytes to write", "found 41943") {
            try Safetensors(tensors: [], metadata: ["a": words]).write(to: folder.file("m"))
        }
        var network = makeNetwork()
        network.layers[0].parameters[0][0, 0] = .nan
        for format in ModelFormat.allCases {
            expectProblem(folder.file("m"), saying: "finite weights to write", "others: the training diverged") {
                try Model(network: network).write(to: folder.file("m"), as: format)
            }
        }
        #expect(try folder.names.isEmpty)
        // What has just that length is.
        let file = Safetensors(tensors: [], metadata: ["a": String(words.dropLast("{'__metadata__':{'a':''}}".count))])
        try file.write(to: folder.file("m"))
        #expect(try folder.bytes(of: "m").count == 8 + Safetensors.largestHeader)
        #expect(try Safetensors(file: folder.file("m")) == file)
    }

    /// Of 4 MiB at most, and within the file.
    @Test(arguments: [(4_194_305, 9_000_000, 4_194_304), (4_194_304, 4_194_303, 4_194_303)]) func aHeaderHasALimit(
        length: Int, rest: Int, most: Int
    ) throws {
        let file = try folder.write(safetensors("{}", length: UInt64(length)))
        try #require(truncate(file, off_t(8 + rest)) == 0)
        expectProblem(
            file, saying: "a safetensors header of at most \(most) bytes, found a length of \(length)"
        ) { _ = try Safetensors(file: file) }
    }

    @Test func aLengthAloneIsNoHeader() throws {
        let file = try folder.write(safetensors(""))
        expectProblem(file, saying: "\"{\" at byte 0 of the JSON header, found the end") {
            _ = try Safetensors(file: file)
        }
        for space in [" ", "\t", "\n", "\r"] {
            #expect(try Safetensors(file: try folder.write(safetensors(space + "{}"))).tensors.isEmpty)
        }
        #expect(
            "{ \t\n\r".utf8.allSatisfy(Safetensors.beginsJSON)
                && !"[|z\u{b}\u{0}".utf8.contains(where: Safetensors.beginsJSON))
    }

    /// In any order, those without elements where others begin or end.
    @Test func emptyTensorsTakeNoPlace() throws {
        let entry = { (name: String, type: String, shape: String, range: String) in
            "\"\(name)\":{\"shape\":[\(shape)],\"data_offsets\":[\(range)],\"dtype\":\"\(type)\"}"
        }
        let entries = [
            entry("b", "F32", "2", "8,16"), entry("end", "F16", "0,3", "16,16"), entry("middle", "F64", "0", "8,8"),
            entry("start", "F32", "0", "0,0"), entry("a", "F64", "", "0,8"),
            entry("0.num_batches_tracked", "I64", "1", "16,24"),
        ]
        let bytes = safetensors("{\(entries.joined(separator: ","))}", data: 24)
        let read = try Safetensors(file: try folder.write(bytes)).tensors
        #expect(read.map(\.name) == ["b", "end", "middle", "start", "a"])
        #expect(read.map(\.bytes.count) == [8, 0, 0, 0, 8])
        let wrong = safetensors("{\(entry("0.num_batches_tracked", "I64", "2", "0,8"))}", data: 8)
        expectProblem(try folder.write(wrong), saying: "of shape [2] in I64, found 8 bytes for it") {
            _ = try Safetensors(file: folder.file("file"))
        }
        let short = safetensors("{\(entry("a", "F16", "2", "0,2"))}", data: 2)
        expectProblem(try folder.write(short), saying: "\"a\" of shape [2] in F16, found 2 bytes for it") {
            _ = try Safetensors(file: folder.file("file"))
        }
        let back = safetensors("{\(entry("a", "F16", "2", "2,1"))}", data: 2)
        expectProblem(
            try folder.write(back), saying: "dtype, shape and data_offsets [begin, end] of \"a\", found [2, 1]"
        ) {
            _ = try Safetensors(file: folder.file("file"))
        }
    }

    /// The whole file: its length in eight bytes, a header that fills them up, numbers by their size.
    @Test func theFileIsAsTheFormatSays() {
        let tensors = [
            Tensor(name: "h", shape: [2], elementType: .f16, bytes: [1, 2, 3, 4]),
            Tensor(name: "f\"", shape: [1, 1], floats: [1]), Tensor(name: "d", shape: [], doubles: [1]),
        ]
        let header =
            #"{"__metadata__":{"\u001f\\":" é","z":""},"d":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"#
            + #""f\"":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},"#
            + #""h":{"dtype":"F16","shape":[2],"data_offsets":[12,16]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let bytes = Safetensors(tensors: tensors, metadata: ["z": "", "\u{1f}\\": " é"]).encoded()
        #expect(bytes == safetensors(padded) + [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0x80, 0x3f, 1, 2, 3, 4])
        for count in 1...9 {
            let name = String(repeating: "x", count: count)
            #expect(Safetensors(tensors: [], metadata: [name: ""]).encoded().count == (count + 24 + 7) / 8 * 8 + 8)
        }
    }

    @Test(arguments: [
        ("I8", ", whole numbers of 8 bits, as quantised networks have them; float32 is read"),
        ("uint16", ", whole numbers of 16 bits, as quantised networks have them; float32 is read"),
        ("uint4", ", whole numbers of 4 bits, as quantised networks have them; float32 is read"),
        ("F8_E4M3", ", numbers of 8 bits; float32 is read"), ("float80", ", numbers of 80 bits; float32 is read"),
        ("BOOL", ""), ("U8", ""), ("float8e4m3fn", ""), ("C64", ""),
    ]) func whatOtherNumbersAreIsSaid(name: String, words: String) {
        #expect(ElementType.remark(onName: name) == words)
    }

    @Test func tensorsMustNotOverlapNorBeNamedTwice() throws {
        let entry = { (name: String, range: String) in
            "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[\(range)]}"
        }
        var file = try folder.write(safetensors("{\(entry("a", "0,8")),\(entry("b", "4,12"))}", data: 12))
        expectProblem(file, saying: "\"b\" to begin at byte 8", "byte 4") { _ = try Safetensors(file: file) }
        file = try folder.write(safetensors("{\(entry("a", "0,8")),\(entry("a", "8,16"))}", data: 16))
        expectProblem(file, saying: "\"a\" twice") { _ = try Safetensors(file: file) }
    }

    @Test(arguments: ["[", "{\"a\":", "{\"__metadata__\":{\"a\":"]) func nestingIsNoTrouble(opening: String) throws {
        let file = try folder.write(safetensors(String(repeating: opening, count: 10_000)))
        expectProblem(file, saying: "expected") { _ = try Safetensors(file: file) }
    }

    @Test func everyTruncationIsNoticed() throws {
        let whole = Safetensors(tensors: makeNetwork([2, 2]).tensors, metadata: ["a": "b"]).encoded()
        for count in 0..<whole.count {
            let file = try folder.write(Array(whole[..<count]))
            expectProblem(file) { _ = try Model(file: file) }
        }
    }

    @Test func aNameFromTheFileCannotReachTheTerminal() throws {
        let file = try folder.write(safetensors(#"{"\u001b[2J\n":{"dtype":"F3"}}"#))
        expectProblem(file, saying: "\\u{1B}[2J") { _ = try Safetensors(file: file) }
    }

    @Test(arguments: [("/nowhere/model", "none"), ("/tmp", "a folder"), ("/dev/zero", "a device")])
    func whatIsNoFileIsNamed(path: String, words: String) {
        expectProblem(path, saying: words) { _ = try Model(file: path) }
    }
}
