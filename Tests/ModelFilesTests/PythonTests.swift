import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import ModelFiles
@testable import Training

/// The Python with the real libraries: `$INKLING_PYTHON`, or that of `.venv` in the package.
enum Python {
    static let path: String? = [
        ProcessInfo.processInfo.environment["INKLING_PYTHON"], packageFolder + "/.venv/bin/python",
    ]
    .compactMap { $0 }.first(where: FileManager.default.isExecutableFile)

    /// What the script prints; it finds `arguments` in `sys.argv[1:]`.
    static func run(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments = ["-c", script] + arguments
        // NumPy's threads for large matrices take as long to start as all else of it.
        process.environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_NUM_THREADS": "1"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(script)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Files go to the libraries that own the formats, and come from them.
@Suite(.enabled(if: Python.path != nil, "there is no .venv/bin/python and no INKLING_PYTHON"))
struct PythonTests {
    private let folder: TemporaryFolder
    private let network = makeNetwork([784, 16, 10])
    private let input = Matrix(rows: 3, columns: 784, (0..<2352).map { Float($0 % 255) / 255 })

    init() throws { folder = try TemporaryFolder() }

    /// Logits `[3 × 10]` that a script printed, separated by spaces.
    private func expect(_ printed: String, equal expected: Matrix, within tolerance: Float) {
        let values = printed.split(separator: " ").compactMap { Float($0) }
        #expect(values.count == expected.count)
        #expect(zip(values, expected.elements).allSatisfy { abs($0 - $1) <= tolerance })
    }

    /// Computes the logits of `t`, a dictionary of arrays, as PyTorch would.
    private static let logits = """

        x = (np.arange(3 * 784) % 255 / 255).astype(np.float32).reshape(3, 784)
        hidden = np.maximum(x @ t['0.weight'].T + t['0.bias'], 0)
        print(*(hidden @ t['2.weight'].T + t['2.bias']).ravel())
        """

    @Test func safetensorsReadsOurs() throws {
        try Model(network: network, metadata: ["é\n": "\"ü\""]).write(to: folder.file("m"), as: .safetensors)
        let printed = try Python.run(
            """
            import sys, numpy as np
            from safetensors import safe_open
            from safetensors.numpy import load_file
            t = load_file(sys.argv[1])
            assert {k: v.shape for k, v in t.items()} == {
                '0.weight': (16, 784), '0.bias': (16,), '2.weight': (10, 16), '2.bias': (10,)}
            assert safe_open(sys.argv[1], 'numpy').metadata() == {'é\\n': '"ü"', 'format': 'pt', 'activation': 'relu'}
            """ + Self.logits, folder.file("m"))
        expect(printed, equal: network.logits(input), within: 1e-4)
    }

    @Test(arguments: ["float32", "float64", "float16"]) func weReadSafetensors(type: String) throws {
        let printed = try Python.run(
            """
            import sys, numpy as np
            from safetensors.numpy import save_file
            g = np.random.default_rng(1)
            t = {k: g.normal(size=s).astype(sys.argv[2]) for k, s in {
                '0.weight': (16, 784), '0.bias': (16,), '2.weight': (10, 16), '2.bias': (10,)}.items()}
            save_file({'module.' + k: v for k, v in t.items()}, sys.argv[1], metadata={'a': '\\u2028"'})
            """ + Self.logits, folder.file("m"), type)
        let model = try Model(file: folder.file("m"))
        #expect(model.metadata["a"] == "\u{2028}\"")
        expect(printed, equal: model.network.logits(input), within: 1e-3)
    }

    @Test(arguments: [false, true]) func numpyReadsOurs(compressed: Bool) throws {
        try Model(network: network).write(to: folder.file("m.npz"), as: .npz, compressed: compressed)
        let printed = try Python.run(
            "import sys, numpy as np, zipfile\nt = np.load(sys.argv[1])\nassert zipfile.ZipFile(sys.argv[1]).testzip() is None"
                + Self.logits, folder.file("m.npz"))
        expect(printed, equal: network.logits(input), within: 1e-4)
    }

    @Test(arguments: ["savez", "savez_compressed"], ["<f4", "<f8", "<f2", ">f4"])
    func weReadNumPy(function: String, type: String) throws {
        let printed = try Python.run(
            """
            import sys, numpy as np
            g = np.random.default_rng(1)
            t = {k: np.asfortranarray(g.normal(size=s).astype(sys.argv[3])) for k, s in {
                '0.weight': (16, 784), '0.bias': (16,), '2.weight': (10, 16), '2.bias': (10,)}.items()}
            getattr(np, sys.argv[2])(sys.argv[1], **t)
            """ + Self.logits, folder.file("m.npz"), function, type)
        expect(printed, equal: try Model(file: folder.file("m.npz")).network.logits(input), within: 1e-3)
    }

    @Test func weReadNumPysStreamedZip64() throws {
        // Writing to a pipe, zipfile cannot go back: sizes stand only in data descriptors and in the directory.
        let printed = try Python.run(
            """
            import sys, io, zipfile, numpy as np
            class Pipe(io.RawIOBase):
                def __init__(self, file): self.file = file
                def writable(self): return True
                def write(self, b): return self.file.write(b)
            g = np.random.default_rng(1)
            t = {k: g.normal(size=s).astype(np.float32) for k, s in {
                '0.weight': (16, 784), '0.bias': (16,), '2.weight': (10, 16), '2.bias': (10,)}.items()}
            with open(sys.argv[1], 'wb') as f, zipfile.ZipFile(Pipe(f), 'w') as z:
                for k, v in t.items():
                    with z.open(k + '.npy', 'w', force_zip64=True) as e:
                        np.lib.format.write_array(e, v)
            """ + Self.logits, folder.file("m.npz"))
        expect(printed, equal: try Model(file: folder.file("m.npz")).network.logits(input), within: 1e-3)
    }

    @Test(arguments: [false, true]) func onnxruntimeGivesOurLogits(softmax: Bool) throws {
        try Model(network: network, metadata: ["dataset": "mnist"]).write(
            to: folder.file("m.onnx"), as: .onnx, softmax: softmax)
        let printed = try Python.run(
            """
            import sys, numpy as np, onnx, onnxruntime
            m = onnx.load(sys.argv[1])
            onnx.checker.check_model(m, full_check=True)
            assert (m.ir_version, m.opset_import[0].version) == (8, 13)
            assert {p.key: p.value for p in m.metadata_props} == {'dataset': 'mnist'}
            assert [n.op_type for n in m.graph.node][:4] == ['Flatten', 'Gemm', 'Relu', 'Gemm']
            assert m.graph.input[0].type.tensor_type.shape.dim[0].dim_param == 'batch'
            x = (np.arange(3 * 784) % 255 / 255).astype(np.float32).reshape(3, 1, 28, 28)
            s = onnxruntime.InferenceSession(sys.argv[1])
            print(*s.run(None, {'input': x})[0].ravel())
            """, folder.file("m.onnx"))
        let logits = network.logits(input)
        expect(printed, equal: softmax ? SoftmaxCrossEntropy.softmax(logits) : logits, within: 1e-4)
    }

    @Test(arguments: [Activation.leakyReLU, .tanh, .sigmoid]) func onnxruntimeHasOurActivations(
        activation: Activation
    ) throws {
        let other = network.with(activation)
        try Model(network: other).write(to: folder.file("m.onnx"), as: .onnx)
        let printed = try Python.run(
            """
            import sys, numpy as np, onnxruntime
            x = (np.arange(3 * 784) % 255 / 255).astype(np.float32).reshape(3, 1, 28, 28)
            print(*onnxruntime.InferenceSession(sys.argv[1]).run(None, {'input': x})[0].ravel())
            """, folder.file("m.onnx"))
        expect(printed, equal: other.logits(input), within: 1e-4)
    }

    /// Conv, MaxPool and their paddings.
    @Test(arguments: ["conv6x5,pool2,conv16x5v,pool2,30", "conv3x4,pool3,conv2x2"])
    func onnxruntimeHasOurConvolutions(layers: String) throws {
        let hidden = layers.split(separator: ",").compactMap { HiddenLayer(String($0)) }
        let other = try Network(
            input: Shape(height: 28, width: 28), hidden: hidden, classes: 10, seed: 1, initialization: .xavier)
        try Model(network: other).write(to: folder.file("m.onnx"), as: .onnx)
        let printed = try Python.run(
            """
            import sys, numpy as np, onnx, onnxruntime
            onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)
            x = (np.arange(3 * 784) % 255 / 255).astype(np.float32).reshape(3, 1, 28, 28)
            print(*onnxruntime.InferenceSession(sys.argv[1]).run(None, {'input': x})[0].ravel())
            """, folder.file("m.onnx"))
        expect(printed, equal: other.logits(input), within: 1e-4)
    }

    /// What NumPy does not know of our archives does not disturb it.
    @Test func numpyReadsOursWithTheirComment() throws {
        let other = network.with(.tanh)
        try Model(network: other, metadata: ["dataset": "mnist"]).write(to: folder.file("m.npz"), as: .npz)
        let printed = try Python.run(
            """
            import sys, zipfile, json, numpy as np
            assert json.loads(zipfile.ZipFile(sys.argv[1]).comment) == {'activation': 'tanh', 'dataset': 'mnist'}
            t = np.load(sys.argv[1])
            assert sorted(t) == ['0.bias', '0.weight', '2.bias', '2.weight']
            """
                + Self.logits.replacing(
                    "np.maximum(x @ t['0.weight'].T + t['0.bias'], 0)",
                    with: "np.tanh(x @ t['0.weight'].T + t['0.bias'])"),
            folder.file("m.npz"))
        expect(printed, equal: other.logits(input), within: 1e-3)
    }

    /// Graphs that ONNX's own library writes, and what its runtime makes of them.
    @Test(arguments: ["float32", "float64", "float16", "typed"]) func weReadONNX(type: String) throws {
        let printed = try Python.run(
            """
            import sys, numpy as np, onnx, onnxruntime
            from onnx import helper, numpy_helper, TensorProto
            kind, g, node = sys.argv[2], np.random.default_rng(1), helper.make_node
            draw = lambda *s: (g.normal(size=s) / 8).astype(np.float32)
            t = {'k': draw(4, 1, 5, 5), 'gamma': draw(4), 'beta': draw(4), 'mean': draw(4), 'var': abs(draw(4)),
                'w': draw(4 * 14 * 14, 10), 'b': draw(10), 'low': np.array([0.1307], np.float32),
                'high': np.array(0.3081, np.float32), 'k2': draw(4, 4, 1, 1)}
            if kind == 'float16': t = {k: v.astype(np.float16).astype(np.float32) for k, v in t.items()}
            nodes = [
                node('Identity', ['x'], ['x1']), node('Conv', ['x1', 'k'], ['c'], kernel_shape=[5, 5], auto_pad='SAME_UPPER'),
                node('BatchNormalization', ['c', 'gamma', 'beta', 'mean', 'var'], ['n'], epsilon=0.01),
                node('LeakyRelu', ['n'], ['a']), node('MaxPool', ['a'], ['p'], kernel_shape=[2, 2], strides=[2, 2]),
                node('Sub', ['p', 'low'], ['p1']), node('Div', ['p1', 'high'], ['p2']),
                node('Conv', ['p2', 'k2'], ['c2']), node('LeakyRelu', ['c2'], ['a2']),
                node('Reshape', ['a2', 'rows'], ['f']), node('MatMul', ['f', 'w'], ['m']), node('Add', ['m', 'b'], ['y'])]
            def model(tensors):
                graph = helper.make_graph(nodes, 'g',
                    [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['N', 1, 28, 28])],
                    [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['N', 10])],
                    tensors + [numpy_helper.from_array(np.array([-1, 784]), 'rows')])
                m = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)])
                m.ir_version = 8
                return m
            plain = model([numpy_helper.from_array(v, k) for k, v in t.items()])
            onnx.checker.check_model(plain)
            onnx.save(model([
                helper.make_tensor(k, TensorProto.FLOAT, v.shape, v.ravel()) if kind == 'typed'
                else numpy_helper.from_array(v.astype(kind), k) for k, v in t.items()]), sys.argv[1])
            x = (np.arange(3 * 784) % 255 / 255).astype(np.float32).reshape(3, 1, 28, 28)
            print(*onnxruntime.InferenceSession(plain.SerializeToString()).run(None, {'x': x})[0].ravel())
            """, folder.file("m"), type)
        let model = try Model(file: folder.file("m"))
        #expect(model.network.activation == .leakyReLU)
        expect(printed, equal: model.network.logits(input), within: 1e-3)
    }

    /// Grey, colour, palette, alpha and 16 bits give the same grey within a step or two.
    @Test(arguments: ["L", "RGB", "P", "LA", "RGBA", "I;16", "1"]) func weReadPNG(mode: String) throws {
        _ = try Python.run(
            """
            import sys
            from PIL import Image
            import numpy as np
            a = (np.add.outer(np.arange(20), np.arange(30)) * 5).astype(np.uint8)
            mode = sys.argv[2]
            if mode == '1': a = np.where(a > 127, 255, 0).astype(np.uint8)
            i = Image.fromarray(a)
            if mode == 'I;16': i = Image.fromarray(a.astype(np.uint16) * 257)
            elif mode == 'P': i = i.convert('RGB').quantize(256)
            else: i = i.convert(mode)
            i.save(sys.argv[1], 'PNG')
            """, folder.file("p.png"), mode)
        let images = try GreyImage.images(inFile: folder.file("p.png"))
        #expect(images.first?.width == 30 && images.first?.height == 20)
        let expected = (0..<600).map { index in
            let value = (index / 30 + index % 30) * 5
            return mode == "1" ? (value > 127 ? 255 : 0) : value
        }
        for (pixel, value) in zip(images[0].pixels, expected) { #expect(abs(Int(pixel) - value) <= 3) }
    }

    @Test func tensorBoardReadsOurLog() throws {
        let images = ImageSet(
            width: 2, height: 2, pixels: (0..<40 * 4).map { UInt8($0) }, labels: (0..<40).map { UInt8($0 % 10) })
        var configuration = TrainingConfiguration()
        configuration.hiddenLayers = [4]
        configuration.epochs = 25
        configuration.batchSize = 8
        let trainer = Trainer(
            dataset: Dataset(name: "small", train: images, test: images), configuration: configuration)
        let log = try TensorBoardLog(folder: folder.file("run"))
        while !trainer.isFinished {
            let result = trainer.trainBatch()
            try log.record(trainer, epoch: result)
        }
        let result = try #require(trainer.epochs.last)
        let printed = try Python.run(
            """
            import sys, io
            import numpy as np
            from PIL import Image
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            a = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'images': 0, 'histograms': 0})
            a.Reload()
            tags = a.Tags()
            last = lambda tag: a.Scalars(tag)[-1]
            print(len(a.Scalars('test/loss')), last('test/loss').step, last('test/loss').value,
                last('batch/loss').step, last('learning_rate').value)
            h = a.Histograms('0.weight')[-1].histogram_value
            assert h.num == 16 == sum(h.bucket) and len(h.bucket) == len(h.bucket_limit) == 30
            i = a.Images('confusion')[-1]
            p = np.array(Image.open(io.BytesIO(i.encoded_image_string)))
            assert p.shape == (i.height, i.width) == (240, 240)
            """, folder.file("run"))
        let words = printed.split(separator: " ").compactMap { Double($0) }
        #expect(words.count == 5)
        #expect(words.first == 25 && words[1] == 125 && words[3] == 100, "\(printed)")
        #expect(abs(words[2] - result.testLoss) < 1e-6)
        #expect(abs(words[4] - 0.02) < 1e-6, "the rate after 100 of 125 steps")
    }

    /// Events by TensorFlow's own writer, of both kinds of scalars, and among other kinds of events.
    @Test(arguments: [false, true]) func weReadTensorBoard(newStyle: Bool) throws {
        _ = try Python.run(
            """
            import sys
            from tensorboard.compat.proto.event_pb2 import Event
            from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
            from tensorboard.compat.proto.tensor_pb2 import TensorProto
            from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
            w = EventFileWriter(sys.argv[1])
            for epoch in range(1, 6):
                for tag, value in [('val_loss', 1 / epoch), ('val_accuracy', 1 - 0.5 / epoch), ('lr', 0.1)]:
                    if sys.argv[2] == 'true':
                        v = Summary.Value(tag=tag, tensor=TensorProto(
                            dtype='DT_FLOAT', float_val=[value], tensor_shape=TensorShapeProto()),
                            metadata=SummaryMetadata(plugin_data={'plugin_name': 'scalars'}))
                    else:
                        v = Summary.Value(tag=tag, simple_value=value)
                    text = Summary.Value(tag='loss/text', tensor=TensorProto(dtype='DT_STRING', string_val=[b'a', b'b']))
                    w.add_event(Event(wall_time=epoch, step=epoch * 100, summary=Summary(value=[v, text])))
            w.close()
            """, folder.file("run"), "\(newStyle)")
        let run = try EarlierRun(path: folder.file("run"))
        #expect(run.curves.loss.points.map(\.place) == [1, 2, 3, 4, 5] && run.curves.loss.isTest)
        let losses: [Float] = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
        #expect(run.curves.loss.points.map { Float($0.value) } == losses)
        #expect(run.curves.testAccuracy.map { abs($0 - 0.9) < 1e-6 } == true)
    }
}
