import TestSupport
import Testing

@testable import ModelFiles

/// Events for TensorBoard, field by field as `event.proto`, `summary.proto` and `tensor.proto` have them.
@Suite struct EventFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private typealias Field = (inout Protobuf) -> Void

    private func message(_ fields: [Field]) -> Protobuf {
        var message = Protobuf()
        for field in fields { field(&message) }
        return message
    }

    /// A summary of one value.
    private func event(step: Int? = 7, tag: String? = "loss", _ fields: Field...) -> Protobuf {
        let name = tag.map { tag in [{ $0.add(1, tag) } as Field] } ?? []
        let summary = message([{ $0.add(1, message(name + fields)) }])
        let place = step.map { step in [{ $0.add(2, step) } as Field] } ?? []
        return message([{ $0.add(1, 1.5) }] + place + [{ $0.add(5, summary) }])
    }

    private func event(tensor fields: Field...) -> Protobuf {
        let tensor = message(fields)
        return event({ $0.add(8, tensor) })
    }

    private func scalars(_ events: [Protobuf]) throws -> [[EventFile.Scalar]] {
        var file = try EventFile(path: folder.write(events.flatMap { Events.record($0) }))
        var all: [[EventFile.Scalar]] = []
        while let next = try file.next() { all.append(next) }
        return all
    }

    private func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }

    @Test func scalarsAreNumbersOrTensors() throws {
        let (float, double) = (bytes(Float(0.5).bitPattern), bytes(0.5.bitPattern))
        let half = [EventFile.Scalar(tag: "loss", step: 7, value: 0.5)]
        let cases: [(Protobuf, [EventFile.Scalar])] = [
            (event({ $0.add(2, Float(0.5)) }), half),
            (event(step: nil, { $0.add(2, Float(0.5)) }), [.init(tag: "loss", step: 0, value: 0.5)]),
            (event(step: -3, tag: nil, { $0.add(2, Float(0.5)) }), [.init(tag: "", step: -3, value: 0.5)]),
            (event({ $0.add(3, 1) }), []),
            (event(tensor: { $0.add(1, 1) }, { $0.add(4, float) }), half),
            (event(tensor: { $0.add(4, double) }, { $0.add(1, 2) }), half),
            (event(tensor: { $0.add(1, 1) }, { $0.add(5, Float(0.5)) }), half),
            (event(tensor: { $0.add(1, 1) }, { $0.add(5, float) }), half),
            (event(tensor: { $0.add(1, 2) }, { $0.add(6, 0.5) }), half),
            (event(tensor: { $0.add(1, 2) }, { $0.add(6, double) }), half),
            // No number, two of them, of another size, of another type.
            (event(tensor: { $0.add(1, 1) }), []),
            (event(tensor: { $0.add(1, 1) }, { $0.add(5, Float(0.5)) }, { $0.add(5, Float(0.5)) }), []),
            (event(tensor: { $0.add(1, 1) }, { $0.add(5, float + float) }), []),
            (event(tensor: { $0.add(1, 1) }, { $0.add(4, double) }), []),
            (event(tensor: { $0.add(1, 2) }, { $0.add(4, float) }), []),
            (event(tensor: { $0.add(1, 3) }, { $0.add(5, Float(0.5)) }), []),
            (event(tensor: { $0.add(5, Float(0.5)) }), []),
        ]
        for (event, expected) in cases {
            // What else is in an event or a summary does not matter.
            var more = event
            more.add(5, message([{ $0.add(2, "text") }, { $0.add(1, 3) }]))
            more.add(9, "text")
            #expect(try scalars([event, more]) == [expected, expected], "\(event.bytes)")
        }
        let values = [("a", Float(1)), ("b", 2)].map { tag, value in
            message([{ $0.add(1, tag) }, { $0.add(2, value) }])
        }
        let summaries = values.map { value in message([{ $0.add(1, value) }]) }
        let two = message(summaries.map { summary in { $0.add(5, summary) } } + [{ $0.add(2, 4) }])
        #expect(
            try scalars([two]) == [[.init(tag: "a", step: 4, value: 1), .init(tag: "b", step: 4, value: 2)]])
    }

    /// A program may be writing the last record.
    @Test func recordsThatAreNotWholeArePassedOver() throws {
        let records = (1...3).map { step in Events.record(event(step: step, { $0.add(2, Float(step)) })) }
        let ends = records.indices.map { records[...$0].reduce(0) { $0 + $1.count } }
        let whole = Array(records.joined())
        for count in 0...whole.count {
            let path = try folder.write(Array(whole[..<count]))
            guard count >= 12 else {
                expectProblem(path, saying: "a file of events for TensorBoard, found something else") {
                    _ = try EventFile(path: path)
                }
                continue
            }
            var file = try EventFile(path: path)
            for end in ends where end <= count {
                #expect(try file.next()?.first?.step == (ends.firstIndex(of: end) ?? 9) + 1)
            }
            #expect(try file.next() == nil)
        }
        // A length that no file has.
        let length = bytes(UInt64.max)
        var file = try EventFile(path: folder.write(length + bytes(CRC32C.masked(length)) + [1, 2, 3, 4, 5]))
        #expect(try file.next() == nil)
    }

    @Test func damageIsToldByItsPlace() throws {
        let records = (1...2).map { step in Events.record(event(step: step, { $0.add(2, Float(step)) })) }
        let start = records[0].count
        for (place, words) in [
            (start, "a checksum that fits the length of a record"),
            (start + 8, "a checksum that fits the length of a record"),
            (start + 12, "a checksum that fits the record"), (2 * start - 1, "a checksum that fits the record"),
        ] {
            var bytes = Array(records.joined())
            bytes[place] ^= 1
            let path = try folder.write(bytes)
            var file = try EventFile(path: path)
            _ = try file.next()
            expectProblem(path, saying: "\(words) at byte \(start), found another: the file is damaged") {
                _ = try file.next()
            }
        }
        let path = try folder.write(records[0] + Events.record([0x0b]))
        var file = try EventFile(path: path)
        _ = try file.next()
        expectProblem(path, saying: "an event in the record at byte \(start), found another: the file is damaged") {
            _ = try file.next()
        }
    }
}
