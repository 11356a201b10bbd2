import Files

/// NumPy's archives of arrays: a zip file with one `.npy` entry for each name. What a model file says besides, such as
/// its activation, is JSON in the comment of the archive, which NumPy passes over: an entry for it would be an array among
/// the weights.
enum NPZ {
    static func contents(
        _ archive: ZipReader, file: RandomAccessFile
    ) throws(ModelFileError) -> (tensors: [Tensor], metadata: [String: String]) {
        var tensors: [Tensor] = []
        for entry in archive.entries {
            let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
            if StoredTensorName.isCounter(name) { continue }
            tensors.append(try NPY.tensor(try archive.contents(entry), name: name, file: file.path))
        }
        return (tensors, metadata(archive.comment, file: file.path))
    }

    /// None in a comment that somebody else wrote.
    private static func metadata(_ comment: [UInt8], file: String) -> [String: String] {
        var scanner = JSONScanner(comment, file: file)
        var metadata: [String: String] = [:]
        do throws(ModelFileError) {
            try scanner.object { scanner, key throws(ModelFileError) in metadata[key] = try scanner.string() }
            try scanner.end()
        } catch {
            return [:]
        }
        return metadata
    }

    /// The bytes that `numpy.savez`, or `savez_compressed`, would write, but for the dates and the comment.
    static func encoded(_ tensors: [Tensor], metadata: [String: String] = [:], compressed: Bool) -> [UInt8] {
        var archive = ZipWriter()
        for tensor in tensors { archive.add(tensor.name + ".npy", NPY.encoded(tensor), compressed: compressed) }
        return archive.finished(comment: metadata.isEmpty ? [] : Array(Safetensors.json(metadata).utf8))
    }
}
