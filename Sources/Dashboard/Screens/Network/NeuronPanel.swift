import NeuralNetwork
import Training

/// One neuron in words and numbers: what it gives, when it fires, and for which classes.
enum NeuronPanel {
    static func draw(
        _ neuron: Neuron?, _ reading: Reading, _ snapshot: TrainingSnapshot, showsWeights: Bool = false,
        keys: [Keys.Entry], in rect: Rect, on grid: inout CellGrid
    ) {
        guard !rect.isEmpty else { return }
        guard let neuron else {
            let room = Panel.draw("How to read it", in: rect, on: &grid).inset(dx: 1, dy: 0)
            let network = snapshot.now.network
            let legend = legend(of: network.activation) + (network.mapLayers.isEmpty ? [] : legendOfMaps)
            drawLegend(legend, in: room, on: &grid)
            Keys.draw(keys, in: room.split(top: legend.count + 4).1, on: &grid)
            return
        }
        var room = Panel.draw(name(of: neuron, snapshot), in: rect, on: &grid).inset(dx: 1, dy: 0)
        let rows = reading.pixels.count / reading.width / 2
        if showsWeights, room.width >= reading.width, room.height >= rows + 8 {
            let weights = snapshot.inputWeights(of: neuron, in: reading)
            let (top, rest) = room.split(top: rows + 1)
            SignedPicture.draw(
                weights, width: reading.width, scale: SignedPicture.scale(of: weights),
                x: top.x + (top.width - reading.width) / 2, y: top.y, on: &grid)
            grid.write(
                [("looks for ", .plain), ("ink", Style(.positive(5))), (", no ink", Style(.negative(5)))], x: room.x,
                y: top.maxY - 1)
            room = rest
        }
        var y = room.y
        for (text, number) in numbers(of: neuron, reading, snapshot) where y < room.maxY {
            grid.write(text, x: room.x, y: y, .plain, limit: room.width)
            grid.write(number, endingAt: room.maxX, y: y, .value)
            y += 1
        }
        guard let statistics = snapshot.statistics(of: neuron) else { return }
        if snapshot.isDead(neuron) {
            grid.write("dead: silent for all images", x: room.x, y: y, Style(.wrong, bold: true), limit: room.width)
            y += 1
        }
        let names = snapshot.dataset.classNames
        let classRows = ProbabilityBars.rows(of: names)
        if room.maxY - y >= classRows + 2 {
            grid.write("gives on average for images of", x: room.x, y: y + 1, .plain, limit: room.width)
            drawClassMeans(
                statistics.classMeans, names, in: Rect(x: room.x, y: y + 2, width: room.width, height: classRows),
                on: &grid)
            y += classRows + 3
        }
        Keys.draw(keys, in: room.split(top: y - room.y).1, on: &grid)
    }

    static func name(of neuron: Neuron, _ snapshot: TrainingSnapshot) -> String {
        let names = snapshot.dataset.classNames
        return neuron.layer == snapshot.now.network.layers.count - 1 && names.indices.contains(neuron.index)
            ? "Answer \(names[neuron.index])"
            : "Layer \(neuron.layer + 1), \(isMap(neuron, snapshot) ? "map" : "neuron") \(neuron.index)"
    }

    /// In a line, the most important first.
    static func summary(
        of neuron: Neuron, _ reading: Reading, _ snapshot: TrainingSnapshot
    ) -> [(String, Style)] {
        let value = Double(reading.outputs(of: neuron.layer)[neuron.index])
        let isMap = isMap(neuron, snapshot)
        var runs: [(String, Style)] = [
            (name(of: neuron, snapshot), .title), (isMap ? " gives on average " : " gives ", .plain),
            (Format.significant(value), .value),
        ]
        guard let statistics = snapshot.statistics(of: neuron) else { return runs }
        if snapshot.isDead(neuron) { return runs + [(", dead: silent for all images", Style(.wrong))] }
        runs += [
            (isMap ? ", fires at " : ", fires for ", .plain),
            (Format.percent(Double(statistics.firingShare), decimals: 0) + (isMap ? " of its places" : ""), .plain),
            (", most for " + favourites(statistics, snapshot.dataset.classNames), .plain),
        ]
        return runs
    }

    /// The two classes that it gives most for.
    static func favourites(_ statistics: NeuronStatistics, _ names: [String]) -> String {
        let order = statistics.classMeans.indices.sorted { statistics.classMeans[$0] > statistics.classMeans[$1] }
        return order.filter(names.indices.contains).prefix(2).map { names[$0] }.joined(separator: ", ")
    }

