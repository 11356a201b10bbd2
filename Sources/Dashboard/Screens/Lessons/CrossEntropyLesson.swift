import Foundation
import NeuralNetwork

/// Cross-entropy: how wrong, as one number.
struct CrossEntropyLesson: Lesson {
    let title = "Cross-entropy: how wrong?"
    let text = """
        To learn, the network needs one number that says how wrong it is: the loss. Only the share p of the true \
        answer counts. The loss is -ln p (ln is the natural logarithm): 0 for a sure right answer, larger and larger \
        the surer the network was of a wrong one.
        """
    let code = ["let loss = SoftmaxCrossEntropy(logits: z, labels: [truth]).meanLoss"]
    var knobs = [
        Knob("logit of 1", 2, in: -10...10, step: 0.5), Knob("logit of 4", 1, in: -10...10, step: 0.5),
        Knob("logit of 7", 0.5, in: -10...10, step: 0.5), Knob("true answer", choices: SoftmaxLesson.names, chosen: 1),
    ]

    var result: SoftmaxCrossEntropy {
        SoftmaxCrossEntropy(
            logits: Matrix(rows: 1, columns: 3, knobs.prefix(3).map(\.value)), labels: [UInt8(knobs[3].index)])
    }

    var experiments: [Experiment] {
        let result = result
        let hasGuessed = Set(knobs.prefix(3).map(\.value)).count == 1
        return [
            Experiment(
                invitation: "be sure and wrong: bring the loss above 4.",
                answer: "That hurts. A mistake made with confidence costs most.", isDone: result.meanLoss > 4),
            Experiment(
                invitation: "be sure and right: bring it below 0.05.",
                answer: "Nearly nothing left to learn from this one.", isDone: result.meanLoss < 0.05),
            Experiment(
                invitation: "know nothing: give all three the same logit.",
                answer: "1.10 is ln 3: a guess among three. Among ten digits it is ln 10 = 2.30, where the loss on "
                    + "screen 1 starts.",
                isDone: hasGuessed),
        ]
    }

    func draw(in room: Rect, on grid: inout CellGrid) {
        let result = result
        let truth = knobs[3].index
        let (table, chart) = room.split(top: min(5, room.height))
        for (index, name) in SoftmaxLesson.names.enumerated() {
            let share = result.probabilities[0, index]
            let style = Style(index == truth ? .right : .words, bold: index == truth)
            grid.write("share of \(name)", x: table.x, y: table.y + index, style)
            grid.write(Format.percent(Double(share)), endingAt: table.x + 17, y: table.y + index, style)
            // All bars have the same room, so that the longer one is the larger share.
            let note = " the true one"
            Bar.draw(
                Double(share), x: table.x + 18, y: table.y + index, width: table.width - 18 - note.count, style,
                on: &grid)
            if index == truth { grid.write(note, endingAt: table.maxX, y: table.y + index, Style(.right)) }
        }
        let share = Double(result.probabilities[0, truth])
        grid.write(
            [
                ("loss = -ln \(Format.printf("%.4f", share)) = ", .plain),
                (Format.fixed(result.meanLoss, decimals: 3), Style(.test, bold: true)),
            ], x: table.x, y: table.y + 3)
        let points = stride(from: 0.002, through: 1, by: 0.002).map { (x: $0, y: -log($0)) }
        let plot = Plot(
            curves: [Plot.Curve(points: points, ink: .train)], xs: Axis(0...1, unit: .percent), ys: Axis(0...6),
            marks: [(share, Double(result.meanLoss), Cell("●", Style(.test, bold: true)))])
        plot.draw(in: chart, on: &grid)
    }
}
