import NeuralNetwork
import Training

/// The layers with their sizes and how they are doing, and how they are trained.
enum NetworkPanel {
    /// Cells that it takes to show everything.
    static func size(of network: Network) -> (width: Int, height: Int) {
        hasMaps(network)
            ? (width: 52, height: network.layers.count + 8) : (width: 38, height: network.layers.count + 7)
    }

    private static func hasMaps(_ network: Network) -> Bool { !network.mapLayers.isEmpty }

    static func draw(_ snapshot: TrainingSnapshot, in rect: Rect, on grid: inout CellGrid) {
        guard !rect.isEmpty else { return }
        let network = snapshot.now.network
        let parameters = Format.grouped(network.parameterCount) + " parameters"
        let room = Panel.draw("Network", note: [(parameters, .plain)], in: rect, on: &grid).inset(dx: 1, dy: 0)
        let ends = [room.maxX - 17, room.maxX - 11, room.maxX - 5, room.maxX]
        // A dense layer's name tells what it reads and gives; of the others the size of what they give is told.
        let sizes = hasMaps(network) ? room.x + 14 : nil
        grid.write("layer", x: room.x, y: room.y)
        if let sizes { grid.write("gives", x: sizes, y: room.y) }
        for (title, end) in zip(["weights", "grad", "step", "dead"], ends) {
            grid.write(title, endingAt: end, y: room.y)
        }
        Panel.writeFoot(left: [], right: lastLook(snapshot), in: rect, on: &grid)
        var y = room.y + 1
        if let sizes, network.layers.count + 2 <= room.height {
            grid.write("image", x: room.x, y: y, .value)
            grid.write(LayerName.size(network.input), x: sizes, y: y, .value)
            y += 1
        }
        // Without room for all, the last ones.
        let shown = min(network.layers.count, max(room.maxY - y, 0))
        for (number, layer) in network.layers.enumerated().suffix(shown) {
            grid.write(LayerName.of(layer), x: room.x, y: y, .value)
            if let sizes { grid.write(LayerName.size(layer.output), x: sizes, y: y, .value) }
            drawStatistics(number, layer, snapshot, ends, y, on: &grid)
            y += 1
        }
        let configuration = snapshot.configuration
        let howTrained = [
            "\(configuration.optimizer.rawValue), batch \(configuration.batchSize), \(configuration.schedule.rawValue)",
            (["seed \(configuration.seed)"] + ChangeText.words(snapshot.record)).joined(separator: ", "),
        ]
        let lines =
            ["\(network.activation.name), softmax, cross-entropy"]
            + (snapshot.phase == .opened ? ["from a file; f trains on from it"] : howTrained)
        for (index, line) in lines.enumerated() where y + 1 + index < room.maxY {
            grid.write(line, x: room.x, y: y + 1 + index, .plain, limit: room.width)
        }
    }

    /// The layers are looked at now and then: of a moment of the past, when they were as the numbers say.
    private static func lastLook(_ snapshot: TrainingSnapshot) -> [String] {
        guard snapshot.now.step < snapshot.step, !snapshot.now.layers.isEmpty else { return [] }
        let looks = snapshot.gradientNorms
        // Of a very long run not each look is kept.
        guard looks.count == looks.entries.count, let last = looks.entries.last(where: { $0.step <= snapshot.now.step })
        else { return ["layers as last looked at"] }
        return ["layers \(StepText.words(of: last.step, in: snapshot))"]
    }

    private static func drawStatistics(
        _ number: Int, _ layer: Layer, _ snapshot: TrainingSnapshot, _ ends: [Int], _ y: Int, on grid: inout CellGrid
    ) {
        guard layer.parameterCount > 0, snapshot.now.layers.indices.contains(number) else { return }
        let statistics = snapshot.now.layers[number]
        let texts = [
            Format.short(statistics.weights), Format.short(statistics.gradients), Format.short(statistics.updates),
            statistics.deadShare.map { Format.percent($0, decimals: 0) } ?? "–",
        ]
        for (text, end) in zip(texts, ends) { grid.write(text, endingAt: end, y: y, .value) }
    }
}
