import Datasets
import NeuralNetwork
import Training

/// From here to handwriting: mini-batches, weights from PyTorch, and the mistakes.
struct HandwritingLesson: Lesson {
    /// A network that another program trained.
    enum Reference: Sendable, Equatable {
        case unknown, missing
        case tested(Evaluation)
    }

    let title = "Handwriting, batches, PyTorch"
    let text = """
        The network of the other screens is only larger: 784 pixels in, ten digits out. Slopes for all 60,000 images \
        would be slow, so a step takes a few: a mini-batch. And weights from another program, PyTorch, work in ours.
        """
    let code = ["let network = try Model(file: \"pytorch-mnist.safetensors\").network"]
    var knobs = [
        Knob("images a batch", 1, of: [1, 4, 16, 64, 256, 1024]),
        Knob("weights", choices: ["ours", "PyTorch"]),
        Knob("image", 1, in: 1...1000, step: 1, decimals: 0),
    ]
    let button: String? = "next batch"

    /// The images that stand for all: enough for a steady direction, few enough for a key press.
    static let manyImages = 4096
    /// Of the new network whose gradients are compared.
    static let seed: UInt64 = 0

    private(set) var snapshot: TrainingSnapshot?
    private(set) var reference = Reference.unknown
    /// The cosine between the gradient of the batch in view and that of many images: 1 for the same direction, 0 for
    /// none of it.
    private(set) var agreement: Float?
    private var manyGradient: [Float] = []
    /// Batches looked at since the size was chosen.
    private(set) var batches = 0

    mutating func take(_ snapshot: TrainingSnapshot) {
        if let last = self.snapshot, last.dataset.name != snapshot.dataset.name { reference = .unknown }
        self.snapshot = snapshot
    }

    mutating func take(_ reference: Reference) { self.reference = reference }

    var wanted: [Action] { reference == .unknown ? [.readReference] : [] }

    mutating func press() {
        batches += 1
        look()
    }

    mutating func turned(_ knob: Int) {
        switch knob {
        case 0:
            batches = 0
            look()
        case 1: knobs[2] = Knob("image", 1, in: 1...1000, step: 1, decimals: 0)
        default: knobs[2].set(min(knobs[2].value, Float(max(images.count, 1))))
        }
    }

    /// The network chosen; nil before there is one.
    var network: Network? { evaluation?.network ?? (knobs[1].index == 0 ? snapshot?.now.network : nil) }

    /// The test of the network chosen.
    private var evaluation: Evaluation? {
        guard knobs[1].index == 1 else { return snapshot?.now.evaluation }
        if case .tested(let evaluation) = reference { return evaluation }
        return nil
    }

    /// The test images that the network chosen gets wrong, or all while that is not known.
    var images: [Int] {
        guard let snapshot else { return [] }
        let labels = snapshot.dataset.test.labels
        guard let evaluation else { return Array(labels.indices) }
        return labels.indices.filter { evaluation.predictions[$0] != labels[$0] }
    }

    /// Compares the gradient of a new network for a batch with that for many images.
    private mutating func look() {
        guard let snapshot, snapshot.now.network.inputs == snapshot.dataset.train.pixelsPerImage else { return }
        let images = snapshot.dataset.train
        let own = snapshot.now.network
        // The page is about batches. Convolutions would take too long here, and tell the same.
        let hidden = own.layers.allSatisfy(\.isDense) ? own.layers.dropLast().map(\.outputs) : [128, 64]
        let network = Network(sizes: [own.inputs] + hidden + [own.outputs], seed: Self.seed)
        func gradient(_ indices: Range<Int>) -> [Float] {
            let chosen = indices.map { Int32($0 % max(images.count, 1)) }
            let labels = chosen.map { images.labels[Int($0)] }
            let (_, gradients) = network.lossAndGradients(inputs: images.inputs(chosen), labels: labels)
            return gradients.matrices.flatMap(\.elements)
        }
        if manyGradient.isEmpty { manyGradient = gradient(0..<Self.manyImages) }
        // The batch is not among the many.
        let size = Int(knobs[0].value)
        let start = Self.manyImages + batches * size
        agreement = Self.cosine(gradient(start..<start + size), manyGradient)
    }

    /// Of the angle between two vectors of the same length; 0 where one is zero.
    static func cosine(_ a: [Float], _ b: [Float]) -> Float {
        func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let lengths = (product(a, a) * product(b, b)).squareRoot()
        return lengths > 0 ? product(a, b) / lengths : 0
    }

