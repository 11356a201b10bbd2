import Dashboard
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import TestSupport
import Testing

@testable import Inkling
@testable import Training

/// What comes of the files that are asked for from inside.
struct FileWorkTests {
    private let folder: TemporaryFolder
    private let dataset: Dataset

    init() throws {
        folder = try TemporaryFolder()
        let images = ImageSet(
            width: 12, height: 12, pixels: (0..<1440).map { UInt8($0 % 251) }, labels: Array(0..<10))
        dataset = Dataset(name: "mnist", train: images, test: images)
    }

    private var work: FileWork { FileWork(dataDirectory: nil, environment: ["HOME": folder.path]) }

    private func model(_ metadata: [String: String] = [:]) -> Model {
        var model = Model(network: Network(sizes: [144, 6, 10], seed: 3))
        model.metadata = metadata
        return model
    }

    private func trainer(threads: Int = 1, seed: UInt64 = 0) -> Trainer {
        var configuration = TrainingConfiguration()
        (configuration.hiddenLayers, configuration.threads, configuration.seed) = ([6], threads, seed)
        return Trainer(dataset: dataset, configuration: configuration)
    }

    private func job(_ trainer: Trainer) -> TrainingJob { TrainingJob(trainer, recorders: TrainingRecorders()) }

    private func words(_ reply: FileReply) -> String {
        switch reply {
        case .completed(let completion): "names " + completion.names.joined(separator: " ")
        case .exists(let path): "exists \(path)"
        case .saved(let path, let run, let words): "saved \(path) \(run.map(String.init) ?? "-") \(words)"
        case .opened(let path, .picture(let pixels)): "picture \(path) \(pixels.count)"
        case .opened(let path, .model(let snapshot, let words)): "model \(path) \(snapshot.run) \(words)"
        case .opened(let path, .checkpoint(_, let dataset)): "checkpoint \(path) \(dataset.name)"
        case .failed(let path, let problem): "failed \(path) \(problem)"
        }
    }

    private func reply(_ request: FileRequest, beside runs: [Trainer] = []) -> String {
        words(work.reply(to: request, runs: runs.map { job($0).snapshot(serial: 1) }))
    }

    @Test func namesAreCompleted() throws {
        for name in ["seven.png", "several/x", ".hidden", "other"] { try folder.write([1], to: name) }
        let path = folder.path
        #expect(reply(.complete(path + "/se")) == "names seven.png several/")
        #expect(reply(.complete(path + "/")) == "names other seven.png several/")
        #expect(reply(.complete(path + "/.h")) == "names .hidden")
        #expect(reply(.complete("~")) == "names ~/")
        #expect(reply(.complete("~/o")) == "names other" && reply(.complete("~/several/")) == "names x")
        #expect(reply(.complete("/nowhere/a")) == "names ")
        #expect(reply(.complete("/us")).contains("usr/"))
    }

