import CKernels
import NeuralNetwork

/// Softmax and cross-entropy: from logits to losses, predictions and the gradient, which takes the logits' place.
final class LossStage: Stage, @unchecked Sendable {
    /// The logits, then the gradient of the loss with respect to them.
    let output: NeuronRows
    /// The cross-entropy of each image in nats, `[capacity]`.
    let losses: UnsafeMutablePointer<Float>
    /// The class of the largest logit of each image, the lowest among equals, `[capacity]`.
    let predictions: UnsafeMutablePointer<Int32>
    /// `[capacity]`
    let labels: UnsafeMutablePointer<UInt8>
    /// What the batch came to, after its step.
    private(set) var result = TrainingStep.Result(meanLoss: 0, correctCount: 0)

    private var batchCount = 0
    /// A factor on the gradient of each image's loss.
    private var gradientScale: Float = 1
    private let profile: StepProfile?

    init(after logits: NeuronRows, _ options: StageOptions) {
        output = logits
        losses = RowMemory.allocate(options.capacity)
        predictions = RowMemory.allocate(options.capacity)
        labels = RowMemory.allocate(options.capacity)
        profile = options.profile
    }

    deinit {
        losses.deallocate()
        predictions.deallocate()
        labels.deallocate()
    }

    func begin(_ step: StepContext, _ places: ArraySlice<ParameterPlace>) {
        batchCount = step.images.count
        gradientScale = step.update == nil ? 1 : 1 / Float(batchCount)
        // All at once: as they are bytes, blocks of rows would share cache lines.
        step.images.copyLabels(to: labels)
        let highest = UnsafeBufferPointer(start: labels, count: batchCount).max() ?? 0
        precondition(highest < output.neurons.count, "The network has an output for each class.")
    }

    /// The only task of its own: to add up the result.
    func planUpdates(_ list: inout TaskList, _ wave: Wave, after losses: [TaskList.Entry]) {
        if wave == .losses { list.add(0, after: losses) }
    }

    func sharedRows(_ wave: Wave) -> [SharedRows] {
        wave == .losses ? [SharedRows(losses), SharedRows(predictions)] : []
    }

    func perform(_ task: Int, thread: Int) {
        var (loss, correct): (Float, Int) = (0, 0)
        for row in 0..<batchCount {
            loss += losses[row]
            if predictions[row] == Int32(labels[row]) { correct += 1 }
        }
        result = TrainingStep.Result(
            meanLoss: batchCount == 0 ? 0 : loss / Float(batchCount), correctCount: correct)
        profile?.add(.loss)
    }

    func forward(rows: Range<Int>, thread: Int) {
        let (first, logits) = (rows.lowerBound, output.values)
        inkling_softmax_cross_entropy(
            rows.count, output.neurons.count, logits.row(first), logits.stride, labels + first, gradientScale,
            logits.row(first), logits.stride, losses + first, predictions + first)
        profile?.add(.loss)
    }

    func backward(rows: Range<Int>, thread: Int) {}

    /// The probability of the predicted class, 0…1, after a pass without training: there p − [is the label].
    func confidence(_ row: Int) -> Float {
        let prediction = Int(predictions[row])
        return output.values.row(row)[prediction] + (prediction == Int(labels[row]) ? 1 : 0)
    }
}