    var experiments: [Experiment] {
        var answer = "A network is only its numbers."
        if case .tested(let evaluation) = reference {
            let (correct, count) = (Format.grouped(evaluation.correct), Format.grouped(evaluation.count))
            answer = "\(correct) of \(count) right, as in PyTorch itself. " + answer
        }
        return [
            Experiment(
                invitation: "press space: one image points almost anywhere. How large must a batch be for over 60 %?",
                answer: "Large batches point truer but cost more. 64 is a good bargain.",
                isDone: (agreement ?? 0) > 0.6),
            Experiment(
                invitation: "choose \"weights\" and turn it to PyTorch.", answer: answer, isDone: knobs[1].index == 1),
            Experiment(
                invitation: "choose \"image\" and look at three mistakes. Could you read them?",
                answer: "1 and p train ours, 3 shows its mistakes, 4 reads your digit. Two pages on how to make fewer.",
                isDone: knobs[2].value >= 3),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        drawBatch(in: room, on: &grid)
        let rest = room.split(top: room.height >= 14 ? 4 : 3).1
        guard let network, let snapshot else {
            let text =
                reference == .missing
                ? "There is no PyTorch network for this data set here." : "Reading the weights …"
            Paragraph.draw(text, in: rest, .value, on: &grid)
            return
        }
        let name = knobs[1].index == 1 ? "PyTorch's weights" : "our weights"
        let score =
            evaluation.map { "\(Format.grouped($0.correct)) right" } ?? "untested: p trains it"
        let x = grid.write("\(name): ", x: rest.x, y: rest.y)
        grid.write(score, x: x, y: rest.y, Style(.test, bold: true), limit: rest.maxX - x)
        if let evaluation {
            grid.write(
                Format.percent(evaluation.accuracy, decimals: 2), endingAt: rest.maxX, y: rest.y,
                Style(.test, bold: true))
        }
        drawImage(network, snapshot, in: rest.split(top: 2).1, on: &grid)
    }

    private func drawBatch(in room: Rect, on grid: inout CellGrid) {
        let size = knobs[0].text
        guard let agreement else {
            Paragraph.draw(
                "space: look at a batch of \(size), and at where its slopes point.", in: room, on: &grid)
            return
        }
        grid.write("A batch of \(size), in a new network,", x: room.x, y: room.y)
        let label = "points the way of \(Format.grouped(Self.manyImages))"
        grid.write(label, x: room.x, y: room.y + 1)
        grid.write(
            Format.percent(Double(agreement), decimals: 0), endingAt: room.maxX, y: room.y + 1,
            Style(.test, bold: true))
        Bar.draw(
            Double(agreement), x: room.x, y: room.y + 2, width: room.width, Style(.test), on: &grid)
    }

    private func drawImage(
        _ network: Network, _ snapshot: TrainingSnapshot, in room: Rect, on grid: inout CellGrid
    ) {
        let images = images
        let test = snapshot.dataset.test
        guard !images.isEmpty, network.inputs == test.pixelsPerImage else { return }
        let index = images[min(Int(knobs[2].value) - 1, images.count - 1)]
        let pixels = Array(test.image(index))
        let factor = Picture.factor(width: room.width - 26, height: room.height - 2, of: test)
        let (shown, side) =
            factor > 0
            ? (Picture.enlarged(pixels, width: test.width, by: factor), factor * test.width)
            : Picture.shrunk(pixels, width: test.width, toFit: 14)
        let lines = (shown.count / max(side, 1) + 1) / 2
        Picture.draw(shown, width: side, x: room.x, y: room.y, on: &grid)
        let names = snapshot.dataset.classNames
        let shares = SoftmaxCrossEntropy.softmax(network.logits(test.inputs([Int32(index)]))).elements
        let best = shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
        let label = Int(test.labels[index])
        ProbabilityBars.draw(
            shares, names: names,
            in: Rect(
                x: room.x + side + 2, y: room.y, width: room.width - side - 2, height: min(names.count, room.height)),
            on: &grid
        ) { $0 == label ? .right : $0 == best ? .wrong : nil }
        let y = room.y + lines
        let isWrong = best != label
        for (offset, (text, style)) in [
            ("image \(index)", Style.plain), ("it is \(names[label])", Style(.right, bold: true)),
            ("read as \(names[best])", Style(isWrong ? .wrong : .right, bold: true)),
        ].enumerated() where y + offset < room.maxY {
            grid.write(text, x: room.x, y: y + offset, style, limit: max(side, 14))
        }
    }
}
