import Foundation
import NeuralNetwork

/// The learning rate: too small, right, too big.
struct LearningRateLesson: Lesson {
    let title = "The learning rate"
    let text = """
        A step moves each weight against its slope, by slope × learning rate. Too small, and the network crawls. Too \
        big, and it leaps over the valley, here and there and nowhere. Three networks, equal at first, learn the ring \
        of page 3, each with its own rate.
        """
    let code = ["optimizer.update(&network, gradients: slopes, learningRate: rate)"]
    var knobs = [
        Knob("rate of ·", 0.01, of: Self.rates), Knob("rate of ●", 0.3, of: Self.rates),
        Knob("rate of ○", 10, of: Self.rates),
    ]
    let button: String? = "40 steps more"

    static let rates: [Float] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
    static let points = ToyPoints(.ring)
    static let start = Network(sizes: [2, 8, 2], seed: 5)

    struct Run: Sendable, Equatable {
        var network = LearningRateLesson.start
        /// At first and after each step, in nats.
        var losses: [Float] = [LearningRateLesson.points.loss(of: LearningRateLesson.start)]

        mutating func train(steps: Int, learningRate: Float) {
            let before = LearningRateLesson.points.train(&network, steps: steps, learningRate: learningRate)
            losses += before.dropFirst()
            losses.append(LearningRateLesson.points.loss(of: network))
        }
    }

    private(set) var runs = [Run(), Run(), Run()]

    var steps: Int { runs[0].losses.count - 1 }

    mutating func press() {
        for index in runs.indices { runs[index].train(steps: 40, learningRate: knobs[index].value) }
    }

    /// All start again, so that they stay comparable.
    mutating func turned(_ knob: Int) { runs = [Run(), Run(), Run()] }

    var experiments: [Experiment] {
        let losses = runs.map { $0.losses.last ?? .infinity }
        return [
            Experiment(
                invitation: "press space until the best of the three is below 0.1.",
                answer: "Same network, same points: only the rate differs.", isDone: losses.contains { $0 < 0.1 }),
            Experiment(
                invitation: "help the slow one: raise its rate until it gets below 0.1 within 200 steps.",
                answer: "That is why the dashboard has [ and ]: they change the rate while it trains.",
                isDone: losses[0] < 0.1 && steps <= 200),
        ]
    }

    /// No number is a loss beyond all bounds.
    private static func shown(_ loss: Float) -> Double { loss.isNaN ? .infinity : Double(loss) }

    private static let inks: [Ink] = [.words, .right, .wrong]

    func draw(in room: Rect, on grid: inout CellGrid) {
        let lines = min(4, max(room.height - 4, 0))
        let (chart, table) = room.split(top: room.height - lines)
        let end = Double(max(steps, 40))
        let curves = zip(runs, Self.inks).map { run, ink in
            Plot.Curve(
                points: run.losses.enumerated().map { (x: Double($0.offset), y: Self.shown($0.element)) }, ink: ink,
                showsBeyond: true)
        }
        // High enough for the wild one, but not so high that the others lie on the ground.
        let highest = runs.flatMap(\.losses).map(Self.shown).filter(\.isFinite).max() ?? 0
        // The wild one behind, the best in front.
        let plot = Plot(
            curves: [curves[2], curves[0], curves[1]], xs: Axis(0...end),
            ys: Axis(0...min(max(highest * 1.05, 1.5), 4)),
            marks: zip(runs, 0...).map { run, index in
                (
                    Double(steps), Self.shown(run.losses.last ?? 0),
                    Cell(["·", "●", "○"][index], Style(Self.inks[index], bold: true))
                )
            })
        plot.draw(in: chart, on: &grid)
        guard lines > 0 else { return }
        grid.write("   rate     loss   right  \(steps) steps", x: table.x, y: table.y, limit: table.width)
        for (index, run) in runs.enumerated() where index + 1 < lines {
            let y = table.y + 1 + index
            let loss = run.losses.last ?? 0
            grid.write(["·", "●", "○"][index], x: table.x, y: y, Style(Self.inks[index], bold: true))
            grid.write(knobs[index].text, endingAt: table.x + 7, y: y, Style(Self.inks[index]))
            grid.write(
                loss.isFinite && loss < 100 ? Format.fixed(loss, decimals: 3) : "lost", endingAt: table.x + 16, y: y,
                .value)
            let accuracy = Self.points.accuracy(of: run.network)
            grid.write(Format.percent(accuracy, decimals: 0), endingAt: table.x + 24, y: y, .value)
        }
    }
}