    private static func numbers(
        of neuron: Neuron, _ reading: Reading, _ snapshot: TrainingSnapshot
    ) -> [(String, String)] {
        let biases = snapshot.now.network.layers[neuron.layer].biases.elements
        let isMap = isMap(neuron, snapshot)
        var numbers = [
            (
                isMap ? "gives here on average" : "gives for this image",
                Format.significant(Double(reading.outputs(of: neuron.layer)[neuron.index]))
            )
        ]
        // Pooling has none.
        if biases.indices.contains(neuron.index) {
            numbers.append(("its bias", Format.significant(Double(biases[neuron.index]))))
        }
        if let statistics = snapshot.statistics(of: neuron) {
            numbers.append(
                (
                    isMap ? "fires at" : "fires for",
                    Format.percent(Double(statistics.firingShare), decimals: 0) + (isMap ? " of places" : " of images")
                ))
            if neuron.layer < snapshot.now.network.layers.count - 1 {
                let all = snapshot.now.layers[neuron.layer].neurons
                let rank = all.count { $0.use > statistics.use } + 1
                numbers.append(("use, by rank", "\(rank) of \(all.count)"))
            }
        }
        return numbers
    }

    private static func drawClassMeans(_ means: [Float], _ names: [String], in rect: Rect, on grid: inout CellGrid) {
        let most = SignedPicture.scale(of: means)
        let nameWidth = min(names.map(\.count).max() ?? 1, rect.width / 2)
        let classes = ClassList.shown(min(names.count, means.count), rows: rect.height) { means[$0] > means[$1] }
        for (row, index) in classes.enumerated() {
            let (y, mean) = (rect.y + row, means[index])
            grid.write(names[index].fitted(to: nameWidth), x: rect.x, y: y)
            let ink: Ink = mean < 0 ? .negative(5) : .positive(5)
            Bar.draw(
                Double(most > 0 ? abs(mean) / most : 0), x: rect.x + nameWidth + 1, y: y,
                width: rect.width - nameWidth - 9, Style(ink), on: &grid)
            grid.write(Format.significant(Double(mean)), endingAt: rect.maxX, y: y)
        }
    }

    private static func legend(of activation: Activation) -> [[(String, Style)]] {
        let limit =
            switch activation {
            case .relu: "unless that is below zero."
            case .leakyReLU: "a hundredth of it below zero."
            case .gelu: "little of it below zero."
            case .tanh: "bent to lie in −1 to 1."
            case .sigmoid: "bent to lie in 0 to 1."
            }
        let silence: [[(String, Style)]] =
            activation == .relu
            ? [
                [("██", Style(.grey(3))), (" silent", .plain)],
                [("××", Style(.wrong)), (" dead: always silent", .plain)],
            ]
            : [[("██", Style(.grey(3))), (" gives nearly nothing", .plain)]]
                + (activation.givesBelowZero ? [[("██", Style(.negative(5))), (" gives below zero", .plain)]] : [])
        return [
            [("Each square is a neuron. It", .plain)], [("adds up what comes in over its", .plain)],
            [("lines and gives the sum on,", .plain)], [(limit, .plain)], [],
            [("██", Style(.grey(22))), (" gives much", .plain)],
        ] + silence + [
            [], [("──", Style(.positive(5))), (" pushes up", .plain)],
            [("┈┈", Style(.negative(5))), (" pushes down", .plain)], [],
            [("Only the strongest lines are", .plain)], [("drawn. Choose a neuron to see", .plain)],
            [("its own.", .plain)],
        ]
    }

    private static let legendOfMaps: [[(String, Style)]] = [
        [], [("The squares of the first layers", .plain)], [("are maps: patterns sought all", .plain)],
        [("over the image.", .plain)],
    ]

    private static func isMap(_ neuron: Neuron, _ snapshot: TrainingSnapshot) -> Bool {
        snapshot.now.network.mapLayers.contains(neuron.layer)
    }

    private static func drawLegend(_ legend: [[(String, Style)]], in room: Rect, on grid: inout CellGrid) {
        for (index, runs) in legend.enumerated() where index < room.height {
            grid.write(runs, x: room.x, y: room.y + 1 + index)
        }
    }
}

extension Activation {
    /// Whether a neuron can give something below zero, which has a colour of its own.
    var givesBelowZero: Bool { value(-1) < 0 }
}
