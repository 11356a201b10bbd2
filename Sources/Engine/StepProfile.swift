/// Where the time of training steps goes. For steps on one thread: the parts of several threads overlap.
public final class StepProfile {
    public enum Part: String, CaseIterable, Sendable {
        case images = "preparation of the images"
        case convolution = "forward, convolutions"
        case pool = "pooling, both ways"
        case firstForward = "forward, first layer"
        case forward = "forward, other layers"
        case loss = "softmax, cross-entropy"
        case backward = "backward"
        case convolutionBackward = "backward, convolutions"
        case convolutionUpdate = "update, convolutions"
        case firstUpdate = "gradient and update, first layer"
        case update = "gradient and update, other layers"
        case biases = "gradient and update, biases"
    }

    /// Of all steps so far.
    public private(set) var durations: [Part: Duration] = [:]
    private var last = ContinuousClock.now

    public init() {}

    /// A new step begins.
    func begin() { last = .now }

    /// The time since the last call was spent on this part.
    func add(_ part: Part) {
        let now = ContinuousClock.now
        durations[part, default: .zero] += now - last
        last = now
    }
}
