import NeuralNetwork

/// Follows the one value that runs through an ONNX graph, from its input to its output, and makes of the operators on its
/// way the layers of a network.
struct ONNXNetwork {
    private let graph: ONNXGraph
    private let file: String
    private var assembly: NetworkAssembly
    private var constants: [String: ONNXGraph.Constant]
    /// Values made of the shape of others, as exporters give them to Reshape.
    private var sizes: Set<String> = []
    /// The name of the value.
    private var value: String
    /// Whether it lies place by place, `[height, width, channels]`, or did before it became a row.
    private var isChannelsLast = false
    private var isFinished = false

    /// - Parameter image: what the input is, where the file does not say.
    static func network(_ graph: ONNXGraph, image: Shape?, file: String) throws(ModelFileError) -> Network {
        var walk = try ONNXNetwork(graph, image: image, file: file)
        for node in graph.nodes { try walk.follow(node) }
        guard graph.outputs.contains(walk.value) else {
            throw ModelFileError(
                file, expected: "operators from the input to the output of the graph",
                found: "an end at \(quoted(walk.value))")
        }
        return try walk.assembly.network()
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

    private func unknown(_ node: ONNXGraph.Node) -> ModelFileError {
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

    // MARK: - Operators

    private mutating func reshape(_ node: ONNXGraph.Node) throws(ModelFileError) {
        guard let target = node.inputs.dropFirst().first else { throw unknown(node) }
        guard case .integers(let shape)? = constants[target] else { return assembly.flatten() }
        let rest = shape.dropFirst()
        let isBatch = [0, 1].contains(shape.first)
        if shape.count == 2, let last = rest.last, last == assembly.shape?.count || last == -1 && isBatch {
            assembly.flatten()
        } else if shape.count == 4, let image = Shape(image: "\(shape[2])x\(shape[3])"), shape[1] == 1 {
            try assembly.reshapeInput(to: image)
            isChannelsLast = false
        } else if shape.count == 4, let image = Shape(image: "\(shape[1])x\(shape[2])"), shape[3] == 1 {
            try assembly.reshapeInput(to: image)
            isChannelsLast = true
        } else {
            throw assembly.problem("a reshape to rows or to grey images", description(ofShape: shape))
        }
    }

    private mutating func transpose(_ node: ONNXGraph.Node) throws(ModelFileError) {
        let axes = node.attributes["perm"]?.integers ?? []
        guard assembly.shape?.isImage ?? false, axes == (isChannelsLast ? [0, 3, 1, 2] : [0, 2, 3, 1]) else {
            throw assembly.problem("channels put first or last", description(ofShape: axes))
        }
        isChannelsLast.toggle()
    }

    private mutating func dense(_ node: ONNXGraph.Node) throws(ModelFileError) {
        guard !(assembly.shape?.isImage ?? false) else {
            throw assembly.problem("rows", "images of \(assembly.shape.map { "\($0)" } ?? "")")
        }
        try expect(node, "transA", 0)
        var weights = try tensor(node, 1)
        guard weights.shape.count == 2, !weights.shape.contains(0) else {
            throw assembly.problem("weights of two dimensions", description(ofShape: weights.shape))
        }
        let isTransposed = node.attributes["transB"]?.integer ?? 0 != 0
        if isTransposed { weights = weights.permuted([1, 0]) }
        let (rows, columns) = (weights.shape[0], weights.shape[1])
        var values = try weights.finiteFloats(file)
        if let alpha = node.attributes["alpha"]?.float { values = values.map { $0 * alpha } }
        var biases = Array(repeating: Float(0), count: columns)
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            let given = try vector(node, 2, axisFromEnd: 0).map(Float.init)
            guard given.count == columns || given.count == 1 else {
                throw assembly.problem("\(columns) biases", "\(given.count)")
            }
            biases = given.count == columns ? given : biases.map { _ in given[0] }
            if let beta = node.attributes["beta"]?.float { biases = biases.map { $0 * beta } }
        }
        try assembly.dense(
            weights: Matrix(rows: rows, columns: columns, values), biases: Matrix(rows: 1, columns: columns, biases),
            channelsLast: isChannelsLast)
        isChannelsLast = false
    }

    private mutating func convolution(_ node: ONNXGraph.Node) throws(ModelFileError) {
        try expectChannelsFirst()
        try expect(node, "group", 1)
        let weights = try tensor(node, 1)
        guard weights.shape.count == 4, weights.shape[2] == weights.shape[3], !weights.shape.contains(0),
            Convolution.kernels.contains(weights.shape[2])
        else { throw assembly.problem("square kernels of 1 to 7", description(ofShape: weights.shape)) }
        let (channels, kernel) = (weights.shape[0], weights.shape[2])
        try expect(node, "kernel_shape", [kernel, kernel])
        try expect(node, "strides", [1, 1])
        try expect(node, "dilations", [1, 1])
        let before = (kernel - 1) / 2
        let same = [before, before, kernel - 1 - before, kernel - 1 - before]
        let pads = try padding(node, same: same)
        guard pads == same || pads == [0, 0, 0, 0] else {
            throw assembly.problem("pads \(description(ofShape: same)) or none", description(ofShape: pads))
        }
        let values = try weights.finiteFloats(file)
        let rows = values.count / channels
        var biases = Array(repeating: Float(0), count: channels)
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            biases = try vector(node, 2, axisFromEnd: 0).map(Float.init)
        }
        guard biases.count == channels else { throw assembly.problem("\(channels) biases", "\(biases.count)") }
        try assembly.convolution(
            kernel: kernel, padding: pads == same ? .same : .valid,
            weights: Matrix(
                rows: rows, columns: channels, ModelFiles.transpose(values, rows: channels, columns: rows)),
            biases: Matrix(rows: 1, columns: channels, biases))
    }

