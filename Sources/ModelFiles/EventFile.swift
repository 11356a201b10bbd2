import Files

/// A file of events for TensorBoard, whichever program wrote it: TFRecords, each an `Event` message. Field numbers are
/// those of `event.proto`, `summary.proto` and `tensor.proto`.
package struct EventFile {
    /// A number with its name at a step.
    package struct Scalar: Equatable {
        package let tag: String
        package let step: Int
        package let value: Double
    }

    /// Length and checksum before a record, and a checksum after it.
    private static let (headerSize, footerSize) = (12, 4)

    private let file: RandomAccessFile
    private var position = 0

    /// Opens it; throws unless it begins with a record.
    package init(path: String) throws(ModelFileError) {
        file = try RandomAccessFile(path)
        guard file.size >= Self.headerSize, try length() != nil else {
            throw ModelFileError(path, expected: "a file of events for TensorBoard", found: "something else")
        }
    }

    /// Whether a file of these first bytes is one.
    package static func isOne(beginning bytes: some Collection<UInt8>) -> Bool {
        let header = ArraySlice(Array(bytes.prefix(headerSize)))
        return UInt32(littleEndian: header.dropFirst(8)) == CRC32C.masked(header.prefix(8))
    }

    /// The scalars of the next event, none for an event of another kind; nil after the last. A last record that is not
    /// whole is passed over: a program may be writing it.
    package mutating func next() throws(ModelFileError) -> [Scalar]? {
        let rest = file.size - position
        guard rest >= Self.headerSize else { return nil }
        guard let length = try length() else { throw damage("a checksum that fits the length of a record") }
        guard length <= rest - Self.headerSize - Self.footerSize else { return nil }
        let whole = try file.read(length + Self.footerSize, at: position + Self.headerSize, for: "a record")
        guard UInt32(littleEndian: whole[length...]) == CRC32C.masked(whole[..<length]) else {
            throw damage("a checksum that fits the record")
        }
        defer { position += Self.headerSize + length + Self.footerSize }
        do { return try scalars(ofEvent: whole[..<length]) } catch { throw damage("an event in the record") }
    }

    /// Of the record at hand; nil where its checksum does not fit.
    private func length() throws(ModelFileError) -> Int? {
        let header = try file.read(Self.headerSize, at: position, for: "the length of a record")
        guard Self.isOne(beginning: header) else { return nil }
        // One that is no Int is longer than any file.
        return UInt64(littleEndian: header[..<8]).map { Int(clamping: $0) }
    }

    private func damage(_ expected: String) -> ModelFileError {
        ModelFileError(file.path, expected: "\(expected) at byte \(position)", found: "another: the file is damaged")
    }

    private func scalars(ofEvent event: ArraySlice<UInt8>) throws(ModelFileError) -> [Scalar] {
        var fields = ProtobufReader(event, file: file.path)
        var step = 0
        var values: [(tag: String, value: Double)] = []
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (2, .varint(let number)): step = Int(truncatingIfNeeded: number)
            case (5, .bytes(let summary)):
                var fields = ProtobufReader(summary, file: file.path)
                while let (field, value) = try fields.next() {
                    guard field == 1, case .bytes(let message) = value, let found = try scalar(ofValue: message) else {
                        continue
                    }
                    values.append(found)
                }
            default: break
            }
        }
        return values.map { Scalar(tag: $0.tag, step: step, value: $0.value) }
    }

    /// nil for a picture, a histogram and the like.
    private func scalar(
        ofValue message: ArraySlice<UInt8>
    ) throws(ModelFileError) -> (tag: String, value: Double)? {
        var fields = ProtobufReader(message, file: file.path)
        var (tag, number): (String, Double?) = ("", nil)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
            case (2, .fixed32(let bits)): number = Double(Float(bitPattern: bits))
            case (8, .bytes(let tensor)): number = try scalar(ofTensor: tensor)
            default: break
            }
        }
        return number.map { (tag, $0) }
    }

    /// The number in a tensor of one float or double, as newer programs write scalars; nil for other tensors.
    private func scalar(ofTensor message: ArraySlice<UInt8>) throws(ModelFileError) -> Double? {
        var fields = ProtobufReader(message, file: file.path)
        var (type, content, listed): (UInt64, ArraySlice<UInt8>, [Double?]) = (0, [], [])
        func float(_ bits: UInt32) -> Double { Double(Float(bitPattern: bits)) }
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .varint(let number)): type = number
            case (4, .bytes(let bytes)): content = bytes
            case (5, .fixed32(let bits)): listed.append(float(bits))
            case (5, .bytes(let packed)): listed.append(UInt32(littleEndian: packed).map(float))
            case (6, .fixed64(let bits)): listed.append(Double(bitPattern: bits))
            case (6, .bytes(let packed)): listed.append(UInt64(littleEndian: packed).map { Double(bitPattern: $0) })
            default: break
            }
        }
        switch type {
        case 1 where !content.isEmpty: return UInt32(littleEndian: content).map(float)
        case 2 where !content.isEmpty: return UInt64(littleEndian: content).map { Double(bitPattern: $0) }
        case 1, 2: return listed.count == 1 ? listed[0] : nil
        default: return nil
        }
    }
}
