import Testing

@testable import ModelFiles

/// The numbers in a model of ONNX.
@Suite struct ONNXTensorTests {
    /// A tensor with these fields and its shape.
    private func constant(_ shape: [Int], _ fields: (inout Protobuf) -> Void) throws -> ONNXGraph.Constant? {
        var tensor = Protobuf()
        for size in shape { tensor.add(1, size) }
        tensor.add(8, "W")
        fields(&tensor)
        return try ONNXGraph(ONNXReadingTests.model(input: [0, 2], [], [("W", tensor)]), file: "file").constants["W"]
    }

    private func floats(_ shape: [Int], _ fields: (inout Protobuf) -> Void) throws -> [Float]? {
        guard case .tensor(let tensor)? = try constant(shape, fields) else { return nil }
        #expect(tensor.shape == shape && tensor.name == "W")
        return tensor.floats
    }

    private func integers(_ shape: [Int], _ fields: (inout Protobuf) -> Void) throws -> [Int]? {
        guard case .integers(let values)? = try constant(shape, fields) else { return nil }
        return values
    }

    /// Numbers of `TensorProto.DataType`: those that are read, and the names of those that are not.
    @Test func everyTypeOfTensorIsKnown() throws {
        let names = [
            2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 8: "string", 9: "bool", 12: "uint32", 13: "uint64",
            14: "complex64", 15: "complex128", 17: "float8e4m3fn", 18: "float8e4m3fnuz", 19: "float8e5m2",
            20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 0: "type 0", 23: "type 23",
        ]
        for (type, name) in names {
            expectProblem("file", saying: "\"W\" in float, double, float16 or bfloat16, found \(name)") {
                _ = try floats([1]) { $0.add(2, type) }
            }
        }
        for (type, bytes) in [
            (1, [0, 0, 0x20, 0xc0]), (10, [0, 0xc1]), (11, [0, 0, 0, 0, 0, 0, 4, 0xc0]), (16, [0x20, 0xc0]),
        ] as [(Int, [UInt8])] {
            let read = try floats([1]) {
                $0.add(2, type)
                $0.add(9, bytes)
            }
            #expect(read == [-2.5], "type \(type)")
        }
        // Halves in whole numbers, of which the lower 16 bits count.
        for (type, number) in [(10, 0xc101), (16, 0xc021)] {
            let read = try floats([1]) {
                $0.add(2, type)
                $0.add(5, number)
            }
            #expect(read == [type == 10 ? -2.501953125 : -2.515625])
        }
    }

    @Test func wholeNumbersAreOfFourOrEightBytes() throws {
        for (type, bytes) in [
            (6, [0xfe, 0xff, 0xff, 0xff, 1, 2, 0, 0]),
            (7, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 0, 0, 0, 0, 0, 0]),
        ] as [(Int, [UInt8])] {
            let raw = try integers([2]) {
                $0.add(2, type)
                $0.add(9, bytes)
            }
            let typed = try integers([2, 1]) {
                $0.add(2, type)
                $0.add(type == 6 ? 5 : 7, -2)
                $0.add(type == 6 ? 5 : 7, 513)
            }
            #expect(raw == [-2, 513] && typed == [-2, 513])
            for count in [bytes.count - 1, bytes.count + 1] {
                expectProblem("file", saying: "\"W\" of shape [2], found \(count < bytes.count ? 1 : 2) whole numbers")
                {
                    _ = try integers([2]) {
                        $0.add(2, type)
                        $0.add(9, Array((bytes + [0]).prefix(count)))
                    }
                }
            }
        }
        let eight = try integers([1, 1, 1, 1, 1, 1, 1, 1]) {
            $0.add(2, 7)
            $0.add(7, 3)
        }
        #expect(eight == [3])
    }

    /// In another file: where it says so, or where it says where.
    @Test func numbersInAnotherFileAreNamed() throws {
        let bytes: [UInt8] = [0, 0, 0x20, 0xc0]
        for (field, value, isRead) in [(14, 0, true), (14, 1, false), (13, 0, false)] {
            func read() throws -> [Float]? {
                try floats([1]) {
                    $0.add(2, 1)
                    $0.add(9, bytes)
                    if field == 13 { $0.add(13, "place") } else { $0.add(14, value) }
                }
            }
            if isRead {
                #expect(try read() == [-2.5])
            } else {
                let words = "data in another file; onnx.save(onnx.load(FILE), FILE) puts all into one"
                expectProblem("file", saying: "the numbers of \"W\" in the file, found \(words)") { _ = try read() }
            }
        }
    }
}
