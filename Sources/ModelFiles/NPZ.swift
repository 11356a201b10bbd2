/// NumPy's archives of arrays: a zip file with one `.npy` entry for each name.
enum NPZ {
    static func tensors(_ file: RandomAccessFile) throws(ModelFileError) -> [Tensor] {
        let archive = try ZipReader(file)
        var tensors: [Tensor] = []
        for entry in archive.entries {
            let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
            tensors.append(try NPY.tensor(try archive.contents(entry), name: name, file: file.path))
        }
        return tensors
    }

    /// The bytes that `numpy.savez`, or `savez_compressed`, would write, but for the dates.
    static func encoded(_ tensors: [Tensor], compressed: Bool) -> [UInt8] {
        var archive = ZipWriter()
        for tensor in tensors { archive.add(tensor.name + ".npy", NPY.encoded(tensor), compressed: compressed) }
        return archive.finished()
    }
}