    @Test func modelsAreSaved() throws {
        let path = folder.file("a.npz")
        #expect(reply(.save(model(), to: path, overwrites: false)) == "saved \(path) - Saved as \(path)")
        #expect(try Model(file: path).network == model().network)
        try folder.write("mine".utf8, to: "b.npz")
        #expect(reply(.save(model(), to: "~/b.npz", overwrites: false)) == "exists ~/b.npz")
        #expect(try folder.bytes(of: "b.npz") == Array("mine".utf8))
        let here = FileManager.default.currentDirectoryPath
        #expect(reply(.save(model(), to: "~/b.npz", overwrites: true)) == "saved ~/b.npz - Saved as ~/b.npz")
        #expect(try Model(file: folder.file("b.npz")).network == model().network)
        // Before anybody is asked about a file that could not be written anyway.
        try folder.write("mine".utf8, to: "b.pth")
        let other = folder.file("b.pth")
        #expect(
            reply(.save(model(), to: other, overwrites: false))
                == "failed \(other) Not saved: \(other): expected a name that ends in .safetensors, .npz or .onnx, found "
                + "another")
        #expect(
            reply(.save(model(), to: "/nowhere/a.npz", overwrites: true)).hasPrefix("failed /nowhere/a.npz Not saved: ")
        )
        let name = "inkling-test-\(UUID().uuidString).npz"
        defer { try? FileManager.default.removeItem(atPath: name) }
        #expect(reply(.save(model(), to: name, overwrites: false)) == "saved \(name) - Saved as \(name) in \(here)")
    }

    @Test func checkpointsAreSavedOfTheRunThatTrains() throws {
        let (job, path) = (job(trainer()), folder.file("run.checkpoint"))
        func save(_ run: Int, to path: String, overwrites: Bool = false) -> String {
            words(work.saveCheckpoint(of: job, run: run, to: path, overwrites: overwrites))
        }
        #expect(
            save(1, to: path) == "failed \(path) \(path): expected the run that trains, found that another has begun")
        #expect(save(0, to: path) == "saved \(path) 0 Saved as \(path)" && save(0, to: path) == "exists \(path)")
        #expect(save(0, to: "~/run.checkpoint", overwrites: true).hasPrefix("saved ~/run.checkpoint 0 "))
        #expect(try Checkpoint(file: path).step == 0)
        #expect(
            reply(.saveCheckpoint(run: 0, to: "a", overwrites: true))
                == "failed a a: expected a run to write a checkpoint of, found none")
    }

    @Test func modelsAreOpenedWithTheirDataSet() throws {
        let path = folder.file("a.safetensors")
        try model(["dataset": "mnist"]).write(to: path, as: .safetensors)
        func open(_ file: String, beside runs: [Trainer], onCanvas: Bool = false) -> String {
            reply(.open(file, run: -3, onCanvas: onCanvas), beside: runs)
        }
        let accuracy = Evaluation(of: model().network, on: dataset.test).accuracy * 100
        let words = "Opened: it reads " + String(format: "%.2f%%", accuracy) + " of the test images of MNIST right."
        #expect(open(path, beside: [trainer()]) == "model \(path) -3 \(words)")
        #expect(open("~/a.safetensors", beside: [trainer()], onCanvas: true).hasPrefix("model ~/a.safetensors -3 "))
        // Without a run of that data set, the one that it names.
        #expect(
            open(path, beside: []).contains(
                "Not opened: \(path): expected a network of 784 inputs and 10 outputs for mnist, found 144-6-10"))
        try model(["dataset": "fashion-mnist"]).write(to: folder.file("f.safetensors"), as: .safetensors)
        #expect(open(folder.file("f.safetensors"), beside: [trainer()]).contains("10 outputs for fashion-mnist, found"))
        // One that the program does not know: the run's.
        try model(["dataset": "mine"]).write(to: folder.file("m.safetensors"), as: .safetensors)
        #expect(open(folder.file("m.safetensors"), beside: [trainer()]).hasSuffix("\(words)"))
        // Other programs do not say what hidden neurons make of their sums.
        let tensors = try Safetensors(file: path).tensors
        try Safetensors(tensors: tensors).write(to: folder.file("o.safetensors"))
        #expect(
            open(folder.file("o.safetensors"), beside: [trainer()]).hasSuffix(
                " right. The file does not say what its hidden neurons make of their sums; taken as ReLU."))
        #expect(
            open("/nowhere", beside: []).hasPrefix("failed /nowhere Not opened: /nowhere: expected a readable file"))
    }

    @Test func checkpointsAreOpenedUnderTheirDataSet() throws {
        let path = folder.file("run.checkpoint")
        try Checkpoint.write(trainer(seed: 5), to: path)
        let request = FileRequest.open(path, run: 1, onCanvas: false)
        #expect(reply(request, beside: [trainer(threads: 2)]) == "checkpoint \(path) mnist")
        let snapshot = job(trainer(threads: 2)).snapshot(serial: 1)
        guard case .opened(_, .checkpoint(let resumption, _)) = work.reply(to: request, runs: [snapshot]) else {
            Issue.record("no checkpoint")
            return
        }
        #expect(resumption.record.settings.seed == 5 && resumption.record.configuration.threads == 2)
        #expect(reply(request).hasPrefix("failed \(path) Not opened: "), "MNIST has other images")
    }

    @Test func picturesAreOpenedOnTheCanvas() throws {
        let pixels = (0..<900).map { (13...16).contains($0 % 30) && (5..<25).contains($0 / 30) ? UInt8(10) : 245 }
        let path = try folder.write(
            try #require(PNG.encoded(GreyImage(width: 30, height: 30, pixels: pixels))), to: "one.png")
        #expect(reply(.open(path, run: 1, onCanvas: true)) == "picture \(path) 784")
        #expect(
            reply(.open(path, run: 1, onCanvas: false))
                == "failed \(path) Not opened: \(path): expected a model or a checkpoint, found a picture, which the screen "
                + "Draw opens")
        let blank = try folder.write(
            try #require(PNG.encoded(GreyImage(width: 3, height: 3, pixels: Array(repeating: 9, count: 9)))),
            to: "blank.png")
        #expect(
            reply(.open(blank, run: 1, onCanvas: true))
                == "failed \(blank) Not opened: \(blank): expected ink in picture 0, found pixels that are all alike")
    }
}
