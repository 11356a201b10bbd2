import Files
import NeuralNetwork

/// Follows the one value that runs through an ONNX graph, from its input to its output, and makes of the operators on its
/// way the layers of a network.
struct ONNXNetwork {
    private let graph: ONNXGraph
    let file: String
    var assembly: NetworkAssembly
    var constants: [String: ONNXGraph.Constant]
    /// Values made of the shape of others, as exporters give them to Reshape.
    private var sizes: Set<String> = []
    /// The name of the value.
    private var value: String
    /// Whether it lies place by place, `[height, width, channels]`, or did before it became a row.
    var isChannelsLast = false
    private var isFinished = false

    /// - Parameters:
    ///   - hidden: the layers before the last, as somebody expects them.
    ///   - image: what the input is, where the file does not say.
    static func network(
        _ graph: ONNXGraph, hidden: [HiddenLayer]?, image: Shape?, file: String
    ) throws(ModelFileError) -> Network {
        var walk = try ONNXNetwork(graph, image: image, file: file)
        for node in graph.nodes { try walk.follow(node) }
        guard graph.outputs.contains(walk.value) else {
            throw ModelFileError(
                file, expected: "operators from the input to the output of the graph",
                found: "an end at \(quoted(walk.value))")
        }
        return try walk.assembly.network(hidden: hidden, image: image)
    }

    private init(_ graph: ONNXGraph, image: Shape?, file: String) throws(ModelFileError) {
        (self.graph, self.file, constants) = (graph, file, graph.constants)
        guard let input = graph.inputs.first, graph.inputs.count == 1 else {
            throw ModelFileError(file, expected: "one input of the graph", found: "\(graph.inputs.count)")
        }
        value = input.name
        let sizes = input.sizes.dropFirst()
        var shape = image
        if sizes.count == 1, let count = sizes.first ?? nil {
            shape = (1...1 << 20).contains(count) ? Shape(features: count) : nil
        } else if sizes.count == 2 || sizes.count == 3 {
            isChannelsLast = sizes.count == 3 && sizes.last == 1 && sizes.first != 1
            let places = Array(sizes.count == 2 ? sizes : isChannelsLast ? sizes.dropLast() : sizes.dropFirst())
            if let height = places[0], let width = places[1] {
                shape = Shape(image: "\(height)x\(width)")
            } else {
                shape = image ?? ImageStructure.usualImage
            }
            if sizes.count == 3, let channels = isChannelsLast ? 1 : sizes.first ?? 1, channels != 1 { shape = nil }
        }
        guard shape != nil || input.sizes.isEmpty || sizes.first == .some(nil) else {
            throw ModelFileError(
                file, expected: "an input of grey images or of their pixels",
                found: "[" + input.sizes.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]")
        }
        assembly = NetworkAssembly(input: shape, file: file)
    }

    private static let understood =
        "Conv, MaxPool, Gemm, MatMul, Add, Sub, Mul, Div, BatchNormalization, Flatten, Reshape, Transpose, Relu, "
        + "LeakyRelu, Tanh, Sigmoid, Gelu, Softmax, Dropout, Identity or Cast"

    // MARK: - Nodes

    private mutating func follow(_ node: ONNXGraph.Node) throws(ModelFileError) {
        assembly.step = node.title
        guard let output = node.outputs.first, ["", "ai.onnx"].contains(node.domain) else { throw unknown(node) }
        let inputs = node.inputs.filter { !$0.isEmpty }
        if !inputs.contains(value) { return try fold(node, inputs, into: output) }
        if node.operation == "Shape" {
            sizes.insert(output)
            return
        }
        let others = inputs.filter { $0 != value }
        guard others.count == inputs.count - 1, others.allSatisfy({ constants[$0] != nil || sizes.contains($0) }) else {
            throw assembly.problem("one value that runs through the graph", "another beside it")
        }
        guard !isFinished || ["Identity", "Cast"].contains(node.operation) else {
            throw assembly.problem("nothing behind Softmax", node.operation)
        }
        try apply(node, isFirst: node.inputs.first == value)
        value = output
    }

    /// What is made of constants alone, or of sizes.
    private mutating func fold(_ node: ONNXGraph.Node, _ inputs: [String], into output: String) throws(ModelFileError) {
        let constant = inputs.first.flatMap { constants[$0] }
        switch (node.operation, constant) {
        case ("Constant", _):
            let integers = node.attributes["value_ints"]?.integers ?? node.attributes["value_int"]?.integer.map { [$0] }
            let float = node.attributes["value_float"]?.float.map { Tensor(name: output, shape: [], floats: [$0]) }
            guard
                let constant = node.attributes["value"]?.constant ?? integers.map(ONNXGraph.Constant.integers)
                    ?? float.map(ONNXGraph.Constant.tensor)
            else { throw unknown(node) }
            constants[output] = constant
        case ("Identity", let constant?), ("Cast", let constant?): constants[output] = constant
        case ("Transpose", .tensor(let tensor)?) where tensor.shape.count == 2:
            let axes = node.attributes["perm"]?.integers ?? [1, 0]
            guard axes == [0, 1] || axes == [1, 0] else { throw unknown(node) }
            constants[output] = .tensor(tensor.permuted(axes))
        default:
            let isOfSizes = ["Gather", "Unsqueeze", "Squeeze", "Concat", "Slice", "Cast", "Mul"].contains(
                node.operation)
            guard isOfSizes, inputs.contains(where: sizes.contains) else {
                throw inputs.allSatisfy { constants[$0] != nil }
                    ? unknown(node) : assembly.problem("one value that runs through the graph", "another beside it")
            }
            sizes.insert(output)
        }
    }

    func unknown(_ node: ONNXGraph.Node) -> ModelFileError {
        ModelFileError(file, expected: Self.understood, found: node.title)
    }

    private mutating func apply(_ node: ONNXGraph.Node, isFirst: Bool) throws(ModelFileError) {
        switch node.operation {
        case "Identity", "Dropout", "Cast": break
        case "Flatten":
            try expect(node, "axis", 1)
            assembly.flatten()
        case "Reshape": try reshape(node)
        case "Transpose": try transpose(node)
        case "Gemm", "MatMul":
            guard isFirst else { throw assembly.problem("the weights behind the value", "before it") }
            try dense(node)
        case "Conv": try convolution(node)
        case "MaxPool": try maxPool(node)
        case "BatchNormalization": try batchNormalization(node)
        case "Add", "Sub", "Mul", "Div": try arithmetic(node, isFirst: isFirst)
        case "Relu": try assembly.activation(.relu)
        case "Tanh": try assembly.activation(.tanh)
        case "Sigmoid": try assembly.activation(.sigmoid)
        case "LeakyRelu":
            let slope = node.attributes["alpha"]?.float ?? 0.01
            guard abs(slope - 0.01) < 1e-6 else { throw assembly.problem("a slope of 0.01", "\(slope)") }
            try assembly.activation(.leakyReLU)
        case "Gelu":
            guard (node.attributes["approximate"]?.text ?? "none") == "none" else {
                throw assembly.problem("GELU itself", "an approximation")
            }
            try assembly.activation(.gelu)
        case "Softmax", "LogSoftmax":
            guard [-1, 1].contains(node.attributes["axis"]?.integer ?? -1) else {
                throw assembly.problem("axis 1 or -1", "another")
            }
            isFinished = true
        default: throw unknown(node)
        }
    }
}