    private mutating func maxPool(_ node: ONNXGraph.Node) throws(ModelFileError) {
        try expectChannelsFirst()
        let window = node.attributes["kernel_shape"]?.integers ?? []
        guard window.count == 2, window[0] == window[1], node.outputs.filter({ !$0.isEmpty }).count == 1 else {
            throw assembly.problem("a square window", description(ofShape: window))
        }
        try expect(node, "strides", window, absent: [1, 1])
        try expect(node, "dilations", [1, 1])
        let (height, width) = (assembly.shape?.height ?? 1, assembly.shape?.width ?? 1)
        let size = window[0]
        guard MaxPool.sizes.contains(size) else { throw assembly.problem("a window of 1 to 7", "\(size)") }
        let isWhole = height % size == 0 && width % size == 0
        // Where windows fill the image, nothing is added at its end.
        guard try padding(node, same: isWhole ? [0, 0, 0, 0] : [0, 0, 1, 1]) == [0, 0, 0, 0] else {
            throw assembly.problem("pooling without padding", "some")
        }
        if !isWhole { try expect(node, "ceil_mode", 0) }
        try assembly.maxPool(size)
    }

    private mutating func batchNormalization(_ node: ONNXGraph.Node) throws(ModelFileError) {
        try expectChannelsFirst()
        var vectors: [[Double]] = []
        for index in 1...4 { vectors.append(try vector(node, index, axisFromEnd: 0)) }
        guard vectors.allSatisfy({ $0.count == vectors[0].count }) else {
            throw assembly.problem("as many of each number", "others")
        }
        try assembly.scale(
            .batchNormalization(
                mean: vectors[2], variance: vectors[3], gamma: vectors[0], beta: vectors[1],
                epsilon: Double(node.attributes["epsilon"]?.float ?? 1e-5)))
    }

    private mutating func arithmetic(_ node: ONNXGraph.Node, isFirst: Bool) throws(ModelFileError) {
        let isImage = assembly.shape?.isImage ?? false
        let numbers = try vector(node, isFirst ? 1 : 0, axisFromEnd: isImage && !isChannelsLast ? 2 : 0)
        guard isImage || !isChannelsLast || numbers.count == 1 else {
            throw assembly.problem("channels first in a row of them", "last")
        }
        let ones = numbers.map { _ in 1.0 }
        let zeros = numbers.map { _ in 0.0 }
        switch (node.operation, isFirst) {
        case ("Add", _): try assembly.scale(ChannelScale(factors: ones, offsets: numbers))
        case ("Mul", _): try assembly.scale(ChannelScale(factors: numbers, offsets: zeros))
        case ("Sub", true): try assembly.scale(ChannelScale(factors: ones, offsets: numbers.map { -$0 }))
        case ("Sub", false): try assembly.scale(ChannelScale(factors: ones.map { -$0 }, offsets: numbers))
        case ("Div", true): try assembly.scale(ChannelScale(factors: numbers.map { 1 / $0 }, offsets: zeros))
        default: throw assembly.problem("a division by numbers", "one of numbers")
        }
    }

    // MARK: - Inputs and attributes

    private func tensor(_ node: ONNXGraph.Node, _ index: Int) throws(ModelFileError) -> Tensor {
        guard index < node.inputs.count, case .tensor(let tensor)? = constants[node.inputs[index]] else {
            throw assembly.problem("numbers as input \(index)", "none in the file")
        }
        return tensor
    }

    /// The numbers of a constant that differ along one dimension at most, counted from the last.
    private func vector(_ node: ONNXGraph.Node, _ index: Int, axisFromEnd: Int) throws(ModelFileError) -> [Double] {
        let tensor = try tensor(node, index)
        let axis = tensor.shape.count - 1 - axisFromEnd
        guard tensor.shape.enumerated().allSatisfy({ $0 == axis || $1 == 1 }), tensor.bytes.count > 0 else {
            throw assembly.problem("a number for all or one a channel", description(ofShape: tensor.shape))
        }
        _ = try tensor.finiteFloats(file)
        return tensor.doubles
    }

    private func expect(_ node: ONNXGraph.Node, _ attribute: String, _ number: Int) throws(ModelFileError) {
        let found = node.attributes[attribute]?.integer ?? number
        if found != number { throw assembly.problem("\(attribute) \(number)", "\(found)") }
    }

    private func expect(
        _ node: ONNXGraph.Node, _ attribute: String, _ numbers: [Int], absent: [Int]? = nil
    ) throws(ModelFileError) {
        let found = node.attributes[attribute]?.integers ?? absent ?? numbers
        guard found == numbers else {
            throw assembly.problem("\(attribute) \(description(ofShape: numbers))", description(ofShape: found))
        }
    }

    private func expectChannelsFirst() throws(ModelFileError) {
        if isChannelsLast { throw assembly.problem("channels before height and width", "behind them") }
    }

    /// Rows above, columns to the left, rows below, columns to the right.
    private func padding(_ node: ONNXGraph.Node, same: [Int]) throws(ModelFileError) -> [Int] {
        switch node.attributes["auto_pad"]?.text ?? "NOTSET" {
        case "NOTSET": return node.attributes["pads"]?.integers ?? [0, 0, 0, 0]
        case "VALID": return [0, 0, 0, 0]
        case "SAME_UPPER": return same
        case "SAME_LOWER" where same[0] == same[2]: return same
        case let other: throw assembly.problem("pads", quoted(other))
        }
    }
}
