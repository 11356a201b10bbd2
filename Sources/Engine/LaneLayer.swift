import CKernels
import NeuralNetwork

/// A layer of convolution or pooling on lanes: 16 images side by side, `[channels × height × width × 16]`. Just sizes and
/// addresses; the memory is the caller's, so that several threads can be at different images.
struct LaneLayer {
    static let lanes = 16

    /// Where the values of some lanes are, and what is needed on the way back. From layer to layer, `output` of one is
    /// `input` of the next.
    struct Memory {
        /// `[inputs × 16]`, and the gradient with respect to it; the gradient is nil for the first layer.
        var input: UnsafeMutablePointer<Float>
        var inputGradient: UnsafeMutablePointer<Float>?
        /// `[outputs × 16]`
        var output: UnsafeMutablePointer<Float>
        var outputGradient: UnsafeMutablePointer<Float>
        /// The activation's derivative, `[outputs × 16]`; nil for ReLU and pooling.
        var slopes: UnsafeMutablePointer<Float>?
        /// Which cell of each window was the largest, `[outputs × 16]`; nil for convolution.
        var choices: UnsafeMutablePointer<UInt8>?
    }

    private enum Kind {
        case convolution(inkling_convolution, Activation?)
        /// - Parameter passesReLU: whether the layer before leaves it to this one to stop the gradient of its ReLU.
        case maxPool(Shape, size: Int, passesReLU: Bool)
    }

    private let kind: Kind
    let outputs: Int
    /// Of the layer's weights and biases; nil for pooling.
    let weightCount: Int?
    /// Whether the pooling after this layer takes care of its ReLU on the way back.
    private let leavesReLU: Bool

    init(_ layer: Layer, after before: Layer?, before next: Layer?) {
        outputs = layer.outputs
        switch layer {
        case .convolution(let layer):
            let (input, output) = (layer.input, layer.output)
            kind = .convolution(
                inkling_convolution(
                    in_channels: input.channels, in_height: input.height, in_width: input.width,
                    out_channels: output.channels, kernel: layer.kernel, pad: layer.paddingBefore,
                    out_height: output.height, out_width: output.width), layer.activation)
            weightCount = layer.weights.count
            if case .maxPool = next { leavesReLU = layer.activation == .relu } else { leavesReLU = false }
        case .maxPool(let pool):
            kind = .maxPool(pool.input, size: pool.size, passesReLU: before?.activation == .relu)
            weightCount = nil
            leavesReLU = false
        case .dense: preconditionFailure("Dense layers work on rows.")
        }
    }

    var needsSlopes: Bool {
        if case .convolution(_, let activation?) = kind { activation != .relu } else { false }
    }

    var needsChoices: Bool {
        if case .maxPool = kind { true } else { false }
    }

    var biasCount: Int {
        if case .convolution(let shape, _) = kind { shape.out_channels } else { 0 }
    }

    func forward(_ memory: Memory, weights: UnsafePointer<Float>?, biases: UnsafePointer<Float>?) {
        switch kind {
        case .maxPool(let shape, let size, _):
            inkling_max_pool_forward(
                shape.channels, shape.height, shape.width, size, memory.input, memory.output, memory.choices)
        case .convolution(let shape, let activation):
            inkling_convolution_forward(shape, memory.input, weights, biases, activation == .relu, memory.output)
            guard let activation, activation != .relu else { return }
            for i in 0..<outputs * Self.lanes {
                let sum = Double(memory.output[i])
                memory.output[i] = Float(activation.value(sum))
                memory.slopes?[i] = Float(activation.slope(sum))
            }
        }
    }

    /// From the gradient at the layer's output, which is spoilt, to that at its input.
    ///
    /// - Parameters:
    ///   - weightGradient: the sum over the lanes, shaped as the weights, which is overwritten.
    ///   - biasGradient: likewise.
    func backward(
        _ memory: Memory, weights: UnsafePointer<Float>?, weightGradient: UnsafeMutablePointer<Float>?,
        biasGradient: UnsafeMutablePointer<Float>?
    ) {
        switch kind {
        case .maxPool(let shape, let size, let passesReLU):
            guard let inputGradient = memory.inputGradient else { return }
            inkling_max_pool_backward(
                shape.channels, shape.height, shape.width, size, memory.outputGradient, memory.choices,
                passesReLU ? memory.output : nil, inputGradient)
        case .convolution(let shape, let activation):
            let count = outputs * Self.lanes
            if let slopes = memory.slopes {
                for i in 0..<count { memory.outputGradient[i] *= slopes[i] }
            } else if activation == .relu, !leavesReLU {
                inkling_lanes_relu_backward(count, memory.output, memory.outputGradient)
            }
            inkling_convolution_weight_gradient(
                shape, memory.input, memory.outputGradient, weightGradient, biasGradient)
            if let inputGradient = memory.inputGradient {
                inkling_convolution_input_gradient(shape, memory.outputGradient, weights, inputGradient)
            }
        }
    }
}
