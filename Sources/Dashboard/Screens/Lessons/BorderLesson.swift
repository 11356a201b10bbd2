import NeuralNetwork

/// Why linear is not enough: a line cannot bend.
struct BorderLesson: Lesson {
    let title = "A line that cannot bend"
    let text = """
        Points of two kinds; where is the border? One layer alone can only weigh and add: its border is one straight \
        line, wherever training puts it. With a hidden layer of ReLU neurons (the next page) before it, the border can \
        bend. Both learn from the same points.
        """
    let code = ["network.lossAndGradients(inputs: points, labels: kinds)"]
    var knobs = [
        Knob("points", choices: ToyPoints.Shape.allCases.map(\.name)),
        Knob("hidden neurons", 8, in: 1...16, step: 1, decimals: 0),
    ]
    let button: String? = "50 steps more"

    private(set) var points = ToyPoints(.crossed)
    /// Inputs straight to logits.
    private(set) var linear = Network(sizes: [2, 2], seed: 0)
    /// With a hidden layer.
    private(set) var bent = Network(sizes: [2, 8, 2], seed: 5)
    private(set) var steps = 0

    mutating func press() {
        points.train(&linear, steps: 50, learningRate: 0.5)
        points.train(&bent, steps: 50, learningRate: 0.5)
        steps += 50
    }

    mutating func turned(_ knob: Int) {
        points = ToyPoints(ToyPoints.Shape(rawValue: knobs[0].index) ?? .crossed)
        linear = Network(sizes: [2, 2], seed: 0)
        bent = Network(sizes: [2, knobs[1].index, 2], seed: 5)
        steps = 0
    }

    var experiments: [Experiment] {
        let isRight = (points.accuracy(of: linear) == 1, points.accuracy(of: bent) == 1)
        return [
            Experiment(
                invitation: "press space until the right network has all points. How far does the line get?",
                answer: "The bent border gets them all. The line never will, however long it trains.",
                isDone: isRight.1 && !isRight.0),
            Experiment(
                invitation: "find points for which one line is enough, and train it.",
                answer: "Halves need no bend. Most of the world is not like that.", isDone: isRight.0),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let gap = 2
        let width = min((room.width - gap) / 2, max(2 * (room.height - 4), 10))
        let height = max(min(width / 2, room.height - 4), 1)
        let rest = [("one layer", linear), ("with hidden layer", bent)]
        let spare = room.height - height - 4 > 3 ? 1 : 0
        for (index, (name, network)) in rest.enumerated() {
            let x = room.x + index * (width + gap)
            let y = room.y + spare
            grid.write(
                firstOf: [[(name, .title)], [(name.replacing("with ", with: ""), .title)]], x: x, y: y, width: width)
            RegionMap.draw(network, points, in: Rect(x: x, y: y + 1, width: width, height: height), on: &grid)
            let accuracy = points.accuracy(of: network)
            grid.write(
                [
                    (Format.percent(accuracy, decimals: 0), Style(accuracy == 1 ? .right : .value, bold: true)),
                    (" right", .plain),
                ], x: x, y: y + height + 1)
            grid.write("loss \(Format.fixed(points.loss(of: network)))", x: x, y: y + height + 2)
        }
        let y = room.y + spare + height + 4
        guard y < room.maxY else { return }
        let notes = ["after \(steps) steps; ● and ○ are the points", "after \(steps) steps"]
        grid.write(firstOf: notes.map { [($0, .plain)] }, x: room.x, y: y, width: room.width)
    }
}
