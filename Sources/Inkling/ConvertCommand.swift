import ArgumentParser
import ModelFiles

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a network in another format.",
        discussion:
            "The name of the new file tells the format: .safetensors, .npz or .onnx. A checkpoint is taken, too.")

    @Argument(help: "The network: .safetensors, .npz, .npy, .pt, .onnx or a checkpoint.")
    var input: String

    @Argument(help: "The file to write.")
    var output: String

    @OptionGroup var reading: SavedNetworkOptions

    @Flag(help: "ONNX: the output is probabilities, not logits.")
    var softmax = false

    @Flag(help: ".npz: compressed, as numpy.savez_compressed writes it.")
    var compressed = false

    func run() throws {
        let format = try ModelFormat(path: output)
        try reading.model(input).write(to: output, as: format, softmax: softmax, compressed: compressed)
    }
}
