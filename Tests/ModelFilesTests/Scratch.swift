import Foundation
import NeuralNetwork
import Testing

@testable import ModelFiles

/// A folder that goes away with its owner.
final class Scratch {
    let path: String

    /// - Parameter inMemory: whether to make it where no disk is written to, if there is such a place.
    init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = inMemory && access(memory.path, W_OK) == 0
        let url = (isThere ? memory : FileManager.default.temporaryDirectory.resolvingSymlinksInPath())
            .appendingPathComponent("inkling-models-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String = "file") throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func bytes(of name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: file(name)))) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// Where the package is.
let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// A network of random weights, biases included, so that no two of its numbers are alike.
func makeNetwork(_ sizes: [Int] = [5, 4, 3], seed: UInt64 = 3) -> Network {
    var generator = RandomGenerator(seed: seed, stream: .initialization)
    func draws(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
    return Network(
        layers: zip(sizes, sizes.dropFirst()).map { inputs, outputs in
            Dense(
                weights: Matrix(rows: inputs, columns: outputs, draws(inputs * outputs)),
                biases: Matrix(rows: 1, columns: outputs, draws(outputs)))
        })
}

/// Expects an error that names the file and says all of `words`.
func expectProblem(
    _ file: String, saying words: String..., location: SourceLocation = #_sourceLocation,
    when action: () throws -> Void
) {
    do {
        try action()
        Issue.record("no error for \(words)", sourceLocation: location)
    } catch let error as ModelFileError {
        let line = error.description
        #expect(line.hasPrefix(file + ": expected "), sourceLocation: location)
        #expect(!line.contains("\n"), sourceLocation: location)
        for word in words { #expect(line.contains(word), "\(line)", sourceLocation: location) }
    } catch {
        Issue.record("\(error) is not an error of the file", sourceLocation: location)
    }
}

extension Network {
    /// The same weights between other activations.
    func with(_ activation: Activation) -> Network {
        var network = self
        network.activation = activation
        return network
    }
}
