import Files

/// What `torch.save` writes since PyTorch 1.6: a zip archive with a pickle, which says what there is, and an entry of
/// numbers for each storage.
enum PyTorchFile {
    /// The entry with the pickle; nil in other archives.
    static func pickle(in archive: ZipReader) -> ZipReader.Entry? {
        archive.entries.first { $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }
    }

    /// The tensors of a state dictionary, or of the first one in a dictionary, as checkpoints have it.
    static func tensors(
        _ archive: ZipReader, _ pickle: ZipReader.Entry, file: String
    ) throws(ModelFileError) -> [Tensor] {
        guard !archive.entries.contains(where: { $0.name.hasSuffix("/constants.pkl") }) else {
            throw ModelFileError(
                file, expected: "a dictionary of tensors, as torch.save(model.state_dict(), FILE) writes it",
                found: "a program of TorchScript")
        }
        let folder = String(pickle.name.dropLast("data.pkl".count))
        let entries = Dictionary(archive.entries.map { ($0.name, $0) }) { first, _ in first }
        if let order = entries[folder + "byteorder"], try archive.contents(order) != Array("little".utf8) {
            throw ModelFileError(file, expected: "numbers in little-endian order", found: "others")
        }
        let found = members(try Pickle.value(try archive.contents(pickle), file: file))
        guard !found.isEmpty else {
            throw ModelFileError(
                file, expected: "a dictionary of tensors, as torch.save(model.state_dict(), FILE) writes it",
                found: "no tensor")
        }
        var storages: [String: [UInt8]] = [:]
        var tensors: [Tensor] = []
        // Some may share a storage, not thousands.
        var left = 2 * archive.entries.reduce(0) { $0 + $1.size }
        for (name, tensor) in found where !StoredTensorName.isCounter(name) {
            guard let elementType = elementTypes[tensor.type] else {
                throw ModelFileError(
                    file, expected: "\(quoted(name)) in float, double, half or bfloat16", found: quoted(tensor.type))
            }
            if storages[tensor.key] == nil {
                guard let entry = entries["\(folder)data/\(tensor.key)"] else {
                    throw ModelFileError(file, expected: "the numbers of \(quoted(name))", found: "no such entry")
                }
                storages[tensor.key] = try archive.contents(entry)
            }
            guard
                let bytes = tensor.gathered(from: storages[tensor.key] ?? [], size: elementType.size, atMost: left)
            else {
                throw ModelFileError(
                    file, expected: "\(quoted(name)) of shape \(description(ofShape: tensor.shape)) within its storage",
                    found: "\(storages[tensor.key]?.count ?? 0) bytes")
            }
            left -= bytes.count
            tensors.append(Tensor(name: name, shape: tensor.shape, elementType: elementType, bytes: bytes))
        }
        return tensors
    }

    private static let elementTypes: [String: ElementType] = [
        "torch.FloatStorage": .f32, "torch.DoubleStorage": .f64, "torch.HalfStorage": .f16,
        "torch.BFloat16Storage": .bf16,
    ]

    /// The named tensors of a dictionary; where it has none, of the first dictionary in it that has.
    private static func members(_ value: Pickle.Value) -> [(name: String, tensor: PickledTensor)] {
        guard case .dictionary(let dictionary) = value else { return [] }
        let tensors = dictionary.members.compactMap { name, value -> (name: String, tensor: PickledTensor)? in
            if case .tensor(let tensor) = value { (name, tensor) } else { nil }
        }
        if !tensors.isEmpty { return tensors }
        return dictionary.members.lazy.map { Self.members($0.value) }.first { !$0.isEmpty } ?? []
    }
}

extension PickledTensor {
    /// The bytes of the elements, row-major; nil where one lies outside of the storage, or there are more than `limit`.
    func gathered(from storage: [UInt8], size: Int, atMost limit: Int) -> [UInt8]? {
        guard shape.count == strides.count, shape.count <= 8, offset >= 0, shape.allSatisfy({ $0 >= 0 }),
            strides.allSatisfy({ $0 >= 0 }), let bytes = product(shape + [size]), bytes <= limit
        else { return nil }
        if bytes == 0 { return [] }
        var last = offset
        for (count, stride) in zip(shape, strides) {
            let (reach, overflows) = (count - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflowsToo) = last.addingReportingOverflow(reach)
            guard !overflows, !overflowsToo else { return nil }
            last = sum
        }
        guard last < storage.count / size else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes)
        var (place, element) = (Array(repeating: 0, count: shape.count), offset)
        while result.count < bytes {
            result += storage[element * size..<(element + 1) * size]
            for axis in shape.indices.reversed() {
                place[axis] += 1
                element += strides[axis]
                if place[axis] < shape[axis] { break }
                element -= strides[axis] * shape[axis]
                place[axis] = 0
            }
        }
        return result
    }
}
