import Files

/// What a model file holds, whatever its format: its first bytes tell that, not its name.
struct ModelContents {
    private(set) var tensors: [Tensor] = []
    private(set) var metadata: [String: String] = [:]
    /// Of ONNX, which says what is done with the tensors, too.
    private(set) var graph: ONNXGraph?

    init(_ file: RandomAccessFile) throws(ModelFileError) {
        try file.checkIsNoPointer()
        let start = try file.read(min(9, file.size), at: 0, for: "the beginning")
        if ZipReader.isMagic(start) {
            let archive = try ZipReader(file)
            try Self.refuseKeras(archive.entries.contains { $0.name == "model.weights.h5" }, file)
            if let pickle = PyTorchFile.pickle(in: archive) {
                tensors = try PyTorchFile.tensors(archive, pickle, file: file.path)
            } else {
                (tensors, metadata) = try NPZ.contents(archive, file: file)
            }
        } else if NPY.isMagic(start) {
            let bytes = try file.read(file.size, at: 0, for: "the array")
            tensors = [try NPY.tensor(bytes, name: "0.weight", file: file.path)]
        } else if ONNXGraph.isMagic(start) {
            let graph = try ONNXGraph(try file.read(file.size, at: 0, for: "the model"), file: file.path)
            (self.graph, metadata) = (graph, graph.metadata)
        } else {
            try Self.refuseKeras(start.starts(with: Self.hdf5), file)
            guard !start.starts(with: Self.oldTorch) else {
                throw ModelFileError(
                    file.path, expected: "a model: \(Self.understood)",
                    found: "torch.save of before PyTorch 1.6; torch.save(torch.load(FILE), FILE) makes it new")
            }
            if start.count == 9, !Safetensors.beginsJSON(start[8]) {
                throw ModelFileError(file.path, expected: "a model: \(Self.understood)", found: Self.words(start))
            }
            let contents = try Safetensors(file: file.path)
            (tensors, metadata) = (contents.tensors, contents.metadata)
        }
    }

    private static let understood = "safetensors, .pt of torch.save, .npz or .npy of NumPy, or ONNX"

    private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

    /// A pickle of protocol 2 that begins with torch's own long number.
    private static let oldTorch: [UInt8] = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]

    /// What a file is that begins with nine such bytes.
    private static func words(_ start: [UInt8]) -> String {
        // A mark and a protocol, 2 to 5.
        if start[0] == 0x80, (2...5).contains(start[1]) {
            return "a pickle of Python; numpy.savez(FILE, W1=W1, b1=b1, W2=W2, b2=b2) saves what is read"
        }
        return start[4..<8] == [0x54, 0x46, 0x4c, 0x33] ? "a file of TensorFlow Lite" : "other bytes"
    }

    /// Throws for files of Keras, which are HDF5 or a zip with HDF5 inside.
    private static func refuseKeras(_ isKeras: Bool, _ file: RandomAccessFile) throws(ModelFileError) {
        guard isKeras else { return }
        throw ModelFileError(
            file.path, expected: "a model: \(understood)",
            found: "HDF5 of Keras; in Python, m = keras.models.load_model(FILE); "
                + "numpy.savez(\"model.npz\", **{w.path: w.numpy() for w in m.weights}) saves what is read")
    }
}
