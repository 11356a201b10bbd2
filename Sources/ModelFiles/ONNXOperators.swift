import Files
import NeuralNetwork

/// What each operator of ONNX is among the layers of a network.
extension ONNXNetwork {
    mutating func reshape(_ node: ONNXGraph.Node) throws(ModelFileError) {
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

    mutating func transpose(_ node: ONNXGraph.Node) throws(ModelFileError) {
        let axes = node.attributes["perm"]?.integers ?? []
        guard assembly.shape?.isImage ?? false, axes == (isChannelsLast ? [0, 3, 1, 2] : [0, 2, 3, 1]) else {
            throw assembly.problem("channels put first or last", description(ofShape: axes))
        }
        isChannelsLast.toggle()
    }

    mutating func dense(_ node: ONNXGraph.Node) throws(ModelFileError) {
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

    mutating func convolution(_ node: ONNXGraph.Node) throws(ModelFileError) {
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

    mutating func maxPool(_ node: ONNXGraph.Node) throws(ModelFileError) {
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

    mutating func batchNormalization(_ node: ONNXGraph.Node) throws(ModelFileError) {
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

    mutating func arithmetic(_ node: ONNXGraph.Node, isFirst: Bool) throws(ModelFileError) {
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

    func expect(_ node: ONNXGraph.Node, _ attribute: String, _ number: Int) throws(ModelFileError) {
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
